namespace ChatEtl.Configuration;

/// <summary>The whole configuration: pipeline.json with its overrides, checked by <see cref="ConfigurationLoader"/>.</summary>
public sealed record ChatEtlOptions
{
    /// <summary>Where the chat comes from.</summary>
    public SourceOptions Source { get; init; } = new();

    /// <summary>Where the chat goes.</summary>
    public DestinationOptions Destination { get; init; } = new();

    /// <summary>The configurable rules.</summary>
    public RuleOptions Rules { get; init; } = new();

    /// <summary>How wide the pipeline is and what travels through it.</summary>
    public PipelineOptions Pipeline { get; init; } = new();

    /// <summary>How transient faults are retried.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>When the two sides are compared.</summary>
    public CompareOptions Compare { get; init; } = new();

    /// <summary>Where the run report and the manifest go.</summary>
    public ReportOptions Report { get; init; } = new();
}
