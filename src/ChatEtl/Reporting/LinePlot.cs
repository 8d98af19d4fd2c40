using System.Globalization;

namespace ChatEtl.Reporting;

/// <summary>A line of a plot.</summary>
/// <param name="Name">What it shows, with the unit.</param>
/// <param name="Points">Where it goes: how far along from 0 to 1, and the value.</param>
public sealed record PlotLine(string Name, IReadOnlyList<(double At, double Value)> Points);

/// <summary>A stretch of a plot that is shaded.</summary>
/// <param name="From">Where it begins, from 0 to 1.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Text">What it means; shown when pointed at.</param>
public sealed record PlotBand(double From, double To, string Text);

/// <summary>One or two lines over a common span, each with its own scale from 0 to its highest value: the first at the left, the second at the right.</summary>
public static class LinePlot
{
    private const int Width = 760;
    private const int Height = 220;
    private const int Left = 60;
    private const int Right = 60;
    private const int Top = 12;
    private const int Bottom = 24;

    /// <summary>Writes a plot as a figure.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="lines">One or two lines.</param>
    /// <param name="bands">Stretches to shade.</param>
    /// <param name="bandName">What the shade means; null without bands.</param>
    /// <param name="ticks">What is written below the span, each at its place from 0 to 1.</param>
    public static void Write(
        HtmlWriter html, string caption, IReadOnlyList<PlotLine> lines, IReadOnlyList<PlotBand> bands, string? bandName, IReadOnlyList<(double At, string Text)> ticks)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(bands);
        ArgumentNullException.ThrowIfNull(ticks);
        html.Open("figure").Open("figcaption").Text(caption);
        for (var line = 0; line < lines.Count; line++)
        {
            html.Element("span", lines[line].Name, ("class", $"key {Class(line)}"));
        }

        if (bandName is not null)
        {
            html.Element("span", bandName, ("class", "key stall"));
        }

        html.Close();
        html.Open("svg", ("viewBox", $"0 0 {Width} {Height}"), ("role", "img"), ("aria-label", caption));
        WriteBands(html, bands);
        html.Open("path", ("class", "axis"), ("d", $"M{Left} {Top}V{Height - Bottom}H{Width - Right}V{Top}")).Close();
        foreach (var (at, text) in ticks)
        {
            html.Element("text", text, ("x", X(at)), ("y", $"{Height - 6}"), ("text-anchor", "middle"));
        }

        for (var line = 0; line < lines.Count; line++)
        {
            WriteLine(html, lines[line], line);
        }

        html.Close().Close();
    }

    private static void WriteBands(HtmlWriter html, IReadOnlyList<PlotBand> bands)
    {
        foreach (var band in bands)
        {
            // At least a pixel and a half wide, so that a short stall in a long run is seen.
            var width = Math.Max(1.5, (band.To - band.From) * (Width - Left - Right));
            html.Open("rect", ("class", "stall"), ("x", X(band.From)), ("y", $"{Top}"), ("width", Number(width)), ("height", $"{Height - Top - Bottom}"));
            html.Element("title", band.Text).Close();
        }
    }

    private static void WriteLine(HtmlWriter html, PlotLine line, int index)
    {
        var top = Ceiling(line.Points.Select(point => point.Value).DefaultIfEmpty().Max());
        var (x, anchor) = index == 0 ? (Left - 6, "end") : (Width - Right + 6, "start");
        foreach (var share in (ReadOnlySpan<double>)[0, 0.5, 1])
        {
            html.Element("text", Short(top * share), ("x", $"{x}"), ("y", Number(Y(share) + 4)), ("text-anchor", anchor));
        }

        if (line.Points.Count > 0)
        {
            var path = string.Join('L', line.Points.Select(point => $"{X(point.At)} {Number(Y(point.Value / top))}"));
            html.Open("path", ("class", Class(index)), ("d", $"M{path}")).Close();
        }
    }

    /// <summary>The next of 1, 2 and 5 times a power of ten.</summary>
    private static double Ceiling(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1d, 2, 5, 10 }.First(step => step * power >= value * 0.999) * power;
    }

    private static string Short(double value) => value switch
    {
        >= 1e9 => (value / 1e9).ToString("0.#", CultureInfo.InvariantCulture) + "G",
        >= 1e6 => (value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Class(int line) => line == 0 ? "one" : "two";

    private static string X(double at) => Number(Left + (at * (Width - Left - Right)));

    private static double Y(double share) => Top + ((1 - share) * (Height - Top - Bottom));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
