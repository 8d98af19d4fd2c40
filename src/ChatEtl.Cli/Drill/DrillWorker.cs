using System.Diagnostics;
using System.Globalization;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;

namespace ChatEtl.Cli.Drill;

/// <summary>In the worker: counts the steps it passes, tells the drill when it is at the one where it is to die, and stands still there.</summary>
internal sealed class DrillWorker : IDisposable
{
    /// <summary>Begins a line to the drill; no line of a result does.</summary>
    public const string Signal = "@drill ";

    private static readonly DrillStep[] Steps = [.. DrillStep.All.Where(step => step.IsAt is not null)];

    private readonly ActivityListener _listener;
    private readonly int[] _passed = new int[Steps.Length];
    private readonly DrillStep? _step;
    private readonly int _at;
    private readonly TimeSpan _ahead;

    /// <summary>Listens to the spans of this process.</summary>
    /// <param name="step">The name of the step; empty to count only.</param>
    /// <param name="at">At which passing of it, from 1.</param>
    /// <param name="ahead">How long before a moment that it does not wait at the worker says so: the kill takes about as long to come.</param>
    public DrillWorker(string step, int at, TimeSpan ahead)
    {
        (_step, _at, _ahead) = (Array.Find(Steps, known => known.Name == step), at, ahead);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = span => Pass(span, begins: true),
            ActivityStopped = span => Pass(span, begins: false),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Tells how often each step was passed, for whoever wants to choose one.</summary>
    public void TellPassed()
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            Tell($"passed {Volatile.Read(ref _passed[i]).ToString(CultureInfo.InvariantCulture)} {Steps[i].Name}");
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Tell(string what)
    {
        Console.Out.WriteLine(Signal + what);
        Console.Out.Flush();
    }

    private void Pass(Activity span, bool begins)
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].IsAt!(span, begins) && Interlocked.Increment(ref _passed[i]) == _at && Steps[i] == _step)
            {
                Die(span.OperationName == Spans.Commit ? span.Parent! : span, _step.Waits);
            }
        }
    }

    private void Die(Activity span, bool waits)
    {
        // Which batch it is, so that the drill can look whether it is in.
        Tell($"at {span.GetTagItem(Spans.Range) ?? 0} {span.GetTagItem(Spans.EndsRange) ?? false} {span.GetTagItem(Spans.To)}");
        if (waits)
        {
            // Nothing is ever sent: this returns when the drill itself is gone, and nobody would end this process then.
            using var input = Console.OpenStandardInput();
            input.ReadByte();
            Environment.Exit(ExitCodes.Cancelled);
        }

        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < _ahead;)
        {
            Thread.SpinWait(20);
        }
    }
}
