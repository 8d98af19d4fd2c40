using System.CommandLine;
using ChatEtl.Cli.Drill;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Sqlite;

namespace ChatEtl.Cli.Commands;

/// <summary><c>drill</c>: shows on the customer's own machine that no kill loses, doubles or changes anything.</summary>
internal static class DrillCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var kills = new Option<int>("--kills") { Description = "Kills that must hit a living worker.", DefaultValueFactory = _ => 100 };
        CommandLine.Demand(kills, 1, "--kills must be 1 or more.");
        var seed = new Option<int>("--seed") { Description = "Chooses steps and moments.", DefaultValueFactory = _ => 1 };
        var pool = new Option<string?>("--pool") { Description = "The pool to migrate, an SQLite file or a package; without it a sample pool is made.", HelpName = "file" };
        var messages = new Option<int>("--messages") { Description = "Messages of the sample pool.", DefaultValueFactory = _ => 5_000 };
        var plain = new Option<bool>("--plain") { Description = "Makes a sample pool without rows and texts that a destination may refuse, so that finish is drilled too." };
        var json = new Option<bool>("--json") { Description = "Writes the report as one JSON object." };
        var command = new Command(
            "drill",
            "Migrates a pool into scratch destinations beside the configured one, kills its own worker process at every step and at any moment, resumes, and "
            + "checks rows, ids, books and rejections against an undisturbed run. Touches neither the configured source nor the configured destination; on SQL Server "
            + "it makes databases named chatetl_drill_… and drops them. Exit code 6 when anything is lost, doubled or changed.")
        {
            kills, seed, pool, messages, plain, json,
        };
        command.SetAction((parsed, _) => RunAsync(
            CommandLine.Options(parsed), parsed.GetValue(kills), parsed.GetValue(seed), parsed.GetValue(pool), parsed.GetValue(messages), parsed.GetValue(plain), parsed.GetValue(json), interrupts));
        return command;
    }

    /// <summary>The command of the worker, for the drill alone.</summary>
    public static Command MakeWorker(Interrupts interrupts)
    {
        var step = new Option<string>("--step") { DefaultValueFactory = _ => "" };
        var at = new Option<int>("--at");
        var ahead = new Option<int>("--ahead");
        var inner = new Argument<string[]>("command");
        var command = new Command("drill-worker", "Used by drill.") { step, at, ahead, inner };
        command.Hidden = true;
        command.SetAction(async (parsed, _) =>
        {
            using var worker = new DrillWorker(parsed.GetValue(step)!, parsed.GetValue(at), TimeSpan.FromMicroseconds(parsed.GetValue(ahead)));
            var code = await CommandLine.RunAsync(parsed.GetValue(inner)!, interrupts);
            worker.TellPassed();
            return code;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ChatEtlOptions options, int kills, int seed, string? pool, int messages, bool plain, bool json, Interrupts interrupts)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        var folder = Directory.CreateTempSubdirectory("chatetl-drill-").FullName;
        var report = await new CrashDrill(options, pool is null ? MakePool(folder, messages, plain, seed) : Existing(pool), folder, kills, seed).RunAsync(either.Token);
        if (report.IsClean)
        {
            Directory.Delete(folder, recursive: true);
        }

        if (json)
        {
            using var output = Console.OpenStandardOutput();
            report.WriteTo(output);
        }
        else
        {
            report.Show();
        }

        return !report.IsClean ? ExitCodes.SidesDiffer : report.Complete ? ExitCodes.Success : ExitCodes.Cancelled;
    }

    private static string Existing(string pool) => File.Exists(pool)
        ? Path.GetFullPath(pool)
        : throw new SourceException("the pool", null, 1, new IOException($"{pool} does not exist. Check --pool."));

    private static string MakePool(string folder, int messages, bool plain, int seed)
    {
        var options = new Sqlite.SampleOptions
        {
            Path = Path.Combine(folder, "sample.db"),
            Rooms = 60,
            People = 100,
            Messages = messages,
            Seed = seed,
            PlantedFaults = !plain,
            OddTexts = !plain,
        };
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConfigurationException([.. problems.Select(problem => new ConfigurationProblem("drill", problem))]);
        }

        SamplePool.Make(options);
        return options.Path;
    }
}
