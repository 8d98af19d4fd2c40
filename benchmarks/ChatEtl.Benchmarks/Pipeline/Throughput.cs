using System.Diagnostics;
using System.Globalization;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Is the whole pipeline as fast as the databases' own ways? Interleaved pairs of both, with the same messages.</summary>
internal static class Throughput
{
    /// <summary>Arguments: number of messages (1,000,000), number of pairs (5).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (messages, pairs) = (Number(args, 0, 1_000_000), Number(args, 1, 5));
        using var pool = new Pool(messages);
        await PairAsync(messages, pairs, "INSERT … SELECT", pool.Reset, () => Task.Run(pool.InsertSelect), () => pool.MigrateAsync(new PipelineOptions()));
        return 0;
    }

    /// <summary>
    /// From SQL Server to SQL Server, both databases on the server that CHATETL_TEST_SQLSERVER names, against a bare parallel SqlBulkCopy from data
    /// readers with as many writers. Arguments: number of messages (1,000,000), of pairs (5), of writers (2), rows and
    /// bytes of a batch (as configured by default).
    /// </summary>
    public static async Task<int> RunOnServerAsync(string[] args)
    {
        var (messages, pairs, writers) = (Number(args, 0, 1_000_000), Number(args, 1, 5), Number(args, 2, 2));
        var options = new PipelineOptions { Readers = writers, Writers = writers };
        options = options with { BatchRows = Number(args, 3, options.BatchRows), BatchBytes = Number(args, 4, options.BatchBytes) };
        using var pool = new ServerPool(messages);
        await PairAsync(
            messages, pairs, $"SqlBulkCopy x {writers}", pool.Reset, () => pool.CopyAsync(writers),
            () => pool.MigrateAsync(options));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"while rows moved: {messages / Median(pool.Moving):N0} messages/s ({Median(pool.Moving):0.00} s)"));
        return 0;
    }

    private static async Task PairAsync(int messages, int pairs, string name, Action reset, Func<Task> plainWay, Func<Task> ourWay)
    {
        var (baseline, pipeline, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = -1; pair < pairs; pair++)
        {
            reset();
            var plain = await TimeAsync(plainWay);
            reset();
            var ours = await TimeAsync(ourWay);
            if (pair < 0)
            {
                continue; // The first pair warms files and code.
            }

            baseline.Add(plain);
            pipeline.Add(ours);
            ratios.Add(ours / plain);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}: {name} {plain:0.00} s, pipeline {ours:0.00} s, ratio {ours / plain:0.00}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{messages:N0} messages, median of {pairs}: {name} {Median(baseline):0.00} s ({messages / Median(baseline):N0} messages/s), pipeline {Median(pipeline):0.00} s "
            + $"({messages / Median(pipeline):N0} messages/s), wall time {Median(ratios):0.00} times ({ratios.Min():0.00} to {ratios.Max():0.00}), "
            + $"rate {1 / Median(ratios):0.00} of it; peak working set of both {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:0} MiB"));
    }

    private static int Number(string[] args, int i, int otherwise) => args.Length > i ? int.Parse(args[i], CultureInfo.InvariantCulture) : otherwise;

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var clock = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }

    /// <summary>The middle of some figures.</summary>
    public static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
