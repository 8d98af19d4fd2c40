namespace ChatEtl.Configuration;

/// <summary>How transient faults are retried (section <c>retry</c> of pipeline.json).</summary>
public sealed record RetryOptions
{
    /// <summary>Retries of one page or batch after its first attempt; 0 means none. Default 8, range 0 to 100.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>About how long the first retry waits; it doubles each time, with jitter. Default 200 ms, range 1 ms to 60000 ms.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait, not below the first. Default 30000 ms, range 1 ms to 3600000 ms.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(30_000);

    /// <summary>How long an end that is down is waited for, asking it every few seconds. Default 3600000 ms, range 1 ms to 86400000 ms.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);
}
