namespace ChatEtl.Reporting;

/// <summary>How something stands; a word says it too, as colours do not reach everyone.</summary>
public enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>To be looked at.</summary>
    Warn,

    /// <summary>Wrong.</summary>
    Bad,

    /// <summary>Neither; for example not looked at.</summary>
    Plain,
}
