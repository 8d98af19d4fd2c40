namespace ChatEtl.Configuration;

/// <summary>Where the run report goes (section <c>report</c> of pipeline.json).</summary>
public sealed record ReportOptions
{
    /// <summary>The full path of the JSON run report; null, the default, writes none.</summary>
    public string? Path { get; init; }
}
