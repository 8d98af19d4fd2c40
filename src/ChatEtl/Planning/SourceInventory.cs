namespace ChatEtl.Planning;

/// <summary>Messages of one room, of a category or of all.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Bytes">Bytes of text, as UTF-8.</param>
/// <param name="First">When the first one was written, UTC; null when there is none.</param>
/// <param name="Last">When the last one was written, UTC; null when there is none.</param>
public sealed record MessageFigures(long Messages, long Bytes, DateTime? First, DateTime? Last)
{
    /// <summary>No messages.</summary>
    public static MessageFigures None { get; } = new(0, 0, null, null);

    /// <summary>Both together.</summary>
    public MessageFigures Add(MessageFigures other) => new(
        Messages + other.Messages, Bytes + other.Bytes,
        First is null || other.First < First ? other.First ?? First : First,
        Last is null || other.Last > Last ? other.Last ?? Last : Last);
}

/// <summary>A category of the source with the rooms directly in it.</summary>
/// <param name="Id">nodeID.</param>
/// <param name="Path">Full path; the root's is its name.</param>
/// <param name="Rooms">Rooms directly in it.</param>
/// <param name="Memberships">Role rows of the category and of these rooms.</param>
/// <param name="Figures">Messages of these rooms.</param>
public sealed record CategoryInventory(int Id, string Path, int Rooms, long Memberships, MessageFigures Figures);

/// <summary>A room of the source.</summary>
/// <param name="Id">nodeID.</param>
/// <param name="Path">Full path of its category.</param>
/// <param name="Name">nodeName.</param>
/// <param name="Figures">Its messages.</param>
public sealed record RoomInventory(int Id, string Path, string Name, MessageFigures Figures);

/// <summary>What there is in the source.</summary>
public sealed record SourceInventory
{
    /// <summary>How many of the largest rooms are listed.</summary>
    public const int LargestListed = 50;

    /// <summary>Rows by table, every table of the database.</summary>
    public required IReadOnlyDictionary<string, long> Tables { get; init; }

    /// <summary>Categories, the root left out.</summary>
    public required int Categories { get; init; }

    /// <summary>Rooms.</summary>
    public required int Rooms { get; init; }

    /// <summary>Users, federated ones included.</summary>
    public required int People { get; init; }

    /// <summary>Groups, organisational units and domains.</summary>
    public required int Groups { get; init; }

    /// <summary>Rows of tblPrincipalRole.</summary>
    public required long Memberships { get; init; }

    /// <summary>All messages, those in no room included.</summary>
    public required MessageFigures Messages { get; init; }

    /// <summary>Whether every message was read; otherwise the figures are estimated from <see cref="MessagesRead"/> of them.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Messages read for the figures.</summary>
    public required long MessagesRead { get; init; }

    /// <summary>By category, in order of their paths.</summary>
    public required IReadOnlyList<CategoryInventory> ByCategory { get; init; }

    /// <summary>The rooms with the most messages.</summary>
    public required IReadOnlyList<RoomInventory> LargestRooms { get; init; }
}
