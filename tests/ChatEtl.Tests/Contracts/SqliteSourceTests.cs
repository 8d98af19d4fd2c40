using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>The contract in a file with tblChat as SQL Server clusters it.</summary>
public sealed class ClusteredSqliteSourceTests : SqliteSourceContract
{
    protected override ChatTableShape Shape => ChatTableShape.Clustered;
}

/// <summary>The contract in a file with an ordinary tblChat.</summary>
public sealed class OrdinarySqliteSourceTests : SqliteSourceContract
{
    protected override ChatTableShape Shape => ChatTableShape.Ordinary;
}

/// <summary>The contract in an SQLite file.</summary>
public abstract class SqliteSourceContract : ChatSourceContract, IDisposable
{
    private readonly TempFolder _folder = new();

    protected abstract ChatTableShape Shape { get; }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override IChatSource Make(Generation generation, IEnumerable<(string Table, object?[] Cells)> rows)
    {
        var path = _folder.File("source.db");
        using var pool = PoolFile.Begin(path, generation, Shape);
        foreach (var (table, cells) in rows)
        {
            pool.Add(table, [.. ChatSchema.Of(generation)[table].Columns.Select((column, i) => (column.Name, cells[i]))]);
        }

        pool.Complete();
        return new SqliteSource(path);
    }
}

