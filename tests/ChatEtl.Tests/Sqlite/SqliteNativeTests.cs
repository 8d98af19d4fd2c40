using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>Connections have no lock of their own (see <see cref="SqliteNative"/>): a statement left to the finalizer, a thread beside ours, ends the process.</summary>
public sealed class SqliteNativeTests
{
    [Fact]
    public void Questions_to_a_pool_leave_no_statement_to_the_finalizer()
    {
        using var pool = new PlainPool(ChatSchema.Persistent);
        using var reader = new PoolReader(pool.Path);
        reader.Handle.enable_sqlite3_next_stmt(true);

        Assert.Equal(0, reader.Count("SELECT count(*) FROM tblChat"));
        Assert.Null(reader.Value("SELECT max(chatId) FROM tblChat"));
        Assert.Empty(reader.Rows("SELECT * FROM tblChat"));

        Assert.Null(raw.sqlite3_next_stmt(reader.Handle, null));
    }

    [Fact]
    public void A_statement_that_was_disposed_throws_and_touches_no_freed_memory()
    {
        using var pool = new PlainPool(ChatSchema.Persistent);
        using var connection = SqliteDatabase.OpenForReading(pool.Path);
        using var statement = new SqliteStatement(connection, "SELECT ?1");
        statement.Bind(1, 1);
        Assert.True(statement.Step());

        statement.Dispose();

        Assert.Equal(raw.SQLITE_MISUSE, Assert.Throws<SqliteException>(() => statement.Step()).SqliteErrorCode);
        Assert.Equal(raw.SQLITE_MISUSE, Assert.Throws<SqliteException>(() => statement.Bind(1, 1)).SqliteErrorCode);
        Assert.Null(statement.Cell(0));
    }
}
