using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Planning;

/// <summary>The messages of a source by room: counted by reading all of them or, when there are too many, estimated from some.</summary>
/// <remarks>
/// An estimate reads the beginning, the middle and the end of up to <see cref="RoomsSampled"/> rooms. chatIds are a running number of
/// their room, so the span of a room's numbers and the share of them that exists give its messages; a room in which most of the numbers
/// looked for are missing is counted in the key index. Memory: one entry a room.
/// </remarks>
internal sealed class MessageSurvey
{
    /// <summary>Without being asked for exact figures, a source of more messages than this is estimated.</summary>
    public const long ReadWholeUpTo = 2_000_000;

    /// <summary>Rooms an estimate looks into.</summary>
    public const int RoomsSampled = 2_000;

    /// <summary>A longer text is counted as it is and not taken for one of many: one of a megabyte says nothing of its room.</summary>
    private const int LongText = 1 << 16;

    /// <summary>chatIds looked at in each of three places of a room.</summary>
    private const int IdsAPlace = 50;

    private static readonly BatchLimits Limits = new(10_000, 4 << 20);

    private readonly DirectoryPlan _plan;
    private readonly long _since;
    private readonly Dictionary<long, Tally> _rooms = [];
    private readonly Dictionary<int, long> _unknownAuthors = [];
    private List<Segment> _extents = [];
    private long _asked;

    private MessageSurvey(DirectoryPlan plan, DateTime? since) => (_plan, _since) = (plan, since?.Ticks ?? long.MinValue);

    /// <summary>Whether every message was read.</summary>
    public bool IsExact { get; private set; }

    /// <summary>Messages read.</summary>
    public long Read { get; private set; }

    /// <summary>Messages whose key is no whole number; they belong to no room.</summary>
    public long IrregularRows { get; private set; }

    /// <summary>Of the messages read, those of migrated rooms.</summary>
    public long ReadOfMigrated { get; private set; }

    /// <summary>Of those of migrated rooms, the ones before <c>messagesSince</c>.</summary>
    public long ReadTooOld { get; private set; }

    /// <summary>channelIds that have messages.</summary>
    public IEnumerable<long> Rooms => _rooms.Keys;

    /// <summary>Authors of messages to be migrated that the source has no principal of, with the number of their messages; estimated when the survey is.</summary>
    public IReadOnlyDictionary<int, long> UnknownAuthors => IsExact
        ? _unknownAuthors
        : _unknownAuthors.ToDictionary(author => author.Key, author => (long)Math.Round(author.Value * Scale));

    /// <summary>Messages of migrated rooms that were read and whose author is unknown.</summary>
    public long ReadUnknown => _unknownAuthors.Values.Sum();

    private double Scale => Read == 0 ? 1 : (double)Rooms.Sum(room => Of(room).Messages) / Read;

    /// <summary>Looks.</summary>
    /// <param name="source">The source.</param>
    /// <param name="plan">Where rooms and principals go.</param>
    /// <param name="since">The oldest message wanted (T26); null for all.</param>
    /// <param name="readWholeUpTo">How many messages are read whole; more are estimated.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static MessageSurvey Of(IChatSource source, DirectoryPlan plan, DateTime? since, long readWholeUpTo, CancellationToken cancellationToken)
    {
        var survey = new MessageSurvey(plan, since) { _extents = [.. source.ReadExtents(cancellationToken)] };
        survey.IsExact = readWholeUpTo == long.MaxValue || AreFew(source, survey._extents, readWholeUpTo, cancellationToken);
        foreach (var extent in survey._extents)
        {
            survey._rooms[extent.Room] = new Tally { Span = extent.Span };
        }

        survey.ReadAll(source, survey.IsExact ? survey._extents : [.. survey.Places()], cancellationToken);
        survey.CountGaps(source);
        return survey;
    }

