using ChatEtl.Chat;
using ChatEtl.Planning;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>When people post, against a count of every message.</summary>
public sealed class ActivityTests : IDisposable
{
    private static readonly DateTime Now = new(2013, 3, 31, 12, 0, 0, DateTimeKind.Utc);
    private static readonly TimeZoneInfo Warsaw = TimeZoneInfo.FindSystemTimeZoneById("Europe/Warsaw");
    private static readonly TimeZoneInfo Kathmandu = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu");

    private readonly PlainPool _pool = new(ChatSchema.Legacy);

    [Theory]
    [InlineData(1, 3, 40)]
    [InlineData(2, 1, 400)]
    [InlineData(3, 30, 12)]
    [InlineData(4, 7, 150)]
    public void The_histogram_is_what_counting_every_message_gives(int seed, int rooms, int messages)
    {
        var random = new Random(seed);
        var dates = new List<DateTime>();
        for (var room = 1; room <= rooms; room++)
        {
            var (id, date) = (random.Next(100), Now.AddDays(-random.Next(1, 90)));
            for (var i = random.Next(messages); i > 0 && date <= Now; i--)
            {
                Post(room, id += random.Next(1, 4), date.Ticks);
                dates.Add(date);
                date = date.AddMinutes(random.Next(0, 3_000));
            }
        }

        var activity = Read();

        if (dates.Count == 0)
        {
            Assert.Equal(0, activity.Messages);
            return;
        }

        Assert.Equal(dates.Max(), activity.UpTo, TimeSpan.FromMinutes(15));
        Assert.Equal(TimeSpan.FromDays(28), activity.UpTo - activity.From);
        var counted = new double[28 * 24];
        foreach (var date in dates.Where(date => date >= activity.From))
        {
            counted[(int)((date - activity.From).Ticks / TimeSpan.TicksPerHour)]++;
        }

        Assert.Equal(counted, activity.ByHour());
        Assert.False(activity.IsSampled);
    }

    [Fact]
    public void In_a_large_pool_some_messages_stand_for_others_and_the_sum_stays_about_right()
    {
        _pool.Execute("BEGIN");
        for (var i = 0; i < 20_000; i++)
        {
            // By day four times as many as by night.
            Post(1, i, Now.AddDays(-20).AddMinutes(i).Ticks);
            Post(2, i, Now.AddDays(-20).AddDays(i / 1_000).AddHours(8).AddSeconds(i % 1_000 * 36).Ticks);
        }

        _pool.Execute("COMMIT");

        var activity = Read(new ActivityLimits { Messages = 4_000 });

        Assert.True(activity.IsSampled);
        Assert.InRange(activity.Read, 2_000, 6_000);
        Assert.InRange(activity.Messages, 38_000, 42_000);
        var day = activity.ByWeekday(TimeZoneInfo.Utc);
        Assert.True(day.Sum(hours => hours[22]) > 2 * day.Sum(hours => hours[14]));
    }

    [Fact]
    public void Of_many_rooms_the_largest_are_looked_into_and_some_stand_for_the_small_ones()
    {
        _pool.Execute("BEGIN");
        for (var room = 1; room <= 300; room++)
        {
            for (var i = 0; i < (room <= 10 ? 100 : 5); i++)
            {
                Post(room, i, Now.AddHours(-100 + i).Ticks);
            }
        }

        _pool.Execute("COMMIT");

        var activity = Read(new ActivityLimits { Rooms = 60 });

        Assert.True(activity.IsSampled);
        Assert.Equal((10 * 100) + (290 * 5), activity.Messages, 1d);
        Assert.True(activity.Read < 1_300);
    }

    [Fact]
    public void A_source_without_messages_has_no_activity_and_every_hour_is_quiet()
    {
        var activity = Read();

        Assert.Equal(0, activity.Messages);
        Assert.Empty(activity.ByHour());
        Assert.All(activity.Quietest(TimeSpan.FromHours(5), new DateTimeOffset(Now), TimeZoneInfo.Utc, 3), window => Assert.Equal(0, window.Messages));
        Assert.Equal(3, activity.Quietest(TimeSpan.FromHours(5), new DateTimeOffset(Now), TimeZoneInfo.Utc, 3).Count);
    }

    [Fact]
    public void One_message_is_an_hour_of_activity()
    {
        Post(1, 1, Now.AddDays(-700).Ticks);

        var activity = Read();

        Assert.Equal(1, activity.Messages);
        Assert.Equal(1, activity.ByHour()[^1]);
    }

