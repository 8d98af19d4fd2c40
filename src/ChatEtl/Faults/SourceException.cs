namespace ChatEtl.Faults;

/// <summary>Ends a run whose source cannot be read.</summary>
public sealed class SourceException : ChatEtlException
{
    /// <summary>Says which page could not be read.</summary>
    /// <param name="table">The source table.</param>
    /// <param name="afterKey">The key after which the page begins; null at the start of the table.</param>
    /// <param name="attempts">How often it was tried, the first time included.</param>
    /// <param name="innerException">The fault of the last attempt.</param>
    /// <param name="waited">From the first fault to the last.</param>
    public SourceException(string table, string? afterKey, int attempts, Exception innerException, TimeSpan waited = default)
        : base(
            $"Reading {table} {(afterKey is null ? "from its start" : "after key " + afterKey)} failed {Sentence.Attempts(attempts, waited)}: "
                + innerException.Message,
            "The last checkpoint stands. Mend the source and give the same command again to resume.",
            ExitCodes.Source,
            innerException)
    {
        Table = table;
        AfterKey = afterKey;
        Attempts = attempts;
    }

    /// <summary>The source table.</summary>
    public string Table { get; }

    /// <summary>The key after which the page begins; null at the start of the table.</summary>
    public string? AfterKey { get; }

    /// <summary>How often it was tried, the first time included.</summary>
    public int Attempts { get; }
}
