using System.Globalization;

namespace ChatEtl.Reporting;

/// <summary>Values side by side, each as a bar with its name and its figure.</summary>
public static class BarPlot
{
    private const int Line = 24;
    private const int Left = 150;
    private const int Longest = 480;
    private const int Width = 760;

    /// <summary>Writes a plot as a figure.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="bars">Names, values of at least 0, and the values as text.</param>
    public static void Write(HtmlWriter html, string caption, IReadOnlyList<(string Name, double Value, string Text)> bars)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(bars);
        var most = Math.Max(bars.Select(bar => bar.Value).DefaultIfEmpty().Max(), double.Epsilon);
        html.Open("figure").Element("figcaption", caption);
        html.Open("svg", ("viewBox", $"0 0 {Width} {(bars.Count * Line) + 4}"), ("role", "img"), ("aria-label", caption));
        for (var at = 0; at < bars.Count; at++)
        {
            var width = bars[at].Value / most * Longest;
            html.Element("text", bars[at].Name, ("x", $"{Left - 8}"), ("y", $"{(at * Line) + 17}"), ("text-anchor", "end"));
            html.Open("rect", ("class", "bar"), ("x", $"{Left}"), ("y", $"{(at * Line) + 4}"), ("width", Number(width)), ("height", $"{Line - 8}")).Close();
            html.Element("text", bars[at].Text, ("x", Number(Left + width + 8)), ("y", $"{(at * Line) + 17}"));
        }

        html.Close().Close();
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
