using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>The contract on a SQL Server, and what only that product can hold.</summary>
public sealed class SqlServerSourceTests : ChatSourceContract, IDisposable
{
    private static readonly BatchLimits Wide = new(10_000, 1 << 20);

    private static readonly Lazy<string> Odd = new(static () =>
    {
        using var database = new TempSqlServerDatabase();
        return database.Keeps('\0') ? "a\0b" : "a\u0001b";
    });

    private readonly List<TempSqlServerDatabase> _databases = [];

    /// <summary>Without U+0000 where the server has no such character; the test after this one says so.</summary>
    protected override string OddText => Odd.Value;

    [Fact]
    public void A_zero_within_a_text_is_a_character_like_any_other()
    {
        var database = Chat(Generation.Lync2010);
        database.Demand('\0');
        SqlServerPool.Insert(database.End, ChatSchema.Legacy["tblChat"], [Message(2, 1, "a\0b").Cells]);
        using var source = new SqlServerSource(database.End);

        var batch = source.ReadMessages([new Segment(2, 1, 1)], null, Wide, new MessageBatchPool(1024), default).Single();

        Assert.Equal("a\0b"u8, batch.Content(0));
    }

    public void Dispose() => _databases.ForEach(database => database.Dispose());

    [Fact]
    public void Half_a_surrogate_pair_is_kept_or_given_out_as_no_text()
    {
        var database = Chat(Generation.Lync2013);
        database.Demand('\uD83D');
        database.Execute(
            """
            INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) VALUES
                (2, 1, 5, 7, 0, N'a' + NCHAR(0xD83D) + N'b', NULL), (2, 2, 5, 7, 0, N'whole', NULL)
            """);
        using var keeping = new SqlServerSource(database.End, keepHalfPairs: true);
        using var strict = new SqlServerSource(database.End);

        var kept = keeping.ReadMessages([new Segment(2, 1, 9)], null, Wide, new MessageBatchPool(1024), default).Single();
        var judged = strict.ReadMessages([new Segment(2, 1, 9)], null, Wide, new MessageBatchPool(1024), default).Single();
        var cells = strict.ReadRows(ChatSchema.Persistent["tblChat"], "", Wide, default).Single().Rows[0];

        Assert.Equal("a\uD83Db", WideText.Decode(kept.Content(0)));
        Assert.Equal(2, kept.Count);
        Assert.Equal([2L], judged.Id.Take(judged.Count));
        Assert.Equal(new byte[] { 0x61, 0, 0x3D, 0xD8, 0x62, 0 }, Assert.IsType<UnreadableText>(judged.Irregular.Single()[5]).Bytes);
        Assert.IsType<UnreadableText>(cells[5]);
        Assert.Equal(2, judged.Book.Read);
    }

    [Fact]
    public void A_table_without_a_key_is_paged_in_an_order_that_does_not_change()
    {
        var database = Chat(Generation.Lync2010);
        database.Execute("INSERT INTO tblPurgedRoles (purgedOn, nodeId, prinId, roleId) VALUES ('2012-01-01', 1, 2, 3), ('2012-01-01', 1, 2, 3), ('2011-01-01', 9, 2, 3)");
        using var source = new SqlServerSource(database.End);
        var table = ChatSchema.Legacy["tblPurgedRoles"];

        var pages = source.ReadRows(table, "", new BatchLimits(1, 1 << 20), default).ToList();

        Assert.Equal([9L, 1L, 1L], pages.Select(page => page.Rows.Single()[1]));
        Assert.Equal(2, source.ReadRows(table, pages[0].Position, Wide, default).Single().Rows.Count);
        Assert.Empty(source.ReadRows(table, pages[2].Position, Wide, default));
    }

