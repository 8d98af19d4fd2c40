using System.Globalization;
using System.Runtime.InteropServices;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>Reads values of SQL Server rows as cells.</summary>
internal static class SqlServerCells
{
    /// <summary>A value of the current row.</summary>
    public static object? Read(SqlDataReader row, int column, bool keepHalfPairs) => row.GetValue(column) switch
    {
        DBNull => null,
        long or double or Guid or DateTime or byte[] => row.GetValue(column),
        string text => OfText(text, keepHalfPairs),
        int number => (long)number,
        bool bit => bit ? 1L : 0L,
        short number => (long)number,
        byte number => (long)number,
        float number => (double)number,
        decimal number => number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : number.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime,
        var other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };

    /// <summary>A text as a cell: what cannot be kept is no text (M2).</summary>
    public static object OfText(string text, bool keepHalfPairs) =>
        keepHalfPairs || WideText.IsWellFormed(text) ? text : new UnreadableText(MemoryMarshal.AsBytes(text.AsSpan()).ToArray());

    /// <summary>About how many bytes a cell takes, as pages count them.</summary>
    public static int Size(object? cell) => cell switch
    {
        string text => text.Length,
        byte[] blob => blob.Length,
        UnreadableText text => text.Bytes.Length,
        _ => 8,
    };
}
