using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>B6: messages below the watermark that no pass has seen, because their server committed them late.</summary>
internal static class MissedMessages
{
    /// <summary>Merges the chatIds of both sides, room by room, and lists the gaps as segments; rejected keys are no gaps.</summary>
    public static IEnumerable<Segment> Find(
        IChatSource source, IChatSource destinationReader, ExplainedDestination destination, DirectoryPlan plan,
        IReadOnlyDictionary<long, long> watermarks, CancellationToken cancellationToken)
    {
        var rejected = destination.ReadRejectedKeys(Streams.Messages).ToHashSet(StringComparer.Ordinal);
        foreach (var (room, upTo) in watermarks.OrderBy(watermark => watermark.Key))
        {
            var route = room is >= int.MinValue and <= int.MaxValue ? plan.RouteOf((int)room) : default;
            if (route.Fate != RoomFate.Migrated)
            {
                continue;
            }

            var (from, last) = (0L, 0L);
            var open = false;
            using var there = destinationReader.ReadChatIds(new Segment(route.DestinationId, long.MinValue, upTo), cancellationToken).GetEnumerator();
            var more = there.MoveNext();
            foreach (var id in source.ReadChatIds(new Segment(room, long.MinValue, upTo), cancellationToken))
            {
                while (more && there.Current < id)
                {
                    more = there.MoveNext();
                }

                var isMissing = !(more && there.Current == id) && !rejected.Contains(new MessageKey(room, id).ToString());
                if (!isMissing && open)
                {
                    yield return new Segment(room, from, last);
                }

                from = isMissing && !open ? id : from;
                last = id;
                open = isMissing;
            }

            if (open)
            {
                yield return new Segment(room, from, last);
            }
        }
    }
}
