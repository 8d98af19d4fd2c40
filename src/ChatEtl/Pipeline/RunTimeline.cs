namespace ChatEtl.Pipeline;

/// <summary>What happened in one stretch of a run.</summary>
/// <param name="From">Where it begins, from the start of the run on.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Rows">Source rows committed in it.</param>
/// <param name="Bytes">Bytes of their text.</param>
/// <param name="Retries">Reads and writes tried again in it.</param>
/// <param name="ToTransform">Most batches seen waiting to be transformed.</param>
/// <param name="ToWrite">Most batches seen waiting to be written.</param>
public readonly record struct TimelinePoint(TimeSpan From, TimeSpan Length, long Rows, long Bytes, int Retries, int ToTransform, int ToWrite)
{
    internal TimelinePoint With(TimelinePoint next) => new(
        From, Length + next.Length, Rows + next.Rows, Bytes + next.Bytes, Retries + next.Retries,
        Math.Max(ToTransform, next.ToTransform), Math.Max(ToWrite, next.ToWrite));
}

/// <summary>A stretch in which nothing was committed although rows were to be moved.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Reason">Why, in a word or two.</param>
/// <param name="Detail">What was said at that time, with the number of a database's error; empty when nothing was.</param>
public sealed record TimelineStall(TimeSpan From, TimeSpan Length, string Reason, string Detail);

/// <summary>Something people were told while the run went on, such as a retry.</summary>
/// <param name="At">When.</param>
/// <param name="Text">What; names no secret and no message.</param>
public sealed record TimelineEvent(TimeSpan At, string Text);

/// <summary>Watches a run and keeps its throughput, its stalls and what was said, in memory that does not grow with its length.</summary>
/// <remarks>Samples a few times a second. When there are too many points, neighbours become one, so that a run of a weekend has points of minutes.</remarks>
public sealed class RunTimeline : IDisposable
{
    /// <summary>From when on a stretch without a commit is a stall.</summary>
    public static readonly TimeSpan StallFrom = TimeSpan.FromSeconds(5);

    /// <summary>How many points there are at most.</summary>
    public const int MostPoints = 600;

    /// <summary>How many stalls, and how many events, are kept; the others are only counted.</summary>
    public const int MostKept = 500;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<TimelinePoint> _points = [];
    private readonly List<TimelineStall> _stalls = [];
    private readonly List<TimelineEvent> _events = [];
    private readonly RunProgress _progress;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private TimeSpan _span = Period;
    private TimelinePoint? _open;
    private (TimeSpan At, long Rows, long Bytes, int Retries) _last;
    private TimeSpan _committed;
    private (int Rank, string Reason, string Detail) _why;
    private string _said = "";
    private bool _stopping;
    private bool _ended;

    /// <summary>Begins to watch.</summary>
    /// <param name="progress">The run.</param>
    /// <param name="time">The clock.</param>
    public RunTimeline(RunProgress progress, TimeProvider time)
    {
        (_progress, _time, _start) = (progress, time, time.GetTimestamp());
        Started = time.GetUtcNow().UtcDateTime;
        progress.Notice += Note;
        _timer = time.CreateTimer(_ => Sample(), null, Period, Period);
    }

    /// <summary>When the watching began, UTC.</summary>
    public DateTime Started { get; }

    /// <summary>How long the run has been watched.</summary>
    public TimeSpan Length => _time.GetElapsedTime(_start);

    /// <summary>The points, in order of time.</summary>
    public IReadOnlyList<TimelinePoint> Points
    {
        get
        {
            lock (_gate)
            {
                return _open is { } open ? [.. _points, open] : [.. _points];
            }
        }
    }

    /// <summary>The first stalls, in order of time.</summary>
    public IReadOnlyList<TimelineStall> Stalls => Copy(_stalls);

    /// <summary>The first things that were said, in order of time.</summary>
    public IReadOnlyList<TimelineEvent> Events => Copy(_events);

    /// <summary>How many stalls there were.</summary>
    public int StallCount { get; private set; }

    /// <summary>How long all stalls were together.</summary>
    public TimeSpan Stalled { get; private set; }

    /// <summary>How many things were said.</summary>
    public int EventCount { get; private set; }

    /// <summary>Says that the run was asked to stop: from here on a stretch without commits is a draining.</summary>
    public void Stopping() => _stopping = true;

    /// <summary>Takes the last sample and watches no longer.</summary>
    public void End()
    {
        _timer.Dispose();
        _progress.Notice -= Note;
        lock (_gate)
        {
            if (!_ended)
            {
                Take();
                EndStall(_time.GetElapsedTime(_start));
                _ended = true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    private void Note(string text)
    {
        lock (_gate)
        {
            _said = text;
            EventCount++;
            if (_events.Count < MostKept)
            {
                _events.Add(new TimelineEvent(_time.GetElapsedTime(_start), text));
            }
        }
    }

    private void Sample()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                Take();
            }
        }
    }

    private void Take()
    {
        var now = (At: _time.GetElapsedTime(_start), Rows: Math.Max(_last.Rows, _progress.ReadNow), Bytes: Math.Max(_last.Bytes, _progress.BytesNow), _progress.Retries);
        var (toTransform, toWrite) = _progress.Queues();
        Append(new TimelinePoint(
            _last.At, now.At - _last.At, now.Rows - _last.Rows, now.Bytes - _last.Bytes, now.Retries - _last.Retries, toTransform, toWrite));
        if (now.Rows > _last.Rows || !_progress.IsMoving)
        {
            EndStall(_last.At);
            _committed = now.At;
            _said = "";
        }
        else
        {
            Explain(toTransform, toWrite);
        }

        _last = now;
    }

    private void Append(TimelinePoint point)
    {
        var open = _open is { } begun ? begun.With(point) : point;
        _open = open;
        if (open.Length < _span)
        {
            return;
        }

        _points.Add(open);
        _open = null;
        if (_points.Count == MostPoints)
        {
            var merged = _points.Chunk(2).Select(pair => pair.Aggregate((left, right) => left.With(right))).ToList();
            _points.Clear();
            _points.AddRange(merged);
            _span *= 2;
        }
    }

    /// <summary>The reason that says most counts: an end that is down, before a retry, before a stop, before a full queue.</summary>
    private void Explain(int toTransform, int toWrite)
    {
        (int Rank, string Reason, string Detail) why =
            _progress.Down is { } down ? (5, "waiting for an end that is down (circuit open)", _said.Length > 0 ? _said : down)
            : _said.Length > 0 ? (4, "trying again", _said)
            : _stopping ? (3, "stopping", "")
            : toWrite > 0 ? (2, "waiting for the destination to write", "")
            : toTransform > 0 ? (2, "waiting for the rules to be applied", "")
            : (1, "waiting for the source, or for a write in hand", "");
        if (why.Rank > _why.Rank)
        {
            _why = why;
        }
    }

    private void EndStall(TimeSpan at)
    {
        if (_why.Rank > 0 && at - _committed >= StallFrom)
        {
            StallCount++;
            Stalled += at - _committed;
            if (_stalls.Count < MostKept)
            {
                _stalls.Add(new TimelineStall(_committed, at - _committed, _why.Reason, _why.Detail));
            }
        }

        _why = default;
    }
}
