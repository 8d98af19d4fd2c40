using System.Text;

namespace ChatEtl.Sqlite;

/// <summary>Makes up message texts as UTF-8, put together from prepared phrases without a string per message.</summary>
/// <remarks>
/// About 90 % plain, 6 % with a link, 2 % files, 1 % stories, 1 % alerts; four of five texts are short, a few have kilobytes.
/// The spelling of links and stories is made up within the known facts (content-and-files.md, section 10).
/// </remarks>
internal sealed class SampleTexts
{
    private const int LongestText = 16 * 1024;

    private static readonly byte[][] English = Encode(
        "hello", "good morning", "thanks", "ok", "done :)", "on my way", "the build is green", "the build is red again", "who is on call?",
        "I will look into it", "after lunch", "can you check the logs", "it works here", "no idea", "let's wait for the numbers",
        "deploying at 17:00", "the queue is empty", "ping me when you are back", "not before Monday", "see the wiki",
        "the server was restarted", "any news?",
        "if (a < b && c > d) return \"x\";", "use &lt; not < in the config", "8-)", "it's fine", "that was quick",
        "we need two more days", "sure", "the customer called again", "please read the minutes", "works on 14.0.4760");

    private static readonly byte[][] German = Encode(
        "Guten Morgen", "Größe geändert", "ist schon übergeben", "läuft wieder", "wir müssen das prüfen", "schönes Wochenende",
        "naïve Lösung", "Straße gesperrt");

    private static readonly byte[][] Russian = Encode(
        "доброе утро", "сервер упал", "уже чиним", "спасибо", "когда будет готово?", "после обеда", "всё работает", "посмотри логи");

    private static readonly byte[][] Japanese = Encode(
        "おはようございます", "会議室は３階です", "了解です", "サーバーが落ちました", "確認します", "𠮷野家に行きましょう", "ありがとうございます", "今夜リリースします");

    private static readonly byte[][] Arabic = Encode(
        "صباح الخير", "شكرا", "الخادم لا يعمل", "سأتحقق من الأمر", "الاجتماع في الساعة 10", "تم");

    private static readonly byte[][] Hebrew = Encode(
        "\u202bשלום\u202c", "בוקר טוב", "תודה", "השרת נפל", "אני בודק");

    private static readonly byte[][] Emoji = Encode(
        "👍", "🎉🎉", "👨\u200d💻", "🚀 shipped", "e\u0301", "❤️", "🇯🇵");

    private static readonly byte[][] Links = Encode(
        "<a href=\"http://www.contoso.com/\">Contoso home</a>",
        "<a href=\"https://rep/q?a=1&amp;b=2\">Q3 & Q4</a>",
        "<A HREF='\\\\fs01\\share\\Plan v2.xlsx'>Plan v2.xlsx</A>",
        "http://intranet/wiki?id=7&v=2#top",
        "<a href=\"ma-chan://litwareinc.com/7b1f0c52-3d84-4e19-9a66-c0de20130001\">Ops_Bridge</a>");

    private static readonly byte[][] FileEnds = Encode(
        ".txt\">rollout-notes.txt (43 bytes)</a>",
        ".JPG\">Übersicht – 東京.JPG (2 megabytes)</a>",
        "\">README (100 bytes)</a>",
        ".docx\">Budget (final).docx (10 kilobytes)</a>");

    private static readonly byte[][] Titles = Encode(
        "[STORY]Minutes[/STORY]", "[STORY]Evacuation drill[/STORY]", "[STORY]Log of tonight\n", "[STORY]会議の記録[/STORY]");

    private readonly byte[] _buffer = new byte[LongestText];
    private int _length;

    /// <summary>The text made last; valid until the next one.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(0, _length);

    /// <summary>Whether the text made last is an alert.</summary>
    public bool IsAlert { get; private set; }

    /// <summary>Whether the text made last is plain English, so that it can stand in RTF as it is.</summary>
    public bool IsPlainEnglish { get; private set; }

    /// <summary>Makes the next text.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="room">The room's guid as text, for links to its files.</param>
    public void Make(Random random, ReadOnlySpan<byte> room)
    {
        _length = 0;
        var kind = random.Next(1000);
        var phrases = PhrasesOf(random.Next(100));
        IsAlert = kind >= 990;
        IsPlainEnglish = kind < 900 && phrases == English;
        switch (kind)
        {
            case >= 900 and < 960:
                AppendPhrases(random, phrases, random.Next(5));
                Append(Links[random.Next(Links.Length)]);
                break;
            case >= 960 and < 980:
                AppendFile(random, room);
                break;
            case >= 980 and < 990:
                Append(Titles[random.Next(Titles.Length)]);
                AppendPhrases(random, phrases, 15 + random.Next(60), (byte)'\n');
                break;
            default:
                AppendPhrases(random, phrases, SizeOf(random));
                break;
        }
    }

    private static byte[][] Encode(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[][] PhrasesOf(int hundredth) => hundredth switch
    {
        < 82 => English,
        < 87 => German,
        < 91 => Russian,
        < 95 => Japanese,
        < 97 => Arabic,
        < 98 => Hebrew,
        _ => Emoji,
    };

    private static int SizeOf(Random random) => random.Next(100) switch
    {
        < 75 => 1 + random.Next(4),
        < 96 => 5 + random.Next(6),
        < 99 => 11 + random.Next(15),
        _ => 30 + random.Next(60),
    };

    private void AppendPhrases(Random random, byte[][] phrases, int count, byte separator = (byte)' ')
    {
        for (var i = 0; i < count; i++)
        {
            Append(phrases[random.Next(phrases.Length)]);
            if (i + 1 < count)
            {
                _buffer[_length++] = separator;
            }
        }
    }

    private void AppendFile(Random random, ReadOnlySpan<byte> room)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        Append("<a href=\"ma-filelink:ma-filelink://litwareinc.com/"u8);
        Append(room);
        Append("/"u8);
        new Guid(bytes).TryFormat(_buffer.AsSpan(_length), out var written);
        _length += written;
        Append(FileEnds[random.Next(FileEnds.Length)]);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
