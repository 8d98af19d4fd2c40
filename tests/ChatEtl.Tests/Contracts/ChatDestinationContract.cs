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

/// <summary>What every destination does, whatever the product behind it.</summary>
public abstract partial class ChatDestinationContract
{
    private const int FirstRange = 1_000_000;
    private static readonly DateTime Now = new(2013, 1, 7, 18, 0, 0, DateTimeKind.Utc);
    private static readonly Table Invites = ChatSchema.Persistent["tblPrincipalInvites"];
    private static readonly RunFingerprint Fingerprint = new(new Dictionary<string, string>(StringComparer.Ordinal) { ["source"] = "a", ["rules.longNames"] = "Fail" });

    /// <summary>A text with everything the product can hold.</summary>
    protected virtual string OddText => "a\0b";

    /// <summary>The destination under test: an empty 2013 database, its system revision 1.</summary>
    protected abstract IChatDestination Destination { get; }

    /// <summary>The same database, read.</summary>
    protected abstract IChatSource Reader { get; }

    /// <summary>Opens the same database once more, as another process would.</summary>
    protected abstract IChatDestination OpenAnother();

    /// <summary>Runs plain SQL on the database.</summary>
    protected abstract void Execute(string sql);

    [Fact]
    public void A_plain_database_has_no_run_and_passes_the_check()
    {
        Assert.Empty(Destination.Check(forWriting: true));
        Assert.Null(Destination.ReadRun());
        Assert.Empty(Destination.ReadDecisions().Principals);
        Assert.Empty(Destination.ReadRanges());
        Assert.Empty(Destination.ReadWatermarks());
        Assert.Empty(Destination.ReadAccess());
        Assert.Empty(Destination.ReadBooks(0));
        Assert.Empty(Destination.Rejections());
        Assert.Empty(Destination.ReadFindings());
        Assert.Empty(Destination.ReadEvents());
    }

    [Fact]
    public void Begin_makes_our_tables_and_keeps_everything_it_was_given()
    {
        var start = Start() with
        {
            Tables = [new TableChanges(ChatSchema.Persistent["tblPrincipal"], [PersistentRows.Of(Person(5))], [])],
            NewScopes = [new AccessRow(2, 5, AccessRow.ScopeType, 1)],
            Decisions = new Decisions
            {
                Principals = new Dictionary<int, PrincipalDecision> { [50] = new(50, 5, Origin.Created, true, "digest") },
                Nodes = new Dictionary<int, NodeDecision> { [20] = new(20, 2, Origin.Merged, false, "full", "name") },
                AddIns = new Dictionary<Guid, AddInDecision> { [Guid.Empty] = new(Guid.Empty, Guid.Empty, Origin.Reused, "add-in") },
            },
            Books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase) { ["tblPrincipal"] = new() { Read = 3, Written = 1, Reused = 1, Rejected = 1 } },
            Findings = [new Finding("T3", Severity.Warning, "tblNode", "7", "Long.")],
            Rejections = [new Rejection("tblPrincipal", "9", "T11", "Type 1.", "{}")],
        };

        Destination.Begin(start);

