using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

public sealed class RangePlannerTests
{
    [Fact]
    public void A_giant_room_is_cut_into_several_ranges()
    {
        var ranges = Pack([new Segment(2, 1, 1000)], 300);

        Assert.Equal(
            [[new Segment(2, 1, 300)], [new Segment(2, 301, 600)], [new Segment(2, 601, 900)], [new Segment(2, 901, 1000)]],
            ranges.Select(range => range.ToArray()));
    }

    [Fact]
    public void Small_rooms_share_a_range()
    {
        var ranges = Pack([.. Enumerable.Range(2, 100).Select(room => new Segment(room, 1, 10))], 300);

        Assert.Equal([30, 30, 30, 10], ranges.Select(range => range.Count));
    }

    [Fact]
    public void Missing_numbers_make_no_empty_range()
    {
        long[] ids = [1, 2, 3, 1_000_000_000_000, 1_000_000_000_001];
        var ranges = RangePlanner.Pack([new Segment(2, 1, ids[^1])], 100, rest => ids.Where(id => id >= rest.From && id <= rest.UpTo).Select(id => (long?)id).FirstOrDefault()).ToList();

        Assert.Equal([[new Segment(2, 1, 999_999_999_999)], [new Segment(2, 1_000_000_000_000, 1_000_000_000_001)]], ranges.Select(range => range.ToArray()));
    }

    [Fact]
    public void The_whole_range_of_bigint_can_be_packed()
    {
        long[] ids = [long.MinValue, 0, long.MaxValue];
        var ranges = RangePlanner.Pack(
            [new Segment(2, long.MinValue, long.MaxValue)], 1000, rest => ids.Where(id => id >= rest.From && id <= rest.UpTo).Select(id => (long?)id).FirstOrDefault()).ToList();

        Assert.Equal([long.MinValue, 0, long.MaxValue], ranges.Select(range => range.Single().From));
        Assert.Equal([-1, long.MaxValue - 1, long.MaxValue], ranges.Select(range => range.Single().UpTo));
    }

    [Fact]
    public void Every_key_is_in_exactly_one_range_in_order_and_no_range_is_much_too_large()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (var round = 0; round < 500; round++)
        {
            var extents = new List<Segment>();
            for (var room = 1; room <= random.Next(1, 30); room++)
            {
                var from = random.NextInt64(-50, 50);
                extents.Add(new Segment(room, from, from + random.NextInt64(0, random.Next(10) == 0 ? 2000 : 60)));
            }

            var rangeRows = random.Next(1, 200);

            var ranges = Pack(extents, rangeRows);

            var pieces = ranges.SelectMany(range => range).ToList();
            var joined = new List<Segment>();
            foreach (var piece in pieces)
            {
                Assert.True(piece.From <= piece.UpTo, $"Seed {Seed}, round {round}: {piece}");
                if (joined.Count > 0 && joined[^1].Room == piece.Room && joined[^1].UpTo + 1 == piece.From)
                {
                    joined[^1] = joined[^1] with { UpTo = piece.UpTo };
                }
                else
                {
                    joined.Add(piece);
                }
            }

            Assert.Equal(extents, joined);
            Assert.All(ranges, range => Assert.InRange(range.Sum(piece => piece.UpTo - piece.From + 1), 1, rangeRows));
        }
    }

    [Theory]
    [InlineData(1, 1_000_000, 250_000)]
    [InlineData(2, 1_000_000, 125_000)]
    [InlineData(4, 1_000_000, 62_500)]
    [InlineData(4, 10_000, 20_000)]
    [InlineData(4, 500_000_000, 250_000)]
    public void Lanes_that_share_a_small_pool_get_smaller_ranges_but_none_below_a_batch(int writers, long messages, int rows)
    {
        Assert.Equal(rows, RangePlanner.RowsOfRange([new Segment(1, 1, messages / 2), new Segment(2, 1, messages / 2)], new PipelineOptions { Writers = writers }));
    }

    /// <summary>Packs segments in which every number exists.</summary>
    private static List<IReadOnlyList<Segment>> Pack(List<Segment> segments, int rangeRows) =>
        [.. RangePlanner.Pack(segments, rangeRows, rest => rest.From)];
}
