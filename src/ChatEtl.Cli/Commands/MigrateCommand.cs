using System.CommandLine;
using System.Text.Json;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Planning;
using ChatEtl.Reporting;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Commands;

/// <summary><c>migrate</c>: starts a migration, resumes an interrupted one, or catches up after a finished one.</summary>
internal static class MigrateCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var last = new Option<bool>("--last") { Description = "Marks the pass as the last one: looks for messages missing below what earlier passes took." };
        var json = new Option<bool>("--json") { Description = "Writes the run report as one JSON object." };
        var plan = new Option<string?>("--plan")
        {
            Description = "Does exactly what this plan says, and refuses when source, destination or rules changed since it was made; new messages are no change.",
            HelpName = "plan.json",
        };
        var command = new Command("migrate", "Migrates; resumes what was interrupted; after a finished migration copies only what is new.") { plan, last, json };
        command.SetAction(async (parsed, _) => await RunAsync(
            CommandLine.Options(parsed), parsed.GetValue(plan), parsed.GetValue(last), parsed.GetValue(json), interrupts));
        return command;
    }

    private static async Task<int> RunAsync(ChatEtlOptions options, string? planned, bool last, bool json, Interrupts interrupts)
    {
        var terms = planned is null ? null : PlanFile.Read(planned);
        if (terms is not null)
        {
            CheckBeforeMaking(options, terms, interrupts.Stop);
        }

        using var ends = Ends.Open(options, prepare: true, root: terms?.NewDestinationRoot);
        var migration = new Migration(
            ends.Source, ends.Destination, ends.Reader, options, $"process {Environment.ProcessId} on {Environment.MachineName}", TimeProvider.System)
        {
            Gate = terms is null ? null : pass => PlanDrift.Refuse(terms, pass),
        };
        var report = await ProgressView.WatchAsync(migration.Progress, () => migration.RunAsync(last, interrupts.Stop, interrupts.Abort));
        var compare = report.Complete && options.Compare.AfterMigrate ? await CompareAsync(ends, options, json, interrupts) : null;
        WriteReport(options.Report.Path, report, compare);
        SayWhatCameSince(terms, report);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            WriteJson(output, report, compare);
        }
        else
        {
            SummaryView.Show(report, compare, options.Report.Path);
        }

        if (!report.Complete)
        {
            Say.Notice("Stopped. The last checkpoint stands; give the same command again to go on.");
            return ExitCodes.Cancelled;
        }

        if (compare is null && options.Compare.AfterMigrate)
        {
            Say.Notice("Stopped. The migration is complete, its comparison is not; give chat-etl compare to have the proof.");
            return ExitCodes.Cancelled;
        }

        return compare is { IsClean: false } ? ExitCodes.SidesDiffer : ExitCodes.Success;
    }

    /// <summary>A destination that does not exist is made only when the plan holds: nothing is written otherwise.</summary>
    private static void CheckBeforeMaking(ChatEtlOptions options, PlanTerms terms, CancellationToken stop)
    {
        using var ends = Ends.OpenForPlan(options, terms.NewDestinationRoot);
        if (ends.NewDestinationRoot is not null)
        {
            PlanDrift.Refuse(terms, PassPlanner.Plan(
                ends.Source, new ExplainedDestination(ends.Destination), ends.Reader, options.Source.Generation, options.Rules, forWriting: false, stop));
        }
    }

    private static void SayWhatCameSince(PlanTerms? terms, RunReport report)
    {
        if (terms is { MessagesAreExact: true } && report.Complete && report.Books.TryGetValue(Streams.Messages, out var chat) && chat.Read != terms.Messages)
        {
            var more = chat.Read - terms.Messages;
            Say.Notice($"The plan counted {terms.Messages:N0} messages; the pass read {Math.Abs(more):N0} {(more > 0 ? "more" : "fewer")}.");
        }
    }

    /// <summary>The comparison after the migration; null when it was stopped.</summary>
    private static async Task<CompareReport?> CompareAsync(Ends ends, ChatEtlOptions options, bool json, Interrupts interrupts)
    {
        try
        {
            return await CompareCommand.CompareAsync(ends, options, json ? _ => { } : CompareCommand.ShowDifference, interrupts);
        }
        catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void WriteReport(string? path, RunReport report, CompareReport? compare)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var output = File.Create(path);
            WriteJson(output, report, compare);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The migration stands; only its report could not be saved.
            Say.Notice($"warning: the report cannot be written to {path}: {exception.Message}");
        }
    }

    private static void WriteJson(Stream output, RunReport report, CompareReport? compare)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        RunReportJson.Write(json, report);
        if (compare is not null)
        {
            json.WriteStartObject("compare");
            compare.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
