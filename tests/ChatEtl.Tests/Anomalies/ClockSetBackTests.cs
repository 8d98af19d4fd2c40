using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>The clock is set back between the runs of a pass and within them: nothing goes by the time of day.</summary>
public sealed class ClockSetBackTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 300, rooms: 6));

    [Fact]
    public async Task A_clock_set_back_between_and_within_runs_changes_nothing()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();
        var clock = new ManualTimeProvider { SkipsWaits = true };
        _rehearsal.Clock = clock;
        var runs = 1;
        for (var interrupted = true; interrupted && runs < 100; runs++)
        {
            clock.Set(TimeSpan.FromDays(-1));
            using var trouble = new Trouble(3, TroubleKind.Permanent, after: runs % 2 == 0, "Write");
            var backward = new SetBack(clock);
            var fault = await Record.ExceptionAsync(() => _rehearsal.RunAsync(
                from => new FaultySource(from, backward), to => new FaultyDestination(new FaultyDestination(to, backward), trouble)));
            interrupted = trouble.Reached;
            Assert.Equal(interrupted, fault is DestinationException);
        }

        Assert.InRange(runs, 4, 50);
        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
        Assert.Empty(_rehearsal.Compare());
        var content = _rehearsal.Content();
        var report = await _rehearsal.RunAsync(lastPass: true);
        Assert.Equal((2, true), (report.Pass, report.Complete));
        Assert.Equal(content, _rehearsal.Content(), StringComparer.Ordinal);
    }

    public void Dispose() => _rehearsal.Dispose();

    /// <summary>Sets the clock back an hour at every step.</summary>
    private sealed class SetBack(ManualTimeProvider clock) : Steps
    {
        public override T Step<T>(string method, Func<T> step)
        {
            clock.Set(TimeSpan.FromHours(-1));
            return step();
        }
    }
}
