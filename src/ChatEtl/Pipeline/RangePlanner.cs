using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Pipeline;

/// <summary>Cuts the streams of a pass into ranges of about equal size: a giant room into several, small rooms together.</summary>
/// <remarks>
/// The cuts come from the key index: chatIds are a running number, so a room's size is close to its span; where numbers are missing by
/// the million, the cut moves to the next one that exists, so that no range is empty. The ranges cover every
/// whole-numbered key from an earlier pass's watermark up to the highest chatId of now; what is posted later waits for the next pass (B6).
/// </remarks>
internal static class RangePlanner
{
    private const int RangesAPass = 1_000_000;
    private const int RangesALane = 4;

    /// <summary>Plans the ranges of a pass.</summary>
    /// <param name="source">The source.</param>
    /// <param name="rules">Which streams there are.</param>
    /// <param name="options">Messages a range aims at, and how many lanes share them.</param>
    /// <param name="pass">Number of the pass.</param>
    /// <param name="watermarks">Up to which chatId earlier passes took each channelId.</param>
    /// <param name="missed">Pieces below the watermark that earlier passes did not see.</param>
    /// <param name="cancellationToken">Looked at between rooms.</param>
    public static List<Range> Plan(
        IChatSource source, RuleOptions rules, PipelineOptions options, int pass, IReadOnlyDictionary<long, long> watermarks, IEnumerable<Segment> missed,
        CancellationToken cancellationToken)
    {
        var ranges = new List<Range>();
        if (Levels.Rooms(rules))
        {
            Add(Streams.Memberships, []);
            AddIf(rules.Invitations, Streams.Invitations);
        }
        else if (Levels.Categories(rules))
        {
            Add(Streams.Memberships, []);
        }

        AddIf(rules.Affiliations, Streams.Affiliations);
        AddIf(rules.Preferences, Streams.Preferences);
        if (Levels.Content(rules))
        {
            // Rows of irregular keys have no watermark: the first pass takes them.
            if (pass == 1)
            {
                Add(Streams.IrregularMessages, []);
            }

            foreach (var segments in Pack(missed, options.RangeRows, Next))
            {
                Add(Streams.MissedMessages, segments);
            }

            var open = New(source.ReadExtents(cancellationToken), watermarks).ToList();
            foreach (var segments in Pack(open, RowsOfRange(open, options), Next))
            {
                Add(Streams.Messages, segments);
            }
        }

        return ranges;

        long? Next(Segment rest) => source.ReadChatIds(rest, cancellationToken).Select(id => (long?)id).FirstOrDefault();

        void Add(string stream, IReadOnlyList<Segment> segments) => ranges.Add(new Range((pass * RangesAPass) + ranges.Count, stream, segments));

        void AddIf(CarryOrLeave option, string stream)
        {
            if (option == CarryOrLeave.Carry)
            {
                Add(stream, []);
            }
        }
    }

    /// <summary>chatIds a range aims at: fewer than configured where several lanes share a small pool, so that they end together.</summary>
    public static int RowsOfRange(IReadOnlyList<Segment> segments, PipelineOptions options)
    {
        var lanes = RangeFlow.Lanes(options);
        var share = segments.Sum(segment => segment.Span) / (lanes * RangesALane);
        return lanes == 1 ? options.RangeRows : (int)Math.Clamp(share, Math.Min(RangeFlow.RowsOfBatch(options), options.RangeRows), options.RangeRows);
    }

    /// <summary>Packs segments into lists of about as many chatIds each, cutting those that are larger; order is kept.</summary>
    /// <param name="segments">What to cover, ascending.</param>
    /// <param name="rangeRows">chatIds a list aims at; numbers that do not exist between two pieces are not counted.</param>
    /// <param name="next">The lowest chatId that exists in a segment, or null.</param>
    public static IEnumerable<IReadOnlyList<Segment>> Pack(IEnumerable<Segment> segments, int rangeRows, Func<Segment, long?> next)
    {
        var (open, size) = (new List<Segment>(), 0m);
        foreach (var segment in segments)
        {
            var rest = segment;
            while (true)
            {
                var room = rangeRows - size;
                if (rest.Span <= room)
                {
                    open.Add(rest);
                    size += rest.Span;
                    break;
                }

                // Cut only what is much too large, so that no range is a mere remainder.
                if (room > 0 && rest.Span > rangeRows / 2m)
                {
                    var behind = (long)(rest.From + room);
                    if (next(rest with { From = behind }) is not { } found)
                    {
                        open.Add(rest);
                        size += room;
                        break;
                    }

                    open.Add(rest with { UpTo = found - 1 });
                    rest = rest with { From = found };
                }

                yield return open;
                (open, size) = ([], 0);
            }
        }

        if (open.Count > 0)
        {
            yield return open;
        }
    }

    private static IEnumerable<Segment> New(IEnumerable<Segment> extents, IReadOnlyDictionary<long, long> watermarks) =>
        extents
            .Where(extent => !watermarks.TryGetValue(extent.Room, out var taken) || taken < extent.UpTo)
            .Select(extent => watermarks.TryGetValue(extent.Room, out var taken) ? extent with { From = taken + 1 } : extent);
}