/// <summary>What only SQLite files can hold: its columns are hints.</summary>
public sealed class SqliteSourceTests : IDisposable
{
    private static readonly BatchLimits Wide = new(10_000, 1 << 20);

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("source.db");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Every_irregular_row_comes_out_exactly_once(int batchRows)
    {
        MakeLenient();
        Run("""
            INSERT INTO tblChat (rowid, channelID, chatID, chatDate, userId, isAlert, content) VALUES
                (1, 2, 1, 5, 7, 0, 'regular'), (2, 2, 2, 5, 7, 0, NULL), (3, 2, 3, 'in May', 7, 0, 'x'), (4, 2, 4, 5, 7, 0, x'0001'),
                (5, 2, 5, 5, 7, 0, CAST(x'62FFFE' AS TEXT)), (6, 2, 6, 5, 7, 7, 'x'), (7, 2, 6.5, 5, 7, 0, 'x'), (8, 2, 0.25, 5, 7, 0, 'x'),
                (9, 2, 9.75, 5, 7, 0, 'x'), (10, 2, NULL, 5, 7, 0, 'x'), (11, NULL, 1, 5, 7, 0, 'x'), (12, 'lobby', 1, 5, 7, 0, 'x'),
                (13, 2, 'first', 5, 7, 0, 'x'), (14, 2.5, 1, 5, 7, 0, 'x'), (15, 3, 1, 5, 99999999999, 0, 'x'), (16, 3, 2, NULL, 7, 0, 'x'),
                (17, 99999999999, 1, 5, 7, 0, 'x'), (18, 3, 1e300, 5, 7, 0, 'x'), (19, NULL, NULL, 5, 7, 0, 'x'), (20, x'00', x'00', 5, 7, 0, 'x'),
                (21, -1e300, 4, 5, 7, 0, 'x'), (22, 3, 3, 5, 7, '1', 'x'), (23, 3, -1e300, 5, 7, 0, 'x'), (24, 2, 7, 5, 7, 0, '')
            """);
        Run("UPDATE tblChat SET content = rowid || ':' || typeof(content) WHERE typeof(content) = 'text' AND rowid <> 5");
        using var source = new SqliteSource(Path);

        var extents = source.ReadExtents(default).ToList();
        var found = ReadByBatches(source, extents, new BatchLimits(batchRows, 1 << 20));
        found.AddRange(ReadIrregularByPages(source, new BatchLimits(batchRows, 1 << 20)));

        Assert.Equal([2L, 3L, 99999999999L], extents.Select(extent => extent.Room));
        Assert.Equal(24, found.Count);
        Assert.Equal(24, found.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_fractional_chatId_between_two_segments_belongs_to_the_second()
    {
        MakeLenient();
        Run("INSERT INTO tblChat VALUES (2, 1, 5, 7, 0, 'a'), (2, 5, 5, 7, 0, 'b'), (2, 5.5, 5, 7, 0, 'c'), (2, 6, 5, 7, 0, 'd')");
        using var source = new SqliteSource(Path);

        var first = Contents(source, [new Segment(2, 1, 5)], null);
        var second = Contents(source, [new Segment(2, 6, 6)], null);
        var resumed = Contents(source, [new Segment(2, 1, 6)], new MessageKey(2, 5));

        Assert.Equal(["a", "b"], first, StringComparer.Ordinal);
        Assert.Equal(["c", "d"], second.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["c", "d"], resumed.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(2, source.CountMessages(new Segment(2, 6, 6)));
    }

    [Fact]
    public void Reading_behind_the_last_key_gives_nothing()
    {
        MakeLenient();
        Run("INSERT INTO tblChat VALUES (2, 1, 5, 7, 0, 'a')");
        using var source = new SqliteSource(Path);

        Assert.Empty(source.ReadMessages([new Segment(2, 1, 1)], new MessageKey(2, 1), Wide, new MessageBatchPool(1024), default));
    }

    [Theory]
    [InlineData("UTF-16le")]
    [InlineData("UTF-16be")]
    public void A_UTF16_database_reads_like_any_other(string encoding)
    {
        Run($"PRAGMA encoding = '{encoding}'; CREATE TABLE tblChat (channelId INTEGER, chatId INTEGER, chatDate INTEGER, userId INTEGER, isAlert INTEGER, content TEXT)");
        Run("INSERT INTO tblChat VALUES (2, 1, 5, 7, 0, 'é会🎉 a'), (2, 2, 5, 7, 0, ''), (2, 3, 5, 7, 0, 'a' || char(0) || 'b'), (2, 4, 5, 7, 0, CAST(x'3DD83DD8' AS TEXT))");
        Run("CREATE TABLE tblPreference (prefLabel TEXT, prefSeqID INTEGER, prefContent TEXT, lastModifiedBy INTEGER); INSERT INTO tblPreference VALUES ('é会🎉', 1, 'z', 1)");
        using var source = new SqliteSource(Path);

        var batch = source.ReadMessages([new Segment(2, 1, 4)], null, Wide, new MessageBatchPool(1024), default).Single();
        var preference = source.ReadRows(ChatSchema.Legacy["tblPreference"], "", Wide, default).Single().Rows.Single();

        Assert.Equal(["é会🎉 a", "", "a\0b"], Enumerable.Range(0, 3).Select(row => Encoding.UTF8.GetString(batch.Content(row))), StringComparer.Ordinal);
        Assert.Equal(4, batch.Count + batch.Irregular.Count);
        Assert.Equal("é会🎉", preference[0]);
        Assert.Equal("tblPreference", source.ReadShape().Tables.Keys.Single(name => name.StartsWith("tblP", StringComparison.Ordinal)));
    }

    [Fact]
    public void Column_names_are_found_in_any_case()
    {
        Run("CREATE TABLE TBLCHAT (CHANNELID INTEGER, ChatID INTEGER, CHATDATE INTEGER, uSERiD INTEGER, ISALERT INTEGER, Content TEXT, RTF TEXT)");
        Run("INSERT INTO tblChat VALUES (2, 1, 5, 7, 1, 'text', 'rtf')");
        using var source = new SqliteSource(Path);

        var batch = source.ReadMessages([source.ReadExtents(default).Single()], null, Wide, new MessageBatchPool(1024), default).Single();

        Assert.Equal("text"u8, batch.Content(0));
        Assert.Equal("rtf"u8, batch.Rtf(0));
        Assert.True(batch.Alert[0]);
    }

    [Fact]
    public void Keys_kept_as_text_are_all_irregular_and_come_once()
    {
        Run("CREATE TABLE tblChat (channelId TEXT, chatId TEXT, chatDate INTEGER, userId INTEGER, isAlert INTEGER, content TEXT)");
        Run("INSERT INTO tblChat VALUES ('2', '1', 5, 7, 1, 'a'), ('2', '10', 5, 7, 1, 'b'), ('2', '9', 5, 7, 1, 'c')");
        using var source = new SqliteSource(Path);

        Assert.Empty(source.ReadExtents(default));
        Assert.Equal(3, ReadIrregularByPages(source, new BatchLimits(1, 1024)).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void A_small_table_without_rowid_is_paged_by_its_key(int pageRows)
    {
        Run("CREATE TABLE tblPreference (prefLabel TEXT, prefSeqID INTEGER, prefContent TEXT, lastModifiedBy INTEGER, PRIMARY KEY (prefLabel, prefSeqID)) WITHOUT ROWID");
        Run("INSERT INTO tblPreference VALUES ('b', 1, 'x', 1), ('a', 2, 'x', 1), ('a', 1, 'x', 1), ('B', 1, 'x', 1), ('é', 1, 'x', 1), ('', 0, 'x', 1), ('\"', 1, 'x', 1)");
        using var source = new SqliteSource(Path);
        var table = ChatSchema.Legacy["tblPreference"];
        var limits = new BatchLimits(pageRows, 1 << 20);

        var keys = new List<string>();
        for (var position = ""; source.ReadRows(table, position, limits, default).FirstOrDefault() is { } page; position = page.Position)
        {
            keys.AddRange(page.Rows.Select(row => Cells.Key(table, row)));
        }

        Assert.Equal(["/0", "\"/1", "B/1", "a/1", "a/2", "b/1", "é/1"], keys);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Every batch read by a call of its own, as interrupted runs do.</summary>
    private static List<string> ReadByBatches(SqliteSource source, IReadOnlyList<Segment> segments, BatchLimits limits)
    {
        var found = new List<string>();
        for (MessageKey? after = null; source.ReadMessages(segments, after, limits, new MessageBatchPool(1024), default).FirstOrDefault() is { To.Length: > 0 } batch;
            after = MessageKey.Parse(batch.To))
        {
            found.AddRange(Texts(batch));
        }

        return found;
    }

    private static List<string> ReadIrregularByPages(SqliteSource source, BatchLimits limits)
    {
        var found = new List<string>();
        for (var position = ""; source.ReadIrregularMessages(position, limits, default).FirstOrDefault() is { } page; position = page.Position)
        {
            found.AddRange(page.Rows.Select(row => string.Join('/', row.Select(Cells.Format))));
        }

        return found;
    }

    private static IEnumerable<string> Contents(SqliteSource source, IReadOnlyList<Segment> segments, MessageKey? after) =>
        source.ReadMessages(segments, after, Wide, new MessageBatchPool(1024), default).SelectMany(batch => Enumerable.Range(0, batch.Count)
            .Select(row => Encoding.UTF8.GetString(batch.Content(row))).Concat(batch.Irregular.Select(row => (string)row[5]!))).ToList();

    private static IEnumerable<string> Texts(MessageBatch batch) => Enumerable.Range(0, batch.Count)
        .Select(row => $"{batch.SourceKey(row)}/{Convert.ToHexString(batch.Content(row))}")
        .Concat(batch.Irregular.Select(row => string.Join('/', row.Select(Cells.Format)))).ToList();

    private void MakeLenient()
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        SqliteSchema.Create(connection, ChatSchema.Legacy, Generation.Lync2010, ChatTableShape.Lenient);
        using var command = connection.CreateCommand();

        // The documented key forbids NULL; files from anywhere need not have it.
        command.CommandText = """
            DROP TABLE tblChat;
            CREATE TABLE tblChat (channelID INTEGER, chatID INTEGER, chatDate INTEGER, userId INTEGER, isAlert INTEGER, content TEXT, PRIMARY KEY (channelID, chatID));
            """;
        command.ExecuteNonQuery();
    }

    private void Run(string sql)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
