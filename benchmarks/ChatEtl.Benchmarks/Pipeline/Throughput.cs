using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Is the whole pipeline as fast as the databases' own ways? All ways in turn, round after round, with the same messages.</summary>
internal static class Throughput
{
    private const int WarmMessages = 200_000;

    /// <summary>Limits of <c>--check</c>, generous: a machine may be busy, and what has rotted is slower than this.</summary>
    private const double MostTimes = 3.0;
    private const long MostPeak = 256 << 20;
    private const double MostAllocated = 40;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>
    /// SQLite to SQLite. Arguments: number of messages (1,000,000), of rounds (5); --lopsided: one room holds half of them and one has 16 MiB;
    /// --all: what one would do without us, too, and compare; --json; --check: exit code 1 unless the pipeline keeps to generous limits.
    /// </summary>
    /// <remarks>Each run is a process of its own, which has warmed itself with a small pool before its clock starts: so each has its own peak.</remarks>
    public static async Task<int> RunAsync(string[] args)
    {
        var (messages, rounds) = (Number(args, 0, 1_000_000), Number(args, 1, 5));
        using var pool = new Pool(messages, args.Contains("--lopsided"));
        using var warm = new Pool(WarmMessages);
        string[] ways = args.Contains("--all")
            ? [SqliteWays.InsertSelect, SqliteWays.Pipeline, SqliteWays.Compare, SqliteWays.InsertLoop, SqliteWays.Dump]
            : [SqliteWays.InsertSelect, SqliteWays.Pipeline];
        var table = await MeasureAsync(ways, rounds, async way =>
        {
            if (way != SqliteWays.Compare)
            {
                pool.Reset();
                warm.Reset();
            }

            return await InOwnProcessAsync(way, pool, warm, new PipelineOptions());
        });
        Show(args, messages, pool.TextBytes(), table);
        return args.Contains("--check") ? Check(messages, table) : 0;
    }

    /// <summary>
    /// Does self-tuning come to the best fixed size of a batch from a start far too small or too large? SQLite to SQLite, all sizes in turn.
    /// Arguments: number of messages (5,000,000), of rounds (3); --json.
    /// </summary>
    public static async Task<int> RunTuningAsync(string[] args)
    {
        var (messages, rounds) = (Number(args, 0, 5_000_000), Number(args, 1, 3));
        using var pool = new Pool(messages);
        using var warm = new Pool(WarmMessages);
        const int Most = 100_000;
        var settings = new[] { 1_000, 3_000, 10_000, 30_000, Most }.ToDictionary(
            rows => $"fixed, {rows:N0} rows", rows => new PipelineOptions { SelfTuning = false, BatchRows = rows, BatchBytes = 64 << 20 }, StringComparer.Ordinal);
        foreach (var first in new[] { 1_000, Most })
        {
            settings[$"self-tuning from {first:N0} rows"] = new PipelineOptions { BatchRows = Most, FirstBatchRows = first, BatchBytes = 64 << 20 };
        }

        settings["as configured by default"] = new PipelineOptions();
        var table = await MeasureAsync([.. settings.Keys], rounds, async setting =>
        {
            pool.Reset();
            warm.Reset();
            return await InOwnProcessAsync(SqliteWays.Pipeline, pool, warm, settings[setting]);
        });
        Show(args, messages, pool.TextBytes(), table);
        return 0;
    }

    /// <summary>One way in this process: warmed with a small pool, then measured; prints the measurement as JSON.</summary>
    public static async Task<int> RunWayAsync(string[] args)
    {
        var options = JsonSerializer.Deserialize<PipelineOptions>(args[5])!;
        await SqliteWays.RunAsync(args[0], args[1], args[2], options);
        var measurement = await Measurement.OfAsync(() => SqliteWays.RunAsync(args[0], args[3], args[4], options));
        Console.WriteLine(JsonSerializer.Serialize(measurement));
        return 0;
    }

