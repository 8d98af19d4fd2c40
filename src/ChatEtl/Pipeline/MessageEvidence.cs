using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;

namespace ChatEtl.Pipeline;

/// <summary>Tells whether the messages of a destination room are the source room's own (E3, B7).</summary>
/// <remarks>
/// After <c>finish</c> no table of ours says which rooms runs of ours created. What they hold does: every message there stands in the source
/// room under the same number, with the same time, flag and texts.
/// </remarks>
internal static class MessageEvidence
{
    private static readonly BatchLimits Limits = new(1000, 1 << 20);

    /// <summary>Whether the destination room holds a message that the source room does not.</summary>
    public static bool HoldsForeign(IChatSource source, int sourceRoom, IChatSource destination, int destinationRoom, CancellationToken cancellationToken)
    {
        using var there = Messages(destination, destinationRoom, cancellationToken).GetEnumerator();
        using var here = Messages(source, sourceRoom, cancellationToken).GetEnumerator();
        var more = here.MoveNext();
        while (there.MoveNext())
        {
            var (batch, row) = there.Current;
            if (row < 0)
            {
                return true;
            }

            while (more && (here.Current.Row < 0 || here.Current.Batch.Id[here.Current.Row] < batch.Id[row]))
            {
                more = here.MoveNext();
            }

            if (!more || !Equal(here.Current, (batch, row)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Equal((MessageBatch Batch, int Row) left, (MessageBatch Batch, int Row) right) =>
        left.Batch.Id[left.Row] == right.Batch.Id[right.Row]
        && left.Batch.Date[left.Row] == right.Batch.Date[right.Row]
        && left.Batch.Alert[left.Row] == right.Batch.Alert[right.Row]
        && left.Batch.Content(left.Row).SequenceEqual(right.Batch.Content(right.Row))
        && left.Batch.Rtf(left.Row).SequenceEqual(right.Batch.Rtf(right.Row));

    /// <summary>The messages of a room in order; row -1 stands for such as no run of ours writes.</summary>
    private static IEnumerable<(MessageBatch Batch, int Row)> Messages(IChatSource source, int room, CancellationToken cancellationToken)
    {
        var pool = new MessageBatchPool(Limits.Bytes);
        var everything = new Segment(room, long.MinValue, long.MaxValue);
        foreach (var batch in source.ReadMessages([everything], null, Limits, pool, cancellationToken))
        {
            for (var row = batch.Irregular.Count > 0 ? -1 : 0; row < batch.Count; row++)
            {
                yield return (batch, row);
            }

            pool.Return(batch);
        }
    }
}
