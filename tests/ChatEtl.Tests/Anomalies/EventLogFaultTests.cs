using ChatEtl.Checkpoints;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>What is recorded and its record are in together or not at all, wherever a run is interrupted.</summary>
public sealed class EventLogFaultTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 120, rooms: 4));

    [Theory]
    [InlineData("Killed", false)]
    [InlineData("Killed", true)]
    [InlineData("Transient", true)]
    public async Task A_fault_at_any_step_leaves_an_event_for_everything_that_is_in_and_for_nothing_else(string kind, bool after)
    {
        for (var n = 1; ; n++)
        {
            _rehearsal.Restart();
            using var trouble = new Trouble(n, Enum.Parse<TroubleKind>(kind), after);
            await Xunit.Record.ExceptionAsync(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, trouble), abort: trouble.Abort));
            CheckLog();
            await _rehearsal.RunAsync();
            CheckLog();
            if (!trouble.Reached)
            {
                Assert.InRange(n, 15, 500);
                return;
            }
        }
    }

    public void Dispose() => _rehearsal.Dispose();

    private void CheckLog()
    {
        using var destination = new SqliteDestination(_rehearsal.DestinationPath, new ManualTimeProvider());
        var (run, events) = (destination.ReadRun(), destination.ReadEvents());

        Assert.Null(EventEntry.FaultOf(events));
        Assert.Equal(run?.Epoch ?? 0, events.Count(entry => entry.Kind is "pass begun" or "resumed"));
        Assert.Equal(run?.Pass ?? 0, events.Count(entry => entry.Kind == "pass begun"));
        Assert.Equal(run is { State: RunState.Finished } ? run.Pass : (run?.Pass ?? 1) - 1, events.Count(entry => entry.Kind == "pass finished"));
    }
}
