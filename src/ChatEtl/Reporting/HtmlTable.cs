using System.Globalization;
using System.Text.Json;

namespace ChatEtl.Reporting;

/// <summary>A column of a table.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Number">Whether it is a figure: aligned to the right and sorted by value.</param>
public sealed record HtmlColumn(string Title, bool Number = false);

/// <summary>
/// Tables that can be searched and sorted. A long table has its first rows as markup, for readers without script and for paper, and all of its
/// rows once as data; the page's script shows from these what is asked for, so a table of 33,000 rows opens at once.
/// </summary>
public static class HtmlTable
{
    /// <summary>How many rows of a table are markup; the page's script shows rows by as many.</summary>
    public const int FirstRows = 100;

    /// <summary>From how many rows on a table has a search field.</summary>
    private const int Searched = 8;

    /// <summary>A figure with its thousands apart.</summary>
    public static string Figure(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Writes a table.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">The rows, a text for each column; figures as <see cref="Figure"/> gives them.</param>
    public static void Write(HtmlWriter html, string caption, IReadOnlyList<HtmlColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        html.Open("div", ("class", "table"));
        if (rows.Count >= Searched)
        {
            html.Open("input", ("type", "search"), ("placeholder", "Search"), ("aria-label", $"Search: {caption}")).Close();
        }

        html.Open("div", ("class", "scroll")).Open("table").Element("caption", caption);
        html.Open("thead").Open("tr");
        foreach (var column in columns)
        {
            html.Element("th", column.Title, ("scope", "col"), ("class", Class(column)));
        }

        html.Close().Close().Open("tbody");
        foreach (var row in rows.Take(FirstRows))
        {
            WriteRow(html, columns, row);
        }

        html.Close().Close().Close();
        if (rows.Count > FirstRows)
        {
            html.Element("p", $"The first {FirstRows} of {Figure(rows.Count)} rows; search, sort and “more” reach all of them.", ("class", "more"));
            html.Open("script", ("type", "application/json")).Raw(Data(rows));
            html.Close();
        }

        html.Close();
    }

    private static void WriteRow(HtmlWriter html, IReadOnlyList<HtmlColumn> columns, IReadOnlyList<string> row)
    {
        html.Open("tr");
        for (var column = 0; column < columns.Count; column++)
        {
            html.Open("td", ("class", Class(columns[column]))).Element("bdi", row[column]).Close();
        }

        html.Close();
    }

    private static string Class(HtmlColumn column) => column.Number ? "number" : "text";

    /// <summary>The rows as JSON; its writer escapes what could end a script or open a tag.</summary>
    private static string Data(IReadOnlyList<IReadOnlyList<string>> rows) =>
        JsonSerializer.Serialize(rows.Select(row => row.Select(HtmlWriter.Visible)));
}
