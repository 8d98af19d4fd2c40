namespace ChatEtl.Configuration;

/// <summary>When the two sides are compared (section <c>compare</c> of pipeline.json).</summary>
public sealed record CompareOptions
{
    /// <summary>Whether a migration ends with a comparison. Default true.</summary>
    public bool AfterMigrate { get; init; } = true;
}
