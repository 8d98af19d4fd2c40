namespace ChatEtl.Configuration;

/// <summary>Where the run report goes (section <c>report</c> of pipeline.json).</summary>
public sealed record ReportOptions
{
    /// <summary>The full path of the JSON run report; null, the default, writes none.</summary>
    public string? Path { get; init; }

    /// <summary>The full path of the run report as a page for people; null, the default, writes none.</summary>
    public string? Html { get; init; }
}
