using ChatEtl.Checkpoints;
using ChatEtl.Planning;
using ChatEtl.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>Which messages stand for all of them.</summary>
public sealed class MessageSampleTests
{
    [Fact]
    public void Pieces_ascend_lie_within_the_messages_and_never_meet_twice() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), Gen.Choose(1, 5_000).ToArbitrary(), (sizes, most) =>
        {
            var segments = sizes.Select((size, i) => new Segment(i * 3, 7, 6 + size.Get)).ToList();
            if (segments.Count == 0)
            {
                return true;
            }

            var sample = MessageSample.Of(segments, most);
            var all = sample.Warm.Concat(sample.Pieces.SelectMany(piece => piece).SelectMany(quarter => quarter)).ToList();
            var ids = all.SelectMany(segment => Enumerable.Range((int)segment.From, (int)segment.Span).Select(id => (segment.Room, (long)id))).ToList();
            var known = segments.ToDictionary(segment => segment.Room);
            return ids.SequenceEqual(ids.Order()) && ids.Distinct().Count() == ids.Count
                && all.TrueForAll(piece => known.TryGetValue(piece.Room, out var room) && piece.From >= room.From && piece.UpTo <= room.UpTo)
                && ids.Count <= Math.Min(most, segments.Sum(segment => segment.Span)) + MessageSample.Strata;
        }).Check(RandomCases.Of(100));

    [Fact]
    public void A_small_pool_is_taken_whole()
    {
        Segment[] segments = [new(1, 1, 40), new(2, 5, 5), new(3, 1, 60)];

        var sample = MessageSample.Of(segments, 1_000);

        Assert.Equal(101, MessageSample.Span(sample.Warm) + MessageSample.Span(sample.Pieces.SelectMany(piece => piece).SelectMany(quarter => quarter)));
    }

    [Fact]
    public void A_room_of_half_of_all_messages_gets_half_of_the_pieces()
    {
        Segment[] segments = [.. Enumerable.Range(1, 100).Select(room => new Segment(room, 1, 1_000)), new(200, 1, 100_000)];

        var sample = MessageSample.Of(segments, 10_000);

        Assert.InRange(sample.Pieces.Count(piece => piece.All(quarter => quarter.All(segment => segment.Room == 200))), 3, 5);
    }

    [Fact]
    public void One_message_is_a_sample()
    {
        var sample = MessageSample.Of([new Segment(4, 9, 9)], 100);

        Assert.Equal([new Segment(4, 9, 9)], sample.Warm.Concat(sample.Pieces.SelectMany(piece => piece).SelectMany(quarter => quarter)));
    }
}
