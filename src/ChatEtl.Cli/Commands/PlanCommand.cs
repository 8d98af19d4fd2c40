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
        var exact = new Option<bool>("--exact") { Description = "Reads every message, however many there are; otherwise more than two million are estimated." };
        var command = new Command(
            "plan",
            "Says what a migration would do, and writes nothing to either database: what there is, every finding with what to do about it, what becomes of "
            + "rooms and people, and how many rows are written, skipped and rejected. Exit code 0 when nothing is to be decided, 7 with warnings only, 2 with "
            + "errors that would stop the run.")
        {
            output, exact, json,
        };
        command.SetAction(async (parsed, _) => await RunAsync(
            CommandLine.Options(parsed), parsed.GetValue(output), parsed.GetValue(exact), parsed.GetValue(json), interrupts));
        return command;
    }

    private static async Task<int> RunAsync(ChatEtlOptions options, string? path, bool exact, bool json, Interrupts interrupts)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        using var ends = Ends.OpenForPlan(options, null);
        Say.Notice("Planning: reading both directories and the messages. Nothing is written to either database.");
        var planner = new MigrationPlanner(ends.Source, ends.Destination, ends.Reader, options, TimeProvider.System, Say.Notice)
        {
            NewDestinationRoot = ends.NewDestinationRoot,
            DestinationDescription = ends.NewDestinationRoot is null ? null : $"SQLite {options.Destination.Path}, which does not exist yet: judged against the empty database that migrate will make",
            Exact = exact,
        };
        var plan = await Task.Run(() => planner.Plan(either.Token));
        if (path is not null)
        {
            Save(path, plan);
        }

        if (json)
        {
            using var output = Console.OpenStandardOutput();
            PlanFile.Write(output, plan);
        }
        else
        {
            PlanView.Show(plan, path);
        }

        return plan.ExitCode;
    }

    private static void Save(string path, MigrationPlan plan)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var output = File.Create(path);
            PlanFile.Write(output, plan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PlanRefusedException([$"the plan cannot be written to {path}: {exception.Message}"], "Check --out.");
        }
    }
}
