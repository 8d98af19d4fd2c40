using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ChatEtl.Chat;

/// <summary>Turns UTF-16 into the UTF-8 of a batch and back, half a surrogate pair included (M2).</summary>
/// <remarks>SQL Server stores any 16 bits as a character. Half a pair becomes three bytes as in WTF-8, which no valid UTF-8 holds, so nothing is lost.</remarks>
public static class WideText
{
    private const int BytesPerChar = 3;

    /// <summary>Bytes of a short text, as most messages are.</summary>
    private const int Short = 256;

    /// <summary>Whether the text is text everywhere: no half of a surrogate pair stands alone.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The most bytes that so many characters may take.</summary>
    public static int MaxBytes(int chars) => checked(chars * BytesPerChar);

    /// <summary>Writes a text as bytes; the number of bytes written.</summary>
    /// <param name="text">Any UTF-16.</param>
    /// <param name="utf8">Room for <see cref="MaxBytes"/>.</param>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> utf8)
    {
        var written = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(text, utf8[written..], out var read, out var bytes, replaceInvalidSequences: false);
            written += bytes;
            if (status == OperationStatus.Done)
            {
                return written;
            }

            if (status == OperationStatus.DestinationTooSmall)
            {
                throw new ArgumentException("There is too little room for the text.", nameof(utf8));
            }

            var half = text[read];
            utf8[written++] = (byte)(0xE0 | (half >> 12));
            utf8[written++] = (byte)(0x80 | ((half >> 6) & 0x3F));
            utf8[written++] = (byte)(0x80 | (half & 0x3F));
            text = text[(read + 1)..];
        }
    }

    /// <summary>A text as bytes.</summary>
    public static byte[] Encode(string text)
    {
        if (IsWellFormed(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new byte[MaxBytes(text.Length)];
        return bytes[..Encode(text, bytes)];
    }

    /// <summary>Reads what <see cref="Encode(string)"/> wrote.</summary>
    /// <exception cref="ArgumentException">The bytes are no text; a fault of this program.</exception>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= Short)
        {
            // In one pass: how many characters it has is known at its end.
            Span<char> chars = stackalloc char[Short];
            return Utf8.ToUtf16(utf8, chars, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done
                ? new string(chars[..written])
                : DecodeHalves(utf8);
        }

        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : DecodeHalves(utf8);
    }

    private static string DecodeHalves(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        var chars = new char[utf8.Length];
        while (true)
        {
            var status = Utf8.ToUtf16(utf8, chars, out var read, out var written, replaceInvalidSequences: false);
            text.Append(chars, 0, written);
            if (status == OperationStatus.Done)
            {
                return text.ToString();
            }

            utf8 = utf8[read..];
            if (utf8.Length < BytesPerChar || utf8[0] != 0xED || utf8[1] is < 0xA0 or > 0xBF || utf8[2] is < 0x80 or > 0xBF)
            {
                throw new ArgumentException("The bytes are no text.", nameof(utf8));
            }

            text.Append((char)(((utf8[0] & 0x0F) << 12) | ((utf8[1] & 0x3F) << 6) | (utf8[2] & 0x3F)));
            utf8 = utf8[BytesPerChar..];
        }
    }
}
