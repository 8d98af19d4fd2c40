using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Rows as a package keeps them, and their digests; equal for a row of a source and for the same row read back.</summary>
internal static class PackageRows
{
    private const int CellBytes = 17;
    private const int MessageCells = 7;

    /// <summary>A cell as SQLite keeps it: NULL, a number, text, or bytes for what is no text (M2).</summary>
    public static object? Stored(object? cell) => cell switch
    {
        Guid or DateTime => Cells.Format(cell),
        UnreadableText text => text.Bytes,
        string text when !WideText.IsWellFormed(text) => MemoryMarshal.AsBytes(text.AsSpan()).ToArray(),
        _ => cell,
    };

    /// <summary>Digest of a row of cells as SQLite keeps them, types included.</summary>
    public static UInt128 DigestOf(ReadOnlySpan<object?> stored)
    {
        Span<byte> row = stackalloc byte[stored.Length * CellBytes];
        for (var i = 0; i < stored.Length; i++)
        {
            var cell = row.Slice(i * CellBytes, CellBytes);
            switch (stored[i])
            {
                case null:
                    break;
                case long number:
                    Write(cell, number);
                    break;
                case double number:
                    cell[0] = 2;
                    BinaryPrimitives.WriteDoubleLittleEndian(cell[1..], number);
                    break;
                case string text:
                    Write(cell, 3, Encoding.UTF8.GetBytes(text));
                    break;
                case byte[] bytes:
                    Write(cell, 4, bytes);
                    break;
                case var other:
                    throw new ArgumentException($"SQLite keeps no {other.GetType()}.", nameof(stored));
            }
        }

        return XxHash128.HashToUInt128(row);
    }

    /// <summary>Digest of a message; the same as of its cells in the order of the 2013 tblChat.</summary>
    public static UInt128 DigestOf(long room, long id, long date, long author, long alert, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rtf, bool hasRtf)
    {
        Span<byte> row = stackalloc byte[MessageCells * CellBytes];
        Write(row, room);
        Write(row[CellBytes..], id);
        Write(row[(2 * CellBytes)..], date);
        Write(row[(3 * CellBytes)..], author);
        Write(row[(4 * CellBytes)..], alert);
        Write(row[(5 * CellBytes)..], 3, content);
        if (hasRtf)
        {
            Write(row[(6 * CellBytes)..], 3, rtf);
        }

        return XxHash128.HashToUInt128(row);
    }

    /// <summary>Bytes of the texts of a message as cells.</summary>
    public static long TextBytes(ReadOnlySpan<object?> stored) => Bytes(stored[5]) + Bytes(stored[6]);

    private static long Bytes(object? cell) => cell switch { string text => Encoding.UTF8.GetByteCount(text), byte[] bytes => bytes.Length, _ => 0 };

    private static void Write(Span<byte> cell, long number)
    {
        cell[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(cell[1..], number);
    }

    private static void Write(Span<byte> cell, byte type, ReadOnlySpan<byte> bytes)
    {
        cell[0] = type;
        BinaryPrimitives.WriteUInt128LittleEndian(cell[1..], XxHash128.HashToUInt128(bytes));
    }
}
