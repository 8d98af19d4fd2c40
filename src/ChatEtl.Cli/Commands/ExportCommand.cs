using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;

namespace ChatEtl.Cli.Commands;

/// <summary><c>export</c>: the source as it is, in a file that tells when something of it is lost or changed.</summary>
internal static class ExportCommand
{
    private static readonly TimeSpan NoticePeriod = TimeSpan.FromSeconds(5);

    public static Command Make(Interrupts interrupts)
    {
        var path = new Argument<string>("file") { Description = "The package to make, or to go on with." };
        var level = new Option<string>("--level") { Description = "users, categories, rooms, content or all; each level includes what it needs.", DefaultValueFactory = _ => "all" };
        var categories = new Option<string[]>("--categories")
        {
            Description = "Full path of a category to export with everything under it. May be given several times; without it all are.",
            HelpName = "path",
        };
        var since = new Option<string?>("--since") { Description = "Leaves messages before this instant behind, for example 2013-06-30T22:00:00Z.", HelpName = "instant" };
        var json = new Option<bool>("--json") { Description = "Writes the manifest as one JSON object." };
        var command = new Command(
            "export",
            "Exports the source into a package: its documented tables as they are, with a manifest of counts and digests. Filters are only those given "
            + "here, not the rules of the configuration. Resumes what was interrupted, and ends with a comparison by a second path.") { path, level, categories, since, json };
        command.SetAction(async (parsed, _) =>
        {
            var options = CommandLine.Options(
                parsed,
                $"rules.level={parsed.GetValue(level)}",
                $"rules.categories={JsonSerializer.Serialize(parsed.GetValue(categories) ?? [])}",
                $"rules.messagesSince={parsed.GetValue(since) ?? "null"}");
            return await Task.Run(() => Run(options, Path.GetFullPath(parsed.GetValue(path)!), parsed.GetValue(json), interrupts));
        });
        return command;
    }

    private static int Run(ChatEtlOptions options, string path, bool json, Interrupts interrupts)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
        using var source = Ends.OpenSource(options, prepare: true);
        var exported = false;
        try
        {
            var retries = EndRetries.Of(source, options.Retry, TimeProvider.System, Say.Notice);
            retries.Abort = either.Token;
            var (shape, selection) = ExportPlanner.Plan(ExplainedSource.OfSource(source, retries), options.Source.Generation, options.Rules, either.Token);
            var limits = new BatchLimits(options.Pipeline.BatchRows, options.Pipeline.BatchBytes);
            var clock = Stopwatch.GetTimestamp();
            var noticed = clock;
            var export = new PackageExport(source, shape, selection, path, limits, retries, TimeProvider.System)
            {
                OnRows = (table, rows) =>
                {
                    if (Stopwatch.GetElapsedTime(noticed) >= NoticePeriod)
                    {
                        noticed = Stopwatch.GetTimestamp();
                        Say.Notice($"exporting {table}: {rows:N0} rows");
                    }
                },
            };
            export.Run(either.Token);
            exported = true;
            var took = Stopwatch.GetElapsedTime(clock);
            var differences = options.Compare.AfterMigrate ? Compare() : null;
            PackageView.Show(path, json, differences, PackageView.RoomsShown);
            if (!json)
            {
                Say.Line($"Exported in {took.TotalSeconds:0.0} s.");
            }

            return differences is { Count: > 0 } ? ExitCodes.SidesDiffer : ExitCodes.Success;

            IReadOnlyList<Finding> Compare()
            {
                Say.Notice("Reading the package and the source again and comparing both.");
                return
                [
                    .. PackageCheck.Verify(path, either.Token).Where(finding => finding.Severity == Severity.Error),
                    .. PackageCheck.CompareWith(path, source, shape, selection, limits, retries, either.Token),
                ];
            }
        }
        catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
        {
            Say.Notice(exported
                ? "Stopped. The package is complete, its comparison is not; chat-etl inspect --verify reads it again."
                : "Stopped. What is in the package stands; give the same command again to go on.");
            return ExitCodes.Cancelled;
        }
    }
}
