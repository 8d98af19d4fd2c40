using System.Globalization;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>The contract on a SQL Server, and what only that product can do to a batch.</summary>
public sealed class SqlServerDestinationTests : ChatDestinationContract, IDisposable
{
    private readonly TempSqlServerDatabase _database = new();
    private readonly SqlServerDestination _destination;
    private readonly SqlServerSource _reader;

    public SqlServerDestinationTests()
    {
        SqlServerProvisioner.Provision(_database.End);
        _destination = Open();
        _reader = new SqlServerSource(_database.End, keepHalfPairs: true, readOnlyIntent: false);
    }

    protected override string OddText => _database.Keeps('\0') ? "a\0b" : "a\u0001b";

    protected override IChatDestination Destination => _destination;

    protected override IChatSource Reader => _reader;

    [Theory]
    [InlineData("1")]
    [InlineData("100")]
    [InlineData("50 51")]
    [InlineData("1 37 38 99 100")]
    public void Rows_that_only_the_server_refuses_are_rejected_and_the_rest_goes_in(string refused)
    {
        var bad = refused.Split(' ').Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToList();
        Execute("ALTER TABLE dbo.tblChat ADD CONSTRAINT no_fours CHECK (content <> N'four')");
        Destination.Begin(Start());
        var batch = Messages("", "2/100", [.. Enumerable.Range(1, 100).Select(id => (2, (long)id, bad.Contains(id) ? "four" : "other"))]);

        var stored = Destination.Write(batch, 1);

        Assert.Equal((100L, 100L - bad.Count, (long)bad.Count), (stored.Book.Read, stored.Book.Written, stored.Book.Rejected));
        Assert.Equal(bad.Select(id => $"2/{id}"), Destination.ReadRejectedKeys("tblChat"), StringComparer.Ordinal);
        Assert.All(Destination.Rejections(), rejection => Assert.DoesNotContain("four", rejection.Reason, StringComparison.Ordinal));
        Assert.Equal(100 - bad.Count, ChatRows().Count);
        Assert.DoesNotContain(ChatRows(), row => row.EndsWith("four", StringComparison.Ordinal));
        Assert.Equal(stored, Destination.ReadCheckpoint(stored.RangeId) with { Book = stored.Book });
    }

    /// <summary>
    /// As the driver itself tells: an attempt ends in a commit, in a trial's rollback, or in a fault, after which the session is not used again and the
    /// next one opens a connection.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(99)]
    [InlineData(100)]
    public void One_refused_row_among_100_is_found_and_the_others_written_in_at_most_15_attempts(int bad)
    {
        Execute("ALTER TABLE dbo.tblChat ADD CONSTRAINT no_fours CHECK (content <> N'four')");
        Destination.Begin(Start());
        using var attempts = new SqlClientEvents(_database.Name);

        Destination.Write(Messages("", "2/100", [.. Enumerable.Range(1, 100).Select(id => (2, (long)id, id == bad ? "four" : "other"))]), 1);

        Assert.True(attempts is { Opened: > 0, Ended: > 0 });
        Assert.InRange(attempts.Opened + attempts.Ended, 2, 15);
        Assert.Equal(99, ChatRows().Count);
    }

    [Fact]
    public void Rows_that_the_server_refuses_again_stay_rejected_and_the_rest_of_a_replay_goes_in()
    {
        var ids = Rejected("2", "3", "4", "5");
        Execute("ALTER TABLE dbo.tblChat ADD CONSTRAINT no_fours CHECK (content <> N'four')");
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        var replay = new ReplayBatch(1_000_000, Messages("", "", (2, 2, "two"), (2, 3, "three"), (2, 4, "four"), (2, 5, "five"))) { Ids = { ids["2/2"], ids["2/3"], ids["2/4"], ids["2/5"] } };

        var first = Destination.Replay(replay, 2);
        var second = Destination.Replay(replay, 2);

        Assert.Equal(new ReplayResult(3, 0, 0, 1), first);
        Assert.Equal(new ReplayResult(0, 0, 0, 1), second);
        Assert.Equal(["2/1 one", "2/2 two", "2/3 three", "2/5 five"], ChatRows(), StringComparer.Ordinal);
        Assert.Equal([("2/4", "T19")], Destination.Rejections().Select(rejection => (rejection.Key, rejection.Rule)));
        Assert.True(Destination.ReadCheckpoint(1_000_000).Book.Balances);
    }