    [Fact]
    public void Dates_in_the_future_zero_and_nonsense_do_not_move_the_weeks()
    {
        Post(1, 1, Now.AddDays(-3).Ticks);
        Post(1, 2, Now.AddYears(40).Ticks);
        Post(2, 1, 0);
        Post(3, 1, -5);
        Post(4, 1, long.MaxValue);
        Post(5, 1, "yesterday");

        var activity = Read();

        Assert.Equal(1, activity.Messages);
        Assert.Equal(Now.AddDays(-3), activity.UpTo, TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void The_first_weeks_of_all_time_are_shorter()
    {
        Post(1, 1, DateTime.MinValue.AddHours(30).Ticks);

        var activity = Read();

        Assert.Equal(1, activity.Messages);
        Assert.Equal(DateTime.MinValue, activity.From, TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void Hours_are_those_of_the_zone_even_where_it_differs_by_a_quarter()
    {
        // 2:30 by UTC is 8:15 in Kathmandu, 4:30 in Warsaw's summer and 3:30 in its winter.
        Post(1, 1, new DateTime(2013, 3, 27, 2, 30, 0, DateTimeKind.Utc).Ticks);
        Post(1, 2, new DateTime(2013, 3, 31, 2, 30, 0, DateTimeKind.Utc).Ticks);

        var activity = Read();

        Assert.True(activity.ByWeekday(Kathmandu)[2][8] > 0);
        Assert.True(activity.ByWeekday(Warsaw)[2][3] > 0);
        Assert.True(activity.ByWeekday(Warsaw)[6][4] > 0);
        Assert.Equal(0, activity.ByWeekday(Warsaw)[6][3]);
    }

    [Fact]
    public void The_quietest_windows_come_first_and_do_not_overlap()
    {
        // Posted around the clock, but on Sundays from 2 to 8 only a little.
        var id = 0;
        for (var at = Now.AddDays(-28); at < Now; at = at.AddMinutes(15))
        {
            if (at.DayOfWeek != DayOfWeek.Sunday || at.Hour is < 2 or >= 8 || at.Minute == 0)
            {
                Post(1, ++id, at.Ticks);
            }
        }

        var activity = Read();
        var windows = activity.Quietest(TimeSpan.FromHours(6), new DateTimeOffset(Now), TimeZoneInfo.Utc, 4);

        Assert.Equal(new DateTimeOffset(2013, 4, 7, 2, 0, 0, TimeSpan.Zero), windows[0].Start);
        Assert.Equal(6, windows[0].Messages, 0.5);
        Assert.Equal(windows.OrderBy(window => window.Messages), windows);
        Assert.All(windows.SelectMany((one, i) => windows.Skip(i + 1).Select(other => (one, other))), pair => Assert.False(pair.one.Start < pair.other.End && pair.other.Start < pair.one.End));
        Assert.All(windows, window => Assert.InRange(window.Start, new DateTimeOffset(Now), new DateTimeOffset(Now).AddDays(7)));
    }

    [Fact]
    public void A_window_over_a_change_of_the_clock_is_as_long_as_the_work()
    {
        Post(1, 1, Now.AddHours(-40).Ticks);
        var saturday = new DateTimeOffset(2013, 3, 30, 12, 0, 0, TimeSpan.Zero);

        var windows = Read().Quietest(TimeSpan.FromHours(5), saturday, Warsaw, 30);

        Assert.All(windows, window => Assert.Equal(TimeSpan.FromHours(5), window.End - window.Start));
        Assert.Contains(windows, window => window.Start.Offset == TimeSpan.FromHours(1));
        Assert.Contains(windows, window => window.Start.Offset == TimeSpan.FromHours(2));
        Assert.All(windows, window => Assert.Equal(0, window.Start.Minute));
    }

    [Fact]
    public void Work_of_more_than_a_week_meets_every_hour_and_some_twice()
    {
        for (var i = 0; i < 28 * 24; i++)
        {
            Post(1, 1_000 - i, Now.AddHours(-i).Ticks);
        }

        var window = Assert.Single(Read().Quietest(TimeSpan.FromDays(10), new DateTimeOffset(Now), TimeZoneInfo.Utc, 5));

        Assert.Equal(240, window.Messages, 5d);
    }

    public void Dispose() => _pool.Dispose();

    private void Post(int room, long id, object date) => _pool.Add("tblChat", ("channelID", room), ("chatID", id), ("chatDate", date));

    private Activity Read(ActivityLimits? limits = null)
    {
        using var source = new SqliteSource(_pool.Path);
        return ActivityReader.Read(source, Now, limits ?? new ActivityLimits(), CancellationToken.None);
    }
}
