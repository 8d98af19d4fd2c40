using System.Diagnostics;
using System.Globalization;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Is the whole pipeline as fast as SQLite itself? Interleaved pairs against ATTACH + INSERT … SELECT of the same messages.</summary>
internal static class Throughput
{
    /// <summary>Arguments: number of messages (1,000,000), number of pairs (5), and pipeline options as name=value.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var messages = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var pairs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        using var pool = new Pool(messages);
        var options = new PipelineOptions();
        var (baseline, pipeline, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = -1; pair < pairs; pair++)
        {
            pool.Reset();
            var plain = await TimeAsync(() => Task.Run(pool.InsertSelect));
            pool.Reset();
            var ours = await TimeAsync(() => pool.MigrateAsync(options));
            if (pair < 0)
            {
                continue; // The first pair warms files and code.
            }

            baseline.Add(plain);
            pipeline.Add(ours);
            ratios.Add(ours / plain);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}: INSERT … SELECT {plain:0.00} s, pipeline {ours:0.00} s, ratio {ours / plain:0.00}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{messages:N0} messages, median of {pairs}: INSERT … SELECT {Median(baseline):0.00} s, pipeline {Median(pipeline):0.00} s "
            + $"({messages / Median(pipeline):N0} messages/s), ratio {Median(ratios):0.00} ({ratios.Min():0.00} to {ratios.Max():0.00}); "
            + $"peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:0} MiB"));
        return 0;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var clock = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
