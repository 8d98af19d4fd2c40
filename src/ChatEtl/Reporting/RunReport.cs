using ChatEtl.Chat;
using ChatEtl.Pipeline;

namespace ChatEtl.Reporting;

/// <summary>What a run did, for people and as JSON.</summary>
public sealed record RunReport
{
    /// <summary>How many rejections a report lists; all of them stay at the destination.</summary>
    public const int RejectionsListed = 10_000;

    /// <summary>The source, for people.</summary>
    public required string Source { get; init; }

    /// <summary>The destination, for people.</summary>
    public required string Destination { get; init; }

    /// <summary>The source's generation.</summary>
    public required Generation Generation { get; init; }

    /// <summary>1 for the first migration, then one more for each catching up.</summary>
    public required int Pass { get; init; }

    /// <summary>The epoch of this run.</summary>
    public required long Epoch { get; init; }

    /// <summary>Whether an interrupted pass was resumed.</summary>
    public required bool Resumed { get; init; }

    /// <summary>Whether the pass is complete; false after a stop.</summary>
    public required bool Complete { get; init; }

    /// <summary>When this run began, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>How long this run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Source rows of the streams this run itself read; its rate is this by <see cref="Duration"/>.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Bytes of text this run itself read.</summary>
    public required long Bytes { get; init; }

    /// <summary>Reads and writes tried again.</summary>
    public required int Retries { get; init; }

    /// <summary>How long each stage was at work, and so which was the limit.</summary>
    public required StageClocks Stages { get; init; }

    /// <summary>Rows of a batch of messages that self-tuning came to.</summary>
    public required int BatchRows { get; init; }

    /// <summary>Ranges side by side that self-tuning came to.</summary>
    public required int Lanes { get; init; }

    /// <summary>The books of the pass, by source table (B1).</summary>
    public required IReadOnlyDictionary<string, Book> Books { get; init; }

    /// <summary>Whether for every table read = written + reused + skipped + rejected.</summary>
    public bool Balances => Books.Values.All(book => book.Balances);

    /// <summary>Sum of the digests of all messages written by this pass, interrupted runs of it included.</summary>
    public required string Digest { get; init; }

    /// <summary>Findings of the plan, errors first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Rejections open at the destination, those of earlier passes included.</summary>
    public required long RejectionCount { get; init; }

    /// <summary>The first of them, without the values of their rows: a report holds no message text.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }
}
