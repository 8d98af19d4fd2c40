using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Do rate and memory stay level over a long run? Both, twice a second, as a plot.</summary>
internal static class Timeline
{
    private const int Width = 900;
    private const int Height = 260;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Arguments: number of messages (20,000,000), SVG file (timeline.svg); --lopsided as for throughput.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var messages = Throughput.Number(args, 0, 20_000_000);
        var file = args.FirstOrDefault(arg => arg.EndsWith(".svg", StringComparison.Ordinal)) ?? "timeline.svg";
        using var pool = new Pool(messages, args.Contains("--lopsided"));
        RunProgress? progress = null;
        var (clock, samples) = (Stopwatch.GetTimestamp(), new List<(double Seconds, long Rows, long Bytes)>());
        var run = Task.Run(() => SqliteWays.MigrateAsync(new SqliteSource(pool.Source), pool.Destination, new PipelineOptions(), SqliteWays.Rules, started => progress = started));
        using var process = Process.GetCurrentProcess();
        while (await Task.WhenAny(run, Task.Delay(Period)) != run)
        {
            process.Refresh();
            samples.Add((Stopwatch.GetElapsedTime(clock).TotalSeconds, progress?.Read ?? 0, process.WorkingSet64));
        }

        var report = await run;
        process.Refresh();
        var rates = samples.Skip(1).Zip(samples, (now, before) => (now.Rows - before.Rows) / (now.Seconds - before.Seconds)).ToList();
        await File.WriteAllTextAsync(file, Plot(messages, rates, [.. samples.Skip(1).Select(sample => sample.Bytes / 1048576.0)], samples[^1].Seconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{messages:N0} messages in {report.Duration.TotalSeconds:0.0} s, {messages / report.Duration.TotalSeconds:N0}/s; peak working set {process.PeakWorkingSet64 / 1048576.0:0} MiB"));
        foreach (var (tenth, part) in Enumerable.Range(0, rates.Count).GroupBy(i => i * 10 / rates.Count).Select(part => (part.Key, part.ToList())))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"tenth {tenth + 1,2}: {part.Average(i => rates[i]),9:N0} messages/s, working set {part.Max(i => samples[i + 1].Bytes) / 1048576.0,4:0} MiB"));
        }

        return 0;
    }

    private static string Plot(int messages, List<double> rates, List<double> memory, double seconds)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width + 120} {Height + 60}' font-family='sans-serif' font-size='12'>");
        svg.AppendLine("<rect width='100%' height='100%' fill='white'/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x='60' y='18'>{messages:N0} messages, SQLite to SQLite: messages/s (blue, left), working set in MiB (red, right)</text>");
        Line(rates, 1.1 * rates.Max(), "#1f5fbf");
        Line(memory, 256, "#bf2f2f");
        for (var i = 0; i <= 4; i++)
        {
            var y = 30 + (Height * (4 - i) / 4);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1='60' x2='{60 + Width}' y1='{y}' y2='{y}' stroke='#ddd'/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x='54' y='{y + 4}' text-anchor='end'>{1.1 * rates.Max() * i / 4:N0}</text><text x='{66 + Width}' y='{y + 4}'>{256 * i / 4}</text>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x='{60 + (Width * i / 4)}' y='{Height + 50}' text-anchor='middle'>{seconds * i / 4:0} s</text>");
        }

        return svg.AppendLine("</svg>").ToString();

        void Line(List<double> values, double most, string colour) => svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"<polyline fill='none' stroke='{colour}' stroke-width='1.5' points='{string.Join(' ', values.Select((value, i) => string.Create(
                CultureInfo.InvariantCulture, $"{60 + (Width * (double)i / Math.Max(1, values.Count - 1)):0.#},{30 + (Height * (1 - (value / most))):0.#}")))}'/>");
    }
}
