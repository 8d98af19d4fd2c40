namespace ChatEtl.Tests.Support;

/// <summary>A clock that stands still until it is told to move; its timers fire when it passes them.</summary>
/// <remarks>Safe for concurrent use; timer callbacks run on the thread that moves the clock.</remarks>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<TimeSpan> _waits = [];
    private TimeSpan _set;
    private DateTimeOffset _now = new(2013, 1, 7, 18, 0, 0, TimeSpan.Zero);

    /// <summary>Whether every wait passes at once and moves the clock to its end, without <see cref="Advance"/>.</summary>
    internal bool SkipsWaits { get; init; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The due times of all timers set so far, in that order.</summary>
    internal IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => Now() + _set;

    public override long GetTimestamp() => Now().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);

        return timer;
    }

    /// <summary>Moves the clock forward and fires, in order of time, every timer it passes.</summary>
    /// <returns>How many timers fired.</returns>
    internal int Advance(TimeSpan by)
    {
        var until = Now() + by;
        var fired = 0;
        while (NextDue(until) is { } timer)
        {
            timer.Fire();
            fired++;
        }

        lock (_gate)
        {
            _now = until > _now ? until : _now;
        }

        return fired;
    }

    /// <summary>Sets the time of day; waits and timestamps do not care, as on a real machine.</summary>
    internal void Set(TimeSpan by) => _set += by;

    private DateTimeOffset Now()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    private ManualTimer? NextDue(DateTimeOffset until)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
            if (next is not null)
            {
                _now = next.Due > _now ? next.Due : _now;
                _timers.Remove(next);
                next.Reschedule();
            }

            return next;
        }
    }

    private void Schedule(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            timer.Due = _now + dueTime;
            _timers.Add(timer);
            _waits.Add(dueTime);
        }

        if (SkipsWaits)
        {
            Advance(dueTime);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        internal DateTimeOffset Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            owner.Schedule(this, dueTime);

            return true;
        }

        public void Dispose() => owner.Schedule(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();

            return ValueTask.CompletedTask;
        }

        internal void Fire() => callback(state);

        internal void Reschedule()
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
                owner._timers.Add(this);
            }
        }
    }
}
