using System.Security.Cryptography;
using System.Text;

namespace ChatEtl.Reporting;

/// <summary>
/// A page that stands alone: style sheet and script are in it, and its policy forbids it to load anything or to run any other script.
/// It is light or dark as its reader's system is, and has rules for paper and for narrow screens.
/// </summary>
public static class HtmlPage
{
    /// <summary>Writes a page.</summary>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="title">The title and first heading.</param>
    /// <param name="subtitle">The line under the heading.</param>
    /// <param name="body">Writes what is on the page.</param>
    public static void Write(Stream output, string title, string subtitle, Action<HtmlWriter> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var html = new HtmlWriter(output);
        html.DocumentType();
        html.Open("html", ("lang", "en")).Open("head");
        html.Open("meta", ("charset", "utf-8")).Close();
        html.Open("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Close();
        html.Open("meta", ("name", "color-scheme"), ("content", "light dark")).Close();
        html.Open("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy)).Close();
        html.Element("title", title);
        html.Open("style").Raw(HtmlStyle.Sheet);
        html.Close().Close().Open("body");
        html.Open("header").Element("h1", title).Element("p", subtitle, ("class", "subtitle")).Close();
        html.Open("main");
        body(html);
        html.Close();
        html.Open("script").Raw(HtmlScript.Code);
        html.Close().Close().Close();
    }

    /// <summary>Writes a section with its heading.</summary>
    public static void Section(HtmlWriter html, string heading, Action<HtmlWriter> body)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(body);
        html.Open("section").Element("h2", heading);
        body(html);
        html.Close();
    }

    /// <summary>Writes names with their values, one line each.</summary>
    public static void Facts(HtmlWriter html, IEnumerable<(string Name, string Value)> facts)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(facts);
        html.Open("dl");
        foreach (var (name, value) in facts)
        {
            html.Element("dt", name).Element("dd", value);
        }

        html.Close();
    }

    /// <summary>Writes a box with a verdict: a heading, a word on how it stands, and a sentence that says why.</summary>
    public static void Verdict(HtmlWriter html, string heading, Tone tone, string word, string sentence)
    {
        ArgumentNullException.ThrowIfNull(html);
        html.Open("div", ("class", $"verdict {tone.ToString().ToLowerInvariant()}"));
        html.Element("h3", heading).Element("strong", word).Element("p", sentence).Close();
    }

    private static string Policy { get; } =
        $"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {Hash(HtmlStyle.Sheet)}; script-src {Hash(HtmlScript.Code)}";

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
