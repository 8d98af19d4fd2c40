using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ChatEtl.Chat;

/// <summary>Digests of destination rows; the digest of many rows is the sum of theirs, so order and batching do not matter.</summary>
/// <remarks>XXH128 of a canonical form. It finds faults, not forgers.</remarks>
public static class RowDigest
{
    /// <summary>Digest of a message as it stands at the destination.</summary>
    /// <param name="hash">A hash to reuse; reset here.</param>
    /// <param name="room">Destination channelId.</param>
    /// <param name="id">chatId.</param>
    /// <param name="date">chatDate.</param>
    /// <param name="author">Destination userId.</param>
    /// <param name="alert">isAlert.</param>
    /// <param name="content">content as UTF-8.</param>
    /// <param name="rtf">rtf as UTF-8; <paramref name="hasRtf"/> tells NULL from empty.</param>
    /// <param name="hasRtf">Whether rtf is not NULL.</param>
    public static UInt128 OfMessage(
        XxHash128 hash, int room, long id, long date, int author, bool alert, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rtf, bool hasRtf)
    {
        Span<byte> head = stackalloc byte[30];
        BinaryPrimitives.WriteInt32LittleEndian(head, room);
        BinaryPrimitives.WriteInt64LittleEndian(head[4..], id);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], date);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], author);
        head[24] = alert ? (byte)1 : (byte)0;
        head[25] = hasRtf ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(head[26..], content.Length);
        hash.Reset();
        hash.Append(head);
        hash.Append(content);
        hash.Append(rtf);
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Digest of a row of cells, its types included.</summary>
    public static UInt128 OfCells(IEnumerable<object?> cells)
    {
        var hash = new XxHash128();
        Span<byte> head = stackalloc byte[5];
        foreach (var cell in cells)
        {
            var text = Encoding.UTF8.GetBytes(cell is bool bit ? (bit ? "1" : "0") : Cells.Format(cell));
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
