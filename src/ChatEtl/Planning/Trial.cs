using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Planning;

/// <summary>The small migration that a calibration makes: what its pass begins with, and the ranges it moves.</summary>
internal sealed class Trial
{
    /// <summary>The epoch of the trial.</summary>
    public const long Epoch = 1;

    private const int FirstRange = 2_000_000_000;

    /// <summary>What the scratch begins with: all of the directory, or as large a share as the limits allow.</summary>
    public required PassStart Start { get; init; }

    /// <summary>Which share of the directory that is.</summary>
    public required double DirectoryShare { get; init; }

    /// <summary>The first messages, to warm up.</summary>
    public required Range? Warm { get; init; }

    /// <summary>Pieces of the messages, each a range in quarters.</summary>
    public required IReadOnlyList<(int Range, IReadOnlyList<IReadOnlyList<Segment>> Quarters)> Pieces { get; init; }

    /// <summary>The small tables, whole.</summary>
    public required IReadOnlyList<Range> SmallTables { get; init; }

    /// <summary>What a whole pass moves, as far as it can be told without reading.</summary>
    public required Workload Workload { get; init; }

    /// <summary>The ranges of messages to move behind the warm ones; known once <see cref="Take"/> was called.</summary>
    public IReadOnlyList<Range> Taken { get; private set; } = [];

    /// <summary>The segments of these and of the warm ones.</summary>
    public IReadOnlyList<Segment> Moved => [.. Warm?.Segments ?? [], .. Taken.SelectMany(range => range.Segments)];

    /// <summary>Takes as many quarters of every piece as fit into a time, at least one.</summary>
    public void Take(double secondsARow, TimeSpan time)
    {
        var quarter = Pieces.Sum(piece => (double)MessageSample.Span(piece.Quarters[0])) * secondsARow;
        var quarters = quarter * MessageSample.Quarters <= time.TotalSeconds ? MessageSample.Quarters : Math.Max(1, (int)(time.TotalSeconds / quarter));

        // One range a piece, as long as can be: a run opens the source for each range, and ranges are many rows.
        Taken = [.. Pieces.Select(piece => new Range(piece.Range, Streams.Messages, [.. piece.Quarters.Take(quarters).SelectMany(segments => segments)]))];
    }

    /// <summary>As much of the end of a pass as the limits allow, and which share of it that is.</summary>
    public static (PassEnd End, double Share) Some(PassEnd end, int most)
    {
        var all = (end.LastChatIds?.Count ?? 0) + (end.LastInviteIds?.Count ?? 0);
        var share = Math.Min(1, most / (double)Math.Max(1, all));
        return (end with
        {
            LastChatIds = end.LastChatIds is null ? null : Some(end.LastChatIds, share),
            LastInviteIds = end.LastInviteIds is null ? null : Some(end.LastInviteIds, share),
        }, share);
    }

