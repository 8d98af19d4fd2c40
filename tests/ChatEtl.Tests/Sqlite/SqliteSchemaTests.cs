using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

public sealed class SqliteSchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(Generation.OcsR2)]
    [InlineData(Generation.Lync2010)]
    [InlineData(Generation.Lync2013)]
    public void Every_table_has_the_documented_columns_keys_and_null_rules(Generation generation)
    {
        using var pool = Create(generation, ChatTableShape.Clustered);

        foreach (var table in ChatSchema.Of(generation).Tables)
        {
            var found = pool.Rows($"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table.Name}') ORDER BY cid");
            var expected = SqliteSchema.ColumnsOf(table, generation).Select(c => new object?[]
            {
                c.Name, TypeOf(c.Type), c.Nullable ? 0L : 1L, (long)(KeyPosition(table, c) + 1),
            });
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void No_table_is_made_that_the_data_does_not_name()
    {
        using var pool = Create(Generation.Lync2013, ChatTableShape.Clustered);

        Assert.Equal(ChatSchema.Persistent.Tables.Count, pool.Count("SELECT count(*) FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public void A_2007_R2_file_lacks_documented_2010_columns_but_keeps_a_mark_of_the_legacy_family()
    {
        using var pool = Create(Generation.OcsR2, ChatTableShape.Clustered);

        var columns = pool.Rows("SELECT name FROM pragma_table_info('tblNode')").Select(r => (string)r[0]!).ToList();

        Assert.Contains("topic", columns, StringComparer.Ordinal);
        Assert.DoesNotContain("scopeDefinerId", columns, StringComparer.Ordinal);
        Assert.DoesNotContain("roleDefinerId", columns, StringComparer.Ordinal);
        var required = ChatSchema.Legacy.Tables.SelectMany(t => t.Columns.Where(c => c.Required).Select(c => (t, c)));
        Assert.All(required, pair => Assert.Contains(pair.c, SqliteSchema.ColumnsOf(pair.t, Generation.OcsR2)));
    }

    [Theory]
    [InlineData(ChatTableShape.Clustered, 1, 0)]
    [InlineData(ChatTableShape.Ordinary, 0, 0)]
    [InlineData(ChatTableShape.Lenient, 0, 1)]
    public void The_chat_table_takes_the_shape_asked_for(ChatTableShape shape, long withoutRowid, long contentMayBeNull)
    {
        using var pool = Create(Generation.Lync2010, shape);

        Assert.Equal(withoutRowid, pool.Count("SELECT wr FROM pragma_table_list('tblChat')"));
        Assert.Equal(1 - contentMayBeNull, pool.Count("SELECT \"notnull\" FROM pragma_table_info('tblChat') WHERE name = 'content'"));
        Assert.Equal(2, pool.Count("SELECT count(*) FROM pragma_table_info('tblChat') WHERE pk > 0 AND \"notnull\" = 1"));
    }

    public void Dispose() => _folder.Dispose();

    private static string TypeOf(ColumnType type) => type switch
    {
        ColumnType.Int or ColumnType.SmallInt or ColumnType.BigInt or ColumnType.Bit => "INTEGER",
        ColumnType.Guid or ColumnType.Text or ColumnType.DateTime => "TEXT",
        _ => "BLOB",
    };

    private static int KeyPosition(Table table, Column column) =>
        table.Key.Select((name, i) => (name, i)).Where(k => string.Equals(k.name, column.Name, StringComparison.OrdinalIgnoreCase))
            .Select(k => k.i).DefaultIfEmpty(-1).First();

    private PoolReader Create(Generation generation, ChatTableShape shape)
    {
        SqliteNative.Init();
        var path = _folder.File("pool.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Create(connection, ChatSchema.Of(generation), generation, shape);
        }

        return new PoolReader(path);
    }
}