    /// <summary>
    /// From SQL Server to SQL Server, both databases on the server that CHATETL_TEST_SQLSERVER names, against bare SqlBulkCopy from data readers,
    /// by as many writers and by one. Arguments: number of messages (1,000,000), of rounds (5), of writers (2); --json.
    /// </summary>
    /// <remarks>All in this process, whose first round warms and does not count: the peak is that of all ways.</remarks>
    public static async Task<int> RunOnServerAsync(string[] args)
    {
        var (messages, rounds, writers) = (Number(args, 0, 1_000_000), Number(args, 1, 5), Number(args, 2, 2));
        using var pool = new ServerPool(messages);
        var (parallel, moving) = ($"SqlBulkCopy x {writers}", "of it, while rows moved");
        var moved = new List<Measurement>();
        var table = await MeasureAsync([parallel, .. writers == 1 ? Array.Empty<string>() : ["SqlBulkCopy x 1"], SqliteWays.Pipeline], rounds + 1, async way =>
        {
            pool.Reset();
            if (way != SqliteWays.Pipeline)
            {
                return await Measurement.OfAsync(async () =>
                {
                    await pool.CopyAsync(way == parallel ? writers : 1);
                    return null;
                });
            }

            var seconds = 0.0;
            var whole = await Measurement.OfAsync(async () =>
            {
                (seconds, var limit) = await pool.MigrateAsync(new PipelineOptions { Writers = writers });
                return limit;
            });
            moved.Add(whole with { Seconds = seconds });
            return whole;
        });
        table.Add(new(moving, moved));
        Show(args, messages, pool.TextBytes, [.. table.Select(way => new Way(way.Name, way.Runs[1..]))]);
        return 0;
    }

    /// <summary>The middle of some figures.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Starts this program again.</summary>
    public static Process StartSelf(params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? new[] { typeof(Throughput).Assembly.Location } : [], .. arguments])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
    })!;

    /// <summary>A number among the arguments that are no switches.</summary>
    public static int Number(string[] args, int i, int otherwise) =>
        args.Where(arg => !arg.StartsWith('-')).ElementAtOrDefault(i) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : otherwise;

    private static async Task<List<Way>> MeasureAsync(IReadOnlyList<string> ways, int rounds, Func<string, Task<Measurement>> measure)
    {
        var table = ways.Select(way => new Way(way, [])).ToList();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in table)
            {
                way.Runs.Add(await measure(way.Name));
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {way.Name} {way.Runs[^1].Seconds:0.00} s"));
            }
        }

        return table;
    }

    private static async Task<Measurement> InOwnProcessAsync(string way, Pool pool, Pool warm, PipelineOptions options)
    {
        using var process = StartSelf("way", way, warm.Source, warm.Destination, pool.Source, pool.Destination, JsonSerializer.Serialize(options));
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<Measurement>(said)! : throw new InvalidOperationException($"'{way}' ended with {process.ExitCode}.");
    }

    private static void Show(string[] args, long messages, long bytes, IReadOnlyList<Way> table)
    {
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { messages, bytes, ways = table }, Indented));
            return;
        }

        Console.WriteLine($"| {messages:N0} messages, {bytes:N0} bytes of text | s, median (range) | times | rows/s | MB/s | CPU s | peak MiB | bytes allocated a row | slowest stage |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        foreach (var way in table)
        {
            var seconds = Of(run => run.Seconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {way.Name} | {seconds:0.00} ({way.Runs.Min(run => run.Seconds):0.00} to {way.Runs.Max(run => run.Seconds):0.00}) | {Times(table[0], way):0.00} | {messages / seconds:N0} "
                + $"| {bytes / 1e6 / seconds:0.0} | {Of(run => run.CpuSeconds):0.0} | {Of(run => run.PeakBytes) / 1048576:0} | {Of(run => run.AllocatedBytes) / messages:0.0} | {way.Runs[^1].Limit} |"));

            double Of(Func<Measurement, double> figure) => Median(way.Runs.Select(figure));
        }
    }

    /// <summary>The median of the rounds' own ratios: both ways of a round met the same machine.</summary>
    private static double Times(Way plain, Way way) => Median(plain.Runs.Zip(way.Runs, (one, other) => other.Seconds / one.Seconds));

    private static int Check(long messages, List<Way> table)
    {
        var ours = table.Find(way => way.Name == SqliteWays.Pipeline)!;
        var (times, peak, allocated) = (Times(table[0], ours), Median(ours.Runs.Select(run => (double)run.PeakBytes)), Median(ours.Runs.Select(run => (double)run.AllocatedBytes)) / messages);
        var holds = times <= MostTimes && peak <= MostPeak && allocated <= MostAllocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "Within" : "BEYOND")} the limits: {times:0.00} times {table[0].Name} (at most {MostTimes:0.0}), peak {peak / 1048576:0} MiB (at most {MostPeak >> 20}), "
            + $"{allocated:0.0} bytes allocated a message (at most {MostAllocated:0})."));
        return holds ? 0 : 1;
    }

    private sealed record Way(string Name, List<Measurement> Runs);
}
