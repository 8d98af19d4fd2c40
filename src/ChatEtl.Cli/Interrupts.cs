using System.Runtime.InteropServices;
using ChatEtl.Cli.Terminal;

namespace ChatEtl.Cli;

/// <summary>Ctrl-C (SIGINT) or SIGTERM: once drains and checkpoints, twice stops at once. A terminal that hangs up (SIGHUP) stops nothing.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupts() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true),
    ];

    /// <summary>Asked once: finish what is in hand.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asked twice: stop at once.</summary>
    public CancellationToken Abort => _abort.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
        _abort.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
        {
            _abort.Cancel();
            return;
        }

        // First: a terminal that is held up must not keep the run from stopping.
        _stop.Cancel();
        Say.Notice("Stopping: what is in hand is written and checkpointed. Press Ctrl-C again to stop at once.");
    }
}
