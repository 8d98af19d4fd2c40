using System.Globalization;

namespace ChatEtl.Reporting;

/// <summary>How much happens by weekday and hour: one cell for each hour of the week, the fuller the more; chosen hours are framed.</summary>
public static class HeatPlot
{
    private const int Cell = 28;
    private const int Left = 44;
    private const int Top = 18;

    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    /// <summary>Writes a plot as a figure.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="hours">168 values, from Monday 0:00 on.</param>
    /// <param name="marked">Hours to frame, as places in <paramref name="hours"/>.</param>
    public static void Write(HtmlWriter html, string caption, IReadOnlyList<long> hours, IReadOnlySet<int> marked)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentNullException.ThrowIfNull(marked);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hours.Count, 168, nameof(hours));
        var most = Math.Max(1, hours.Max());
        html.Open("figure").Element("figcaption", caption);
        html.Open("svg", ("viewBox", $"0 0 {Left + (24 * Cell)} {Top + (7 * Cell) + 2}"), ("role", "img"), ("aria-label", caption));
        for (var hour = 0; hour < 24; hour += 3)
        {
            html.Element("text", $"{hour}:00", ("x", $"{Left + (hour * Cell)}"), ("y", "12"));
        }

        for (var day = 0; day < 7; day++)
        {
            html.Element("text", Days[day], ("x", "4"), ("y", $"{Top + (day * Cell) + 18}"));
        }

        foreach (var at in Enumerable.Range(0, 168).OrderBy(marked.Contains))
        {
            var opacity = 0.06 + (0.94 * hours[at] / most);
            html.Open(
                "rect",
                ("class", marked.Contains(at) ? "heat framed" : "heat"),
                ("x", $"{Left + (at % 24 * Cell) + 1}"), ("y", $"{Top + (at / 24 * Cell) + 1}"), ("width", $"{Cell - 2}"), ("height", $"{Cell - 2}"),
                ("fill-opacity", opacity.ToString("0.##", CultureInfo.InvariantCulture)));
            html.Element("title", $"{Days[at / 24]} {at % 24}:00: {HtmlTable.Figure(hours[at])}").Close();
        }

        html.Close().Close();
    }
}
