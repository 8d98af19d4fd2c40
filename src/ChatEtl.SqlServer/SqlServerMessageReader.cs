using System.Buffers;
using System.Data;
using System.Globalization;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>The hot loop of reading: values from the wire into the columns of a batch.</summary>
/// <remarks>
/// A table of the documented types is read strictly from left to right, its texts into one buffer: no string and no object per message. Of
/// others each value is asked for its type.
/// </remarks>
internal sealed class SqlServerMessageReader(SourceTable chat, bool keepHalfPairs) : IDisposable
{
    private const int FewestChars = 32 * 1024;
    private static readonly string[] Columns = ["chatID", "chatDate", "userId", "isAlert", "content", "rtf"];

    private readonly bool _isDocumented = IsDocumented(chat);

    private readonly bool[] _nullable = [.. Columns.Select(column => chat.Find(column) is not { Nullable: false } && !(column == "isAlert" && chat.Find(column) is null))];
    private readonly bool _hasRtf = chat.Find("rtf") is not null;
    private char[] _chars = [];
    private byte[] _utf8 = [];

    /// <summary>How rows must be asked for.</summary>
    public CommandBehavior Behaviour => _isDocumented ? CommandBehavior.SequentialAccess : CommandBehavior.Default;

    /// <summary>Appends the current row; its chatId.</summary>
    public long Append(MessageBatch batch, SqlDataReader row, long room)
    {
        batch.Book.Read++;
        return _isDocumented ? AppendInOrder(batch, row, room) : AppendCells(batch, row, room);
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(Interlocked.Exchange(ref _chars, []));
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _utf8, []));
    }

    private static bool IsDocumented(SourceTable chat)
    {
        return Is("chatID", "bigint") && Is("chatDate", "bigint") && Is("userId", "int") && (chat.Find("isAlert") is null || Is("isAlert", "bit"))
            && IsText("content") && (chat.Find("rtf") is null || IsText("rtf"));

        bool Is(string column, string type) => type.Equals(chat.Find(column)?.Type, StringComparison.OrdinalIgnoreCase);

        bool IsText(string column) => Is(column, "nvarchar") || Is(column, "varchar") || Is(column, "ntext") || Is(column, "text");
    }

    private long AppendInOrder(MessageBatch batch, SqlDataReader row, long room)
    {
        var id = row.GetInt64(0);
        long? date = IsNull(row, 1) ? null : row.GetInt64(1);
        int? author = IsNull(row, 2) ? null : row.GetInt32(2);
        bool? alert = IsNull(row, 3) ? null : row.GetBoolean(3);
        var content = IsNull(row, 4) ? -1 : ReadText(row, 4, 0);
        var rtf = !_hasRtf || row.IsDBNull(5) ? -1 : ReadText(row, 5, Math.Max(0, content));
        if (date is { } at && author is { } by && alert is { } isAlert && content >= 0 && room is >= int.MinValue and <= int.MaxValue
            && (keepHalfPairs || (WideText.IsWellFormed(Chars(0, content)) && WideText.IsWellFormed(Chars(content, rtf)))))
        {
            var contentBytes = WideText.Encode(Chars(0, content), _utf8);
            var rtfBytes = WideText.Encode(Chars(content, rtf), _utf8.AsSpan(contentBytes));
            batch.Append((int)room, id, at, by, isAlert, _utf8.AsSpan(0, contentBytes), _utf8.AsSpan(contentBytes, rtfBytes), rtf >= 0);
            batch.Bytes += contentBytes + rtfBytes;
        }
        else
        {
            AddIrregular(batch, [room, id, date, (long?)author, alert is null ? null : alert.Value ? 1L : 0L, Cell(0, content), Cell(Math.Max(0, content), rtf)]);
        }

        return id;
    }

    /// <summary>Reads a text into the buffer, behind what is kept of it; its length.</summary>
    /// <remarks>The end is only where nothing more comes: a short answer is no promise.</remarks>
    private int ReadText(SqlDataReader row, int column, int kept)
    {
        var length = 0;
        while (true)
        {
            var room = _chars.Length - kept - length;
            if (room == 0)
            {
                Grow();
                continue;
            }

            var read = (int)row.GetChars(column, length, _chars, kept + length, room);
            if (read == 0)
            {
                return length;
            }

            length += read;
        }
    }

    private long AppendCells(MessageBatch batch, SqlDataReader row, long room)
    {
        var id = Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture);
        var cells = new object?[Columns.Length + 1];
        cells[0] = room;
        for (var i = 0; i < Columns.Length; i++)
        {
            cells[i + 1] = SqlServerCells.Read(row, i, keepHalfPairs);
        }

        AddIrregular(batch, cells);
        return id;
    }

    private static void AddIrregular(MessageBatch batch, object?[] cells)
    {
        batch.Bytes += cells.Sum(cell => cell is string or byte[] or UnreadableText ? SqlServerCells.Size(cell) : 0);
        batch.Irregular.Add(cells);
    }

    private bool IsNull(SqlDataReader row, int column) => _nullable[column] && row.IsDBNull(column);

    private ReadOnlySpan<char> Chars(int start, int length) => length <= 0 ? default : _chars.AsSpan(start, length);

    private object? Cell(int start, int length) => length < 0 ? null : SqlServerCells.OfText(new string(Chars(start, length)), keepHalfPairs);

    /// <summary>Makes room for more characters, and for as many bytes as they all may take.</summary>
    private void Grow()
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(FewestChars, checked(_chars.Length * 2)));
        _chars.CopyTo(larger, 0);
        ArrayPool<char>.Shared.Return(_chars);
        _chars = larger;
        ArrayPool<byte>.Shared.Return(_utf8);
        _utf8 = ArrayPool<byte>.Shared.Rent(WideText.MaxBytes(larger.Length));
    }
}