        var run = Destination.ReadRun()!;
        Assert.Equal((RunRecord.CurrentFormat, RunState.Running, 1L, 1, false, "test"), (run.Format, run.State, run.Epoch, run.Pass, run.LastPass, run.Owner));
        Assert.Empty(run.Fingerprint.DifferencesFrom(Fingerprint));
        Assert.Equal(Now, run.Started);
        var decisions = Destination.ReadDecisions();
        Assert.Equal(start.Decisions.Principals, decisions.Principals);
        Assert.Equal(start.Decisions.Nodes, decisions.Nodes);
        Assert.Equal(start.Decisions.AddIns, decisions.AddIns);
        Assert.Equal([new AccessRow(2, 5, AccessRow.ScopeType, 0)], Destination.ReadAccess().Select(row => row with { UpdatedBy = 0 }));
        Assert.Equal(start.Findings, Destination.ReadFindings());
        Assert.Equal(start.Rejections, Destination.Rejections());
        Assert.Equal(["9"], Destination.ReadRejectedKeys("tblPrincipal"), StringComparer.Ordinal);
        Assert.True(Destination.ReadBooks(1)["tblPrincipal"].Balances);
        Assert.Equal(new Dictionary<long, long> { [2] = 100, [3] = 50 }, Destination.ReadWatermarks());
        var ranges = Destination.ReadRanges();
        Assert.Equal([FirstRange, FirstRange + 1], ranges.Select(range => range.Range.Id));
        Assert.Equal([new Segment(2, 1, 100), new Segment(3, 1, 50)], ranges[0].Range.Segments);
        Assert.All(ranges, range => Assert.Equal(("", false, 0L), (range.Checkpoint.Position, range.Checkpoint.Done, range.Checkpoint.Book.Read)));
        Assert.Single(Rows("tblScopePrincipal"));
        Assert.Contains(Rows("tblPrincipal"), row => (long)row[0]! == 5);
    }

    [Fact]
    public void Begin_refuses_when_someone_was_faster()
    {
        Destination.Begin(Start());

        Assert.Throws<TakenOverException>(() => Destination.Begin(Start() with { Run = Start().Run with { Owner = "someone else" } }));
        Assert.Throws<TakenOverException>(() => Destination.Begin(Start(expected: 7, epoch: 8)));
        Assert.Equal(1, Destination.ReadRun()!.Epoch);
    }

    [Fact]
    public void A_batch_its_rejections_and_the_checkpoint_come_in_together()
    {
        Destination.Begin(Start());
        var batch = Messages("", "2/2", (2, 1, "one"), (2, 2, OddText));
        batch.Book.Read = 4;
        batch.Book.Skip("T26");
        batch.Bytes = 6;
        batch.Reject(new Rejection("tblChat", "2/3", "T20", "Nobody.", """{"chatId":3}"""));

        var stored = Destination.Write(batch, 1);

        Assert.Equal("2/2", stored.Position);
        Assert.False(stored.Done);
        Assert.Equal((4L, 2L, 0L, 1L), (stored.Book.Read, stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.True(stored.Book.Balances);
        Assert.Equal(6, stored.Bytes);
        Assert.Equal(batch.Digest, stored.Digest);
        Assert.Equal(stored.Position, Destination.ReadCheckpoint(FirstRange).Position);
        Assert.Equal(batch.Rejections, Destination.Rejections());
        Assert.Equal(["2/1 one", $"2/2 {OddText}"], ChatRows());
        Assert.Equal(2, batch.Count);
    }

    [Fact]
    public void A_batch_that_ends_its_range_closes_it()
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/2", (2, 1, "one")), 1);
        var last = Messages("2/2", "3/50");
        last.EndsRange = true;

        var stored = Destination.Write(last, 1);

        Assert.True(stored.Done);
        Assert.Equal("3/50", stored.Position);
        Assert.Equal([true, false], Destination.ReadRanges().Select(range => range.Checkpoint.Done));
        var late = Messages("3/50", "3/60", (3, 60, "late"));
        Assert.Equal("3/50", Destination.Write(late, 1).Position);
        Assert.Equal(["2/1 one"], ChatRows());
    }

    [Theory]
    [InlineData("2/1")]
    [InlineData("2/3")]
    [InlineData("")]
    public void A_batch_that_begins_elsewhere_writes_nothing_and_gives_the_stored_checkpoint(string from)
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/2", (2, 1, "one")), 1);
        var astray = Messages(from, "2/9", (2, 8, "astray"));
        astray.Reject(new Rejection("tblChat", "2/9", "T20", "Nobody.", "{}"));

        var stored = Destination.Write(astray, 1);

        Assert.Equal("2/2", stored.Position);
        Assert.Equal(1, stored.Book.Written);
        Assert.Equal(["2/1 one"], ChatRows());
        Assert.Empty(Destination.Rejections());
    }

    [Fact]
    public void The_same_batch_twice_goes_in_once()
    {
        Destination.Begin(Start());
        var batch = Messages("", "2/2", (2, 1, "one"), (2, 2, "two"));

        var first = Destination.Write(batch, 1);
        var second = Destination.Write(batch, 1);

        Assert.Equal(first.Position, second.Position);
        Assert.Equal((2L, 2L, 0L), (second.Book.Read, second.Book.Written, second.Book.Reused));
        Assert.Equal(["2/1 one", "2/2 two"], ChatRows());
    }

    [Fact]
    public void A_run_that_was_taken_over_can_write_nothing_more()
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/1", (2, 1, "one")), 1);
        using var newer = OpenAnother();
        newer.Begin(Start(expected: 1, epoch: 2) with { Ranges = null });

        Assert.Throws<TakenOverException>(() => Destination.Write(Messages("2/1", "2/2", (2, 2, "two")), 1));
        Assert.Throws<TakenOverException>(() => Destination.AddPlaceholder(77, Person(0), 1));
        Assert.Throws<TakenOverException>(() => Destination.Complete(End(1)));
        Assert.Throws<TakenOverException>(() => Destination.RemoveOwnTables(1));

        Assert.Equal(["2/1 one"], ChatRows());
        Assert.Equal("2/1", newer.ReadCheckpoint(FirstRange).Position);
        Assert.Equal("2/2", newer.Write(Messages("2/1", "2/2", (2, 2, "two")), 2).Position);
    }

    [Fact]
    public void An_equal_message_is_reused_and_another_of_its_key_is_rejected_under_T19()
    {
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 1, {Date(1)}, 1, 0, 'one', NULL)");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 2, {Date(2)}, 1, 0, 'two', '')");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 3, {Date(3)}, 1, 1, 'three', NULL)");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 4, {Date(4)}, 9, 0, 'four', NULL)");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 5, {Date(4)}, 1, 0, 'five', NULL)");
        Execute($"INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 6, {Date(6)}, 1, 0, 'Six', NULL)");
        Destination.Begin(Start());
        var batch = Messages("", "2/7", (2, 1, "one"), (2, 2, "two"), (2, 3, "three"), (2, 4, "four"), (2, 5, "five"), (2, 6, "six"), (2, 7, "seven"));

        var stored = Destination.Write(batch, 1);

        Assert.Equal((7L, 1L, 1L, 5L), (stored.Book.Read, stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.True(stored.Book.Balances);
        Assert.Equal(["2/2", "2/3", "2/4", "2/5", "2/6"], Destination.ReadRejectedKeys("tblChat"), StringComparer.Ordinal);
        Assert.All(Destination.Rejections(), rejection => Assert.Equal("T19", rejection.Rule));
        Assert.Equal(7, ChatRows().Count);
        Assert.Equal(DigestOf((2, 1, "one"), (2, 7, "seven")), stored.Digest);
    }

    [Fact]
    public void Small_tables_get_what_is_missing_and_keep_what_is_there()
    {
        Execute("INSERT INTO tblPrincipalInvites (prinID, invID, nodeID, createdOn) VALUES (5, 1, 2, '2012-01-01 00:00:00.000')");
        Destination.Begin(Start());
        var batch = new RowBatch(Invites) { RangeId = FirstRange + 1, To = "p", EndsRange = true };
        batch.Book.Read = 2;
        batch.Add([5L, 9L, 2L, Now], [50L, 9L, 20L, Now]);
        batch.Add([6L, 9L, 2L, Now], [60L, 9L, 20L, Now]);

        var stored = Destination.Write(batch, 1);

        Assert.Equal((2L, 1L, 1L, 0L), (stored.Book.Read, stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.Equal(["5 1", "6 9"], Rows("tblPrincipalInvites").Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void Roles_we_wrote_are_remembered_and_those_that_were_there_are_not()
    {
        Execute("INSERT INTO tblPrincipalRole (prinRoleNodeID, prinRolePrinID, prinRoleTypeID, prinRoleUpdatedBy) VALUES (2, 5, 3, 1)");
        Destination.Begin(Start());
        var batch = new RowBatch(ChatSchema.Persistent["tblPrincipalRole"]) { RangeId = FirstRange + 1, To = "2" };
        batch.Add([2L, 5L, 3L, 1L]);
        batch.Add([2L, 6L, 3L, 1L]);

        Destination.Write(batch, 1);
        var written = Destination.ReadAccess().ToList();
        Destination.Begin(Start(expected: 1, epoch: 2) with { Ranges = null, StaleAccess = written });

        Assert.Equal([(2, 6, 3)], written.Select(row => (row.Node, row.Principal, row.Type)));
        Assert.Equal(["5"], Rows("tblPrincipalRole").Select(row => row[1]!.ToString()), StringComparer.Ordinal);
        Assert.Empty(Destination.ReadAccess());
    }

    [Fact]
    public void A_placeholder_is_made_once_and_kept_in_the_id_map()
    {
        Destination.Begin(Start());
        var before = Rows("tblPrincipal").Count;

        var first = Destination.AddPlaceholder(77, Person(0), 1);
        var second = Destination.AddPlaceholder(77, Person(0), 1);

        Assert.Equal(first, second);
        Assert.Equal(before + 1, Rows("tblPrincipal").Count);
        var decision = Destination.ReadDecisions().Principals[77];
        Assert.Equal((77, first, Origin.Placeholder), (decision.SourceId, decision.DestinationId, decision.Origin));
    }

    [Fact]
    public void Complete_sets_each_counter_to_the_largest_number_known()
    {
        Execute("INSERT INTO tblLastChatId (nodeID, lastChatID) VALUES (2, 5), (3, 1000), (4, 3), (4, 8), (9, 1)");
        Destination.Begin(Start());
        Destination.Write(Messages("", "3/50", (2, 70, "x"), (3, 50, "x"), (5, 12, "x"), (7, -4, "x")), 1);

        Destination.Complete(End(1) with
        {
            LastChatIds = new Dictionary<int, long?> { [2] = 60, [3] = 20, [4] = 7, [5] = 99, [6] = 44, [7] = null, [8] = null },
            LastInviteIds = new Dictionary<int, long?> { [5] = 4, [6] = null },
        });

        Assert.Equal(
            ["2 70", "3 1000", "4 8", "5 99", "6 44", "7 -4", "9 1"], Rows("tblLastChatId").Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["5 4"], Rows("tblLastInviteId").Select(row => $"{row[0]} {row[1]}"), StringComparer.Ordinal);
        Assert.Equal(RunState.Finished, Destination.ReadRun()!.State);
    }

    [Fact]
    public void Complete_raises_the_revision_once_however_often_it_is_told()
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/1", (2, 1, "x")), 1);

        Destination.Complete(End(1));
        Destination.Complete(End(1));

        Assert.Equal([2L], Rows("tblSystemRevision").Select(row => row[0]));
    }

    [Fact]
    public void A_pass_that_wrote_nothing_leaves_the_revision_alone()
    {
        Destination.Begin(Start());
        var batch = Messages("", "2/1");
        batch.Book.Skip("T26", 3);

        Destination.Write(batch, 1);
        Destination.Complete(End(1));

        Assert.Equal([1L], Rows("tblSystemRevision").Select(row => row[0]));
    }

    [Fact]
    public void What_an_interrupted_run_of_the_pass_wrote_raises_the_revision_too()
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/1", (2, 1, "x")), 1);
        Destination.Begin(Start(expected: 1, epoch: 2) with { Ranges = null });

        Destination.Complete(End(2));

        Assert.Equal([2L], Rows("tblSystemRevision").Select(row => row[0]));
    }

    [Fact]
    public void A_revision_table_without_a_row_stays_empty_and_a_level_without_messages_leaves_it()
    {
        Execute("DELETE FROM tblSystemRevision");
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/1", (2, 1, "x")), 1);

        Destination.Complete(End(1));

        Assert.Empty(Rows("tblSystemRevision"));
    }

    [Fact]
    public void A_new_pass_has_its_own_ranges_and_books()
    {
        Destination.Begin(Start());
        var first = Messages("", "3/50", (2, 1, "x"));
        first.EndsRange = true;
        Destination.Write(first, 1);
        Destination.Complete(End(1));

        Destination.Begin(Start(expected: 1, epoch: 2, pass: 2) with { Ranges = [new Range(2 * FirstRange, Streams.Messages, [new Segment(2, 101, 200)])] });

        Assert.Equal([2 * FirstRange], Destination.ReadRanges().Select(range => range.Range.Id));
        Assert.Equal(0, Destination.ReadBooks(2)["tblChat"].Read);
        Assert.Equal(1, Destination.ReadBooks(1)["tblChat"].Read);
        Assert.Equal(1, Destination.ReadBooks(0)["tblChat"].Read);
        Assert.Equal(new Dictionary<long, long> { [2] = 200, [3] = 50 }, Destination.ReadWatermarks());
    }

    [Fact]
    public void RemoveOwnTables_leaves_a_plain_database()
    {
        var plain = Reader.ReadShape().Tables.Keys.ToHashSet(StringComparer.Ordinal);
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/1", (2, 1, "x")), 1);

        Destination.RemoveOwnTables(1);

        Assert.Null(Destination.ReadRun());
        using var another = OpenAnother();
        Assert.Null(another.ReadRun());
        Assert.True(plain.SetEquals(TablesNow()));
        Assert.Equal(["2/1 x"], ChatRows());
        Destination.Begin(Start());
    }

    /// <summary>Names of all tables of the database as it is now.</summary>
    protected abstract IEnumerable<string> TablesNow();

    /// <summary>A pass with one message range and one for a small table.</summary>
    protected static PassStart Start(long? expected = null, long epoch = 1, int pass = 1) => new()
    {
        ExpectedEpoch = expected,
        Run = new RunRecord(RunRecord.CurrentFormat, Fingerprint, RunState.Running, epoch, pass, false, Now, Now, "test"),
        Tables = [],
        NewScopes = [],
        StaleAccess = [],
        Decisions = Decisions.None,
        Ranges =
        [
            new Range(FirstRange, Streams.Messages, [new Segment(2, 1, 100), new Segment(3, 1, 50)]),
            new Range(FirstRange + 1, Streams.Invitations, []),
        ],
        Books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase),
        Findings = [],
        Rejections = [],
        Note = Note("pass begun", expected),
    };

    /// <summary>Something for the event log.</summary>
    protected static EventNote Note(string kind, object? detail = null) => new(Now, "test", kind, $$"""{"detail":"{{detail}}"}""");

    /// <summary>A batch as the transform hands it over.</summary>
    protected static MessageBatch Messages(string from, string to, params (int Room, long Id, string Text)[] rows)
    {
        var batch = new MessageBatch { RangeId = FirstRange, From = from, To = to };
        foreach (var (room, id, text) in rows)
        {
            batch.Append(room, id, Date(id), 1, false, Encoding.UTF8.GetBytes(text), default, hasRtf: false);
            batch.Room[batch.Count - 1] = room;
            batch.Author[batch.Count - 1] = 1;
        }

        batch.Book.Read = rows.Length;
        batch.Digest = DigestOf(rows);
        return batch;
    }

    /// <summary>Keys and contents of all messages.</summary>
    protected IReadOnlyList<string> ChatRows() => [.. Rows("tblChat").Select(row => $"{row[0]}/{row[1]} {row[5]}").Order(StringComparer.Ordinal)];

    /// <summary>A finished pass that wrote message 2/1 and rejected others of room 2; their numbers by key.</summary>
    protected Dictionary<string, long> Rejected(params string[] chatIds)
    {
        Destination.Begin(Start());
        var batch = Messages("", "2/9", (2, 1, "one"));
        batch.Book.Read += chatIds.Length;
        foreach (var id in chatIds)
        {
            batch.Reject(new Rejection("tblChat", $"2/{id}", "T20", "Nobody.", $$"""{"chatId":{{id}}}"""));
        }

        Destination.Write(batch, 1);
        Destination.Complete(End(1));
        return Destination.StoredRejections().ToDictionary(rejection => rejection.Row.Key, rejection => rejection.Id, StringComparer.Ordinal);
    }

    /// <summary>The run row of a replay.</summary>
    protected static RunRecord Run(long epoch) => Start(epoch: epoch).Run;

    private static PassEnd End(long epoch) => new()
    {
        Epoch = epoch,
        LastChatIds = null,
        LastInviteIds = null,
        RaiseRevision = true,
        Books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase),
        Rejections = [],
        Ended = Now,
        Note = Note("pass finished"),
    };

    private static long Date(long id) => 634_000_000_000_000_000 + id;

    private static UInt128 DigestOf(params (int Room, long Id, string Text)[] rows) => rows
        .Select(row => RowDigest.OfMessage(row.Room, row.Id, Date(row.Id), 1, false, Encoding.UTF8.GetBytes(row.Text), -1))
        .Aggregate(UInt128.Zero, RowDigest.Add);

    private static Principal Person(int id) => new()
    {
        Id = id,
        Guid = new Guid(1234, 1, 2, new byte[8]),
        Uri = "sip:unknown-77@migrated.invalid",
        Name = "Unknown user 77",
        Disabled = 1,
        Type = PrincipalTypes.User,
        VerifiedOn = new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };

    private List<object?[]> Rows(string table) =>
        [.. Reader.ReadRows(ChatSchema.Persistent[table], "", new BatchLimits(1000, 1 << 20), default).SelectMany(page => page.Rows)];
}
