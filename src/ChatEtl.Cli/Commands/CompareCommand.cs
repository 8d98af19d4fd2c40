using System.CommandLine;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Commands;

/// <summary><c>compare</c>: proves the migration row by row, by a second path.</summary>
internal static class CompareCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var json = new Option<bool>("--json") { Description = "Writes one JSON object, the differences in it as they are found." };
        var access = new Option<bool>("--access")
        {
            Description = "Compares access alone, person by person: who can see, join, read, post to and manage each room before and after. "
                + "Exit code 6 for any gain and any loss that no rule explains.",
        };
        var losses = new Option<bool>("--losses") { Description = "With --access: lists the losses that a rule explains too, not only their numbers." };
        var limit = new Option<long>("--limit")
        {
            Description = "With --access: how many changes of each kind are listed at most; 0 lists all. All are counted.",
            DefaultValueFactory = _ => 1_000,
            HelpName = "number",
        };
        CommandLine.Demand(limit, 0, "--limit wants a number of changes, or 0.");
        var command = new Command(
            "compare", "Compares both sides row by row: names every missing, extra and different row and column. Exit code 6 when anything differs.")
        {
            json, access, losses, limit,
        };
        command.SetAction(async (parsed, _) => parsed.GetValue(access)
            ? await AccessAsync(CommandLine.Options(parsed), new AccessListing(parsed.GetValue(limit), parsed.GetValue(losses)), parsed.GetValue(json), interrupts)
            : await RunAsync(CommandLine.Options(parsed), parsed.GetValue(json), interrupts));
        return command;
    }

    /// <summary>Compares; every difference is given out as it is found.</summary>
    public static async Task<CompareReport> CompareAsync(Ends ends, ChatEtlOptions options, Action<Difference> onDifference, Interrupts interrupts)
    {
        Say.Notice("Comparing both sides row by row.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        return await Task.Run(() => Compare(ends, options, onDifference, either.Token));
    }

    private static async Task<int> RunAsync(ChatEtlOptions options, bool json, Interrupts interrupts)
    {
        using var ends = Ends.Open(options, prepare: false);
        CompareReport report;
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new CompareJsonWriter(output);
            report = await CompareAsync(ends, options, writer.Write, interrupts);
            writer.Complete(report);
        }
        else
        {
            report = await CompareAsync(ends, options, ShowDifference, interrupts);
            SummaryView.Show(report);
        }

        return report.IsClean ? ExitCodes.Success : ExitCodes.SidesDiffer;
    }

    private static async Task<int> AccessAsync(ChatEtlOptions options, AccessListing listing, bool json, Interrupts interrupts)
    {
        using var ends = Ends.Open(options, prepare: false);
        Say.Notice("Comparing who can see, join, read, post to and manage each room.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        AccessProofReport report;
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new AccessJsonWriter(output);
            report = await Task.Run(() => Prove(ends, options, writer.Write, listing, either.Token));
            writer.Complete(report);
        }
        else
        {
            report = await Task.Run(() => Prove(ends, options, AccessView.Show, listing, either.Token));
            AccessView.Show(report);
        }

        return report.IsClean ? ExitCodes.Success : ExitCodes.SidesDiffer;
    }

    /// <summary>Compares access from the two databases alone; what a run stored only pairs merged rooms and explains losses.</summary>
    private static AccessProofReport Prove(
        Ends ends, ChatEtlOptions options, Action<AccessChange> onChange, AccessListing listing, CancellationToken cancellationToken)
    {
        var reading = EndRetries.Of(ends.Source, options.Retry, TimeProvider.System, Say.Notice);
        var readingBack = EndRetries.Of(ends.Destination, options.Retry, TimeProvider.System, Say.Notice);
        reading.Abort = readingBack.Abort = cancellationToken;
        var directories = AccessDirectories.Read(
            ExplainedSource.OfSource(ends.Source, reading), ExplainedSource.OfDestination(ends.Reader, readingBack), options.Source.Generation, cancellationToken);
        var decisions = new ExplainedDestination(ends.Destination, readingBack).ReadDecisions();
        return new AccessProof(directories.Source, directories.Destination, options.Rules, decisions).Run(onChange, listing, cancellationToken);
    }

    public static void ShowDifference(Difference difference) =>
        Say.Line($"{difference.Kind} {difference.Table} {difference.Key}{(difference.Column.Length == 0 ? "" : " " + difference.Column)}: {difference.Detail}");

    /// <summary>Compares, on the calling thread and without a word.</summary>
    public static CompareReport Compare(Ends ends, ChatEtlOptions options, Action<Difference> onDifference, CancellationToken cancellationToken)
    {
        var reading = EndRetries.Of(ends.Source, options.Retry, TimeProvider.System, Say.Notice);
        var readingBack = EndRetries.Of(ends.Destination, options.Retry, TimeProvider.System, Say.Notice);
        reading.Abort = readingBack.Abort = cancellationToken;
        var (source, reader, known) = (
            ExplainedSource.OfSource(ends.Source, reading), ExplainedSource.OfDestination(ends.Reader, readingBack),
            new ExplainedDestination(ends.Destination, readingBack));
        var plan = PassPlanner.Plan(source, known, reader, options.Source.Generation, options.Rules, forWriting: false, cancellationToken);
        plan.Demand();
        var first = known.ReadBooks(1);
        var comparer = new Comparer(
            source, reader, plan, options.Rules, known.ReadRejectedKeys, table => first.TryGetValue(table, out var book) ? book.Reused : 0);
        return comparer.Run(onDifference, null, cancellationToken);
    }
}
