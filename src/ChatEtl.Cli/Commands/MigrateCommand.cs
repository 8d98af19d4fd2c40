using System.CommandLine;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Evidence;
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
        using var recorder = new RunRecorder(options, TimeProvider.System);
        try
        {
            var terms = planned is null ? null : PlanFile.Read(planned);
            if (terms is not null)
            {
                CheckBeforeMaking(options, terms, interrupts.Stop);
            }

            using var ends = Ends.Open(options, prepare: true, root: terms?.NewDestinationRoot);
            return await RunAsync(ends, options, terms, last, json, recorder, interrupts);
        }
        catch (Exception exception)
        {
            recorder.SaveFailure(exception);
            throw;
        }
    }

    private static async Task<int> RunAsync(
        Ends ends, ChatEtlOptions options, PlanTerms? terms, bool last, bool json, RunRecorder recorder, Interrupts interrupts)
    {
        var migration = new Migration(ends.Source, ends.Destination, ends.Reader, options, Owner.Now, TimeProvider.System)
        {
            Gate = terms is null ? null : pass => PlanDrift.Refuse(terms, pass),
        };
        recorder.Watch(ends, migration.Progress, interrupts.Stop);
        var report = await ProgressView.WatchAsync(migration.Progress, () => migration.RunAsync(last, interrupts.Stop, interrupts.Abort));
        recorder.Moved(report);
        var compare = report.Complete && options.Compare.AfterMigrate ? await CompareAsync(ends, options, report.Epoch, json, recorder, interrupts) : null;
        var outcome = OutcomeOf(report, compare, options);
        var document = recorder.Save(outcome, compare);
        SayWhatCameSince(terms, report);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            RunRecorder.WriteJson(output, document);
        }
        else
        {
            SummaryView.Show(report, compare, options.Report.Path);
            if (options.Report.Html is { } page)
            {
                Say.Line($"The report, to read and to hand on: {page}");
            }
        }

        if (outcome.ExitCode == ExitCodes.Cancelled)
        {
            Say.Notice($"{outcome.Message} {outcome.Next}");
        }

        return outcome.ExitCode;
    }

    private static RunOutcome OutcomeOf(RunReport report, CompareReport? compare, ChatEtlOptions options) => (report.Complete, compare) switch
    {
        (false, _) => new(ExitCodes.Cancelled, "stopped", "Stopped.", "The last checkpoint stands; give the same command again to go on."),
        (_, null) when options.Compare.AfterMigrate => new(
            ExitCodes.Cancelled, "stopped", "Stopped.", "The migration is complete, its comparison is not; give chat-etl compare to have the proof."),
        (_, null) => new(ExitCodes.Success, "complete", "The migration is complete; it was not compared.", "Give chat-etl compare to have the proof."),
        (_, { IsClean: false }) => new(
            ExitCodes.SidesDiffer, "differs", "The migration is complete, but the sides differ.", "The comparison names the differences; chat-etl compare makes it again."),
        _ => new(
            ExitCodes.Success, "complete", "The migration is complete and was compared.",
            "The same command again copies what has been written since; chat-etl finish ends the migration."),
    };

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

    /// <summary>The comparison after the migration, which goes into the event log; null when it was stopped.</summary>
    private static async Task<CompareReport?> CompareAsync(Ends ends, ChatEtlOptions options, long epoch, bool json, RunRecorder recorder, Interrupts interrupts)
    {
        try
        {
            var compare = await CompareCommand.CompareAsync(ends, options, Take, interrupts);
            EvidenceCommand.Record(ends.Destination, options, RunEvents.OfCompare(TimeProvider.System.GetUtcNow().UtcDateTime, Owner.Now, compare.IsClean, compare.Differences, compare.Digest), epoch);
            return compare;
        }
        catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
        {
            return null;
        }

        void Take(Difference difference)
        {
            recorder.Take(difference);
            if (!json)
            {
                CompareCommand.ShowDifference(difference);
            }
        }
    }
}
