using System.CommandLine;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Diagnostics;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Commands;

/// <summary><c>finish</c>: removes our own tables from the destination, once the comparison is clean.</summary>
internal static class FinishCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var command = new Command(
            "finish",
            "Writes the manifest of the migration (report.evidence; see evidence), then removes ChatEtl's own tables from the destination. Refuses while a pass is "
            + "open, rows are rejected, or the sides differ.");
        command.SetAction(async (parsed, _) => await RunAsync(CommandLine.Options(parsed), interrupts));
        return command;
    }

    private static async Task<int> RunAsync(ChatEtlOptions options, Interrupts interrupts)
    {
        using var ends = Ends.Open(options, prepare: false);
        var retries = EndRetries.Of(ends.Destination, options.Retry, TimeProvider.System, Say.Notice);
        retries.Abort = interrupts.Abort;
        var known = new ExplainedDestination(ends.Destination, retries);
        var run = known.ReadRun();
        var rejections = known.CountRejections(RejectionFilter.All).Sum(counted => counted.Count);
        if (run is null)
        {
            Say.Line("Nothing to finish: no migration has begun here, or it was finished before.");
            return ExitCodes.Success;
        }

        if (run.State != RunState.Finished)
        {
            Say.Failure("A pass is not complete.", "Nothing was removed. Give migrate again to complete it, then finish.");
            return ExitCodes.NotAllowed;
        }

        if (rejections > 0)
        {
            Say.Failure($"{rejections:N0} {(rejections == 1 ? "rejection is" : "rejections are")} open (B7).", "Nothing was removed. See chat-etl rejections list, mend their cause, give migrate and chat-etl rejections replay, then finish.");
            return ExitCodes.TooManyRejections;
        }

        var manifest = options.Report.Evidence;
        if (manifest is not null)
        {
            EvidenceFile.DemandReplaceable(manifest, known.ReadEvents());
        }

        var report = await CompareCommand.CompareAsync(ends, options, CompareCommand.ShowDifference, interrupts);
        SummaryView.Show(report);
        if (!report.IsClean)
        {
            Say.Failure("The sides differ.", "Nothing was removed. Settle the differences, then finish.");
            return ExitCodes.SidesDiffer;
        }

        known.Record(RunEvents.OfCompare(TimeProvider.System.GetUtcNow().UtcDateTime, Owner.Now, report.IsClean, report.Differences, report.Digest), run.Epoch);
        known.Record(RunEvents.OfRemoval(TimeProvider.System.GetUtcNow().UtcDateTime, Owner.Now, manifest), run.Epoch);
        if (manifest is not null)
        {
            await WriteManifestAsync(known, retries, options, manifest, interrupts);
        }

        using (Spans.Start(Spans.Finish))
        {
            known.RemoveOwnTables(run.Epoch);
        }

        Say.Line("Finished: the destination is a plain Persistent Chat database.");
        Say.Line(manifest is null
            ? "No manifest was written, because report.evidence names no file: nothing is left here to prove the migration by."
            : $"The manifest, to prove the migration by: {manifest}");
        return ExitCodes.Success;
    }

    private static async Task WriteManifestAsync(ExplainedDestination known, EndRetries retries, ChatEtlOptions options, string path, Interrupts interrupts)
    {
        Say.Notice("Reading the destination once more, for the manifest.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        using var reader = Ends.OpenReader(options, keepHalfPairs: true);
        await Task.Run(() => EvidenceCommand.Write(known, ExplainedSource.OfDestination(reader, retries), path, either.Token));
    }
}
