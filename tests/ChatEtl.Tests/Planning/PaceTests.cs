using ChatEtl.Planning;
using ChatEtl.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>The line through a measurement's points.</summary>
public sealed class PaceTests
{
    [Fact]
    public void A_slow_start_is_told_apart_from_what_a_row_takes()
    {
        // Half a second of starting, then a millisecond a row.
        var pace = Pace.Of([.. Enumerable.Range(1, 10).Select(i => new PacePoint(0.5 + (i * 0.1), i * 100, i * 1_000))], warmRows: 200);

        Assert.Equal(0.001, pace.SecondsARow, 9);
        Assert.Equal(0.5, pace.ColdSeconds, 9);
        Assert.Equal(0.5 + 10, pace.SecondsFor(10_000), 6);
        Assert.Equal(0, pace.Uncertainty(), 6);
        Assert.Equal(10, pace.BytesARow);
    }

    [Fact]
    public void No_rows_take_no_time_whatever_was_measured()
    {
        Assert.Equal(0, Pace.None.SecondsFor(5));
        Assert.Same(Pace.None, Pace.Of([], 1));
        Assert.Same(Pace.None, Pace.Of([new PacePoint(3, 0, 0)], 1));
        Assert.Equal(0, Pace.Of([new PacePoint(3, 10, 0)], 1).SecondsFor(0));
    }

    [Fact]
    public void One_point_gives_its_average_and_owns_that_it_may_be_far_off()
    {
        var pace = Pace.Of([new PacePoint(2, 100, 400)], warmRows: 50);

        Assert.Equal(0.02, pace.SecondsARow, 9);
        Assert.Equal(0, pace.ColdSeconds);
        Assert.Equal(1, pace.Uncertainty());
    }

    [Fact]
    public void Wider_rows_take_longer_by_what_parts_of_different_width_told()
    {
        // A microsecond a row and a nanosecond a byte.
        var points = new List<PacePoint> { new(0, 100, 0) };
        foreach (var width in new[] { 100, 5_000, 100, 3_000, 100, 5_000, 100, 100 })
        {
            var last = points[^1];
            points.Add(new PacePoint(last.Seconds + (1e-6 * 1_000) + (1e-9 * width * 1_000), last.Rows + 1_000, last.Bytes + (width * 1_000L)));
        }

        var pace = Pace.Of(points, warmRows: 100);

        Assert.Equal((1e-6 * 50_000) + (1e-9 * 50_000 * 4_000), pace.SecondsFor(50_000, 50_000L * 4_000), 6);
        Assert.Equal((1e-6 * 50_000) + (1e-9 * 50_000 * 100), pace.SecondsFor(50_000, 50_000L * 100), 6);
    }

    [Fact]
    public void More_rows_never_take_less_time_and_uneven_parts_never_less_doubt() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (times, one, more) =>
        {
            var (points, last) = (new List<PacePoint>(), default(PacePoint));
            foreach (var time in times)
            {
                points.Add(last = new PacePoint(last.Seconds + time.Get, last.Rows + 100, last.Bytes + 900));
            }

            var pace = Pace.Of(points, 100);
            var (few, many) = (pace.SecondsFor(one), pace.SecondsFor((long)one + more));
            return few >= 0 && many >= few && pace.Uncertainty() >= 0 && pace.Parts.Sum(part => part.Rows) <= last.Rows && double.IsFinite(many);
        }).Check(RandomCases.Of(100));
}
