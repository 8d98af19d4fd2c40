using System.CommandLine;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Planning;

namespace ChatEtl.Cli.Commands;

/// <summary><c>plan</c>: says what a migration would do, and writes nothing to either database.</summary>
internal static class PlanCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var json = new Option<bool>("--json") { Description = "Writes the plan as one JSON object, as --out does." };
        var output = new Option<string?>("--out") { Description = "Writes the plan into a file, for migrate --plan.", HelpName = "plan.json" };
        var html = new Option<string?>("--html") { Description = "Writes the plan as one HTML page without external references.", HelpName = "plan.html" };
        var noTrial = new Option<bool>("--no-trial")
        {
            Description = "Leaves out the trial that predicts the duration. It moves some messages into a scratch at the destination and removes it.",
        };
        var exact = new Option<bool>("--exact") { Description = "Reads every message, however many there are; otherwise more than two million are estimated." };
        var command = new Command(
            "plan",
            "Says what a migration would do, and changes no table of either database: what there is, every finding with what to do about it, what becomes of "
            + "rooms and people, how many rows are written, skipped and rejected, how long it takes and when it disturbs least. Exit code 0 when nothing is to be decided, 7 with warnings only, 2 with "
            + "errors that would stop the run.")
        {
            output, html, exact, noTrial, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            var options = CommandLine.Options(parsed);
            var plan = await PlanAsync(options, parsed.GetValue(exact), parsed.GetValue(noTrial) ? null : new CalibrationLimits(), interrupts);
            Save("--out", parsed.GetValue(output), file => PlanFile.Write(file, plan));
            Save("--html", parsed.GetValue(html), file => PlanHtml.Write(file, plan));
            Show(plan, parsed.GetValue(output), parsed.GetValue(json));
            return plan.ExitCode;
        });
        return command;
    }

    private static async Task<MigrationPlan> PlanAsync(ChatEtlOptions options, bool exact, CalibrationLimits? trial, Interrupts interrupts)
    {
        var starting = TimeProvider.System.GetUtcNow().UtcDateTime - StartOfProcess();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        using var ends = Ends.OpenForPlan(options, null);
        Say.Notice($"Planning: reading both directories and the messages{(trial is null ? "" : ", then trying how fast some of them move")}.");
        var planner = new MigrationPlanner(ends.Source, ends.Destination, ends.Reader, options, TimeProvider.System, Say.Notice)
        {
            NewDestinationRoot = ends.NewDestinationRoot,
            DestinationDescription = ends.NewDestinationRoot is null ? null : $"SQLite {options.Destination.Path}, which does not exist yet: judged against the empty database that migrate will make",
            Exact = exact,
            Trial = trial,
            Starting = starting,
            Zone = TimeZoneInfo.Local,
        };
        return await Task.Run(() => planner.PlanAsync(either.Token));
    }

    private static void Show(MigrationPlan plan, string? path, bool json)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            PlanFile.Write(output, plan);
        }
        else
        {
            PlanView.Show(plan, path);
        }
    }

    private static DateTime StartOfProcess()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }

    private static void Save(string option, string? path, Action<Stream> write)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var output = File.Create(path);
            write(output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PlanRefusedException([$"the plan cannot be written to {path}: {exception.Message}"], $"Check {option}.");
        }
    }
}
