using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

/// <summary>Self-tuning over destinations whose costs are known: it must come close to the best fixed setting from either side.</summary>
public class TunerTests
{
    private const int Most = 100_000;

    [Theory]
    [InlineData(0.001, 1.6e-6, 250)]
    [InlineData(0.001, 1.6e-6, 1_000)]
    [InlineData(0.001, 1.6e-6, 94_000)]
    [InlineData(0.025, 14e-6, 2_700)]
    [InlineData(0.0001, 20e-6, 1_000)]
    [InlineData(0.2, 10e-6, 500)]
    public void Batches_come_within_a_tenth_of_the_best_rate_from_a_start_far_too_small_or_too_large(double fixedCost, double rowCost, int first)
    {
        var random = new Random(1);
        var limits = new BatchLimits(Most, 1 << 20);
        var tuner = new BatchTuner(limits, Most, first);

        for (var batch = 0; batch < 2_000; batch++)
        {
            tuner.Note(limits.Rows, Cost(limits.Rows, random));
        }

        var best = Most / (fixedCost + (rowCost * Most));
        var chosen = tuner.Rows / (fixedCost + (rowCost * tuner.Rows));
        Assert.InRange(chosen / best, 0.9, 1.0);

        // Uneven times, and now and then the batch that met a sync.
        TimeSpan Cost(int rows, Random noise) =>
            TimeSpan.FromSeconds((fixedCost + (rowCost * rows)) * (0.85 + (0.3 * noise.NextDouble())) + (noise.Next(20) == 0 ? 0.05 : 0));
    }

    [Fact]
    public void Batches_grow_no_larger_than_pays()
    {
        var limits = new BatchLimits(Most, 1 << 20);
        var tuner = new BatchTuner(limits, Most, 1_000);

        for (var batch = 0; batch < 2_000; batch++)
        {
            tuner.Note(limits.Rows, TimeSpan.FromSeconds(0.001 + (2e-6 * limits.Rows)));
        }

        Assert.InRange(tuner.Rows, 15_000, 25_000);
    }

    [Theory]
    [InlineData(100, 1_000)]
    [InlineData(1, 1)]
    [InlineData(5_000, 5_000)]
    public void Batches_stay_within_what_is_configured(int most, int first)
    {
        var limits = new BatchLimits(most, 1 << 20);
        var tuner = new BatchTuner(limits, most, first);

        for (var batch = 0; batch < 200; batch++)
        {
            Assert.InRange(limits.Rows, 1, most);
            tuner.Note(limits.Rows, TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Batches_closed_by_their_bytes_teach_nothing()
    {
        var limits = new BatchLimits(Most, 1 << 20);
        var tuner = new BatchTuner(limits, Most, 1_000);

        for (var batch = 0; batch < 200; batch++)
        {
            tuner.Note(37, TimeSpan.FromSeconds(5));
        }

        Assert.Equal(1_000, tuner.Rows);
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(4, 4)]
    [InlineData(8, 1)]
    [InlineData(1, 1)]
    public async Task As_many_ranges_move_side_by_side_as_add_to_the_rate(int most, int useful)
    {
        var lanes = await LanesOverTime(most, useful, TimeSpan.FromSeconds(2_000));

        Assert.InRange(lanes[^1], Math.Max(1, useful - 1), Math.Min(most, useful + 1));
    }

    [Fact]
    public async Task A_run_that_is_over_in_seconds_tries_nothing()
    {
        Assert.All(await LanesOverTime(most: 4, useful: 1, TimeSpan.FromSeconds(10)), lanes => Assert.Equal(4, lanes));
    }

    [Fact]
    public async Task Fewer_lanes_that_are_slower_are_given_up_within_one_window()
    {
        var lanes = await LanesOverTime(most: 2, useful: 2, TimeSpan.FromSeconds(2_000));

        var longest = string.Concat(lanes).Split('2').Max(fewer => fewer.Length);
        Assert.InRange(longest, 1, 21);
    }

    /// <summary>How many lanes there were at every tenth of a second, where no more than some of them add to the rate.</summary>
    private static async Task<List<int>> LanesOverTime(int most, int useful, TimeSpan time)
    {
        var clock = new ManualTimeProvider();
        using var lanes = new LaneTuner(most, tunes: true, clock);
        var (open, found) = (0, new List<int>());
        for (var tenth = 0; tenth < time.TotalSeconds * 10; tenth++)
        {
            while (open < lanes.Lanes)
            {
                await lanes.EnterAsync(TestContext.Current.CancellationToken);
                open++;
            }

            // A range ends now and then, and a waiting one takes its lane.
            clock.Advance(TimeSpan.FromSeconds(0.1));
            lanes.Note(1_000 * Math.Min(open, useful));
            lanes.Leave();
            open--;
            found.Add(lanes.Lanes);
        }

        return found;
    }

    [Fact]
    public async Task Without_tuning_the_lanes_stay_as_configured()
    {
        var clock = new ManualTimeProvider();
        using var lanes = new LaneTuner(4, tunes: false, clock);
        for (var second = 0; second < 1_000; second++)
        {
            await lanes.EnterAsync(TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(1));
            lanes.Note(1);
            lanes.Leave();
        }

        Assert.Equal(4, lanes.Lanes);
    }
}
