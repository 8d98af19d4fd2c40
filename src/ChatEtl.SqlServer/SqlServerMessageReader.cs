using System.Buffers;
using System.Globalization;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>The hot loop of reading: values from the wire into the columns of a batch.</summary>
internal sealed class SqlServerMessageReader(SourceTable chat, bool keepHalfPairs) : IDisposable
{
    private static readonly string[] Columns = ["chatID", "chatDate", "userId", "isAlert", "content", "rtf"];

    private readonly bool _isDocumented = IsDocumented(chat);

    private readonly bool[] _nullable = [.. Columns.Select(column => chat.Find(column) is not { Nullable: false } && !(column == "isAlert" && chat.Find(column) is null))];
    private readonly bool _hasRtf = chat.Find("rtf") is not null;
    private byte[] _utf8 = ArrayPool<byte>.Shared.Rent(64 * 1024);

    /// <summary>Appends the current row; its chatId.</summary>
    public long Append(MessageBatch batch, SqlDataReader row, long room)
    {
        batch.Book.Read++;
        var id = _isDocumented ? row.GetInt64(0) : Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture);
        if (!_isDocumented || room is < int.MinValue or > int.MaxValue || IsNull(row, 1) || IsNull(row, 2) || IsNull(row, 3) || IsNull(row, 4) || !TryAppend(batch, row, (int)room, id))
        {
            AppendIrregular(batch, row, room);
        }

        return id;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _utf8, []));

    private static bool IsDocumented(SourceTable chat)
    {
        return Is("chatID", "bigint") && Is("chatDate", "bigint") && Is("userId", "int") && (chat.Find("isAlert") is null || Is("isAlert", "bit"))
            && IsText("content") && (chat.Find("rtf") is null || IsText("rtf"));

        bool Is(string column, string type) => type.Equals(chat.Find(column)?.Type, StringComparison.OrdinalIgnoreCase);

        bool IsText(string column) => Is(column, "nvarchar") || Is(column, "varchar") || Is(column, "ntext") || Is(column, "text");
    }

    private bool IsNull(SqlDataReader row, int column) => _nullable[column] && row.IsDBNull(column);

    private bool TryAppend(MessageBatch batch, SqlDataReader row, int room, long id)
    {
        var content = row.GetString(4);
        var rtf = _hasRtf && !row.IsDBNull(5) ? row.GetString(5) : null;
        if (!keepHalfPairs && !(WideText.IsWellFormed(content) && WideText.IsWellFormed(rtf)))
        {
            return false;
        }

        Reserve(WideText.MaxBytes(checked(content.Length + (rtf?.Length ?? 0))));
        var contentBytes = WideText.Encode(content, _utf8);
        var rtfBytes = rtf is null ? 0 : WideText.Encode(rtf, _utf8.AsSpan(contentBytes));
        batch.Append(
            room, id, row.GetInt64(1), row.GetInt32(2), row.GetBoolean(3), _utf8.AsSpan(0, contentBytes), _utf8.AsSpan(contentBytes, rtfBytes), rtf is not null);
        batch.Bytes += contentBytes + rtfBytes;
        return true;
    }

    private void AppendIrregular(MessageBatch batch, SqlDataReader row, long room)
    {
        var cells = new object?[Columns.Length + 1];
        cells[0] = room;
        for (var i = 0; i < Columns.Length; i++)
        {
            cells[i + 1] = SqlServerCells.Read(row, i, keepHalfPairs);
            batch.Bytes += cells[i + 1] is string or byte[] or UnreadableText ? SqlServerCells.Size(cells[i + 1]) : 0;
        }

        batch.Irregular.Add(cells);
    }

    private void Reserve(int bytes)
    {
        if (bytes > _utf8.Length)
        {
            ArrayPool<byte>.Shared.Return(_utf8);
            _utf8 = ArrayPool<byte>.Shared.Rent(bytes);
        }
    }
}
