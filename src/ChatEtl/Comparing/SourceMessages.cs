using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>The messages that the rules give, in key order of the destination.</summary>
/// <remarks>
/// Rooms are read in the order of their destination ids. Where several go into one, the second, third… of each are read by a second,
/// third… reader, and the side merges them. Rows whose key is no whole number are few and are held in memory.
/// </remarks>
internal sealed class SourceMessages(IChatSource source, DirectoryPlan plan, MessageTransform transform, BatchLimits limits, CancellationToken cancellationToken)
{
    private readonly MessageBatchPool _pool = new(limits.Bytes);

    /// <summary>Begins to read.</summary>
    /// <param name="onPage">Gets every page when its turn comes, also those without rows.</param>
    public MessageSide Open(Action<MessagePage> onPage)
    {
        var irregular = ReadIrregular();
        var cursors = new List<MessageCursor>();
        foreach (var layer in Layers())
        {
            var pages = new ReadAhead<MessagePage>("compare: source messages", stop => Pages(layer, stop), cancellationToken);
            cursors.Add(new MessageCursor(pages, _pool, onPage));
        }

        cursors.Add(new MessageCursor(irregular, onPage));
        return new MessageSide(cursors);
    }

    /// <summary>What each reader reads; skipped rooms give nothing and are not read, unknown ones are, for their rejections.</summary>
    private List<List<Segment>> Layers()
    {
        var unknown = new List<Segment>();
        var layers = new List<List<(int Room, Segment Segment)>>();
        var sharing = new Dictionary<int, int>();
        foreach (var extent in source.ReadExtents(cancellationToken))
        {
            var route = extent.Room is >= int.MinValue and <= int.MaxValue ? plan.RouteOf((int)extent.Room) : default;
            if (route.Fate == RoomFate.Unknown)
            {
                unknown.Add(extent);
            }
            else if (route.Fate == RoomFate.Migrated)
            {
                var layer = sharing.GetValueOrDefault(route.DestinationId);
                sharing[route.DestinationId] = layer + 1;
                if (layer == layers.Count)
                {
                    layers.Add([]);
                }

                layers[layer].Add((route.DestinationId, extent));
            }
        }

        var sorted = layers.ConvertAll(layer => layer.OrderBy(part => part.Room).Select(part => part.Segment).ToList());
        if (unknown.Count > 0)
        {
            sorted.Add(unknown);
        }

        return sorted;
    }

    private IEnumerable<MessagePage> Pages(List<Segment> segments, CancellationToken stop)
    {
        foreach (var batch in source.ReadMessages(segments, null, limits, _pool, stop))
        {
            yield return Transform(batch);
        }
    }

    private MessagePage ReadIrregular()
    {
        var batch = new MessageBatch();
        batch.Irregular.AddRange(source.ReadIrregularMessages("", limits, cancellationToken).SelectMany(page => page.Rows));
        return Transform(batch);
    }

    private MessagePage Transform(MessageBatch batch)
    {
        // The transform puts irregular rows that it can convert behind the others.
        var disorder = batch.Irregular.Count > 0;
        var read = Count(batch);
        transform.Apply(batch);
        return new MessagePage(batch, batch.Room, disorder ? MessagePage.OrderOf(batch, batch.Room) : null) { Rooms = read };
    }

    /// <summary>What was read of each room, before the rules skip and reject.</summary>
    private static List<RoomRows> Count(MessageBatch batch)
    {
        var read = new List<RoomRows>();
        for (var row = 0; row < batch.Count;)
        {
            var (room, first) = (batch.SourceRoom[row], row);
            while (row < batch.Count && batch.SourceRoom[row] == room)
            {
                row++;
            }

            read.Add(new RoomRows(room, row - first, default));
        }

        foreach (var cells in batch.Irregular)
        {
            if (Cells.TryInteger(cells[0], int.MinValue, int.MaxValue, out var room))
            {
                read.Add(new RoomRows((int)room, 1, default));
            }
        }

        return read;
    }
}