    [Fact]
    public void Taken_keys_and_refused_rows_in_one_batch_are_told_apart()
    {
        Execute("ALTER TABLE dbo.tblChat ADD CONSTRAINT no_fours CHECK (content <> N'four')");
        Execute("INSERT INTO dbo.tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES (2, 1, 634000000000000001, 1, 0, N'one', NULL), (2, 2, 5, 1, 0, N'another', NULL)");
        Destination.Begin(Start());

        var stored = Destination.Write(Messages("", "3/9", (2, 1, "one"), (2, 2, "two"), (2, 3, "three"), (2, 4, "four"), (3, 5, "five")), 1);
        var next = Destination.Write(Messages("3/9", "3/10", (3, 10, "ten")), 1);

        Assert.Equal((5L, 2L, 1L, 2L), (stored.Book.Read, stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.Equal(["2/2", "2/4"], Destination.ReadRejectedKeys("tblChat"), StringComparer.Ordinal);
        Assert.Equal(3, next.Book.Written);
        Assert.Equal(["2/1 one", "2/2 another", "2/3 three", "3/10 ten", "3/5 five"], ChatRows(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_row_of_a_small_table_that_the_server_refuses_is_rejected_and_the_rest_goes_in()
    {
        Execute("ALTER TABLE dbo.tblPrincipalInvites ADD CONSTRAINT few CHECK (invID < 100)");
        Destination.Begin(Start());
        var batch = new RowBatch(ChatSchema.Persistent["tblPrincipalInvites"]) { RangeId = 1_000_001, To = "p" };
        batch.Book.Read = 4;
        foreach (var id in new[] { 5L, 500L, 7L })
        {
            batch.Add([id, id, 2L, new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc)]);
        }

        batch.Add([9L, 9L, 2L, new DateTime(1752, 12, 31, 0, 0, 0, DateTimeKind.Utc)]);
        var stored = Destination.Write(batch, 1);

        Assert.Equal((4L, 2L, 2L), (stored.Book.Read, stored.Book.Written, stored.Book.Rejected));
        Assert.Equal(["500/2", "9/2"], Destination.ReadRejectedKeys("tblPrincipalInvites"), StringComparer.Ordinal);
        Assert.All(Destination.Rejections(), rejection => Assert.Equal("B2", rejection.Rule));
        Assert.Equal(0, _database.Scalar("SELECT COUNT(*) FROM chatetl.stage_tblPrincipalInvites"));
    }

    [Fact]
    public void Rows_that_only_stand_in_each_others_way_are_told_apart_and_the_first_goes_in()
    {
        Execute("CREATE UNIQUE INDEX one_number ON dbo.tblPrincipalInvites (prinID, invID)");
        Destination.Begin(Start());
        var batch = new RowBatch(ChatSchema.Persistent["tblPrincipalInvites"]) { RangeId = 1_000_001, To = "p" };
        foreach (var node in Enumerable.Range(2, 9))
        {
            batch.Add([5L, node == 10 ? 3L : node, (long)node, new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc)]);
        }

        batch.Book.Read = 9;
        var stored = Destination.Write(batch, 1);

        Assert.Equal((8L, 1L), (stored.Book.Written, stored.Book.Rejected));
        Assert.Equal(["5/10"], Destination.ReadRejectedKeys("tblPrincipalInvites"), StringComparer.Ordinal);
    }

    [Fact]
    public void One_key_twice_in_a_batch_goes_in_once()
    {
        Destination.Begin(Start());

        var stored = Destination.Write(Messages("", "2/9", (2, 1, "one"), (2, 1, "one"), (2, 1, "other"), (2, 2, "two")), 1);

        Assert.Equal((4L, 2L, 1L, 1L), (stored.Book.Read, stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.Equal(["2/1 one", "2/2 two"], ChatRows(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_label_that_only_the_collation_finds_equal_is_rejected_and_not_taken_for_the_one_that_is_there()
    {
        var (one, other) = Lookalikes();
        Execute($"INSERT INTO dbo.tblPreference (prefLabel, prefSeqID, prefContent, lastModifiedBy) VALUES (N'{one}', 1, N'x', 1), (N'same', 1, N'x', 1)");
        Destination.Begin(Start());
        var batch = new RowBatch(ChatSchema.Persistent["tblPreference"]) { RangeId = 1_000_001, To = "p" };
        batch.Add([other, 1L, "y", 1L]);
        batch.Add(["same", 1L, "x", 1L]);
        batch.Add(["new", 1L, "x", 1L]);
        batch.Book.Read = 3;

        var stored = Destination.Write(batch, 1);

        Assert.Equal((1L, 1L, 1L), (stored.Book.Written, stored.Book.Reused, stored.Book.Rejected));
        Assert.Equal([(other + "/1", "N2")], Destination.Rejections().Select(rejection => (rejection.Key, rejection.Rule)));
    }

    [Fact]
    public void A_beginning_whose_answer_was_lost_is_not_taken_for_somebody_elses()
    {
        Destination.Begin(Start());

        Destination.Begin(Start());
        Destination.Begin(Start(expected: 1, epoch: 2) with { Ranges = null });
        Destination.Begin(Start(expected: 1, epoch: 2) with { Ranges = null });

        Assert.Equal(2, Destination.ReadRun()!.Epoch);
        Assert.Throws<TakenOverException>(() => Destination.Begin(Start() with { Run = Start().Run with { Owner = "someone else" } }));
    }

    [Fact]
    public void A_run_that_outlives_the_finish_of_another_is_told_so()
    {
        Destination.Begin(Start());
        using (var another = OpenAnother())
        {
            another.RemoveOwnTables(1);
        }

        Assert.Throws<TakenOverException>(() => Destination.Write(Messages("", "2/1", (2, 1, "one")), 1));
        Assert.Empty(ChatRows());
    }

    [Fact]
    public void A_placeholder_takes_the_lowest_free_number_when_the_last_one_is_taken()
    {
        Execute("INSERT INTO dbo.tblPrincipal (prinID, prinGuid, prinUri, prinDisabled, prinTypeID, prinAddedOn, prinUpdatedOn, prinVerifiedOn) VALUES (2147483647, NEWID(), N'x', 0, 5, 0, 0, '1900-01-01')");
        Destination.Begin(Start());

        var id = Destination.AddPlaceholder(77, new Principal { Id = 0, Guid = Guid.NewGuid(), Uri = "sip:unknown", Type = PrincipalTypes.User }, 1);

        Assert.Equal(2, id);
    }

    [Fact]
    public void An_rtf_with_characters_that_its_column_lacks_is_rejected_and_not_written_with_question_marks()
    {
        Destination.Begin(Start());
        var batch = new MessageBatch { RangeId = 1_000_000, To = "2/3" };
        foreach (var (id, rtf) in new[] { (1L, @"{\rtf1 plain}"), (2L, @"{\rtf1 Größe}"), (3L, @"{\rtf1 Zażółć}") })
        {
            batch.Append(2, id, 5, 1, false, "x"u8, Encoding.UTF8.GetBytes(rtf), hasRtf: true);
            batch.Room[batch.Count - 1] = 2;
            batch.Author[batch.Count - 1] = 1;
            batch.Digest = RowDigest.Add(batch.Digest, batch.DigestOf(batch.Count - 1));
        }

        batch.Book.Read = 3;
        var stored = Destination.Write(batch, 1);

        Assert.Equal((2L, 1L), (stored.Book.Written, stored.Book.Rejected));
        Assert.Equal([("2/3", "M2")], Destination.Rejections().Select(rejection => (rejection.Key, rejection.Rule)));
        Assert.Equal(RowDigest.Add(batch.DigestOf(0), batch.DigestOf(1)), stored.Digest);
        Assert.Equal([@"{\rtf1 plain}", @"{\rtf1 Größe}"], Reader.ReadRows(ChatSchema.Persistent["tblChat"], "", new BatchLimits(9, 9999), default).Single().Rows.Select(row => (string)row[6]!), StringComparer.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_goes_from_server_to_server()
    {
        _database.Demand('\uD83D');
        Destination.Begin(Start());

        Destination.Write(Messages("", "2/1", (2, 1, "x")), 1);
        var half = new MessageBatch { RangeId = 1_000_000, From = "2/1", To = "2/2" };
        half.Append(2, 2, 5, 1, false, WideText.Encode("a\uD83Db"), default, hasRtf: false);
        (half.Room[0], half.Author[0], half.Book.Read) = (2, 1, 1);
        Destination.Write(half, 1);

        Assert.Equal(1, _database.Scalar("SELECT COUNT(*) FROM dbo.tblChat WHERE chatId = 2 AND UNICODE(SUBSTRING(content, 2, 1)) = 55357"));
    }

    [Theory]
    [InlineData("CREATE TRIGGER dbo.watch ON dbo.tblChat AFTER INSERT AS RETURN", "watch")]
    [InlineData("ALTER TABLE dbo.tblPreference ADD mood int NOT NULL", "tblPreference.mood wants a value")]
    [InlineData("ALTER TABLE dbo.tblPreference DROP COLUMN prefContent; ALTER TABLE dbo.tblPreference ADD prefContent nvarchar(100) NULL", "prefContent is nvarchar(100)")]
    [InlineData("ALTER TABLE dbo.tblChat DROP COLUMN rtf", "no column tblChat.rtf")]
    [InlineData("ALTER TABLE dbo.tblChat DROP COLUMN rtf; ALTER TABLE dbo.tblChat ADD rtf varchar(max) NOT NULL DEFAULT ''", "rtf takes no NULL")]
    [InlineData("ALTER TABLE dbo.tblChat DROP COLUMN userId; ALTER TABLE dbo.tblChat ADD userId AS 1", "computes tblChat.userId")]
    [InlineData("DROP TABLE dbo.tblLastInviteId", "no table tblLastInviteId")]
    [InlineData("ALTER TABLE dbo.tblChat DROP CONSTRAINT PK_tblChat", "no unique key (channelId, chatId)")]
    public void What_no_document_tells_is_refused_by_name(string change, string said)
    {
        foreach (var statement in change.Split("; "))
        {
            Execute(statement);
        }

        var findings = Destination.Check(forWriting: false);

        Assert.Contains(findings, finding => finding.Severity == Severity.Error && finding.Message.Contains(said, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("INSERT INTO dbo.tblServerIdentity (serverID, serverAddress, serverLastPingTime) VALUES (1, N'chat01', GETUTCDATE())", true)]
    [InlineData("INSERT INTO dbo.tblServerIdentity (serverID, serverAddress, serverLastPingTime) VALUES (1, N'chat01', DATEADD(minute, -20, GETUTCDATE()))", false)]
    [InlineData("INSERT INTO dbo.tblServerIdentity (serverID, serverAddress, serverLastPingTime) VALUES (1, N'chat01', NULL)", false)]
    [InlineData("INSERT INTO dbo.tblAdminLock (lockExpiresTime, lockServerID, lockActorID) VALUES (DATEADD(minute, 1, GETUTCDATE()), 1, 1)", true)]
    [InlineData("INSERT INTO dbo.tblAdminLock (lockExpiresTime, lockServerID, lockActorID) VALUES (DATEADD(minute, -1, GETUTCDATE()), 1, 1)", false)]
    public void A_database_whose_servers_are_alive_is_not_written_unless_that_is_wanted(string change, bool isAlive)
    {
        Execute(change);
        using var bold = Open(new SqlServerLoad { AllowLive = true });

        Assert.Equal(isAlive ? ["B6"] : [], Destination.Check(forWriting: true).Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Rule), StringComparer.Ordinal);
        Assert.Empty(Destination.Check(forWriting: false));
        Assert.Empty(bold.Check(forWriting: true));
    }

    [Fact]
    public void Names_that_the_servers_collation_finds_equal_are_an_error_of_the_plan()
    {
        var (one, other) = Lookalikes();
        Execute("INSERT INTO dbo.tblNode (nodeID, nodeGuid, parentID, nodeType, nodeName, nodeDesc, disabled, behavior, visibility, nodeAddedBy, nodeAddedOn, nodeUpdatedBy, nodeUpdatedOn) "
            + $"VALUES (9, NEWID(), 1, 1, N'{one}', N'', 0, 4, 3, 1, 0, 1, 0)");

        Assert.Equal(["T4 20"], Judge(Node(20, other)));
        Assert.Equal(["T4 20"], Judge(Node(20, $"{one}2"), Node(21, $"{other}2")));
        Assert.Empty(Judge(Node(20, "Elsewhere"), Node(9, other!)));
    }

    [Fact]
    public void Values_that_a_column_cannot_hold_are_an_error_of_the_plan()
    {
        var person = new Principal { Id = 7, Guid = Guid.NewGuid(), Uri = "sip:x", Type = 5, VerifiedOn = new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Utc) };

        var findings = Destination.Judge([new TableChanges(ChatSchema.Persistent["tblPrincipal"], [PersistentRows.Of(person), PersistentRows.Of(person with { Id = 8, VerifiedOn = DateTime.UnixEpoch, Uri = new string('x', 257) })], [])]);

        Assert.Equal(["B4 7", "B4 8"], findings.Select(finding => $"{finding.Rule} {finding.Key}"), StringComparer.Ordinal);
    }

    [Fact]
    public void A_time_is_kept_as_a_datetime_column_keeps_it()
    {
        Assert.All(new[] { 0, 1, 2, 3, 4, 5, 123, 455, 456, 789, 997, 998, 999 }, milliseconds =>
        {
            var time = new DateTime(2012, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddMilliseconds(milliseconds);
            var stored = (DateTime)_database.Scalar($"SELECT CAST('{time:yyyy-MM-dd HH:mm:ss.fff}' AS datetime)")!;
            Assert.Equal(stored, Destination.TimeAsStored(time));
        });
        Assert.Equal(DateTime.MaxValue, Destination.TimeAsStored(DateTime.MaxValue));
        Assert.Equal(DateTime.MinValue, Destination.TimeAsStored(DateTime.MinValue));
    }

    [Fact]
    public void A_column_that_counts_by_itself_takes_our_numbers()
    {
        Execute("DROP TABLE dbo.tblPrincipalInvites");
        Execute("CREATE TABLE dbo.tblPrincipalInvites (prinID int NOT NULL, invID int IDENTITY(1, 1) NOT NULL, nodeID int NOT NULL, createdOn datetime NOT NULL, PRIMARY KEY CLUSTERED (prinID, nodeID))");
        Execute("DROP TABLE dbo.tblPrincipal");
        Execute("CREATE TABLE dbo.tblPrincipal (" + string.Join(", ", ChatSchema.Persistent["tblPrincipal"].Columns.Select(column =>
            $"[{column.Name}] {column.SqlType} {(column.Name == "prinID" ? "IDENTITY(1, 1)" : "")} {(column.Nullable ? "NULL" : "NOT NULL")}")) + ", PRIMARY KEY CLUSTERED (prinID))");
        using var destination = Open();
        var person = new Principal { Id = 40, Guid = Guid.NewGuid(), Uri = "sip:x", Type = 5 };
        destination.Begin(Start() with { Tables = [new TableChanges(ChatSchema.Persistent["tblPrincipal"], [PersistentRows.Of(person)], [])] });
        var batch = new RowBatch(ChatSchema.Persistent["tblPrincipalInvites"]) { RangeId = 1_000_001, To = "p" };
        batch.Add([40L, 77L, 2L, new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc)]);
        destination.Write(batch, 1);
        destination.Begin(Start(expected: 1, epoch: 2) with
        {
            Ranges = null,
            Tables = [new TableChanges(ChatSchema.Persistent["tblPrincipal"], [], [PersistentRows.Of(person with { Uri = "sip:y" })])],
        });

        Assert.Equal(["prinID", "invID"], destination.Check(forWriting: true).Where(finding => finding.Severity == Severity.Information)
            .Select(finding => finding.Message.Split('.', ' ')[1]), StringComparer.OrdinalIgnoreCase);
        Assert.Equal("sip:y", _database.Scalar("SELECT prinUri FROM dbo.tblPrincipal WHERE prinID = 40"));
        Assert.Equal(77, _database.Scalar("SELECT invID FROM dbo.tblPrincipalInvites WHERE prinID = 40"));
    }

    [Theory]
    [InlineData(BulkHint.On)]
    [InlineData(BulkHint.Off)]
    public void A_batch_out_of_the_destinations_order_goes_in_sorted_under_every_lock(BulkHint tableLock)
    {
        using var destination = Open(new SqlServerLoad { TableLock = tableLock });
        destination.Begin(Start());

        destination.Write(Messages("", "9/1", (9, 2, "b"), (9, 3, "c"), (2, 7, "d"), (2, 1, "a")), 1);

        Assert.Equal(["2/1 a", "2/7 d", "9/2 b", "9/3 c"], ChatRows(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_load_that_the_server_takes_no_row_of_ends_the_run_and_rejects_nothing()
    {
        using var destination = Open(new SqlServerLoad { OrderHint = BulkHint.On });
        destination.Begin(Start());
        var batch = Messages("", "2/9", [.. Enumerable.Range(1, 100).Select(id => (2, (long)id, "x"))]);

        var fault = Record.Exception(() => destination.Write(batch, 1));

        Assert.SkipWhen(fault is null, "The server knows order hints.");
        Assert.IsType<SqlException>(fault);
        Assert.Equal("", destination.ReadCheckpoint(batch.RangeId).Position);
        Assert.Empty(destination.Rejections());
        Assert.Empty(ChatRows());
    }

    public void Dispose()
    {
        _destination.Dispose();
        _reader.Dispose();
        _database.Dispose();
    }

    protected override IChatDestination OpenAnother() => Open();

    /// <summary>What a killed plan leaves: its session, and so its lock, is gone.</summary>
    protected override void LeaveScratch()
    {
        Execute("IF SCHEMA_ID('chatetl') IS NULL EXEC('CREATE SCHEMA chatetl')");
        Execute("CREATE TABLE chatetl.scratch_chat (channelId int NOT NULL)");
        Execute("CREATE TABLE chatetl.scratch_range (range_id int NOT NULL)");
    }

    protected override bool HasScratch() =>
        !Equals(_database.Scalar("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'chatetl' AND TABLE_NAME LIKE 'scratch%'"), 0);

    [Fact]
    public void A_second_plan_does_not_touch_the_scratch_of_one_that_is_at_work()
    {
        using var first = Destination.MakeScratch();
        first.Begin(Start());
        using var another = OpenAnother();

        Assert.Throws<IOException>(() => another.MakeScratch());
        another.Begin(Start());

        Assert.True(HasScratch());
        Assert.Equal("2/1", first.Write(Messages("", "2/1", (2, 1, "one")), 1).Position);
    }

    protected override IEnumerable<string> TablesNow() => new SqlServerSource(_database.End, readOnlyIntent: false).ReadShape().Tables.Keys;

    protected override void Execute(string sql) => _database.Execute(sql);

    /// <summary>Two texts that are equal to the server's collation, and not by the rules.</summary>
    private (string One, string Other) Lookalikes()
    {
        var found = new[] { ("Stra\u00dfe", "Strasse"), ("\uff21lpha", "Alpha"), ("co\u00adop", "coop") }
            .FirstOrDefault(pair => _database.Scalar($"SELECT CASE WHEN N'{pair.Item1}' = N'{pair.Item2}' THEN 1 ELSE 0 END") is 1);
        Assert.SkipWhen(found.Item1 is null, "The server's collation finds no more names equal than the rules do.");
        return found;
    }

    private static Node Node(int id, string? name) => new() { Id = id, Guid = Guid.NewGuid(), Parent = 1, IsCategory = true, Name = name! };

    private IReadOnlyList<string> Judge(params Node[] nodes) =>
    [
        .. Destination.Judge([new TableChanges(ChatSchema.Persistent["tblNode"], [.. nodes.Where(node => node.Id != 9).Select(PersistentRows.Of)], [.. nodes.Where(node => node.Id == 9).Select(PersistentRows.Of)])])
            .Select(finding => $"{finding.Rule} {finding.Key}"),
    ];

    private SqlServerDestination Open(SqlServerLoad? load = null) => new(_database.End, load ?? new SqlServerLoad(), new ManualTimeProvider());
}
