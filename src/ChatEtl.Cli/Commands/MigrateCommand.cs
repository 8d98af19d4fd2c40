using System.CommandLine;
using System.Text.Json;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reporting;

namespace ChatEtl.Cli.Commands;

/// <summary><c>migrate</c>: starts a migration, resumes an interrupted one, or catches up after a finished one.</summary>
internal static class MigrateCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var last = new Option<bool>("--last") { Description = "Marks the pass as the last one: looks for messages missing below what earlier passes took." };
        var json = new Option<bool>("--json") { Description = "Writes the run report as one JSON object." };
        var command = new Command("migrate", "Migrates; resumes what was interrupted; after a finished migration copies only what is new.") { last, json };
        command.SetAction(async (parsed, _) => await RunAsync(CommandLine.Options(parsed), parsed.GetValue(last), parsed.GetValue(json), interrupts));
        return command;
    }

    private static async Task<int> RunAsync(ChatEtlOptions options, bool last, bool json, Interrupts interrupts)
    {
        using var ends = Ends.Open(options, prepare: true);
        var migration = new Migration(
            ends.Source, ends.Destination, ends.Reader, options, Owner.Now, TimeProvider.System);
        var report = await ProgressView.WatchAsync(migration.Progress, () => migration.RunAsync(last, interrupts.Stop, interrupts.Abort));
        var compare = report.Complete && options.Compare.AfterMigrate ? await CompareAsync(ends, options, report.Epoch, json, interrupts) : null;
        WriteReport(options.Report.Path, report, compare);
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

    /// <summary>The comparison after the migration, which goes into the event log; null when it was stopped.</summary>
    private static async Task<CompareReport?> CompareAsync(Ends ends, ChatEtlOptions options, long epoch, bool json, Interrupts interrupts)
    {
        try
        {
            var compare = await CompareCommand.CompareAsync(ends, options, json ? _ => { } : CompareCommand.ShowDifference, interrupts);
            EvidenceCommand.Record(ends.Destination, options, RunEvents.OfCompare(TimeProvider.System.GetUtcNow().UtcDateTime, Owner.Now, compare.IsClean, compare.Differences, compare.Digest), epoch);
            return compare;
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
