using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Rows of one destination table as bytes that are equal when the rows are, whatever types the two databases keep values in.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class RowCode
{
    private readonly Table _table;
    private readonly int[] _key;
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public RowCode(Table table)
    {
        _table = table;
        _key = [.. table.Key.Select(table.Ordinal)];
    }

    /// <summary>Digest of a row.</summary>
    public UInt128 DigestOf(object?[] cells)
    {
        _buffer.ResetWrittenCount();
        for (var i = 0; i < cells.Length; i++)
        {
            Write(_table.Columns[i].Type, cells[i]);
        }

        return XxHash128.HashToUInt128(_buffer.WrittenSpan);
    }

    /// <summary>Digest of a row's key.</summary>
    public ulong KeyOf(object?[] cells)
    {
        _buffer.ResetWrittenCount();
        foreach (var i in _key)
        {
            Write(_table.Columns[i].Type, cells[i]);
        }

        return XxHash3.HashToUInt64(_buffer.WrittenSpan);
    }

    /// <summary>Whether two values of a column are the same.</summary>
    public static bool AreSame(Column column, object? left, object? right) => column.Type switch
    {
        _ when left is null || right is null => left is null && right is null,
        ColumnType.Guid => Cells.TryGuid(left, out var a) && Cells.TryGuid(right, out var b) && a == b,
        ColumnType.DateTime => Cells.TryDateTime(left, out var a) && Cells.TryDateTime(right, out var b) && a == b,
        ColumnType.Text => Cells.TryText(left, out var a) && Cells.TryText(right, out var b) && string.Equals(a, b, StringComparison.Ordinal),
        ColumnType.Bytes => left is byte[] a && right is byte[] b && a.AsSpan().SequenceEqual(b),
        _ => TryNumber(left, out var a) && TryNumber(right, out var b) && a == b,
    };

    /// <summary>The columns in which two rows differ, and a sentence about them without any text of theirs.</summary>
    public (string Columns, string Detail) Differences(object?[] wanted, object?[] found)
    {
        var columns = new List<string>();
        var details = new List<string>();
        for (var i = 0; i < _table.Columns.Count; i++)
        {
            var column = _table.Columns[i];
            if (!AreSame(column, wanted[i], found[i]))
            {
                columns.Add(column.Name);
                details.Add($"{column.Name} is {Show(column, found[i])}, expected {Show(column, wanted[i])}");
            }
        }

        return (string.Join(", ", columns), string.Join("; ", details) + ".");
    }

    private static string Show(Column column, object? value) => value switch
    {
        string text when column.Type is ColumnType.Text => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"a text of {text.Length} units (digest {XxHash3.HashToUInt64(Encoding.Unicode.GetBytes(text)):x16})"),
        byte[] bytes => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes.Length} bytes"),
        UnreadableText => "no valid text",
        _ => Cells.Format(value),
    };

    private static bool TryNumber(object? cell, out long value)
    {
        switch (cell)
        {
            case bool bit:
                value = bit ? 1 : 0;
                return true;
            case int or short or byte:
                value = Convert.ToInt64(cell, System.Globalization.CultureInfo.InvariantCulture);
                return true;
            default:
                return Cells.TryInteger(cell, long.MinValue, long.MaxValue, out value);
        }
    }

    private void Write(ColumnType type, object? cell)
    {
        if (cell is null)
        {
            Tag(0, 0);
        }
        else if (type == ColumnType.Guid && Cells.TryGuid(cell, out var guid))
        {
            Tag(2, 0);
            guid.TryWriteBytes(_buffer.GetSpan(16));
            _buffer.Advance(16);
        }
        else if (type == ColumnType.DateTime && Cells.TryDateTime(cell, out var time))
        {
            Tag(3, time.Ticks);
        }
        else if (type == ColumnType.Text && Cells.TryText(cell, out var text))
        {
            Tag(4, text.Length);
            _buffer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        }
        else if (type is not (ColumnType.Guid or ColumnType.DateTime or ColumnType.Text or ColumnType.Bytes) && TryNumber(cell, out var number))
        {
            Tag(1, number);
        }
        else
        {
            var other = Cells.Format(cell);
            Tag(5, other.Length);
            _buffer.Write(MemoryMarshal.AsBytes(other.AsSpan()));
        }
    }

    private void Tag(byte tag, long value)
    {
        var span = _buffer.GetSpan(9);
        span[0] = tag;
        BinaryPrimitives.WriteInt64LittleEndian(span[1..], value);
        _buffer.Advance(9);
    }
}
