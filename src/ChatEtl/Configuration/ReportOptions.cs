namespace ChatEtl.Configuration;

/// <summary>Where the run report and the manifest go (section <c>report</c> of pipeline.json).</summary>
public sealed record ReportOptions
{
    /// <summary>The full path of the JSON run report; null, the default, writes none.</summary>
    public string? Path { get; init; }

    /// <summary>The full path of the run report as a page for people; null, the default, writes none.</summary>
    public string? Html { get; init; }

    /// <summary>The full path of the manifest that <c>finish</c> writes before it removes our tables; null, the default, writes none.</summary>
    public string? Evidence { get; init; }
}
