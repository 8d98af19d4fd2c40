using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Planning;

/// <summary>Compares the messages of a trial with what the scratch holds, as a comparison does: both sides read ahead, merged row by row.</summary>
internal static class ComparisonTrial
{
    private const int BatchRows = 8192;
    private const int BatchBytes = 1 << 20;

    /// <summary>When each page of the scratch was through, or nothing where it cannot be read back.</summary>
    public static IReadOnlyList<PacePoint> Run(
        IChatSource source, IReadOnlyList<Segment> segments, RoomTallies tallies, PassTransforms transforms, IScratch scratch, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (start, points, last) = (time.GetTimestamp(), new List<PacePoint>(), default(PacePoint));
        var pool = new MessageBatchPool(BatchBytes);
        var limits = new BatchLimits(BatchRows, BatchBytes);
        var comparison = new MessageComparison(new HashSet<int>(), tallies, new OpenRejections([]), new DifferenceLog(static _ => { }), rows =>
            points.Add(last = last with { Seconds = time.GetElapsedTime(start).TotalSeconds, Rows = last.Rows + rows }));
        using var wanted = Open("plan: source messages", stop => source.ReadMessages(segments, null, limits, pool, stop).Select(Wanted), pool, comparison.OnSourcePage, cancellationToken);
        using var found = Open("plan: scratch messages", stop => scratch.ReadBack(BatchRows, BatchBytes, pool, stop).Select(Found), pool, comparison.OnDestinationPage, cancellationToken);
        comparison.Run(wanted, found);
        return points;

        MessagePage Wanted(MessageBatch batch)
        {
            transforms.Messages.Apply(batch);
            return new MessagePage(batch, batch.Room, null);
        }
    }

    private static MessagePage Found(MessageBatch batch) =>
        new(batch, batch.SourceRoom, null) { Rooms = DestinationMessages.ByRoom(batch, static _ => true, null) };

    private static MessageSide Open(
        string name, Func<CancellationToken, IEnumerable<MessagePage>> read, MessageBatchPool pool, Action<MessagePage> onPage, CancellationToken cancellationToken) =>
        new([new MessageCursor(new ReadAhead<MessagePage>(name, read, cancellationToken), pool, onPage)]);
}
