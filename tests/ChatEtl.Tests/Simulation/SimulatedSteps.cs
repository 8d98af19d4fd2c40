using ChatEtl.Tests.Support;

namespace ChatEtl.Tests.Simulation;

/// <summary>What happens to one life of a run.</summary>
internal enum Fate
{
    /// <summary>Nothing.</summary>
    Calm,

    /// <summary>A fault that may help to be tried again.</summary>
    Transient,

    /// <summary>Nobody can use the end for minutes.</summary>
    Down,

    /// <summary>A fault that stays.</summary>
    Permanent,

    /// <summary>Ctrl-C, twice.</summary>
    Cancelled,

    /// <summary>Ctrl-C, once.</summary>
    Stopped,

    /// <summary>SIGKILL.</summary>
    Killed,

    /// <summary>A second run takes over.</summary>
    Overtaken,
}

/// <summary>Both ends of one life: counts and records every step, moves the clock by its latency, and lets the fate come true at one of them.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="random">Draws latencies and stalls.</param>
/// <param name="clock">The virtual clock.</param>
/// <param name="fate">What happens.</param>
/// <param name="at">At which step, from 1.</param>
/// <param name="after">Whether the step is done first, and nobody told.</param>
/// <param name="takeOver">The second run.</param>
internal sealed class SimulatedSteps(Random random, ManualTimeProvider clock, Fate fate, int at, bool after, Action? takeOver = null) : Steps, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private int _count;
    private int _downFor;
    private bool _dead;

    public CancellationToken Stop => _stop.Token;

    public CancellationToken Abort => _abort.Token;

    /// <summary>Whether the fate has come true.</summary>
    public bool Reached { get; private set; }

    /// <summary>The steps in their order.</summary>
    public List<string> Trace { get; } = [];

    public override T Step<T>(string method, Func<T> step)
    {
        var now = Pass(method);
        if (now && !after)
        {
            ComeTrue();
        }

        var result = step();
        if (now && after)
        {
            ComeTrue();
        }

        return result;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }

    private bool Pass(string method)
    {
        lock (_gate)
        {
            if (_dead)
            {
                throw new TroubleException(TroubleKind.Killed);
            }

            Trace.Add(method);

            // A stall now and then, of minutes.
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(200) == 0 ? random.Next(300_000) : random.Next(20)));
            if (_downFor > 0)
            {
                _downFor--;
                throw new TroubleException(TroubleKind.Down);
            }

            // Only a call may be overtaken: within a transaction the other run would wait.
            var now = !Reached && ++_count >= at && fate != Fate.Calm && (fate != Fate.Overtaken || method == "Write");
            Reached |= now;
            _downFor = now && fate == Fate.Down ? random.Next(1, 20) : 0;
            _dead |= now && fate == Fate.Killed && !after;
            return now;
        }
    }

    private void ComeTrue()
    {
        switch (fate)
        {
            case Fate.Stopped:
                _stop.Cancel();
                break;
            case Fate.Cancelled:
                _abort.Cancel();
                _abort.Token.ThrowIfCancellationRequested();
                break;
            case Fate.Overtaken:
                takeOver!();
                break;
            case Fate.Killed:
                _dead = true;
                throw new TroubleException(TroubleKind.Killed);
            default:
                throw new TroubleException(fate switch { Fate.Transient => TroubleKind.Transient, Fate.Down => TroubleKind.Down, _ => TroubleKind.Permanent });
        }
    }
}
