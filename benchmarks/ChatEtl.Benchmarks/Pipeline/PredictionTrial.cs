using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Planning;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Writing;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>How close does a prediction come? For each shape of pool: predict, as the plan does, then migrate and compare, each a process of its own.</summary>
internal static class PredictionTrial
{
    private const double Wanted = 15;

    private static readonly ChatEtlOptions Options = new() { Rules = SqliteWays.Rules };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Arguments: number of messages (2,000,000), of rounds (3), a part of a shape's name to try those only; --phases: each part of a run; --json.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (messages, rounds) = (Throughput.Number(args, 0, 2_000_000), Throughput.Number(args, 1, 3));
        var part = args.Where(arg => !arg.StartsWith('-')).ElementAtOrDefault(2) ?? "";
        var table = new List<Shape>();
        foreach (var name in PredictionShapes.All.Where(shape => shape.Contains(part, StringComparison.Ordinal)))
        {
            using var pool = PredictionShapes.Make(name, messages);
            var shape = new Shape(name, []);
            table.Add(shape);
            for (var round = 0; round < rounds; round++)
            {
                pool.Reset();
                var predicted = await AskAsync<Predicted>("prediction-worker", pool);
                shape.Rounds.Add(new Round(predicted, await AskAsync<Actual>("prediction-run", pool)));
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{name}, round {round + 1}: predicted {predicted.Expected:0.00} s, took {shape.Rounds[^1].Actual.Seconds:0.00} s, {shape.Rounds[^1].ErrorPercent:+0.0;-0.0} %"));
                if (args.Contains("--phases"))
                {
                    await Console.Error.WriteLineAsync($"    predicted {Phases(predicted.Phases)}\n    took      {Phases(shape.Rounds[^1].Actual.Phases)}");
                }
            }
        }