    [Fact]
    public void A_key_of_text_guid_or_time_goes_on_in_the_order_of_the_server()
    {
        var database = Chat(Generation.Lync2010);
        database.Execute(
            """
            INSERT INTO tblPreference (prefLabel, prefSeqID, prefContent, lastModifiedBy) VALUES
                (N'b', 1, NULL, 1), (N'A', 1, NULL, 1), (N'a2', 1, NULL, 1), (N'Ä', 1, NULL, 1), (N'_', 1, NULL, 1), (N'B', 2, NULL, 1), (N'z', -1, NULL, 1)
            """);
        for (var i = 0; i < 9; i++)
        {
            database.Execute($"INSERT INTO tblSiopWhiteList (siopID, siopName, siopUrl) VALUES (NEWID(), N'{i}', N'x')");
        }

        using var source = new SqlServerSource(database.End);

        Assert.All(new[] { "tblPreference", "tblSiopWhiteList" }, name =>
        {
            var table = ChatSchema.Legacy[name];
            var whole = source.ReadRows(table, "", Wide, default).Single().Rows.Select(row => Cells.Key(table, row)).ToList();
            var paged = source.ReadRows(table, "", new BatchLimits(1, 1 << 20), default).ToList();
            Assert.Equal(whole, paged.Select(page => Cells.Key(table, page.Rows.Single())), StringComparer.Ordinal);
            Assert.All(Enumerable.Range(0, paged.Count), i => Assert.Equal(
                whole.Skip(i + 1), source.ReadRows(table, paged[i].Position, Wide, default).SelectMany(page => page.Rows).Select(row => Cells.Key(table, row)), StringComparer.Ordinal));
        });
    }

    [Fact]
    public void Columns_that_are_missing_are_null_and_others_are_seen_in_the_shape_only()
    {
        var database = Add(new TempSqlServerDatabase());
        database.Execute("CREATE TABLE dbo.tblChat (channelID int NOT NULL, chatID bigint NOT NULL, chatDate bigint NOT NULL, userId int NOT NULL, content nvarchar(max) NOT NULL, mood int NULL, PRIMARY KEY CLUSTERED (channelID, chatID))");
        database.Execute("INSERT INTO dbo.tblChat (channelID, chatID, chatDate, userId, content, mood) VALUES (2, 1, 5, 7, N'x', 4)");
        using var source = new SqlServerSource(database.End);

        var batch = source.ReadMessages([new Segment(2, 1, 1)], null, Wide, new MessageBatchPool(1024), default).Single();
        var cells = source.ReadRows(ChatSchema.Persistent["tblChat"], "", Wide, default).Single().Rows.Single();

        Assert.Equal((1, false, -1), (batch.Count, batch.Alert[0], batch.RtfLength[0]));
        Assert.Equal([2L, 1L, 5L, 7L, null, "x", null], cells);
        Assert.True(source.ReadShape().Has("tblChat", "mood"));
    }

