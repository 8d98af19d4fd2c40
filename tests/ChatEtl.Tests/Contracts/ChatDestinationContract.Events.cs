using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Tests.Contracts;

/// <content>The event log, and the scratch of a plan.</content>
public abstract partial class ChatDestinationContract
{
    [Fact]
    public void The_event_log_grows_with_what_it_records_and_its_chain_holds()
    {
        Destination.Begin(Start());
        Destination.Record(Note("stopped", "ünö łŻ 'quoted'"), 1);
        Destination.Begin(Start(expected: 1, epoch: 2) with { Ranges = null });
        Destination.Complete(End(2));
        Destination.BeginReplay(Run(3), 2, Note("replay begun"));
        Destination.Complete(End(3));

        var events = Destination.ReadEvents();

        Assert.Null(EventEntry.FaultOf(events));
        Assert.Equal(["pass begun", "stopped", "pass begun", "pass finished", "replay begun", "pass finished"], events.Select(entry => entry.Kind), StringComparer.Ordinal);
        Assert.Equal([1L, 1L, 2L, 2L, 3L, 3L], events.Select(entry => entry.Epoch));
        Assert.Equal(Note("stopped", "ünö łŻ 'quoted'").Detail, events[1].Detail);
        Assert.All(events, entry => Assert.StartsWith("test", entry.Who, StringComparison.Ordinal));
        using var another = OpenAnother();
        Assert.Equal(events, another.ReadEvents());
    }

    [Fact]
    public void What_does_not_go_in_leaves_no_event_and_a_stale_run_records_nothing()
    {
        Destination.Begin(Start());
        Assert.Throws<TakenOverException>(() => Destination.Begin(Start(expected: 7, epoch: 8)));
        Assert.Throws<TakenOverException>(() => Destination.Record(Note("stopped"), 7));
        Assert.Throws<TakenOverException>(() => Destination.Complete(End(7)));
        Assert.Throws<TakenOverException>(() => Destination.BeginReplay(Run(8), 7, Note("replay begun")));

        Assert.Equal("pass begun", Assert.Single(Destination.ReadEvents()).Kind);
    }

    [Fact]
    public void What_is_given_again_after_a_lost_answer_is_recorded_once()
    {
        Destination.Begin(Start());
        Destination.Record(Note("stopped"), 1);
        Destination.Record(Note("stopped"), 1);
        Destination.Complete(End(1));
        Destination.Complete(End(1));

        Assert.Equal(["pass begun", "stopped", "pass finished"], Destination.ReadEvents().Select(entry => entry.Kind), StringComparer.Ordinal);
    }

    [Fact]
    public void A_scratch_takes_messages_with_their_checkpoints_and_leaves_nothing()
    {
        var plain = TablesNow().Order(StringComparer.Ordinal).ToList();
        using (var scratch = Destination.MakeScratch())
        {
            scratch.Begin(Start());
            var before = scratch.Size();

            var after = scratch.Write(Messages("", "2/2", (2, 1, "one"), (2, 2, OddText)), 1);

            Assert.Equal("2/2", after.Position);
            Assert.Equal("2/2", scratch.ReadCheckpoint(FirstRange).Position);
            Assert.True(scratch.Size() >= before);
            scratch.Complete(End(1));
        }

        Assert.Equal(plain, TablesNow().Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Empty(ChatRows());
        Assert.Null(Destination.ReadRun());
    }

    [Fact]
    public void A_scratch_that_was_left_is_gone_after_the_next_one_the_next_run_and_the_end()
    {
        var plain = TablesNow().Order(StringComparer.Ordinal).ToList();
        LeaveScratch();
        Destination.MakeScratch().Dispose();
        Assert.Equal(plain, TablesNow().Order(StringComparer.Ordinal), StringComparer.Ordinal);

        LeaveScratch();
        Destination.Begin(Start());
        Assert.False(HasScratch());

        LeaveScratch();
        Destination.RemoveOwnTables(1);
        Assert.False(HasScratch());
        Assert.Equal(plain, TablesNow().Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>Makes a scratch as another process would, and kills it.</summary>
    protected abstract void LeaveScratch();

    /// <summary>Whether a scratch, or a part of one, is there.</summary>
    protected abstract bool HasScratch();
}