        Show(args, messages, table);
        return 0;
    }

    /// <summary>What the plan does in its process, told as JSON.</summary>
    public static async Task<int> PredictAsync(string[] args)
    {
        using var process = Process.GetCurrentProcess();
        SqliteNative.Init();
        using var source = new SqliteSource(args[0]);
        using var reader = new SqliteSource(args[1]);
        using var destination = new SqliteDestination(args[1], TimeProvider.System);
        var plan = PassPlanner.Plan(source, new ExplainedDestination(destination), reader, null, Options.Rules, forWriting: true, CancellationToken.None);
        plan.Demand();
        var planning = Now() - process.StartTime.ToUniversalTime();
        var clock = Stopwatch.GetTimestamp();
        var measured = await new Calibration(source, destination, reader, plan, Options, new CalibrationLimits(), TimeProvider.System).RunAsync(CancellationToken.None);
        var prediction = Prediction.Of(measured, measured.Workload with { Planning = planning }, comparesAfterwards: true);
        Console.WriteLine(JsonSerializer.Serialize(new Predicted(
            prediction.Low.TotalSeconds, prediction.Expected.TotalSeconds, prediction.High.TotalSeconds,
            prediction.Phases.ToDictionary(phase => phase.Name, phase => phase.Expected, StringComparer.Ordinal).Concat(Details(measured)).ToDictionary(),
            Stopwatch.GetElapsedTime(clock).TotalSeconds, measured.Messages.Rows, measured.Workload.Messages, prediction.SizeBytes)));
        return 0;
    }

    /// <summary>What <c>migrate</c> does in its process, with the comparison behind it; the time of each part as JSON.</summary>
    public static async Task<int> MigrateAsync(string[] args)
    {
        using var process = Process.GetCurrentProcess();
        RunProgress? progress = null;
        var phases = new Dictionary<string, double>(StringComparer.Ordinal);
        var run = Task.Run(() => SqliteWays.MigrateAsync(new SqliteSource(args[0]), args[1], Options.Pipeline, Options.Rules, started => progress = started));
        var (phase, clock) = ("planning", process.StartTime.ToUniversalTime());
        const int SmallTables = 4;
        while (await Task.WhenAny(run, Task.Delay(2)) != run)
        {
            if (progress is { RangesDone: >= SmallTables, Phase: "moving" })
            {
                phases.TryAdd("(small tables of moving)", (Now() - clock).TotalSeconds);
            }

            if (progress is { } known && known.Phase != phase && known.Phase != "starting")
            {
                phases[phase] = (Now() - clock).TotalSeconds;
                (phase, clock) = (known.Phase, Now());
            }
        }

        await run;
        phases[phase] = (Now() - clock).TotalSeconds;
        var size = new FileInfo(args[1]).Length;
        clock = Now();
        SqliteWays.CompareFiles(args[0], args[1]);
        phases["comparing"] = (Now() - clock).TotalSeconds;
        Console.WriteLine(JsonSerializer.Serialize(new Actual((Now() - process.StartTime.ToUniversalTime()).TotalSeconds, phases, size)));
        return 0;
    }

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static async Task<T> AskAsync<T>(string mode, Pool pool)
    {
        using var process = Throughput.StartSelf(mode, pool.Source, pool.Destination);
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<T>(said)! : throw new InvalidOperationException($"{mode} ended with {process.ExitCode}.");
    }

    private static void Show(string[] args, int messages, IReadOnlyList<Shape> table)
    {
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { messages, shapes = table }, Indented));
            return;
        }

        Console.WriteLine("| shape | messages | predicted s | range s | took s | error | each round | in the range | calibration s | sampled | size MiB, predicted | took |");
        Console.WriteLine("| --- | ---: | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var shape in table)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {shape.Name} | {Of(round => round.Predicted.Messages):N0} | {Of(round => round.Predicted.Expected):0.00} "
                + $"| {Of(round => round.Predicted.Low):0.0} to {Of(round => round.Predicted.High):0.0} | {Of(round => round.Actual.Seconds):0.00} "
                + $"| {shape.ErrorPercent:+0.0;-0.0} %{(Math.Abs(shape.ErrorPercent) > Wanted ? " (missed)" : "")} | {string.Join(", ", shape.Rounds.Select(round => round.ErrorPercent.ToString("+0;-0", CultureInfo.InvariantCulture)))} "
                + $"| {shape.Rounds.Count(round => round.IsInRange)} of {shape.Rounds.Count} | {Of(round => round.Predicted.CalibrationSeconds):0.0} "
                + $"| {Of(round => 100.0 * round.Predicted.Sampled / round.Predicted.Messages):0} % | {Of(round => round.Predicted.SizeBytes / 1048576.0):0} | {Of(round => round.Actual.SizeBytes / 1048576.0):0} |"));
            double Of(Func<Round, double> figure) => Throughput.Median(shape.Rounds.Select(figure));
        }
    }

    /// <summary>What the messages' line is made of, to see what to work on.</summary>
    private static Dictionary<string, double> Details(CalibrationResult measured) => new(
        measured.SmallTables.Select(table => KeyValuePair.Create($"us a row of {measured.Workload.SmallRows[table.Key]:N0} {table.Key}", table.Value.SecondsARow * 1e6)), StringComparer.Ordinal)
    {
        ["(cold"] = measured.Messages.ColdSeconds,
        ["us a row"] = measured.Messages.SecondsARow * 1e6,
        ["deciding"] = measured.DecidingSeconds,
        ["looking ahead"] = measured.LookAheadSeconds,
        ["comparing cold"] = measured.Comparison.ColdSeconds,
        ["comparing us a row)"] = measured.Comparison.SecondsARow * 1e6,
    };

    private static string Phases(Dictionary<string, double> phases) =>
        string.Join(", ", phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Key} {phase.Value:0.00}")));

    private sealed record Predicted(
        double Low, double Expected, double High, Dictionary<string, double> Phases, double CalibrationSeconds, long Sampled, long Messages, long SizeBytes);

    private sealed record Actual(double Seconds, Dictionary<string, double> Phases, long SizeBytes);

    private sealed record Round(Predicted Predicted, Actual Actual)
    {
        public double ErrorPercent => ((Predicted.Expected / Actual.Seconds) - 1) * 100;

        public bool IsInRange => Actual.Seconds >= Predicted.Low && Actual.Seconds <= Predicted.High;
    }

    private sealed record Shape(string Name, List<Round> Rounds)
    {
        public double ErrorPercent => Throughput.Median(Rounds.Select(round => round.ErrorPercent));
    }
}
