using System.Globalization;
using System.Text;
using System.Xml.Linq;
using ChatEtl.Reporting;
using Xunit;

namespace ChatEtl.Tests.Reporting;

/// <summary>A page stands alone, is well-formed, and shows hostile names as what they are.</summary>
public sealed class HtmlPageTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "\"quoted\" & 'single'", "</script><img src=x onerror=alert(1)>", "abc\u202Egnp.exe", "half \uD83D pair", "\uDE00 other half",
        "bell\u0007 and zero\0", "\uFFFE\uFFFF", "line\u2028separator", "]]>", "whole \U0001F600 pair", "<!-- comment -->",
    ];

    [Fact]
    public void A_page_is_well_formed_whatever_the_names_in_it()
    {
        var page = Page(html =>
        {
            HtmlPage.Facts(html, Hostile.Select(name => (name, name)));
            HtmlPage.Verdict(html, Hostile[0], Tone.Bad, Hostile[1], Hostile[2]);
            HtmlTable.Write(html, Hostile[0], [new(Hostile[0]), new(Hostile[2])], [.. Hostile.Select(name => (string[])[name, name])]);
            LinePlot.Write(html, Hostile[0], [new(Hostile[1], [(0, 1), (1, 2)])], [new(0.2, 0.4, Hostile[2])], Hostile[3], [(0, Hostile[4])]);
            BarPlot.Write(html, Hostile[0], [(Hostile[1], 3, Hostile[2])]);
            HeatPlot.Write(html, Hostile[0], new long[168], new HashSet<int> { 3 });
        });

        var parsed = Parse(page);

        Assert.Single(parsed.Descendants("script"));
        Assert.Empty(parsed.Descendants("img"));
        var cells = parsed.Descendants("td").Select(cell => cell.Value).ToList();
        Assert.Contains(Hostile[0], cells, StringComparer.Ordinal);
        Assert.Contains(@"abc\u202Egnp.exe", cells, StringComparer.Ordinal);
        Assert.Contains(@"half \uD83D pair", cells, StringComparer.Ordinal);
        Assert.Contains(@"bell\u0007 and zero\u0000", cells, StringComparer.Ordinal);
        Assert.Contains("whole \U0001F600 pair", cells, StringComparer.Ordinal);
    }

    [Fact]
    public void Data_of_a_long_table_cannot_end_its_script_or_open_a_tag()
    {
        var rows = Enumerable.Range(0, HtmlTable.FirstRows + Hostile.Length).Select(row => (string[])[Hostile[row % Hostile.Length], row.ToString(CultureInfo.InvariantCulture)]).ToArray();

        var parsed = Parse(Page(html => HtmlTable.Write(html, "Rooms", [new("Name"), new("Number", true)], rows)));

        var data = parsed.Descendants("script").Single(script => (string?)script.Attribute("type") == "application/json").Value;
        Assert.DoesNotContain('<', data);
        Assert.DoesNotContain('>', data);
        var held = System.Text.Json.JsonSerializer.Deserialize<string[][]>(data)!;
        Assert.Equal(rows.Select(row => HtmlWriter.Visible(row[0])), held.Select(row => row[0]), StringComparer.Ordinal);
        Assert.Equal(HtmlTable.FirstRows, parsed.Descendants("tbody").Single().Elements("tr").Count());
    }

    [Fact]
    public void A_page_asks_for_nothing_from_outside_and_forbids_it()
    {
        var page = Page(html =>
        {
            HtmlTable.Write(html, "Rooms", [new("Name")], [.. Enumerable.Range(0, 300).Select(row => (string[])[$"room {row}"])]);
            BarPlot.Write(html, "Bars", [("one", 1, "1")]);
        });

        Assert.All(new[] { "http:", "https:", "//", "src=", "url(", "@import", "<link", "<iframe" }, sign => Assert.DoesNotContain(sign, page, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page, StringComparison.Ordinal);
        Assert.All(Parse(page).Descendants().Attributes(), attribute => Assert.False(
            attribute.Name.LocalName is "style" or "href" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), attribute.ToString()));
    }

    [Fact]
    public void An_empty_element_has_its_end_tag_because_HTML_would_take_it_for_open()
    {
        Assert.Contains("<dl></dl>", Page(html => HtmlPage.Facts(html, [])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_33000_rooms_is_of_a_moderate_size()
    {
        var rows = Enumerable.Range(0, 33_000).Select(row => (string[])
        [
            $"Room number {row} of the department", "Company - Department - Team", $"Room number {row} of the department", "Company - Department - Team",
            "12,345", "12,345", "0", "0", "0", "0", "0", row.ToString("x32", CultureInfo.InvariantCulture),
        ]).ToArray();

        var page = Page(html => HtmlTable.Write(html, "Rooms", [.. Enumerable.Range(0, 12).Select(column => new HtmlColumn($"Column {column}"))], rows));

        Assert.InRange(page.Length, 1_000_000, 9_000_000);
    }

    /// <summary>The page without what is outside of the XML: the parser then refuses everything that is not well-formed.</summary>
    internal static XDocument Parse(string page) => XDocument.Parse(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));

    private static string Page(Action<HtmlWriter> body)
    {
        using var output = new MemoryStream();
        HtmlPage.Write(output, "Title " + Hostile[0], "Subtitle", body);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
