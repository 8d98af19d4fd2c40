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
        var command = new Command(
            "compare", "Compares both sides row by row: names every missing, extra and different row and column. Exit code 6 when anything differs.") { json };
        command.SetAction(async (parsed, _) => await RunAsync(CommandLine.Options(parsed), parsed.GetValue(json), interrupts));
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
            source, plan.Shape, reader, plan.Directory, options.Rules, known.ReadRejectedKeys,
            table => first.TryGetValue(table, out var book) ? book.Reused : 0,
                laterPass: plan.Run is { Pass: > 1 });
        return comparer.Run(onDifference, null, cancellationToken);
    }
}
