using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ChatEtl.Chat;

/// <summary>Bytes that a source holds as text and that are not valid text (M2).</summary>
/// <param name="Bytes">The bytes as stored.</param>
public sealed record UnreadableText(byte[] Bytes);

/// <summary>Reads single values of rows; a source gives <c>null, long, double, string, Guid, DateTime, byte[]</c> or <see cref="UnreadableText"/>.</summary>
public static class Cells
{
    /// <summary>The documented form of a datetime in SQLite (rules.md, "How the schemas look in SQLite").</summary>
    public const string DateTimeFormat = "yyyy-MM-dd HH:mm:ss.fff";

    /// <summary>Where year, month, day, hour, minute, second and millisecond stand in it.</summary>
    private static readonly (int Start, int Length)[] DateTimeParts = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2), (20, 3)];

    /// <summary>Reads a whole number within bounds, both included; a number stored as text counts when it converts exactly (B4).</summary>
    public static bool TryInteger(object? cell, long lowest, long highest, out long value)
    {
        value = 0;
        var exact = cell switch
        {
            long number => Set(number, out value),
            double number when number == Math.Truncate(number) && Math.Abs(number) < 9e15 => Set((long)number, out value),
            string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
        return exact && value >= lowest && value <= highest;
    }

    /// <summary>Reads a guid of 36 characters in any case.</summary>
    public static bool TryGuid(object? cell, out Guid value)
    {
        value = default;
        return cell switch
        {
            Guid guid => Set(guid, out value),
            string text => Guid.TryParseExact(text, "D", out value),
            _ => false,
        };
    }

    /// <summary>Reads a date and time as UTC, cut to milliseconds (B5).</summary>
    public static bool TryDateTime(object? cell, out DateTime value)
    {
        value = default;
        var read = cell switch
        {
            DateTime time => Set(time, out value),
            string text => TryDocumented(text, out value)
                || DateTime.TryParseExact(
                    text, DateTimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value)
                || (HasYear(text) && DateTime.TryParse(
                    CutFraction(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value)),
            _ => false,
        };
        value = new DateTime(value.Ticks - (value.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        return read;
    }

    /// <summary>Reads text; a number is its invariant form.</summary>
    public static bool TryText(object? cell, out string value)
    {
        value = cell switch
        {
            string text => text,
            long number => number.ToString(CultureInfo.InvariantCulture),
            Guid guid => FormatGuid(guid),
            DateTime time => FormatDateTime(time),
            _ => "",
        };
        return cell is string or long or Guid or DateTime;
    }

    /// <summary>A guid as SQLite keeps it: 36 characters, upper case.</summary>
    public static string FormatGuid(Guid guid) => guid.ToString("D").ToUpperInvariant();

    /// <summary>A date and time as SQLite keeps it.</summary>
    public static string FormatDateTime(DateTime time) => string.Create(DateTimeFormat.Length, time, static (text, time) =>
    {
        // As ToString would, without reading the format anew for every row.
        DateTimeFormat.CopyTo(text);
        ReadOnlySpan<int> parts = [time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second, time.Millisecond];
        for (var part = 0; part < parts.Length; part++)
        {
            var (start, length) = DateTimeParts[part];
            var rest = parts[part];
            for (var i = start + length - 1; i >= start; i--, rest /= 10)
            {
                text[i] = (char)('0' + (rest % 10));
            }
        }
    });

    /// <summary>A cell as people write it in keys.</summary>
    public static string Format(object? cell) => cell switch
    {
        null => "NULL",
        string text => text,
        Guid guid => FormatGuid(guid),
        DateTime time => FormatDateTime(time),
        byte[] bytes => "0x" + Convert.ToHexString(bytes),
        UnreadableText text => "0x" + Convert.ToHexString(text.Bytes),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    /// <summary>The key of a row as text, its columns joined by a slash.</summary>
    public static string Key(Table table, object?[] cells) =>
        string.Join('/', table.Key.Select(name => Format(cells[table.Ordinal(name)])));

    /// <summary>A row as a JSON object of column names and original values, for a rejection; bytes as <c>{"hex": "…"}</c>.</summary>
    public static string ToJson(IEnumerable<(string Name, object? Value)> row)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in row)
            {
                json.WritePropertyName(name);
                WriteValue(json, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A row of a table as JSON; see <see cref="ToJson(IEnumerable{ValueTuple{string, object?}})"/>.</summary>
    public static string ToJson(Table table, object?[] cells) =>
        ToJson(table.Columns.Select((column, i) => (column.Name, cells[i])));

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case short number:
                json.WriteNumberValue(number);
                break;
            case bool bit:
                json.WriteNumberValue(bit ? 1 : 0);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case byte[] or UnreadableText:
                json.WriteStartObject();
                json.WriteString("hex", Convert.ToHexString(value is UnreadableText text ? text.Bytes : (byte[])value));
                json.WriteEndObject();
                break;
            case string wide when !WideText.IsWellFormed(wide):
                // Half a surrogate pair, as SQL Server may hold it (M2), is no JSON text.
                json.WriteStartObject();
                json.WriteString("hex", Convert.ToHexString(MemoryMarshal.AsBytes(wide.AsSpan())));
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(Format(value));
                break;
        }
    }

    /// <summary>Reads the documented form, which nearly all rows have, without reading the format anew for every row; all others are left to the parser.</summary>
    private static bool TryDocumented(string text, out DateTime value)
    {
        value = default;
        if (text.Length != DateTimeFormat.Length || (text[4], text[7], text[10], text[13], text[16], text[19]) != ('-', '-', ' ', ':', ':', '.'))
        {
            return false;
        }

        Span<int> parts = stackalloc int[DateTimeParts.Length];
        for (var part = 0; part < parts.Length; part++)
        {
            foreach (var digit in text.AsSpan(DateTimeParts[part].Start, DateTimeParts[part].Length))
            {
                if (!char.IsAsciiDigit(digit))
                {
                    return false;
                }

                parts[part] = (parts[part] * 10) + (digit - '0');
            }
        }

        if (parts is not [>= 1, >= 1 and <= 12, >= 1, < 24, < 60, < 60, _] || parts[2] > DateTime.DaysInMonth(parts[0], parts[1]))
        {
            return false;
        }

        value = new DateTime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], DateTimeKind.Utc);
        return true;
    }

    /// <summary>Whether the date names its year in four digits: the parser would complete any other from today.</summary>
    private static bool HasYear(string text)
    {
        var digits = 0;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character) && digits == 4)
            {
                return true;
            }

            if (character == ':')
            {
                return false;
            }

            digits = char.IsAsciiDigit(character) ? digits + 1 : 0;
        }

        return digits == 4;
    }

    /// <summary>Seven digits of a second's fraction at most: the parser would round more (B5).</summary>
    private static string CutFraction(string text)
    {
        const int ticks = 7;
        var point = text.IndexOf('.', Math.Max(0, text.LastIndexOf(':')));
        var first = point + 1;
        var end = first;
        while (point >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return point < 0 || end - first <= ticks ? text : text.Remove(first + ticks, end - first - ticks);
    }

    private static bool Set<T>(T from, out T to)
    {
        to = from;
        return true;
    }
}
