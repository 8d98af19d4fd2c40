using ChatEtl.Chat;
using ChatEtl.Reading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>The hot loop of reading: one prepared statement, rows copied as they lie into the columns of a batch.</summary>
internal sealed class SqliteMessageReader : IDisposable
{
    private readonly SqliteStatement _statement;
    private readonly bool _hasAlert;
    private readonly bool _hasRtf;
    private long _room;

    public SqliteMessageReader(SqliteConnection connection, DatabaseShape shape)
    {
        _hasAlert = shape.Has("tblChat", "isAlert");
        _hasRtf = shape.Has("tblChat", "rtf");
        _statement = new SqliteStatement(
            connection,
            $"SELECT chatId, chatDate, userId, {(_hasAlert ? "isAlert" : "0")}, content, {(_hasRtf ? "rtf" : "NULL")} "
            + "FROM tblChat WHERE channelId = ?1 AND chatId > ?2 AND chatId <= ?3 ORDER BY chatId");
    }

    /// <summary>What a segment begins above: a number that is not whole belongs to the segment of the next whole one, wherever cuts and resumes fall.</summary>
    public static object Below(long from) => from == long.MinValue ? Math.BitDecrement((double)long.MinValue) : (object)(from - 1);

    /// <summary>Begins a segment.</summary>
    public void Open(long room, long from, long upTo)
    {
        _room = room;
        _statement.Reset();
        _statement.Bind(1, room);
        _statement.Bind(2, Below(from));
        _statement.Bind(3, upTo);
    }

    /// <summary>Appends rows until the batch is full; false when the segment is at its end.</summary>
    /// <remarks>A batch ends only behind a whole-numbered chatId, so that its end can be told.</remarks>
    public bool Fill(MessageBatch batch, BatchLimits limits, CancellationToken cancellationToken)
    {
        while (_statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Book.Read++;
            var regular = _room is >= int.MinValue and <= int.MaxValue && Append(batch);
            if (!regular)
            {
                AppendIrregular(batch);
            }

            if ((batch.Count + batch.Irregular.Count >= limits.Rows || batch.Bytes >= limits.Bytes)
                && _statement.TypeOf(0) == raw.SQLITE_INTEGER)
            {
                batch.To = new MessageKey(_room, _statement.Integer(0)).ToString();
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _statement.Dispose();

    private bool Append(MessageBatch batch)
    {
        if (_statement.TypeOf(0) != raw.SQLITE_INTEGER || _statement.TypeOf(1) != raw.SQLITE_INTEGER
            || _statement.TypeOf(2) != raw.SQLITE_INTEGER || _statement.TypeOf(3) != raw.SQLITE_INTEGER
            || _statement.TypeOf(4) != raw.SQLITE_TEXT)
        {
            return false;
        }

        var author = _statement.Integer(2);
        var alert = _statement.Integer(3);
        var hasRtf = false;
        if (_hasRtf)
        {
            var type = _statement.TypeOf(5);
            hasRtf = type == raw.SQLITE_TEXT;
            if (!hasRtf && type != raw.SQLITE_NULL)
            {
                return false;
            }
        }

        if (author is < int.MinValue or > int.MaxValue || alert is < 0 or > 1)
        {
            return false;
        }

        var rtf = ReadOnlySpan<byte>.Empty;
        if (!_statement.TryUtf8(4, out var content) || (hasRtf && !_statement.TryUtf8(5, out rtf)))
        {
            return false;
        }

        batch.Append((int)_room, _statement.Integer(0), _statement.Integer(1), (int)author, alert == 1, content, rtf, hasRtf);
        batch.Bytes += content.Length + rtf.Length;
        return true;
    }

    private void AppendIrregular(MessageBatch batch)
    {
        var cells = new object?[7];
        cells[0] = _room;
        for (var i = 0; i < 6; i++)
        {
            cells[i + 1] = _statement.Cell(i);
            batch.Bytes += cells[i + 1] switch { string text => text.Length, byte[] blob => blob.Length, UnreadableText text => text.Bytes.Length, _ => 0 };
        }

        batch.Irregular.Add(cells);
    }
}
