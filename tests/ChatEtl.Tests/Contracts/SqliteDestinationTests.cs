using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>The contract in an SQLite file, and what only SQLite can do to a transaction.</summary>
public sealed class SqliteDestinationTests : ChatDestinationContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lazy<SqliteDestination> _destination;
    private readonly Lazy<SqliteSource> _reader;

    public SqliteDestinationTests()
    {
        SqliteProvisioner.Provision(Path);
        _destination = new(() => new SqliteDestination(Path, new ManualTimeProvider()));
        _reader = new(() => new SqliteSource(Path));
    }

    protected override IChatDestination Destination => _destination.Value;

    protected override IChatSource Reader => _reader.Value;

    private string Path => _folder.File("destination.db");

    /// <summary>Every statement of a batch fails in turn; each time neither rows nor checkpoint may be in.</summary>
    [Theory]
    [InlineData("INSERT ON tblChat WHEN new.chatId = 3", "ROLLBACK")]
    [InlineData("INSERT ON tblChat WHEN new.chatId = 5", "ROLLBACK")]
    [InlineData("INSERT ON chatetl_rejection", "ABORT")]
    [InlineData("INSERT ON chatetl_rejection", "ROLLBACK")]
    [InlineData("INSERT ON chatetl_rejection", "FAIL")]
    [InlineData("UPDATE ON chatetl_range", "ABORT")]
    [InlineData("UPDATE ON chatetl_range", "ROLLBACK")]
    [InlineData("UPDATE ON chatetl_range", "FAIL")]
    [InlineData("UPDATE ON chatetl_run", "ABORT")]
    [InlineData("UPDATE ON chatetl_run", "ROLLBACK")]
    public void A_transaction_broken_at_any_statement_leaves_neither_rows_nor_checkpoint(string statement, string how)
    {
        Destination.Begin(Start());
        Destination.Write(Messages("", "2/2", (2, 1, "one")), 1);
        Execute($"CREATE TRIGGER broken AFTER {statement.Replace(" WHEN", " FOR EACH ROW WHEN", StringComparison.Ordinal)} BEGIN SELECT RAISE({how}, 'broken by a test'); END");
        var batch = Messages("2/2", "2/6", (2, 3, "three"), (2, 4, "four"), (2, 5, "five"), (2, 6, "six"));
        batch.Reject(new Chat.Rejection("tblChat", "2/7", "T20", "Nobody.", "{}"));

        var fault = Record.Exception(() => Destination.Write(batch, 1));

        Assert.IsType<SqliteException>(fault);
        Assert.Equal(["2/1 one"], ChatRows());
        Assert.Equal("2/2", Destination.ReadCheckpoint(1_000_000).Position);
        Assert.Equal(1, Destination.ReadCheckpoint(1_000_000).Book.Written);
        Assert.Empty(Destination.Rejections());

        Execute("DROP TRIGGER broken");
        Assert.Equal("2/6", Destination.Write(batch, 1).Position);
        Assert.Equal(5, ChatRows().Count);
        Assert.Single(Destination.Rejections());
    }

    [Fact]
    public void A_row_that_the_destination_refuses_is_rejected_and_the_rest_goes_in()
    {
        Execute("CREATE TRIGGER strict AFTER INSERT ON tblChat WHEN new.content = 'four' BEGIN SELECT RAISE(ABORT, 'no fours'); END");
        Destination.Begin(Start());

        var stored = Destination.Write(Messages("", "2/5", (2, 3, "three"), (2, 4, "four"), (2, 5, "five")), 1);

        Assert.Equal((3L, 2L, 1L), (stored.Book.Read, stored.Book.Written, stored.Book.Rejected));
        Assert.Equal(["2/3 three", "2/5 five"], ChatRows());
        Assert.Equal(["2/4"], Destination.ReadRejectedKeys("tblChat"), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("BEFORE INSERT ON tblChat WHEN new.chatId = 4", 5)]
    [InlineData("BEFORE INSERT ON tblChat WHEN new.chatId = 4", 64)]
    [InlineData("BEFORE INSERT ON tblPrincipalInvites WHEN new.invID = 4", 5)]
    [InlineData("BEFORE INSERT ON tblPrincipalInvites WHEN new.invID = 4", 64)]
    public void A_row_that_the_destination_drops_without_a_word_stops_the_run_and_nothing_of_its_batch_is_in(string trigger, int rows)
    {
        Execute($"CREATE TRIGGER quiet {trigger} BEGIN SELECT RAISE(IGNORE); END");
        Destination.Begin(Start());
        Batch batch = Messages("", $"2/{rows}", [.. Enumerable.Range(1, rows).Select(id => (2, (long)id, "text"))]);
        if (trigger.Contains("Invites", StringComparison.Ordinal))
        {
            var invites = new RowBatch(ChatSchema.Persistent["tblPrincipalInvites"]) { RangeId = batch.RangeId, To = batch.To };
            for (var id = 1; id <= rows; id++)
            {
                invites.Add([5L, (long)id, 2L, new DateTime(2013, 1, 7, 0, 0, 0, DateTimeKind.Utc)]);
            }

            batch = invites;
        }

        var fault = Assert.Throws<SqliteException>(() => Destination.Write(batch, 1));

        Assert.Contains("drops rows", Destination.Explain(fault), StringComparison.Ordinal);
        Assert.Equal(Remedy.None, Destination.RemedyFor(fault));
        Assert.Equal("", Destination.ReadCheckpoint(batch.RangeId).Position);
        Assert.Empty(ChatRows());
        Assert.Equal(0, Reader.CountRows("tblPrincipalInvites"));
    }

    /// <summary>As SQLite itself tells: each statement that begins to insert messages.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    [InlineData(62)]
    [InlineData(63)]
    public void One_refused_row_among_64_is_found_and_the_others_written_in_at_most_13_attempts(int bad)
    {
        Execute("CREATE TRIGGER strict AFTER INSERT ON tblChat WHEN new.content = 'four' BEGIN SELECT RAISE(ABORT, 'no fours'); END");
        Destination.Begin(Start());
        var attempts = 0;
        using var connection = SqliteDatabase.OpenForWriting(Path);
        using var session = new SqliteWriteSession(connection);
        SQLitePCL.raw.sqlite3_trace(connection.Handle!, (_, sql) => attempts += sql.StartsWith("INSERT INTO \"tblChat\"", StringComparison.Ordinal) ? 1 : 0, null);

        session.Begin();
        var moved = new SqliteBatchWriter(session).Write(Messages("", "2/64", [.. Enumerable.Range(0, 64).Select(id => (2, (long)id, id == bad ? "four" : "other"))]), 1, "");
        session.Commit();

        Assert.True(moved);
        Assert.InRange(attempts, 2, 13);
        Assert.Equal(63, ChatRows().Count);
        Assert.Equal([$"2/{bad}"], Destination.ReadRejectedKeys("tblChat"), StringComparer.Ordinal);
    }

    /// <summary>SQLite's connections have no lock of their own: a statement that is let go of while it runs ends the process.</summary>
    [Fact]
    public void Who_disposes_while_a_batch_is_written_waits_for_it()
    {
        Destination.Begin(Start());
        using var disposed = new ManualResetEventSlim();
        var time = new AskedTime();
        var destination = new SqliteDestination(Path, time);
        var disposing = new Thread(() =>
        {
            destination.Dispose();
            disposed.Set();
        });
        time.Asked = () =>
        {
            disposing.Start();
            Assert.False(disposed.Wait(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        };

        destination.Write(Messages("", "2/1", (2, 1, "one")), 1);
        disposing.Join();

        Assert.Equal(["2/1 one"], ChatRows());
    }

    [Fact]
    public void A_role_that_the_destination_refuses_leaves_the_books_balanced_and_goes_in_by_a_replay()
    {
        Execute("CREATE TRIGGER strict AFTER INSERT ON tblPrincipalRole WHEN new.prinRolePrinID = 6 BEGIN SELECT RAISE(ABORT, 'not six'); END");
        Destination.Begin(Start() with { Books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase) { ["tblPrincipalRole"] = new() { Read = 2, Written = 2 } }, Ranges = [new Checkpoints.Range(1_000_000, "tblPrincipalRole", [])] });
        var roles = new RowBatch(ChatSchema.Persistent["tblPrincipalRole"]) { RangeId = 1_000_000, To = "2", EndsRange = true };
        roles.Add([2L, 5L, 3L, 1L]);
        roles.Add([2L, 6L, 3L, 1L]);

        Destination.Write(roles, 1);
        var refused = Destination.ReadBooks(1)["tblPrincipalRole"];
        Execute("DROP TRIGGER strict");
        Destination.BeginReplay(Run(2), 1, Note("replay begun"));
        var replay = new ReplayBatch(1_000_000, new RowBatch(roles.Table)) { Ids = { Destination.StoredRejections().Single().Id } };
        ((RowBatch)replay.Rows).Rows.Add(roles.Rows[1]);
        var result = Destination.Replay(replay, 2);

        Assert.Equal((2L, 1L, 1L), (refused.Read, refused.Written, refused.Rejected));
        Assert.Equal(new ReplayResult(1, 0, 0, 0), result);
        Assert.Equal((2L, 2L, 0L), (Destination.ReadBooks(1)["tblPrincipalRole"].Read, Destination.ReadBooks(1)["tblPrincipalRole"].Written, Destination.ReadBooks(1)["tblPrincipalRole"].Rejected));
        Assert.Equal([5, 6], Destination.ReadAccess().Select(row => row.Principal).Order());
    }

    [Fact]
    public void A_locked_file_is_a_transient_fault_and_changes_nothing()
    {
        Destination.Begin(Start());
        using (var other = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();

            var fault = Record.Exception(() => Destination.Write(Messages("", "2/1", (2, 1, "one")), 1));

            Assert.Equal(Remedy.Retry, Destination.RemedyFor(Assert.IsType<SqliteException>(fault)));
        }

        Assert.Empty(ChatRows());
        Assert.Equal("2/1", Destination.Write(Messages("", "2/1", (2, 1, "one")), 1).Position);
    }

    [Fact]
    public void A_destination_that_keeps_UTF16_is_refused()
    {
        var path = _folder.File("wide.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA encoding = 'UTF-16le'";
            command.ExecuteNonQuery();
            SqliteSchema.Create(connection, ChatSchema.Persistent, Chat.Generation.Lync2013);
        }

        using var wide = new SqliteDestination(path, new ManualTimeProvider());

        Assert.Equal(["M2"], wide.Check(forWriting: true).Select(finding => finding.Rule), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        Destination.Dispose();
        _folder.Dispose();
    }

    protected override IChatDestination OpenAnother() => new SqliteDestination(Path, new ManualTimeProvider());

    protected override void LeaveScratch() => Assert.True(new SqliteDestination(Path, TimeProvider.System).MakeScratch().Size() > 0);

    protected override bool HasScratch() => _folder.FileNames().Any(name => name.Contains("scratch", StringComparison.Ordinal));

    protected override IEnumerable<string> TablesNow() => new SqliteSource(Path).ReadShape().Tables.Keys;

    protected override void Execute(string sql)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Tells when a destination looks at the clock: in the middle of a batch.</summary>
    private sealed class AskedTime : TimeProvider
    {
        public Action Asked { get; set; } = static () => { };

        public override DateTimeOffset GetUtcNow()
        {
            Asked();
            return base.GetUtcNow();
        }
    }
}
