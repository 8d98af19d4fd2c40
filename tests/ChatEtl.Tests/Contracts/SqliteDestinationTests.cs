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
        Assert.Empty(Destination.ReadRejections());

        Execute("DROP TRIGGER broken");
        Assert.Equal("2/6", Destination.Write(batch, 1).Position);
        Assert.Equal(5, ChatRows().Count);
        Assert.Single(Destination.ReadRejections());
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
            SqliteSchema.Create(connection, Chat.ChatSchema.Persistent, Chat.Generation.Lync2013);
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
}
