using System.Text;
using ChatEtl.Chat;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public sealed class WideTextTests
{
    // Attributes keep their texts as UTF-8, which has no half pairs.
    public static TheoryData<char[], bool> Texts { get; } = new()
    {
        { [], true },
        { [.. "plain"], true },
        { [.. "zażółć 😀 €\0\uFFFF\uFFFE"], true },
        { ['\uD83D'], false },
        { ['\uDE00'], false },
        { ['a', '\uD83D', 'b'], false },
        { ['\uDE00', '\uD83D'], false },
        { [.. "😀", '\uD83D', '\uD83D', '\uDE00', '\uDE00', 'x'], false },

        // Of 256 bytes, which are decoded in one pass, and of more.
        { [.. new string('ż', 128)], true },
        { [.. new string('ż', 128), 'x'], true },
        { [.. new string('x', 253), '\uDE00'], false },
        { [.. new string('x', 254), '\uDE00'], false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Any_sixteen_bits_come_back_as_they_were(char[] characters, bool wellFormed)
    {
        var text = new string(characters);
        var bytes = new byte[WideText.MaxBytes(text.Length)];

        var length = WideText.Encode(text, bytes);

        Assert.Equal(text, WideText.Decode(bytes.AsSpan(0, length)));
        Assert.Equal(wellFormed, WideText.IsWellFormed(text));
        Assert.Equal(wellFormed, System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length)));
        if (wellFormed)
        {
            Assert.Equal(Encoding.UTF8.GetBytes(text), bytes[..length]);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xED, 0xA0 })]
    [InlineData(new byte[] { 0x61, 0xC3 })]
    public void Bytes_that_are_no_text_are_refused(byte[] bytes) => Assert.Throws<ArgumentException>(() => WideText.Decode(bytes));
}
