namespace ChatEtl.Tests.Support;

/// <summary>An end that is down for a while again and again, by a clock that every step moves on.</summary>
/// <remarks>At the beginning of an outage the step in hand is still done, and its answer is lost.</remarks>
internal sealed class Outages(ManualTimeProvider clock, TimeSpan every, TimeSpan lasting, TimeSpan step) : Steps
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private long _last = -1;
    private long _faults;

    /// <summary>Outages that a step has met.</summary>
    public int Met { get; private set; }

    /// <summary>Calls that failed.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public override T Step<T>(string method, Func<T> call)
    {
        // A single key takes no time: thousands of them are one page.
        clock.Advance(method is "ReadExtents" or "ReadChatIds" ? TimeSpan.Zero : step);
        var since = clock.GetUtcNow() - _start;

        // Down at the end of each period, so that a run finds the end up.
        if (since.Ticks % every.Ticks < every.Ticks - lasting.Ticks)
        {
            return call();
        }

        Interlocked.Increment(ref _faults);
        if (Interlocked.Exchange(ref _last, since.Ticks / every.Ticks) != since.Ticks / every.Ticks)
        {
            Met++;
            call();
        }

        throw new TroubleException(TroubleKind.Down);
    }
}
