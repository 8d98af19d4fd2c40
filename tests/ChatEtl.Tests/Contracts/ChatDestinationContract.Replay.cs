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

/// <content>Rejections and their replay.</content>
public abstract partial class ChatDestinationContract
{
    [Fact]
    public void Replayed_rows_close_their_rejections_and_move_the_books_of_their_range_once()
    {
        var ids = Rejected("3", "4", "5", "6");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 6, {Date(6)}, 1, 0, 'six', NULL)");
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        var replay = new ReplayBatch(FirstRange, Messages("", "", (2, 3, "three"), (2, 6, "six")))
        {
            Ids = { ids["2/3"], ids["2/6"] },
            Judged =
            {
                new JudgedRejection(ids["2/4"], "T26", false, null),
                new JudgedRejection(ids["2/5"], "T19", false, new Rejection("tblChat", "2/5", "T19", "Bad in another way.", "")),
            },
        };

        var first = Destination.Replay(replay, 2);
        var before = Destination.ReadCheckpoint(FirstRange);
        var second = Destination.Replay(replay, 2);

        Assert.Equal(new ReplayResult(1, 1, 1, 1), first);
        Assert.Equal(new ReplayResult(0, 0, 0, 1), second);
        Assert.Equal(["2/1 one", "2/3 three", "2/6 six"], ChatRows());
        Assert.Equal([new StoredRejection(ids["2/5"], 1, FirstRange, new Rejection("tblChat", "2/5", "T19", "Bad in another way.", """{"chatId":5}"""))], Destination.StoredRejections());
        var after = Destination.ReadCheckpoint(FirstRange);
        Assert.Equal((5L, 2L, 1L, 1L), (after.Book.Read, after.Book.Written, after.Book.Reused, after.Book.Rejected));
        Assert.Equal(1, after.Book.Skipped["T26"]);
        Assert.True(after.Book.Balances);
        Assert.Equal(DigestOf((2, 1, "one"), (2, 3, "three"), (2, 6, "six")), after.Digest);
        Assert.Equal((before.Digest, before.Book.Written, before.Position, before.Done), (after.Digest, after.Book.Written, after.Position, after.Done));
    }

    [Fact]
    public void A_row_whose_key_another_message_has_stays_rejected_and_a_rejection_of_another_range_is_not_touched()
    {
        var ids = Rejected("1", "3");
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        var replay = new ReplayBatch(FirstRange, Messages("", "", (2, 1, "another"))) { Ids = { ids["2/1"] } };
        var elsewhere = new ReplayBatch(FirstRange + 1, Messages("", "", (2, 3, "three"))) { Ids = { ids["2/3"] } };

        Assert.Equal(new ReplayResult(0, 0, 0, 1), Destination.Replay(replay, 2));
        Assert.Equal(ReplayResult.None, Destination.Replay(elsewhere, 2));

        Assert.Equal(["2/1 one"], ChatRows());
        Assert.Equal(["T19 2/1", "T20 2/3"], Destination.Rejections().Select(rejection => $"{rejection.Rule} {rejection.Key}"), StringComparer.Ordinal);
        Assert.Equal(2, Destination.ReadCheckpoint(FirstRange).Book.Rejected);
        Assert.True(Destination.ReadCheckpoint(FirstRange).Book.Balances);
    }

    [Fact]
    public void Rejected_rows_of_small_tables_and_roles_are_replayed_too()
    {
        Execute("INSERT INTO tblPrincipalInvites (prinID, invID, nodeID, createdOn) VALUES (5, 1, 2, '2012-01-01 00:00:00.000')");
        Destination.Begin(Start());
        var rejected = new RowBatch(Invites) { RangeId = FirstRange + 1, To = "p", EndsRange = true };
        rejected.Book.Read = 2;
        rejected.Reject(new Rejection("tblPrincipalInvites", "50/20", "T22", "Nobody.", "{}"));
        rejected.Reject(new Rejection("tblPrincipalInvites", "60/20", "T22", "Nobody.", "{}"));
        Destination.Write(rejected, 1);
        var ids = Destination.StoredRejections().Select(rejection => rejection.Id).ToList();
        var invites = new RowBatch(Invites);
        invites.Add([5L, 9L, 2L, Now], [50L, 9L, 20L, Now]);
        invites.Add([6L, 9L, 2L, Now], [60L, 9L, 20L, Now]);
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));

        var result = Destination.Replay(new ReplayBatch(FirstRange + 1, invites) { Ids = { ids[0], ids[1] } }, 2);

        Assert.Equal(new ReplayResult(1, 1, 0, 0), result);
        Assert.Empty(Destination.Rejections());
        var book = Destination.ReadBooks(1)["tblPrincipalInvites"];
        Assert.Equal((2L, 1L, 1L, 0L), (book.Read, book.Written, book.Reused, book.Rejected));
        Assert.Equal(["5 1", "6 9"], Rows("tblPrincipalInvites").Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void A_replay_that_was_taken_over_can_write_nothing_more()
    {
        var ids = Rejected("3");
        var replay = new ReplayBatch(FirstRange, Messages("", "", (2, 3, "three"))) { Ids = { ids["2/3"] } };
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        using var newer = OpenAnother();
        newer.BeginReplay(Run(3), 2, Note("replay begun"));

        Assert.Throws<TakenOverException>(() => Destination.Replay(replay, 2));
        Assert.Throws<TakenOverException>(() => Destination.BeginReplay(Run(3), 1, Note("replay begun")));
        Assert.Throws<TakenOverException>(() => Destination.Complete(End(2)));

        Assert.Equal(["2/1 one"], ChatRows());
        Assert.Single(Destination.Rejections());
        Assert.Equal(new ReplayResult(1, 0, 0, 0), newer.Replay(replay, 3));
    }

    [Fact]
    public void A_replay_raises_counters_and_the_revision_only_when_it_wrote()
    {
        var ids = Rejected("3");
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        Assert.Equal(RunState.Running, Destination.ReadRun()!.State);
        Destination.Complete(End(2) with { LastChatIds = new Dictionary<int, long?> { [2] = null } });
        Assert.Equal(["2 1"], Rows("tblLastChatId").Select(row => $"{row[0]} {row[1]}"), StringComparer.Ordinal);
        Destination.BeginReplay(Run(3), 2, Note("replay begun"));
        Destination.Complete(End(3));
        var idle = Rows("tblSystemRevision").Select(row => row[0]).ToList();

        Destination.BeginReplay(Run(4), 3, Note("replay begun"));
        Destination.Replay(new ReplayBatch(FirstRange, Messages("", "", (2, 3, "three"))) { Ids = { ids["2/3"] } }, 4);
        Destination.Complete(End(4) with { LastChatIds = new Dictionary<int, long?> { [2] = null } });

        // The pass, then the counter that its own end was not told of, then the row.
        Assert.Equal([3L], idle);
        Assert.Equal([4L], Rows("tblSystemRevision").Select(row => row[0]));
        Assert.Equal(["2 3"], Rows("tblLastChatId").Select(row => $"{row[0]} {row[1]}"), StringComparer.Ordinal);
        Assert.Equal((RunState.Finished, 4L, 1), (Destination.ReadRun()!.State, Destination.ReadRun()!.Epoch, Destination.ReadRun()!.Pass));
    }

    [Fact]
    public void Rejections_are_listed_in_pages_counted_and_filtered()
    {
        Destination.Begin(Start() with { Rejections = [new Rejection("tblPrincipal", "9", "T11", "Type 1.", "{}")] });
        var batch = Messages("", "3/50");
        batch.Book.Read = 4;
        foreach (var (key, rule) in new[] { ("2/3", "T20"), ("2/30", "T20"), ("20/3", "T19"), ("3/1", "T19") })
        {
            batch.Reject(new Rejection("tblChat", key, rule, "Nobody.", """{"content":"secret"}"""));
        }

        Destination.Write(batch, 1);

        Assert.Equal(["9", "2/3", "2/30", "20/3", "3/1"], Keys(RejectionFilter.All), StringComparer.Ordinal);
        Assert.Equal(["2/3", "2/30"], Keys(new RejectionFilter("TBLCHAT", "t20")), StringComparer.Ordinal);
        Assert.Equal(["2/3"], Keys(new RejectionFilter(Key: "2/3")), StringComparer.Ordinal);
        Assert.Equal(["2/3", "2/30"], Keys(new RejectionFilter(Key: "2/", IsPrefix: true)), StringComparer.Ordinal);
        Assert.Empty(Keys(new RejectionFilter("tblNode")));
        var page = Destination.ReadRejections(RejectionFilter.All, 0, 2);
        Assert.Equal(["2/30", "20/3"], Destination.ReadRejections(RejectionFilter.All, page[^1].Id, 2).Select(rejection => rejection.Row.Key), StringComparer.Ordinal);
        Assert.All(page, rejection => Assert.Equal("", rejection.Row.Values));
        Assert.Contains("secret", Destination.ReadRejection(page[1].Id)!.Row.Values, StringComparison.Ordinal);
        Assert.Null(Destination.ReadRejection(page[1].Id + 1_000));
        Assert.Equal(
            [new RejectionCount("tblChat", "T19", true, 2), new RejectionCount("tblChat", "T20", true, 2), new RejectionCount("tblPrincipal", "T11", false, 1)],
            Destination.CountRejections(RejectionFilter.All));

        IEnumerable<string> Keys(RejectionFilter filter) => Destination.ReadRejections(filter, 0, 100).Select(rejection => rejection.Row.Key);
    }

    [Fact]
    public void A_new_pass_derives_all_roles_again_and_forgets_those_that_were_refused()
    {
        Destination.Begin(Start());
        var roles = new RowBatch(ChatSchema.Persistent["tblPrincipalRole"]) { RangeId = FirstRange + 1, To = "2" };
        roles.Reject(new Rejection("tblPrincipalRole", "2/5/3", "B2", "Refused.", "{}"));
        Destination.Write(roles, 1);
        Destination.Complete(End(1));

        Destination.Begin(Start(expected: 1, epoch: 2, pass: 2) with { Ranges = [] });

        Assert.Empty(Destination.Rejections());
    }
}
