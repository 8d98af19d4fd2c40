using ChatEtl.Chat;

namespace ChatEtl.Checkpoints;

/// <summary>A piece of one room's messages: chatId from <paramref name="From"/> to <paramref name="UpTo"/>, both included.</summary>
/// <param name="Room">channelId in the source, as found: it need not be a room.</param>
/// <param name="From">Inclusive lower bound.</param>
/// <param name="UpTo">Inclusive upper bound.</param>
public readonly record struct Segment(long Room, long From, long UpTo)
{
    /// <summary>chatIds from the first to the last, those that do not exist included; a whole number.</summary>
    public decimal Span => (decimal)UpTo - From + 1;
}

/// <summary>The piece of a stream that owns one checkpoint row.</summary>
/// <param name="Id">Number of the range, unique at the destination.</param>
/// <param name="Stream">The source table it reads, or another name of <see cref="Streams"/>.</param>
/// <param name="Segments">What it reads of tblChat, ascending; empty for other streams, which are read whole.</param>
public sealed record Range(int Id, string Stream, IReadOnlyList<Segment> Segments);

/// <summary>Names of what flows through the pipeline beside the directory.</summary>
public static class Streams
{
    /// <summary>Messages with whole-numbered keys, cut into many ranges.</summary>
    public const string Messages = "tblChat";

    /// <summary>Messages below the watermark that an earlier pass did not see; read by the last pass (B6).</summary>
    public const string MissedMessages = "tblChat (missed)";

    /// <summary>Messages whose key is no whole number: one range, normally empty.</summary>
    public const string IrregularMessages = "tblChat (irregular keys)";

    /// <summary>Memberships derived by T12 to T15.</summary>
    public const string Memberships = "tblPrincipalRole";

    /// <summary>Invitations (T22).</summary>
    public const string Invitations = "tblPrincipalInvites";

    /// <summary>Affiliations (T24).</summary>
    public const string Affiliations = "tblPrincipalAffiliations";

    /// <summary>Preferences (T23).</summary>
    public const string Preferences = "tblPreference";

    /// <summary>The source table a stream's books belong to.</summary>
    public static string TableOf(string stream) => stream is IrregularMessages or MissedMessages ? Messages : stream;
}

/// <summary>How far one range is, as stored at the destination.</summary>
/// <param name="RangeId">The range.</param>
/// <param name="Position">Where the next read begins; empty at the start. Only the source can read it.</param>
/// <param name="Done">Whether nothing is left to read.</param>
/// <param name="Book">What was read, written, skipped and rejected so far.</param>
/// <param name="Bytes">Bytes of text read so far.</param>
/// <param name="Digest">Sum of the digests of the rows written so far.</param>
public sealed record RangeCheckpoint(int RangeId, string Position, bool Done, Book Book, long Bytes, UInt128 Digest);

/// <summary>A range with its checkpoint.</summary>
/// <param name="Range">What to read.</param>
/// <param name="Checkpoint">How far it is.</param>
public sealed record RangeProgress(Range Range, RangeCheckpoint Checkpoint);
