using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>What a comparison found about one room and its messages.</summary>
/// <remarks>
/// Read = Equal + Different + Missing + Rejected + Skipped, unless rows were added or removed meanwhile. Rooms that are merged at the destination share
/// one of these.
/// </remarks>
public sealed record RoomComparison
{
    /// <summary>Stands for a rule where the room itself was rejected, and its messages with it.</summary>
    public const string IsRejected = "rejection";

    /// <summary>nodeIDs of the source rooms: one, or several that were merged.</summary>
    public required IReadOnlyList<int> SourceIds { get; init; }

    /// <summary>Names of the source rooms, joined by a plus.</summary>
    public required string Source { get; init; }

    /// <summary>Full path of the first source room's category.</summary>
    public required string SourceCategory { get; init; }

    /// <summary>The rule that leaves the room out, or <see cref="IsRejected"/>; empty when it is migrated.</summary>
    public string SkippedBy { get; init; } = "";

    /// <summary>nodeID at the destination; 0 when the room is left out.</summary>
    public int Id { get; init; }

    /// <summary>The name that the rules give it at the destination; another one there is a difference of tblNode. Empty when the room is not there.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name of the category in which it stands there.</summary>
    public string Category { get; init; } = "";

    /// <summary>Messages the source has in the room.</summary>
    public long Read { get; internal set; }

    /// <summary>Messages that the rules give.</summary>
    public long Expected { get; internal set; }

    /// <summary>Expected messages found equal to the byte.</summary>
    public long Equal { get; internal set; }

    /// <summary>Expected messages found with other values.</summary>
    public long Different { get; internal set; }

    /// <summary>Expected messages that are not there.</summary>
    public long Missing { get; internal set; }

    /// <summary>Messages that are there and that the rules do not give.</summary>
    public long Extra { get; internal set; }

    /// <summary>Messages rejected by a rule or by the destination.</summary>
    public long Rejected { get; internal set; }

    /// <summary>Messages that a rule leaves out.</summary>
    public long Skipped => SkippedBy.Length > 0 ? Read - Rejected : Math.Max(0, Read - Expected - Refused);

    /// <summary>Messages that the destination holds in the room.</summary>
    public long Found { get; internal set; }

    /// <summary>Sum of the digests of the messages that the destination holds in the room (see <see cref="RowDigest"/>).</summary>
    public UInt128 Digest { get; internal set; }

    /// <summary>Whether every message is where and what it should be.</summary>
    public bool IsClean => Missing + Extra + Different == 0;

    /// <summary>Rejected messages that a rule refused before they were expected at the destination.</summary>
    internal long Refused { get; set; }
}
