using ChatEtl.Chat;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>Inserts messages into a pool that is being made: values straight from UTF-8, no object per row.</summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _insert;
    private readonly bool _hasRtf;

    public MessageWriter(sqlite3 database, Table chat)
    {
        _database = database;
        _insert = Sqlite3.Prepare(database, RowWriter.InsertInto(chat, [.. chat.Columns]));
        _hasRtf = chat.Ordinal("rtf") >= 0;
    }

    public long Rows { get; private set; }

    public long ContentBytes { get; private set; }

    /// <summary>Writes one message; the span is copied. An empty <paramref name="rtf"/> is NULL.</summary>
    public void Write(
        int room, long chatId, long date, int author, bool isAlert, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rtf = default)
    {
        var result = raw.sqlite3_bind_int64(_insert, 1, room);
        result |= raw.sqlite3_bind_int64(_insert, 2, chatId);
        result |= raw.sqlite3_bind_int64(_insert, 3, date);
        result |= raw.sqlite3_bind_int64(_insert, 4, author);
        result |= raw.sqlite3_bind_int64(_insert, 5, isAlert ? 1 : 0);
        result |= BindText(6, content);
        if (_hasRtf)
        {
            result |= rtf.IsEmpty ? raw.sqlite3_bind_null(_insert, 7) : BindText(7, rtf);
        }

        Sqlite3.Check(_database, result);
        Sqlite3.Step(_database, _insert);
        Rows++;
        ContentBytes += content.Length;
    }

    public void Dispose() => _insert.Dispose();

    // An empty span has no address, which SQLite would take for NULL.
    private int BindText(int index, ReadOnlySpan<byte> text) =>
        text.IsEmpty ? raw.sqlite3_bind_text(_insert, index, "") : raw.sqlite3_bind_text(_insert, index, text);
}
