using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

public sealed class LogCopierTests : IDisposable
{
    private const int Rows = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public LogCopierTests() => SqliteNative.Init();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_log_is_copied_while_the_writer_goes_on_and_keeps_its_rows()
    {
        var path = _folder.File("copied.db");
        using var writer = Open(path);
        var before = new FileInfo(path).Length;
        using (var copier = new LogCopier(path))
        {
            copier.Add(1, 1);
            copier.Add(Rows, 8 << 20);
            Assert.True(SpinWait.SpinUntil(() => new FileInfo(path).Length > before + (Rows * 1_000), Patience), "Nothing was copied.");
            Execute(writer, "INSERT INTO t VALUES (randomblob(1000))");
        }

        using var count = writer.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM t";
        Assert.Equal(Rows + 1L, count.ExecuteScalar());
    }

    [Fact]
    public void A_file_that_is_another_one_by_now_is_left_as_it_is()
    {
        var path = _folder.File("moved.db");
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            Execute(other, "CREATE TABLE somebodys (x)");
        }

        var bytes = File.ReadAllBytes(path);
        using (var copier = new LogCopier(path))
        {
            copier.Add(Rows, 8 << 20);
        }

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    /// <summary>A database whose rows stand in the log, which nobody else copies.</summary>
    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE)");
        Execute(connection, $"WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows}) INSERT INTO t SELECT randomblob(1000) FROM n");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
