using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Reading;

namespace ChatEtl.Evidence;

/// <summary>A room as a database has it.</summary>
/// <param name="Id">nodeID.</param>
/// <param name="Guid">nodeGuid.</param>
/// <param name="Name">nodeName.</param>
public sealed record EvidenceRoom(int Id, Guid Guid, string Name);

/// <summary>Reads a chat database for evidence: its rooms, and one digest for the messages of each.</summary>
/// <remarks>
/// Any product and generation, a package too: rooms and authors go by guid. Messages are read once, in the order of their keys; memory depends
/// on the number of rooms and principals, not on the messages. Nothing is written. Faults are thrown as the source throws them.
/// </remarks>
public sealed class EvidenceDatabase
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);
    private static readonly BatchLimits Batches = new(8192, 1 << 20);
    private static readonly Table Nodes = Table.Define("tblNode", "nodeID", """
        nodeID int
        nodeGuid uniqueidentifier
        parentID int null
        nodeType bit
        nodeName nvarchar(256)
        """);

    private static readonly Table Principals = Table.Define("tblPrincipal", "prinID", """
        prinID int
        prinGuid uniqueidentifier
        """);

    private readonly IChatSource _database;
    private readonly Dictionary<int, EvidenceRoom> _rooms = [];
    private readonly Dictionary<int, Guid> _authors = [];

    /// <summary>Reads rooms and principals.</summary>
    /// <param name="database">The database.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public EvidenceDatabase(IChatSource database, CancellationToken cancellationToken)
    {
        _database = database;
        foreach (var cells in Rows(Nodes, cancellationToken))
        {
            if (TryId(cells[0], out var id) && Cells.TryGuid(cells[1], out var guid))
            {
                if (TryId(cells[2], out var parent) && parent == id)
                {
                    Root ??= guid;
                }
                else if (Cells.TryInteger(cells[3], 0, 0, out _))
                {
                    _rooms[id] = new EvidenceRoom(id, guid, Cells.TryText(cells[4], out var name) ? name : "");
                }
            }
        }

        foreach (var cells in Rows(Principals, cancellationToken))
        {
            if (TryId(cells[0], out var id) && Cells.TryGuid(cells[1], out var guid))
            {
                _authors[id] = guid;
            }
        }
    }

    /// <summary>nodeGuid of the root, which tells databases apart; null when there is none.</summary>
    public Guid? Root { get; }

    /// <summary>The rooms, by nodeID.</summary>
    public IReadOnlyDictionary<int, EvidenceRoom> Rooms => _rooms;

    /// <summary>Reads the messages of rooms.</summary>
    /// <param name="upTo">The nodeIDs of the rooms, and the chatId up to which their messages count, included; those behind it are only counted.</param>
    /// <param name="followed">A message whose path is wanted; null for none.</param>
    /// <param name="onProgress">Told now and then how many messages were read; may be null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public EvidenceContent Read(
        IReadOnlyDictionary<int, long> upTo, MessageKey? followed, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        var content = new EvidenceContent(upTo.Keys);
        var others = _rooms.Keys.Where(id => !upTo.ContainsKey(id)).ToHashSet();
        var read = 0L;
        var messages = new DestinationMessages(_database, new HashSet<int>(), others, Batches, cancellationToken);
        using var side = messages.Open(page =>
        {
            content.Outside += page.Strays.Count;
            read += page.Batch.Count;
            onProgress?.Invoke(read);
        });
        side.Start();
        RoomContent? room = null;
        for (var id = 0; side.Current is { } message; side.Advance())
        {
            if (room is null || message.Room != id)
            {
                room?.Close();
                id = message.Room;
                room = content.Find(id);
            }

            if (room is null)
            {
                // A channelId that is no room at all; other rooms were not read.
                content.Outside++;
            }
            else if (message.Id > upTo[id])
            {
                room.Newer++;
            }
            else
            {
                Append(room, message, followed);
            }
        }

        room?.Close();
        return content;
    }

    /// <summary>Rooms that hold messages and are none of these, from the key index alone.</summary>
    public IReadOnlyList<EvidenceRoom> OthersWithMessages(IReadOnlySet<int> known, CancellationToken cancellationToken) =>
    [
        .. _database.ReadExtents(cancellationToken).Select(extent => extent.Room).Where(room => room is >= int.MinValue and <= int.MaxValue && !known.Contains((int)room))
            .Select(room => _rooms.GetValueOrDefault((int)room)).OfType<EvidenceRoom>(),
    ];

    private void Append(RoomContent room, MessageCursor message, MessageKey? followed)
    {
        Span<byte> leaf = stackalloc byte[MerkleTree.HashBytes];
        var (batch, row, guid) = (message.Page.Batch, message.Row, _rooms[message.Room].Guid);
        var follows = followed is { } wanted && wanted.Id == message.Id && wanted.Room == message.Room && room.Followed is null;
        if (message.Page.Damaged is { } damaged && damaged.TryGetValue(row, out var cells))
        {
            MessageLeaf.HashDamaged(guid, message.Id, cells, leaf);
            follows = false;
        }
        else
        {
            var author = _authors.TryGetValue(batch.SourceAuthor[row], out var known) ? known : (Guid?)null;
            MessageLeaf.Hash(guid, author, batch, row, leaf);
            if (follows)
            {
                room.Followed = FollowedMessage.Of(guid, author, batch, row);
            }
        }

        room.Append(message.Id, leaf, follows);
    }

    private IEnumerable<object?[]> Rows(Table table, CancellationToken cancellationToken) =>
        _database.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows);

    private static bool TryId(object? cell, out int id)
    {
        var isId = Cells.TryInteger(cell, int.MinValue, int.MaxValue, out var number);
        id = (int)number;
        return isId;
    }
}
