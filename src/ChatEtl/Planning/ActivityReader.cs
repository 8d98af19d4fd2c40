using ChatEtl.Checkpoints;
using ChatEtl.Reading;

namespace ChatEtl.Planning;

/// <summary>How much is read to tell the activity of the last weeks.</summary>
public sealed record ActivityLimits
{
    /// <summary>Weeks. Default 4.</summary>
    public int Weeks { get; init; } = 4;

    /// <summary>Times read, about; in more messages than these some stand for others. Default 200,000.</summary>
    public int Messages { get; init; } = 200_000;

    /// <summary>Rooms looked into; of more rooms, half of so many are the largest, and the others stand for all that are smaller. Default 4,000.</summary>
    public int Rooms { get; init; } = 4_000;
}

/// <summary>Reads the activity of the last weeks from the end of each room: chatIds grow with time, so that a few seeks find where the weeks begin.</summary>
/// <remarks>What lies before the weeks is not read. Times in the future, and values that are no times, do not count.</remarks>
public static class ActivityReader
{
    /// <summary>Messages at the end of a room among which the last one with a believable time is looked for.</summary>
    private const int Last = 16;

    /// <summary>Messages read side by side where some stand for others.</summary>
    private const int Block = 50;

    /// <summary>Reads it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="now">Times after this are in the future.</param>
    /// <param name="limits">How much to read.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static Activity Read(IChatSource source, DateTime now, ActivityLimits limits, CancellationToken cancellationToken)
    {
        var (rooms, areSampled) = Choose(source.ReadExtents(cancellationToken), limits.Rooms);
        var ends = rooms.Select(room => room with { Last = LastTime(source, room.Extent, now, cancellationToken) }).Where(room => room.Last > 0).ToList();
        if (ends.Count == 0)
        {
            return Activity.None;
        }

        var upTo = ends.Max(room => room.Last);
        var from = Beginning(upTo, limits.Weeks);
        var tails = ends.Where(room => room.Last >= from.Ticks)
            .Select(room => room with { Extent = room.Extent with { From = FirstSince(source, room.Extent, from.Ticks, cancellationToken) } }).ToList();
        return Count(source, tails, from, now, limits, areSampled, cancellationToken);
    }

    /// <summary>All rooms or, of too many, the largest and an even choice of the others, which then count for more.</summary>
    private static (IReadOnlyList<Room> Rooms, bool AreSampled) Choose(IEnumerable<Segment> extents, int most)
    {
        var bySize = extents.OrderByDescending(segment => segment.Span).ThenBy(extent => extent.Room).ToList();
        if (bySize.Count <= most)
        {
            return ([.. bySize.Select(extent => new Room(extent, 1))], false);
        }

        var (large, others) = (bySize[..(most / 2)], bySize[(most / 2)..]);
        var step = (double)others.Count / (most - large.Count);
        var chosen = Enumerable.Range(0, most - large.Count).Select(i => others[(int)((i + 0.5) * step)]).ToList();
        var weight = (double)(others.Sum(segment => segment.Span) / chosen.Sum(segment => segment.Span));
        return ([.. large.Select(extent => new Room(extent, 1)), .. chosen.Select(extent => new Room(extent, weight))], true);
    }

    /// <summary>Ticks of the last believable time at the end of a room; 0 without one.</summary>
    private static long LastTime(IChatSource source, Segment extent, DateTime now, CancellationToken cancellationToken) =>
        source.ReadTimes(extent with { From = Later(extent.UpTo, -Last, extent.From) }, cancellationToken)
            .Select(time => time.Ticks).Where(ticks => ticks > 0 && ticks <= now.Ticks).DefaultIfEmpty().Max();

    /// <summary>The first quarter of an hour of the weeks that end with a message.</summary>
    private static DateTime Beginning(long last, int weeks)
    {
        var end = new DateTime(last - (last % Activity.Quarter.Ticks), DateTimeKind.Utc);
        var most = (end - DateTime.MinValue) / Activity.Quarter;
        return end - (Activity.Quarter * Math.Min(Math.Floor(most), (weeks * 7 * 24 * 4) - 1));
    }

    /// <summary>The lowest chatId from which on messages belong to the weeks, by halving; a room whose numbers do not follow time gives about what it has.</summary>
    private static long FirstSince(IChatSource source, Segment extent, long since, CancellationToken cancellationToken)
    {
        var (low, high) = (extent.From, extent.UpTo);
        while (low < high)
        {
            var middle = (long)(low + (((Int128)high - low) / 2));
            var found = source.ReadTimes(extent with { From = middle }, cancellationToken).Select(time => (MessageTime?)time).FirstOrDefault();
            if (found is not { } time || time.Ticks >= since)
            {
                high = middle;
            }
            else
            {
                low = time.Id + 1;
            }
        }

        return low;
    }

    private static Activity Count(
        IChatSource source, IReadOnlyList<Room> tails, DateTime from, DateTime now, ActivityLimits limits, bool areSampled, CancellationToken cancellationToken)
    {
        var quarters = new double[limits.Weeks * 7 * 24 * 4];
        var share = Math.Max(1, (double)(tails.Sum(room => room.Extent.Span) / limits.Messages));
        var (read, isSampled) = (0L, areSampled);
        foreach (var room in tails)
        {
            var span = room.Extent.Span;
            var blocks = share <= 1 || span <= 2 * Block ? 1 : Math.Max(1, (int)Math.Min(int.MaxValue, (double)span / share / Block));
            var whole = blocks == 1 && (share <= 1 || span <= 2 * Block);
            isSampled |= !whole;
            for (var i = 0; i < blocks; i++)
            {
                var first = whole ? room.Extent.From : (long)(room.Extent.From + ((i + 0.5m) * span / blocks) - (Block / 2));
                var block = room.Extent with { From = Math.Max(first, room.Extent.From), UpTo = whole ? room.Extent.UpTo : Later(first, Block - 1, room.Extent.UpTo) };
                var weight = whole ? room.Weight : room.Weight * (double)(span / blocks / block.Span);
                read += Add(block, weight);
            }
        }

        return new Activity(from, quarters, read, isSampled);

        long Add(Segment block, double weight)
        {
            var times = 0L;
            foreach (var time in source.ReadTimes(block, cancellationToken))
            {
                times++;
                var quarter = Activity.QuarterOf(from, time.Ticks);
                if (quarter >= 0 && quarter < quarters.Length && time.Ticks <= now.Ticks)
                {
                    quarters[quarter] += weight;
                }
            }

            return times;
        }
    }

    /// <summary>A number some places on, or back, but not beyond a bound.</summary>
    private static long Later(long id, int places, long bound) =>
        places < 0 ? (long)Int128.Max(bound, (Int128)id + places + 1) : (long)Int128.Min(bound, (Int128)id + places);

    /// <summary>A room.</summary>
    /// <param name="Extent">Its messages.</param>
    /// <param name="Weight">For how many rooms it stands.</param>
    private sealed record Room(Segment Extent, double Weight)
    {
        /// <summary>Ticks of its last message with a believable time; 0 without one.</summary>
        public long Last { get; init; }
    }
}