    /// <summary>Whether all can be read; looks at no more numbers than that where a room's span says nothing.</summary>
    private static bool AreFew(IChatSource source, List<Segment> extents, long left, CancellationToken cancellationToken)
    {
        foreach (var extent in extents.OrderBy(extent => extent.Span))
        {
            left -= extent.Span <= left ? (long)extent.Span : source.ReadChatIds(extent, cancellationToken).Take((int)Math.Min(left, int.MaxValue - 1) + 1).LongCount();
            if (left < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What is known of a channelId.</summary>
    public MessageFigures Of(long room)
    {
        if (!_rooms.TryGetValue(room, out var tally))
        {
            return MessageFigures.None;
        }

        var messages = IsExact ? tally.Messages : tally.Counted ?? Estimate(room, tally.Span);
        return new MessageFigures(messages, tally.LongBytes + Bytes(tally, messages), Time(tally.First), Time(tally.Last));
    }

    private long Bytes(Tally tally, long messages) => IsExact ? tally.Bytes
        : tally.Messages > 0 ? (long)(tally.Bytes / (double)tally.Messages * messages)
        : Read == 0 ? 0 : (long)(_rooms.Values.Sum(other => (double)other.Bytes) / Read * messages);

    /// <summary>How many messages so many chatIds of a room are, by what was seen of it or, if nothing was, of all.</summary>
    public long Estimate(long room, decimal span)
    {
        var density = !_rooms.TryGetValue(room, out var tally) ? 0
            : tally.Counted is { } counted ? counted / (double)tally.Span
            : tally.Asked > 0 ? tally.Messages / (double)tally.Asked
            : _asked > 0 ? Read / (double)_asked : 1;
        return (long)Math.Round((double)span * density);
    }

    private static DateTime? Time(long? ticks) => ticks is { } number && number >= 0 && number <= DateTime.MaxValue.Ticks ? new DateTime(number, DateTimeKind.Utc) : null;

    /// <summary>The largest rooms and some of all the others, each in three places.</summary>
    private IEnumerable<Segment> Places()
    {
        var largest = _extents.OrderByDescending(extent => extent.Span).Take(RoomsSampled / 10).Select(extent => extent.Room).ToHashSet();
        var step = Math.Max(1, _extents.Count / RoomsSampled);
        foreach (var extent in _extents.Where((extent, place) => place % step == 0 || largest.Contains(extent.Room)))
        {
            var tally = _rooms[extent.Room];
            if (tally.Span <= 6 * IdsAPlace)
            {
                tally.Asked = (long)tally.Span;
                yield return extent;
                continue;
            }

            tally.Asked = 3 * IdsAPlace;
            var middle = (long)(extent.From + (tally.Span / 2));
            yield return extent with { UpTo = extent.From + IdsAPlace - 1 };
            yield return new Segment(extent.Room, middle, middle + IdsAPlace - 1);
            yield return extent with { From = extent.UpTo - IdsAPlace + 1 };
        }
    }

    private void CountGaps(IChatSource source)
    {
        foreach (var extent in IsExact ? [] : _extents)
        {
            var tally = _rooms[extent.Room];
            if (tally.Asked > 0 && tally.Asked < tally.Span && tally.Messages * 2 < tally.Asked)
            {
                tally.Counted = source.CountMessages(extent);
            }
        }
    }

    private void ReadAll(IChatSource source, List<Segment> segments, CancellationToken cancellationToken)
    {
        var pool = new MessageBatchPool(Limits.Bytes, Limits.Rows);
        _asked = _rooms.Values.Sum(tally => tally.Asked);
        foreach (var batch in segments.Count == 0 ? [] : source.ReadMessages(segments, null, Limits, pool, cancellationToken))
        {
            Count(batch);
            pool.Return(batch);
        }

        IrregularRows = source.ReadIrregularMessages("", Limits, cancellationToken).Sum(page => (long)page.Rows.Count);
    }

    private void Count(MessageBatch batch)
    {
        Read += batch.Count + batch.Irregular.Count;
        foreach (var cells in batch.Irregular)
        {
            if (cells[0] is long room && _rooms.TryGetValue(room, out var tally))
            {
                tally.Messages++;
            }
        }

        var (last, open, route) = (0L, (Tally?)null, default(RoomRoute));
        for (var row = 0; row < batch.Count; row++)
        {
            if (open is null || batch.SourceRoom[row] != last)
            {
                last = batch.SourceRoom[row];
                open = _rooms[last];
                route = _plan.RouteOf(batch.SourceRoom[row]);
            }

            open.Add(batch.Date[row], batch.ContentLength[row] + Math.Max(0, batch.RtfLength[row]));
            if (route.Fate == RoomFate.Migrated)
            {
                Judge(batch.Date[row], batch.SourceAuthor[row]);
            }
        }
    }

    private void Judge(long date, int author)
    {
        ReadOfMigrated++;
        if (date < _since)
        {
            ReadTooOld++;
        }
        else if ((!_plan.Decisions.Principals.TryGetValue(author, out var decision) || decision.Origin == Origin.Placeholder)
            && !_plan.RejectedPrincipals.Contains(author))
        {
            _unknownAuthors[author] = _unknownAuthors.GetValueOrDefault(author) + 1;
        }
    }

    private sealed class Tally
    {
        public decimal Span { get; init; }

        public long Asked { get; set; }

        public long? Counted { get; set; }

        public long Messages { get; set; }

        public long Bytes { get; private set; }

        public long LongBytes { get; private set; }

        public long? First { get; private set; }

        public long? Last { get; private set; }

        public void Add(long date, int bytes)
        {
            Messages++;
            Bytes += bytes > LongText ? 0 : bytes;
            LongBytes += bytes > LongText ? bytes : 0;
            First = First is { } first && first <= date ? first : date;
            Last = Last is { } last && last >= date ? last : date;
        }
    }
}
