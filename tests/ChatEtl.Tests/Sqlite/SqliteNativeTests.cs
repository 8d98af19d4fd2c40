using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using SQLitePCL;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>Connections have no lock of their own (see <see cref="ChatEtl.Sqlite.SqliteNative"/>): a statement left to the finalizer, a thread beside ours, ends the process.</summary>
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
}
