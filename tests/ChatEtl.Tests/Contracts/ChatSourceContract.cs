using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>What every source does, whatever the product behind it.</summary>
public abstract class ChatSourceContract
{
    private static readonly BatchLimits Wide = new(10_000, 1 << 20);
    private static readonly DateTime Time = new(2012, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    /// <summary>Rooms 2, 3 and 9 with gaps in their chatIds.</summary>
    private static readonly MessageKey[] Keys =
    [
        .. Enumerable.Range(1, 7).Select(id => new MessageKey(2, id)),
        new(2, 9),
        new(2, 40),
        new(3, -5),
        new(3, 0),
        .. Enumerable.Range(100, 5).Select(id => new MessageKey(9, id)),
        new(9, long.MaxValue),
    ];

    private static readonly Segment[] Everything = [new(2, 1, 40), new(3, -5, 0), new(9, 100, long.MaxValue)];

    /// <summary>A text with everything the product can hold.</summary>
    protected virtual string OddText => "a\0b";

    /// <summary>Makes a database of the generation with these rows, cells in the order of the documented columns, and opens it.</summary>
    protected abstract IChatSource Make(Generation generation, IEnumerable<(string Table, object?[] Cells)> rows);

    [Theory]
    [InlineData(Generation.Lync2010)]
    [InlineData(Generation.Lync2013)]
    public void The_shape_tells_every_documented_table_and_column(Generation generation)
    {
        using var source = Make(generation, []);

        var shape = source.ReadShape();

        Assert.All(ChatSchema.Of(generation).Tables, table => Assert.All(table.Columns, column => Assert.True(shape.Has(table.Name, column.Name))));
        Assert.False(shape.Has("tblNobody"));
        Assert.True(shape.Has("TBLNODE", "NODEID"));
        Assert.Equal(generation, SourceShape.Detect(shape, null).Generation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void Rows_are_paged_and_resumed_at_every_position_without_gap_or_repeat(int pageRows)
    {
        using var source = Make(Generation.Lync2010, Invitations(7));
        var table = ChatSchema.Legacy["tblPrincipalInvites"];
        var whole = source.ReadRows(table, "", Wide, default).SelectMany(page => page.Rows).Select(row => Cells.Key(table, row)).ToList();

        var pages = source.ReadRows(table, "", new BatchLimits(pageRows, 1 << 20), default).ToList();

        Assert.Equal(7, whole.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(whole, pages.SelectMany(page => page.Rows).Select(row => Cells.Key(table, row)), StringComparer.Ordinal);
        Assert.All(pages, page => Assert.InRange(page.Rows.Count, 1, pageRows));
        for (var i = 0; i < pages.Count; i++)
        {
            var before = pages.Take(i + 1).Sum(page => page.Rows.Count);
            var rest = source.ReadRows(table, pages[i].Position, Wide, default).SelectMany(page => page.Rows).Select(row => Cells.Key(table, row));
            Assert.Equal(whole.Skip(before), rest, StringComparer.Ordinal);
        }
    }

    [Fact]
    public void A_page_closes_at_its_bytes_too()
    {
        using var source = Make(Generation.Lync2010, Preferences(5, new string('x', 1000)));

        var pages = source.ReadRows(ChatSchema.Legacy["tblPreference"], "", new BatchLimits(100, 1500), default).ToList();

        Assert.Equal([2, 2, 1], pages.Select(page => page.Rows.Count));
    }

    [Fact]
    public void Cells_come_typed_and_null_stays_null()
    {
        using var source = Make(Generation.Lync2010, [.. Preferences(1, null), .. Invitations(1)]);

        var preference = source.ReadRows(ChatSchema.Legacy["tblPreference"], "", Wide, default).Single().Rows.Single();
        var invitation = source.ReadRows(ChatSchema.Legacy["tblPrincipalInvites"], "", Wide, default).Single().Rows.Single();

        Assert.Equal(["label 0", 1L, null, 1L], preference);
        Assert.True(Cells.TryDateTime(invitation[3], out var created));
        Assert.Equal(Time, created);
    }

    [Fact]
    public void A_missing_table_has_no_rows()
    {
        using var source = Make(Generation.Lync2010, []);

        Assert.Empty(source.ReadRows(ChatSchema.Persistent["tblActivePeers"], "", Wide, default));
    }

    [Fact]
    public void Extents_tell_the_lowest_and_highest_chatId_of_every_room()
    {
        using var source = MakeChat();

        Assert.Equal(Everything, source.ReadExtents(default));
        Assert.Equal(9, source.CountMessages(Everything[0]));
        Assert.Equal(2, source.CountMessages(new Segment(2, 7, 39)));
        Assert.Equal([7L, 9L], source.ReadChatIds(new Segment(2, 7, 39), default));
        Assert.Equal(Keys.Length, source.CountRows("tblChat"));
    }

    [Fact]
    public void Times_of_a_segment_come_with_their_numbers_and_the_last_one_alone_too()
    {
        using var source = MakeChat();
        var dates = source.ReadMessages(Everything, null, Wide, new MessageBatchPool(1 << 20), default)
            .SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => (batch.SourceRoom[row], new MessageTime(batch.Id[row], batch.Date[row])))).ToList();

        foreach (var segment in Everything)
        {
            Assert.Equal(dates.Where(date => date.Item1 == segment.Room).Select(date => date.Item2), source.ReadTimes(segment, default));
            Assert.Equal(segment.UpTo, source.ReadTimes(segment with { From = segment.UpTo }, default).Single().Id);
        }

        Assert.Equal([7L, 9L], source.ReadTimes(new Segment(2, 7, 39), default).Select(time => time.Id));
        Assert.Empty(source.ReadTimes(new Segment(77, 1, 9), default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Messages_come_in_key_order_and_go_on_behind_any_batch(int batchRows)
    {
        using var source = MakeChat();
        var limits = new BatchLimits(batchRows, 1 << 20);
        var batches = Read(source, Everything, null, limits);

        Assert.Equal(Keys, batches.SelectMany(batch => batch.Keys));
        Assert.All(batches, batch => Assert.True(batch.Keys.Count <= batchRows));
        Assert.Equal(new MessageKey(9, long.MaxValue), batches[^1].To);
        foreach (var batch in batches)
        {
            var rest = Read(source, Everything, batch.To, limits);
            Assert.Equal(Keys.Where(key => key > batch.To), rest.SelectMany(more => more.Keys));
        }
    }

    [Fact]
    public void A_batch_says_how_far_it_goes_to_the_end_of_its_segments()
    {
        using var source = MakeChat();

        var batches = Read(source, [new Segment(2, 3, 8), new Segment(3, -100, -50), new Segment(9, 0, 99)], null, new BatchLimits(2, 1 << 20));

        Assert.Equal([new(2, 3), new(2, 4), new(2, 5), new(2, 6), new MessageKey(2, 7)], batches.SelectMany(batch => batch.Keys));
        Assert.Equal(new MessageKey(9, 99), batches[^1].To);
        Assert.Equal(batches.Select(batch => batch.To).Order(), batches.Select(batch => batch.To));
    }

    [Fact]
    public void A_batch_closes_at_its_bytes_too_and_a_single_larger_message_travels()
    {
        // No two parts of it are alike: a piece read into the wrong place shows.
        var large = string.Create(1 << 19, 0, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = (char)(0x100 + (i * 7919L % 1531));
            }
        });
        using var source = Make(Generation.Lync2010, [Message(2, 1, "small"), Message(2, 2, large), Message(2, 3, "small"), Message(2, 4, "last")]);
        var pool = new MessageBatchPool(1024);

        var batches = source.ReadMessages([new Segment(2, 1, 4)], null, new BatchLimits(100, 1024), pool, default).ToList();

        Assert.Equal([2, 2], batches.Select(batch => batch.Count));
        Assert.Equal(large, Encoding.UTF8.GetString(batches[0].Content(1)));
        Assert.Equal(1 << 20, batches[0].ContentLength[1]);
        Assert.True(batches[0].Bytes >= 1 << 20);
    }

    [Fact]
    public void Batches_returned_to_the_pool_are_used_again()
    {
        using var source = MakeChat();
        var pool = new MessageBatchPool(1024);
        var seen = new HashSet<MessageBatch>();

        foreach (var batch in source.ReadMessages(Everything, null, new BatchLimits(1, 1024), pool, default))
        {
            Assert.True(batch.Count <= 1);
            seen.Add(batch);
            pool.Return(batch);
        }

        Assert.InRange(seen.Count, 1, 2);
    }

    [Fact]
    public void Every_column_of_a_message_arrives_as_it_stands()
    {
        using var source = Make(
            Generation.Lync2013,
            [
                ("tblChat", [2L, 1L, 0L, 7L, 0L, "", null]),
                ("tblChat", [2L, 2L, 3155378975999999999L, int.MaxValue, 1L, OddText, ""]),
                ("tblChat", [2L, long.MaxValue, 5L, int.MinValue, 0L, "\u00e9\u4f1a\U0001F389\r\n", "{\\rtf1 \u00e9}"]),
            ]);
        var pool = new MessageBatchPool(1024);

        var batch = source.ReadMessages([new Segment(2, 1, long.MaxValue)], null, Wide, pool, default).Single();

        Assert.Equal(3, batch.Count);
        Assert.Empty(batch.Irregular);
        Assert.Equal(3, batch.Book.Read);
        Assert.Equal([1L, 2L, long.MaxValue], batch.Id.Take(3));
        Assert.Equal([0L, 3155378975999999999L, 5L], batch.Date.Take(3));
        Assert.Equal([7, int.MaxValue, int.MinValue], batch.SourceAuthor.Take(3));
        Assert.Equal([false, true, false], batch.Alert.Take(3));
        Assert.Equal(["", OddText, "\u00e9\u4f1a\U0001F389\r\n"], Enumerable.Range(0, 3).Select(row => Encoding.UTF8.GetString(batch.Content(row))), StringComparer.Ordinal);
        Assert.Equal([-1, 0, 10], batch.RtfLength.Take(3));
        Assert.Equal("{\\rtf1 \u00e9}"u8, batch.Rtf(2));
    }

    [Fact]
    public void A_database_with_typed_keys_has_no_irregular_messages()
    {
        using var source = MakeChat();

        Assert.Empty(source.ReadIrregularMessages("", Wide, default));
    }

    [Fact]
    public void Several_threads_may_read_at_once()
    {
        using var source = MakeChat();
        var read = new List<MessageKey>[4];

        Parallel.For(0, 4, i => read[i] = [.. Read(source, Everything, null, new BatchLimits(2, 1024)).SelectMany(batch => batch.Keys)]);

        Assert.All(read, keys => Assert.Equal(Keys, keys));
    }

    [Fact]
    public void Keys_beyond_what_a_double_can_tell_apart_stay_apart()
    {
        using var source = Make(Generation.Lync2010, Enumerable.Range(0, 4).Select(i => Message(2, long.MaxValue - i, "x")));

        var read = Read(source, [new Segment(2, long.MaxValue - 2, long.MaxValue - 1)], null, new BatchLimits(10, 1024));

        Assert.Equal([new(2, long.MaxValue - 2), new MessageKey(2, long.MaxValue - 1)], read.Single().Keys);
        Assert.Equal(1, source.CountMessages(new Segment(2, long.MaxValue, long.MaxValue)));
    }

    [Fact]
    public void A_cancelled_enumeration_stops()
    {
        using var source = MakeChat();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => source.ReadMessages(Everything, null, Wide, new MessageBatchPool(1024), cancelled.Token).Count());
        Assert.Throws<OperationCanceledException>(() => source.ReadRows(ChatSchema.Legacy["tblChat"], "", Wide, cancelled.Token).Count());
    }

    /// <summary>Keys and end of every batch, the batches given back.</summary>
    protected static IReadOnlyList<(IReadOnlyList<MessageKey> Keys, MessageKey To)> Read(
        IChatSource source, IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits)
    {
        var pool = new MessageBatchPool(limits.Bytes);
        var batches = new List<(IReadOnlyList<MessageKey>, MessageKey)>();
        foreach (var batch in source.ReadMessages(segments, after, limits, pool, default))
        {
            batches.Add(([.. Enumerable.Range(0, batch.Count).Select(batch.SourceKey)], MessageKey.Parse(batch.To)));
            pool.Return(batch);
        }

        return batches;
    }

    protected static (string Table, object?[] Cells) Message(long room, long id, string content) => ("tblChat", [room, id, 634_000_000_000_000_000L, 1L, 0L, content]);

    private static IEnumerable<(string, object?[])> Invitations(int rows) =>
        Enumerable.Range(0, rows).Select(i => ("tblPrincipalInvites", new object?[] { (long)(rows - i), (long)i, 5L, Time }));

    private static IEnumerable<(string, object?[])> Preferences(int rows, string? content) =>
        Enumerable.Range(0, rows).Select(i => ("tblPreference", new object?[] { $"label {i}", 1L, content, 1L }));

    private IChatSource MakeChat() => Make(Generation.Lync2010, Keys.Reverse().Select(key => Message(key.Room, key.Id, key.ToString())));
}
