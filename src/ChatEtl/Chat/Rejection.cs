namespace ChatEtl.Chat;

/// <summary>A source row that cannot be carried; stored at the destination in the same transaction as its batch.</summary>
/// <param name="Table">The source table.</param>
/// <param name="Key">The row's key as text, columns joined by a slash.</param>
/// <param name="Rule">The rule that rejects it, for example <c>T19</c>.</param>
/// <param name="Reason">What is wrong, without message text.</param>
/// <param name="Values">The row as JSON, for replay after a fix; bytes that are not text as <c>{"hex": "…"}</c>.</param>
public sealed record Rejection(string Table, string Key, string Rule, string Reason, string Values);

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Information,

    /// <summary>Something is lost or changed by a rule.</summary>
    Warning,

    /// <summary>The run cannot start before this is settled.</summary>
    Error,
}

/// <summary>What a rule has to say about a row before anything is written.</summary>
/// <param name="Rule">The rule, for example <c>T4</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Table">The source table, or empty.</param>
/// <param name="Key">The row's key, or empty when the finding is about many rows.</param>
/// <param name="Message">One sentence for people: what, and what to do about it.</param>
public sealed record Finding(string Rule, Severity Severity, string Table, string Key, string Message);

/// <summary>The books of one table: read = written + reused + skipped + rejected (B1).</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class Book
{
    /// <summary>Source rows read.</summary>
    public long Read { get; set; }

    /// <summary>Source rows from which at least one destination row comes.</summary>
    public long Written { get; set; }

    /// <summary>Source rows that met an existing destination row; part of "written" in B1, shown apart.</summary>
    public long Reused { get; set; }

    /// <summary>Source rows left out, by rule.</summary>
    public SortedDictionary<string, long> Skipped { get; } = new(StringComparer.Ordinal);

    /// <summary>Source rows that cannot be carried.</summary>
    public long Rejected { get; set; }

    /// <summary>Destination rows beyond one for each source row written; counted apart.</summary>
    public long Derived { get; set; }

    /// <summary>Whether every row read is accounted for.</summary>
    public bool Balances => Read == Written + Reused + Rejected + Skipped.Values.Sum();

    /// <summary>Counts rows as left out by a rule.</summary>
    public void Skip(string rule, long rows = 1)
    {
        if (rows != 0)
        {
            Skipped[rule] = Skipped.GetValueOrDefault(rule) + rows;
        }
    }

    /// <summary>Adds another book's figures to this one.</summary>
    public void Add(Book other)
    {
        Read += other.Read;
        Written += other.Written;
        Reused += other.Reused;
        Rejected += other.Rejected;
        Derived += other.Derived;
        foreach (var (rule, rows) in other.Skipped)
        {
            Skip(rule, rows);
        }
    }
}