    /// <summary>Makes the trial of a plan.</summary>
    public static Trial Of(
        PassPlan plan, DirectoryDiff diff, IReadOnlyList<Range> ranges, IChatSource source, int rangeRows, CalibrationLimits limits, DateTime now)
    {
        var messages = Migrated(plan.Directory, ranges, rangeRows);
        var span = messages.Sum(segment => segment.Span);
        var most = span <= 200_000 ? (decimal)limits.Messages : Math.Min(limits.Messages, span / 3);
        var sample = messages.Count == 0 ? null : MessageSample.Of(messages, (long)most);
        var next = FirstRange;
        var warm = sample is { Warm.Count: > 0 } ? Made(sample.Warm) : null;
        IReadOnlyList<(int Range, IReadOnlyList<IReadOnlyList<Segment>> Quarters)> pieces = sample is null
            ? []
            : [.. sample.Pieces.Select(piece => piece.Where(quarter => quarter.Count > 0).ToList()).Where(piece => piece.Count > 0).Select(piece => (next++, piece))];
        IReadOnlyList<Range> small =
        [
            .. ranges.Where(range => range.Stream is Streams.Memberships or Streams.Invitations or Streams.Affiliations or Streams.Preferences)
                .Select(range => new Range(next++, range.Stream, [])),
        ];
        var rows = diff.Tables.Sum(table => table.Inserts.Count + table.Updates.Count) + diff.NewScopes.Count;
        var all = rows + diff.Decisions.Principals.Count + diff.Decisions.Nodes.Count + ranges.Sum(range => range.Segments.Count);
        var share = Math.Min(1, limits.DirectoryRows / (double)Math.Max(1, all));
        return new Trial
        {
            Start = StartOf(plan, diff, [.. Some(ranges, share), .. warm is null ? [] : new[] { warm }, .. pieces.Select(piece => new Range(piece.Range, Streams.Messages, [])), .. small], share, now),
            DirectoryShare = share,
            Warm = warm,
            Pieces = pieces,
            SmallTables = small,
            Workload = new Workload
            {
                Messages = (long)Math.Min(span, long.MaxValue),
                DirectoryRows = rows,
                SmallRows = small.ToDictionary(range => range.Stream, range => CountRows(plan, range.Stream, source), StringComparer.Ordinal),
            },
        };

        Range Made(IReadOnlyList<Segment> segments) => new(next++, Streams.Messages, segments);
    }

    private static long CountRows(PassPlan plan, string stream, IChatSource source) => stream switch
    {
        Streams.Memberships => plan.Directory.Books.TryGetValue(stream, out var roles) ? roles.Written + roles.Derived : 0,
        _ => plan.Shape.Shape.Has(stream) ? source.CountRows(stream) : 0,
    };

    /// <summary>Segments of rooms that are migrated; where numbers are missing by the million, only those a range may aim at.</summary>
    private static List<Segment> Migrated(DirectoryPlan plan, IReadOnlyList<Range> ranges, int rangeRows) =>
    [
        .. ranges.Where(range => range.Stream == Streams.Messages).SelectMany(range => range.Segments)
            .Where(segment => segment.Room is >= int.MinValue and <= int.MaxValue && plan.RouteOf((int)segment.Room).Fate == RoomFate.Migrated)
            .Select(segment => segment.Span <= rangeRows * 2m ? segment : segment with { UpTo = segment.From + rangeRows - 1 }),
    ];

    private static PassStart StartOf(PassPlan plan, DirectoryDiff diff, IReadOnlyList<Range> ranges, double share, DateTime now) => new()
    {
        ExpectedEpoch = null,
        Run = new RunRecord(RunRecord.CurrentFormat, plan.Fingerprint, RunState.Running, Epoch, 1, false, now, now, "calibration"),
        Tables = [.. diff.Tables.Select(table => table with { Inserts = Some(table.Inserts, share), Updates = Some(table.Updates, share) })],
        NewScopes = Some(diff.NewScopes, share),
        StaleAccess = [],
        Decisions = new Decisions
        {
            Principals = Some(diff.Decisions.Principals, share),
            Nodes = Some(diff.Decisions.Nodes, share),
            AddIns = diff.Decisions.AddIns,
        },
        Ranges = ranges,
        Books = plan.Directory.Books,
        Findings = Some([.. plan.Findings, .. diff.Findings], share),
        Rejections = Some(plan.Directory.Rejections, share),
        Note = Note(now),
    };

    /// <summary>What stands for the events of a run in the scratch.</summary>
    public static EventNote Note(DateTime now) => new(now, "calibration", "calibration", "{}");

    private static IReadOnlyList<T> Some<T>(IReadOnlyList<T> rows, double share) => share >= 1 ? rows : [.. rows.Take((int)Math.Ceiling(rows.Count * share))];

    private static Dictionary<TKey, TValue> Some<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> rows, double share)
        where TKey : notnull => rows.Take((int)Math.Ceiling(rows.Count * share)).ToDictionary();
}
