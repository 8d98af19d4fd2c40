using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;

namespace ChatEtl.Comparing;

/// <summary>The messages that the destination holds in migrated rooms and in no room at all, in key order.</summary>
/// <param name="destination">The destination.</param>
/// <param name="migrated">nodeIDs of migrated rooms.</param>
/// <param name="foreign">nodeIDs of the other rooms, whose messages are not ours to judge.</param>
/// <param name="limits">When a batch closes.</param>
/// <param name="cancellationToken">Ends the reading.</param>
internal sealed class DestinationMessages(
    IChatSource destination, IReadOnlySet<int> migrated, IReadOnlySet<int> foreign, BatchLimits limits, CancellationToken cancellationToken)
{
    private readonly MessageBatchPool _pool = new(limits.Bytes);
    private readonly Dictionary<int, long> _highest = [];

    /// <summary>Highest chatId by room; known once <see cref="Open"/> returns.</summary>
    public IReadOnlyDictionary<int, long> Highest => _highest;

    /// <summary>Begins to read.</summary>
    public MessageSide Open(Action<MessagePage> onPage)
    {
        var irregular = ReadIrregular();
        var segments = Segments();
        var cursors = new List<MessageCursor>();
        if (segments.Count > 0)
        {
            var pages = new ReadAhead<MessagePage>("compare: destination messages", stop => Pages(segments, stop), cancellationToken);
            cursors.Add(new MessageCursor(pages, _pool, onPage));
        }

        cursors.Add(new MessageCursor(irregular, onPage));
        return new MessageSide(cursors);
    }

    private List<Segment> Segments()
    {
        var segments = new List<Segment>();
        foreach (var extent in destination.ReadExtents(cancellationToken))
        {
            if (extent.Room is < int.MinValue or > int.MaxValue || !foreign.Contains((int)extent.Room))
            {
                segments.Add(extent);
                Raise(extent.Room, extent.UpTo);
            }
        }

        return segments;
    }

    private void Raise(long room, long id)
    {
        if (room is >= int.MinValue and <= int.MaxValue && (!_highest.TryGetValue((int)room, out var known) || id > known))
        {
            _highest[(int)room] = id;
        }
    }

    private IEnumerable<MessagePage> Pages(List<Segment> segments, CancellationToken stop)
    {
        foreach (var batch in destination.ReadMessages(segments, null, limits, _pool, stop))
        {
            yield return Sort(batch);
        }
    }

    private MessagePage ReadIrregular()
    {
        var batch = new MessageBatch();
        batch.Irregular.AddRange(destination.ReadIrregularMessages("", limits, cancellationToken).SelectMany(page => page.Rows).Where(IsOurs));
        var page = Sort(batch);
        for (var row = 0; row < batch.Count; row++)
        {
            Raise(batch.SourceRoom[row], batch.Id[row]);
        }

        return page;

        bool IsOurs(object?[] cells) => !Cells.TryInteger(cells[0], int.MinValue, int.MaxValue, out var room) || !foreign.Contains((int)room);
    }

    /// <summary>Gives irregular rows their places: a value that converts exactly counts (B4), any other is damage.</summary>
    private MessagePage Sort(MessageBatch batch)
    {
        Dictionary<int, object?[]>? damaged = null;
        List<object?[]>? strays = null;
        var disorder = batch.Irregular.Count > 0;
        foreach (var cells in batch.Irregular)
        {
            if (!Cells.TryInteger(cells[0], int.MinValue, int.MaxValue, out var room)
                || !Cells.TryInteger(cells[1], long.MinValue, long.MaxValue, out var id))
            {
                (strays ??= []).Add(cells);
            }
            else if (Cells.TryInteger(cells[2], long.MinValue, long.MaxValue, out var date)
                && Cells.TryInteger(cells[3], int.MinValue, int.MaxValue, out var author)
                && Cells.TryInteger(cells[4], 0, 1, out var alert)
                && cells[5] is string content && cells[6] is null or string)
            {
                var rtf = cells[6] is string text ? WideText.Encode(text) : null;
                batch.Append((int)room, id, date, (int)author, alert == 1, WideText.Encode((string)cells[5]!), rtf, rtf is not null);
            }
            else
            {
                (damaged ??= [])[batch.Count] = cells;
                batch.Append((int)room, id, 0, 0, false, default, default, false);
            }
        }

        return new MessagePage(batch, batch.SourceRoom, disorder ? MessagePage.OrderOf(batch, batch.SourceRoom) : null)
        {
            Damaged = damaged,
            Strays = strays ?? [],
            Rooms = ByRoom(batch, migrated.Contains, damaged),
        };
    }

    /// <summary>Rows and digest by room; rows of a migrated room that are damaged count without a digest.</summary>
    public static List<RoomRows> ByRoom(MessageBatch batch, Func<int, bool> isMigrated, Dictionary<int, object?[]>? damaged)
    {
        var rooms = new List<RoomRows>();
        for (var row = 0; row < batch.Count;)
        {
            var (room, first, digest) = (batch.SourceRoom[row], row, UInt128.Zero);
            var counts = isMigrated(room);
            for (; row < batch.Count && batch.SourceRoom[row] == room; row++)
            {
                if (counts && damaged?.ContainsKey(row) != true)
                {
                    digest = RowDigest.Add(digest, RowDigest.OfMessage(
                        room, batch.Id[row], batch.Date[row], batch.SourceAuthor[row], batch.Alert[row], batch.Texts(row), batch.RtfLength[row]));
                }
            }

            rooms.Add(new RoomRows(room, row - first, digest));
        }

        return rooms;
    }
}
