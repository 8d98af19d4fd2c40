using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Pipeline;

/// <summary>Opens a range of any stream at a position and gives out its batches, each with <see cref="Batch.To"/> set.</summary>
internal sealed class StreamReader(IChatSource source, SourceShape shape, DirectoryPlan plan, BatchLimits limits, MessageBatchPool pool)
{
    private static readonly Table Chat = ChatSchema.Persistent[Streams.Messages];
    private static readonly Table Roles = ChatSchema.Persistent[Streams.Memberships];

    /// <summary>The batches of a range behind a position, empty for its start.</summary>
    public IEnumerable<Batch> Read(Range range, string position, CancellationToken cancellationToken) => range.Stream switch
    {
        Streams.Messages or Streams.MissedMessages => ReadMessages(range, position, cancellationToken),
        Streams.IrregularMessages => ReadIrregularMessages(position, cancellationToken),
        Streams.Memberships => ReadMemberships(position),
        _ => ReadRows(shape.Schema[range.Stream], position, cancellationToken),
    };

    /// <summary>Messages in key order. What hangs on skipped rooms is counted, not read (S1).</summary>
    private IEnumerable<Batch> ReadMessages(Range range, string position, CancellationToken cancellationToken)
    {
        MessageKey? after = position.Length == 0 ? null : MessageKey.Parse(position);
        var open = range.Segments.SkipWhile(segment => after is { } key && new MessageKey(segment.Room, segment.UpTo) <= key).ToList();
        for (var i = 0; i < open.Count;)
        {
            var skipped = Skipped(open[i]);
            var count = open.Skip(i).TakeWhile(segment => Skipped(segment) == skipped).Count();
            var segments = open.GetRange(i, count);
            foreach (var batch in skipped is null
                ? source.ReadMessages(segments, after, limits, pool, cancellationToken)
                : CountSkipped(segments, skipped, after))
            {
                yield return batch;
            }

            i += count;
            after = new MessageKey(segments[^1].Room, segments[^1].UpTo);
        }
    }

    private IEnumerable<Batch> CountSkipped(List<Segment> segments, string rule, MessageKey? after)
    {
        var batch = pool.Rent();
        foreach (var segment in segments)
        {
            var inside = after is { } key && key.Room == segment.Room && key.Id >= segment.From;
            var rows = source.CountMessages(inside ? segment with { From = after!.Value.Id + 1 } : segment);
            batch.Book.Read += rows;
            batch.Book.Skip(rule, rows);
        }

        batch.To = new MessageKey(segments[^1].Room, segments[^1].UpTo).ToString();
        yield return batch;
    }

    private string? Skipped(Segment segment)
    {
        var route = segment.Room is >= int.MinValue and <= int.MaxValue ? plan.RouteOf((int)segment.Room) : default;
        return route.Fate == RoomFate.Skipped ? route.Rule : null;
    }

    private IEnumerable<Batch> ReadIrregularMessages(string position, CancellationToken cancellationToken)
    {
        foreach (var page in source.ReadIrregularMessages(position, limits, cancellationToken))
        {
            var batch = pool.Rent();
            batch.Irregular.AddRange(page.Rows);
            batch.Book.Read += page.Rows.Count;
            batch.To = page.Position;
            yield return batch;
        }
    }

    /// <summary>Roles as the rules derive them, node by node; the position is the source nodeID.</summary>
    private IEnumerable<Batch> ReadMemberships(string position)
    {
        var after = position.Length == 0 ? int.MinValue : int.Parse(position, System.Globalization.CultureInfo.InvariantCulture);
        var batch = new RowBatch(Roles);
        foreach (var node in plan.RoleNodes.Where(node => node > after))
        {
            foreach (var role in plan.RolesOf(node))
            {
                var cells = PersistentRows.Of(role);
                batch.Rows.Add(new CarriedRow(cells, Roles, cells));
            }

            batch.To = node.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (batch.Rows.Count >= limits.Rows)
            {
                yield return batch;
                batch = new RowBatch(Roles);
            }
        }

        if (batch.To.Length > 0)
        {
            yield return batch;
        }
    }

    private IEnumerable<Batch> ReadRows(Table table, string position, CancellationToken cancellationToken) =>
        source.ReadRows(table, position, limits, cancellationToken)
            .Select(page => new RowBatch(ChatSchema.Persistent[table.Name]) { SourceRows = page.Rows, To = page.Position });
}
