namespace ChatEtl.Planning;

/// <summary>How many messages were posted in each quarter of an hour of the last weeks of a source, and what that says of the hours to come.</summary>
/// <remarks>
/// Kept in UTC by quarters of an hour, because every time zone's clock differs from UTC by such; shown by the hours of a zone, with its own daylight
/// saving at each moment. Ends at the last message that is not in the future, so that a copy of a year ago tells its own last weeks.
/// </remarks>
public sealed class Activity
{
    private const int QuartersAnHour = 4;
    private const int HoursAWeek = 7 * 24;

    /// <summary>A quarter of an hour.</summary>
    internal static readonly TimeSpan Quarter = TimeSpan.FromHours(1) / QuartersAnHour;

    private readonly double[] _quarters;

    /// <summary>Takes the counts.</summary>
    /// <param name="from">The first quarter of an hour, UTC.</param>
    /// <param name="quarters">Messages in each, estimated where they were sampled.</param>
    /// <param name="read">Messages whose time was read.</param>
    /// <param name="isSampled">Whether not all messages of the weeks were read.</param>
    internal Activity(DateTime from, double[] quarters, long read, bool isSampled) => (From, _quarters, Read, IsSampled) = (from, quarters, read, isSampled);

    /// <summary>Nothing was posted, ever.</summary>
    public static Activity None { get; } = new(DateTime.UnixEpoch, [], 0, isSampled: false);

    /// <summary>The beginning of the weeks, UTC.</summary>
    public DateTime From { get; }

    /// <summary>The end of the weeks, UTC, exclusive.</summary>
    public DateTime UpTo => From + (Quarter * _quarters.Length);

    /// <summary>Messages of these weeks, as read or estimated.</summary>
    public double Messages => _quarters.Sum();

    /// <summary>Messages whose time was read.</summary>
    public long Read { get; }

    /// <summary>Whether some messages were read and stand for others.</summary>
    public bool IsSampled { get; }

    /// <summary>Messages hour by hour, from the first to the last.</summary>
    public IReadOnlyList<double> ByHour() => [.. _quarters.Chunk(QuartersAnHour).Select(hour => hour.Sum())];

    /// <summary>Messages of an average week, by day (0 is Monday) and hour of a zone's clock.</summary>
    public double[][] ByWeekday(TimeZoneInfo zone)
    {
        var (messages, quarters) = (Week(), Week());
        for (var i = 0; i < _quarters.Length; i++)
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(From + (i * Quarter), zone);
            messages[DayOf(local)][local.Hour] += _quarters[i];
            quarters[DayOf(local)][local.Hour]++;
        }

        // An hour that the clock skipped was there less often, one that it repeated more often.
        return [.. messages.Select((day, i) => day.Select((sum, hour) => quarters[i][hour] == 0 ? 0 : sum * QuartersAnHour / quarters[i][hour]).ToArray())];
    }

    /// <summary>Beginnings in the week to come at which the fewest messages arrive while something takes its time, quietest first, none within another.</summary>
    /// <param name="duration">How long it takes; a window ends with a whole minute.</param>
    /// <param name="now">The earliest beginning.</param>
    /// <param name="zone">The zone of the people who post.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<QuietWindow> Quietest(TimeSpan duration, DateTimeOffset now, TimeZoneInfo zone, int most)
    {
        duration = TimeSpan.FromMinutes(Math.Ceiling(duration.TotalMinutes));
        var week = ByWeekday(zone);
        var first = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour) + (now.UtcTicks % TimeSpan.TicksPerHour == 0 ? 0 : TimeSpan.TicksPerHour), TimeSpan.Zero);
        var starts = Enumerable.Range(0, HoursAWeek)
            .Select(hour => OnTheHour(first.AddHours(hour), zone))
            .Select(start => new QuietWindow(start, start + duration, Expected(week, start, duration, zone)))
            .OrderBy(window => window.Messages).ThenBy(window => window.Start);
        var chosen = new List<QuietWindow>();
        foreach (var window in starts)
        {
            if (chosen.Count < most && !chosen.Exists(other => window.Start < other.End && other.Start < window.End))
            {
                chosen.Add(window);
            }
        }

        return chosen;
    }

    /// <summary>The quarter of an hour since the first one in which a time lies; not within the weeks when negative or too large.</summary>
    internal static long QuarterOf(DateTime from, long ticks) => Math.DivRem(ticks - from.Ticks, Quarter.Ticks) is var (whole, rest) && rest < 0 ? whole - 1 : whole;

    private static double Expected(double[][] week, DateTimeOffset start, TimeSpan duration, TimeZoneInfo zone)
    {
        var sum = 0.0;
        for (var (at, end) = (start.UtcDateTime, start.UtcDateTime + duration); at < end; at += Quarter)
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(at, zone);
            sum += week[DayOf(local)][local.Hour] / QuartersAnHour * Math.Min(1, (end - at) / Quarter);
        }

        return sum;
    }

    /// <summary>The next full hour of the zone's clock; zones differ from UTC by quarters of an hour.</summary>
    private static DateTimeOffset OnTheHour(DateTimeOffset time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time, zone);
        return local.Minute == 0 ? local : TimeZoneInfo.ConvertTime(local.AddMinutes(60 - local.Minute), zone);
    }

    private static int DayOf(DateTime local) => ((int)local.DayOfWeek + 6) % 7;

    private static double[][] Week() => [.. Enumerable.Range(0, 7).Select(_ => new double[24])];
}

/// <summary>A time in which something can be done.</summary>
/// <param name="Start">When it begins, by the clock of the zone asked for.</param>
/// <param name="End">When it ends, exclusive.</param>
/// <param name="Messages">Messages that usually arrive in such a time.</param>
public sealed record QuietWindow(DateTimeOffset Start, DateTimeOffset End, double Messages);
