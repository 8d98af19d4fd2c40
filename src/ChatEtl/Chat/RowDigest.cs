using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ChatEtl.Chat;

/// <summary>Digests of destination rows; the digest of many rows is the sum of theirs, so order and batching do not matter.</summary>
/// <remarks>XXH128 of a canonical form. It finds faults, not forgers.</remarks>
public static class RowDigest
{
    /// <summary>Digest of a message as it stands at the destination.</summary>
    /// <param name="room">Destination channelId.</param>
    /// <param name="id">chatId.</param>
    /// <param name="date">chatDate.</param>
    /// <param name="author">Destination userId.</param>
    /// <param name="alert">isAlert.</param>
    /// <param name="texts">content and then rtf as UTF-8.</param>
    /// <param name="rtfLength">Bytes of rtf at the end of <paramref name="texts"/>; -1 for NULL.</param>
    public static UInt128 OfMessage(int room, long id, long date, int author, bool alert, ReadOnlySpan<byte> texts, int rtfLength)
    {
        Span<byte> row = stackalloc byte[49];
        BinaryPrimitives.WriteInt32LittleEndian(row, room);
        BinaryPrimitives.WriteInt64LittleEndian(row[4..], id);
        BinaryPrimitives.WriteInt64LittleEndian(row[12..], date);
        BinaryPrimitives.WriteInt32LittleEndian(row[20..], author);
        row[24] = alert ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(row[25..], texts.Length);
        BinaryPrimitives.WriteInt32LittleEndian(row[29..], rtfLength);
        BinaryPrimitives.WriteUInt128LittleEndian(row[33..], XxHash128.HashToUInt128(texts));
        return XxHash128.HashToUInt128(row);
    }

    /// <summary>Digest of a row of cells, its types included.</summary>
    public static UInt128 OfCells(IEnumerable<object?> cells)
    {
        var hash = new XxHash128();
        Span<byte> head = stackalloc byte[5];
        foreach (var cell in cells)
        {
            var text = WideText.Encode(cell is bool bit ? (bit ? "1" : "0") : Cells.Format(cell));
            head[0] = cell is null ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], text.Length);
            hash.Append(head);
            hash.Append(text);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>A digest as 32 lower-case hex digits.</summary>
    public static string Format(UInt128 digest) => digest.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Format"/> wrote.</summary>
    public static UInt128 Parse(string digest) =>
        UInt128.Parse(digest, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Adds digests; wraps around.</summary>
    public static UInt128 Add(UInt128 left, UInt128 right) => unchecked(left + right);

    /// <summary>Takes a digest out of a sum; wraps around.</summary>
    public static UInt128 Subtract(UInt128 left, UInt128 right) => unchecked(left - right);
}
