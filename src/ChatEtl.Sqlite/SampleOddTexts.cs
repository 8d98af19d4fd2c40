using System.Text;

namespace ChatEtl.Sqlite;

/// <summary>The odd message texts that every sample has once, in its largest room (content-and-files.md, section 10).</summary>
internal static class SampleOddTexts
{
    private const string R = "7b1f0c52-3d84-4e19-9a66-c0de20130001";
    private const string F = "e5a40d7c-91b2-4c3f-8d10-f11e20130002";

    /// <summary>Bytes of the longest text.</summary>
    public const int LongestBytes = 1024 * 1024;

    /// <summary>All of them, in a fixed order.</summary>
    public static IEnumerable<(string Text, bool IsAlert)> All =>
    [
        ("hello", false),
        ("", false),
        (" ", false),
        ("  indented, trailing blanks  ", false),
        ("ends in a tab\t", false),
        ("Build 14.0.4760 is green\ndeploying at 17:00", false),
        ("line one\r\nline two\r\n", false),
        ("a lonely \r return", false),
        ("bell \u0007, backspace \u0008, delete \u007f, escape \u001b[0m, next line \u0085", false),
        ("zero \u0000 inside", false),
        ("\ufeffbegins with a byte order mark, holds \u200b\u2028\u2029 and \uffff", false),
        ("if (a < b && c > d) return \"x\"; -- 'quoted'; DROP TABLE tblChat", false),
        ("use &lt; not < in the config &amp; restart", false),
        ("Größe geändert – 会議室は３階です 👍 𠮷野家", false),
        ("\u202b\u05e9\u05dc\u05d5\u05dd\u202c e\u0301 \U0001F468\u200d\U0001F4BB", false),
        ("مرحبا بالعالم 123 abc", false),
        ("done :) thanks ;) :-D", false),
        ("PROD DOWN: order queue stuck since 09:42", true),
        (new string('x', 511), false),
        (new string('x', 512), false),
        (new string('x', 513), false),
        ("who knows what [STORY] means?", false),
        ("<a href=\"http://www.contoso.com/\">Contoso home</a>", false),
        ("<A HREF='\\\\fs01\\share\\Plan v2.xlsx'>Plan v2.xlsx</A>", false),
        ($"moved to <a href=\"ma-chan://litwareinc.com/{R}\">Ops_Bridge</a>", false),
        ($"Now: <a href=\"ma-chan://litwareinc.com/{R}\">Ops_Bridge</a>, see <a href=\"http://contoso.com/rb\">contoso.com</a>", true),
        ($"<a href=\"ma-filelink:ma-filelink://litwareinc.com/{R}/{F}.txt\">rollout-notes.txt (43 bytes)</a>", false),
        ($"ma-filelink://litwareinc.com/{R}/{F}.docx|Budget 2012 (final).docx|10 kilobytes", false),
        ($"<a href=\"ma-filelink:ma-filelink://litwareinc.com/{R}/{F}.JPG\">Übersicht – 東京.JPG (2 megabytes)</a>", false),
        ($"<a href=\"ma-filelink:ma-filelink://litwareinc.com/{R}/{F}\">README (100 bytes)</a>", false),
        ("[STORY]story title[/STORY]story body", false),
        ("[STORY]Minutes 12 May\n1. Budget\n2. Move <a href=\"http://hr/\">HR page</a>\n3. AOB :)", false),
        ("[STORY]Evacuation drill[/STORY]Leave by stair B at 14:00. …", true),
        ("[STORY]Log[/STORY]" + new string(']', 4096), false),
        ("[STORY]Untitled[/STORY]", false),
        (Longest(), false),
    ];

    private static string Longest()
    {
        var text = new StringBuilder(LongestBytes);
        while (text.Length < LongestBytes)
        {
            text.Append("All work and no play makes a very long message. ");
        }

        return text.ToString(0, LongestBytes);
    }
}
