using ChatEtl.Chat;
using ChatEtl.Pipeline;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Reporting;

/// <summary>A timeline holds all rows however long the run, and names its stalls.</summary>
public sealed class RunTimelineTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RunProgress _progress = new();
    private readonly RunTimeline _timeline;

    public RunTimelineTests()
    {
        _timeline = new RunTimeline(_progress, _time);
        _progress.Phase = RunProgress.Moving;
    }

    [Fact]
    public void Points_become_coarser_and_no_row_is_lost()
    {
        for (var second = 0; second < 5_000; second++)
        {
            _progress.Add(new Book { Read = 7 }, bytes: 100, rangeDone: false);
            Wait(1);
        }

        _timeline.End();

        Assert.InRange(_timeline.Points.Count, RunTimeline.MostPoints / 2, RunTimeline.MostPoints);
        Assert.Equal(35_000, _timeline.Points.Sum(point => point.Rows));
        Assert.Equal(500_000, _timeline.Points.Sum(point => point.Bytes));
        Assert.Equal(TimeSpan.FromSeconds(5_000), _timeline.Points.Aggregate(TimeSpan.Zero, (sum, point) => sum + point.Length));
        Assert.All(_timeline.Points.Zip(_timeline.Points.Skip(1)), pair => Assert.Equal(pair.First.From + pair.First.Length, pair.Second.From));
        Assert.Equal(0, _timeline.StallCount);
    }

    [Fact]
    public void What_earlier_runs_of_the_pass_did_is_no_throughput_of_this_one()
    {
        _progress.AddEarlier(new Book { Read = 1_000_000 }, bytes: 50_000_000, rangeDone: true);
        Wait(1);
        _progress.Add(new Book { Read = 5 }, bytes: 9, rangeDone: false);
        Wait(1);
        _timeline.End();

        Assert.Equal((5, 9), (_timeline.Points.Sum(point => point.Rows), _timeline.Points.Sum(point => point.Bytes)));
        Assert.Equal(1_000_005, _progress.Read);
    }

    [Fact]
    public void A_stall_lasts_from_the_last_commit_to_the_next_and_has_what_was_said_as_its_reason()
    {
        Commit();
        _progress.Note("the server: attempt 1 failed, trying again in 0.2 s. Error 1205.");
        Wait(30);
        _progress.Note("something later");
        Commit();
        Wait(1);
        _timeline.End();

        var stall = Assert.Single(_timeline.Stalls);
        Assert.Equal("trying again", stall.Reason);
        Assert.Contains("1205", stall.Detail, StringComparison.Ordinal);
        Assert.InRange(stall.Length, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(32));
        Assert.Equal(2, _timeline.EventCount);
        Assert.Equal(stall.Length, _timeline.Stalled);
    }

    [Fact]
    public void Without_a_word_the_fullest_queue_tells_who_is_waited_for()
    {
        Commit();
        _progress.Queues = () => (0, 3);
        Wait(10);
        Commit();
        _progress.Queues = () => (2, 0);
        Wait(10);
        Commit();
        _progress.Queues = () => (0, 0);
        Wait(10);
        Commit();
        Wait(1);

        Assert.Equal(
            ["waiting for the destination to write", "waiting for the rules to be applied", "waiting for the source, or for a write in hand"],
            _timeline.Stalls.Select(stall => stall.Reason), StringComparer.Ordinal);
    }

    [Fact]
    public void A_stop_that_drains_is_called_so_and_a_stall_at_the_end_is_kept()
    {
        Commit();
        _timeline.Stopping();
        Wait(8);
        _timeline.End();

        Assert.Equal("stopping", Assert.Single(_timeline.Stalls).Reason);
    }

    [Fact]
    public void Planning_and_a_pause_shorter_than_the_limit_are_no_stalls()
    {
        _progress.Phase = "planning";
        Wait(60);
        _progress.Phase = RunProgress.Moving;
        Commit();
        Wait(4);
        Commit();
        _progress.Phase = "raising the counters";
        Wait(60);
        _timeline.End();

        Assert.Empty(_timeline.Stalls);
    }

    [Fact]
    public void Many_stalls_are_all_counted_and_some_are_kept()
    {
        for (var stall = 0; stall < RunTimeline.MostKept + 10; stall++)
        {
            Commit();
            Wait(6);
        }

        Commit();
        _timeline.End();

        Assert.Equal(RunTimeline.MostKept, _timeline.Stalls.Count);
        Assert.InRange(_timeline.StallCount, RunTimeline.MostKept + 9, RunTimeline.MostKept + 10);
    }

    public void Dispose() => _timeline.Dispose();

    private void Commit()
    {
        _progress.Add(new Book { Read = 1 }, bytes: 10, rangeDone: false);
        Wait(0.25);
    }

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