    [Fact]
    public void Rows_of_undocumented_types_or_without_values_are_left_to_the_rules()
    {
        var database = Add(new TempSqlServerDatabase());
        database.Execute("CREATE TABLE dbo.tblChat (channelID int NULL, chatID bigint NULL, chatDate bigint NULL, userId int NULL, isAlert int NULL, content nvarchar(max) NULL)");
        database.Execute(
            """
            INSERT INTO dbo.tblChat (channelID, chatID, chatDate, userId, isAlert, content) VALUES
                (2, 1, 5, 7, 2, N'x'), (2, 2, NULL, 7, 0, N'x'), (NULL, 3, 5, 7, 0, N'nowhere'), (2, NULL, 5, 7, 0, N'no number'), (5, NULL, 5, 7, 0, N'nothing else')
            """);
        using var source = new SqlServerSource(database.End);

        var extents = source.ReadExtents(default).ToList();
        var batch = source.ReadMessages(extents, null, Wide, new MessageBatchPool(1024), default).Single();
        var rest = source.ReadIrregularMessages("", new BatchLimits(1, 1024), default).ToList();

        Assert.Equal([new Segment(2, 1, 2)], extents);
        Assert.Equal([(2L, 1L, 2L), (2L, 2L, 0L)], batch.Irregular.Select(cells => ((long)cells[0]!, (long)cells[1]!, (long)cells[4]!)));
        Assert.Null(batch.Irregular[1][2]);
        Assert.Equal(["no number", "nothing else", "nowhere"], rest.Select(page => (string)page.Rows.Single()[5]!).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(2, source.ReadIrregularMessages(rest[0].Position, Wide, default).Sum(page => page.Rows.Count));
        Assert.Contains(source.Check(default), finding => finding is { Severity: Severity.Error, Table: "tblChat" });
    }

    [Fact]
    public void Twenty_thousand_rooms_of_one_message_come_in_order_and_resume_anywhere()
    {
        var database = Chat(Generation.Lync2010);
        SqlServerPool.Insert(database.End, ChatSchema.Legacy["tblChat"], Enumerable.Range(1, 20_000).Select(room => Message(room, room * 3, "x").Cells));
        using var source = new SqlServerSource(database.End);

        var extents = source.ReadExtents(default).ToList();
        var read = Read(source, extents, null, Wide).SelectMany(batch => batch.Keys).ToList();
        var rest = Read(source, extents, new MessageKey(12_345, 12_345 * 3), Wide).SelectMany(batch => batch.Keys).ToList();

        Assert.Equal(Enumerable.Range(1, 20_000).Select(room => new Segment(room, room * 3, room * 3)), extents);
        Assert.Equal(extents.Select(segment => new MessageKey(segment.Room, segment.From)), read);
        Assert.Equal(read.Skip(12_345), rest);
    }

    [Fact]
    public void A_long_room_comes_page_by_page_and_may_be_left_early()
    {
        var database = Chat(Generation.Lync2010);
        SqlServerPool.Insert(database.End, ChatSchema.Legacy["tblChat"], Enumerable.Range(1, 120_000).Select(id => Message(4, id * 2L, "x").Cells));
        using var source = new SqlServerSource(database.End);

        var read = Read(source, [new Segment(4, 1, 500_000)], null, new BatchLimits(7_000, 1 << 24));
        var first = source.ReadMessages([new Segment(4, 1, 500_000)], null, Wide, new MessageBatchPool(1024), default).First();

        Assert.Equal(Enumerable.Range(1, 120_000).Select(id => new MessageKey(4, id * 2L)), read.SelectMany(batch => batch.Keys));
        Assert.Equal(new MessageKey(4, 500_000), read[^1].To);
        Assert.Equal(10_000, first.Count);
        Assert.Equal([2L, 4L], source.ReadChatIds(new Segment(4, 1, 500_000), default).Take(2));
        Assert.Equal(120_000, source.ReadChatIds(new Segment(4, 1, 500_000), default).Count());
    }

    [Fact]
    public void The_check_tells_how_consistent_reading_is_and_what_it_thinks_of_the_key()
    {
        var database = Chat(Generation.Lync2010);
        using var source = new SqlServerSource(database.End);

        var findings = source.Check(default);

        Assert.Contains("SNAPSHOT", Assert.Single(findings, finding => finding.Rule == "B6").Message, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Severity == Severity.Error);
        Assert.DoesNotContain("assword", source.Description, StringComparison.Ordinal);
    }

    protected override IChatSource Make(Generation generation, IEnumerable<(string Table, object?[] Cells)> rows)
    {
        var database = Chat(generation);
        foreach (var table in rows.GroupBy(row => row.Table, row => row.Cells, StringComparer.Ordinal))
        {
            SqlServerPool.Insert(database.End, ChatSchema.Of(generation)[table.Key], table);
        }

        return new SqlServerSource(database.End);
    }

    private TempSqlServerDatabase Chat(Generation generation) => Add(new TempSqlServerDatabase(generation));

    private TempSqlServerDatabase Add(TempSqlServerDatabase database)
    {
        _databases.Add(database);
        return database;
    }
}
