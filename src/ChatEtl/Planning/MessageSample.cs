using ChatEtl.Checkpoints;

namespace ChatEtl.Planning;

/// <summary>Pieces of the messages that stand for all of them: the first rows, to warm up, and pieces at even distances over all rooms.</summary>
/// <remarks>
/// Rooms count by their messages: a room of half of all messages gets half of the pieces, and a piece among tiny rooms holds many of them. So a
/// piece costs what its neighbourhood costs. All pieces ascend, as the rows of a run do.
/// </remarks>
internal sealed class MessageSample
{
    /// <summary>Pieces over all messages.</summary>
    public const int Strata = 8;

    /// <summary>Quarters of a piece: so many steps there are for a slow end to take fewer rows.</summary>
    public const int Quarters = 4;

    private const int WarmShare = 3;

    private readonly IReadOnlyList<Segment> _segments;
    private readonly decimal[] _starts;

    private MessageSample(IReadOnlyList<Segment> segments, long most)
    {
        _segments = segments;
        _starts = new decimal[segments.Count + 1];
        for (var i = 0; i < segments.Count; i++)
        {
            _starts[i + 1] = _starts[i] + segments[i].Span;
        }

        var rows = Math.Min(Span(), most);
        var warm = Math.Ceiling(rows / WarmShare);
        Warm = Slice(0, warm);
        var (distance, quarter) = ((Span() - warm) / Strata, (rows - warm) / Strata / Quarters);
        Pieces = [.. Enumerable.Range(0, Strata).Select(i => Quarter(warm + (i * distance) + ((distance - (quarter * Quarters)) / 2), quarter))];
    }

    /// <summary>The first rows.</summary>
    public IReadOnlyList<Segment> Warm { get; }

    /// <summary>The pieces behind them, each in quarters.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<Segment>>> Pieces { get; }

    /// <summary>Cuts a sample.</summary>
    /// <param name="segments">All messages, ascending.</param>
    /// <param name="most">Rows the sample may have.</param>
    public static MessageSample Of(IReadOnlyList<Segment> segments, long most) => new(segments, most);

    /// <summary>chatIds of some segments.</summary>
    public static decimal Span(IEnumerable<Segment> segments) => segments.Sum(segment => segment.Span);

    /// <summary>chatIds of all segments.</summary>
    private decimal Span() => _starts[^1];

    private List<IReadOnlyList<Segment>> Quarter(decimal from, decimal quarter) =>
        [.. Enumerable.Range(0, Quarters).Select(i => Slice(Whole(from + (i * quarter)), Whole(from + ((i + 1) * quarter))))];

    /// <summary>The number at or below a place that came out of a division.</summary>
    private static decimal Whole(decimal place) => Math.Floor(place + 0.000001m);

    /// <summary>The chatIds from one place in the row of all of them up to, and without, another.</summary>
    private List<Segment> Slice(decimal from, decimal upTo)
    {
        var slice = new List<Segment>();
        var at = Array.BinarySearch(_starts, from);
        for (var i = at >= 0 ? at : ~at - 1; i >= 0 && i < _segments.Count && _starts[i] < upTo; i++)
        {
            var first = (long)(_segments[i].From + Math.Max(0, from - _starts[i]));
            var last = (long)(_segments[i].From + Math.Min(_segments[i].Span, upTo - _starts[i]) - 1);
            if (last >= first)
            {
                slice.Add(new Segment(_segments[i].Room, first, last));
            }
        }

        return slice;
    }
}
