namespace ChatEtl.Faults;

/// <summary>Ends a run whose destination refuses a batch.</summary>
public sealed class DestinationException : ChatEtlException
{
    /// <summary>Says which batch was refused.</summary>
    /// <param name="table">The destination table.</param>
    /// <param name="firstKey">The first key of the batch, included; null when the fault is not about rows.</param>
    /// <param name="lastKey">The last key of the batch, included; null when the fault is not about rows.</param>
    /// <param name="attempts">How often it was tried, the first time included.</param>
    /// <param name="innerException">The fault of the last attempt.</param>
    /// <param name="doing">What was being done.</param>
    /// <param name="waited">From the first fault to the last.</param>
    public DestinationException(
        string table, string? firstKey, string? lastKey, int attempts, Exception innerException, string doing = "Writing",
        TimeSpan waited = default)
        : base(
            $"{doing} {table}{Keys(firstKey, lastKey)} failed {Sentence.Attempts(attempts, waited)}: {innerException.Message}",
            "The last checkpoint stands, and resuming asks it which batches are in. Mend the destination and give the same command again.",
            ExitCodes.Destination,
            innerException)
    {
        Table = table;
        FirstKey = firstKey;
        LastKey = lastKey;
        Attempts = attempts;
    }

    /// <summary>The destination table.</summary>
    public string Table { get; }

    /// <summary>The first key of the batch, included; null when the fault is not about rows.</summary>
    public string? FirstKey { get; }

    /// <summary>The last key of the batch, included; null when the fault is not about rows.</summary>
    public string? LastKey { get; }

    /// <summary>How often it was tried, the first time included.</summary>
    public int Attempts { get; }

    private static string Keys(string? first, string? last) => (first, last) switch
    {
        (null, null) => "",
        _ when first == last => $" key {first}",
        _ => $" keys {first ?? "(start)"} to {last ?? "(end)"}",
    };
}
