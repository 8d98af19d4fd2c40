using System.CommandLine;
using System.Text.Json;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Spectre.Console;

namespace ChatEtl.Cli.Commands;

/// <summary><c>status</c>: how far a migration is, read from the destination's checkpoint tables; works while a run is on.</summary>
internal static class StatusCommand
{
    public static Command Make()
    {
        var json = new Option<bool>("--json") { Description = "Writes one JSON object instead of a table." };
        var command = new Command("status", "Shows how far the migration is, from the destination's checkpoints; works while a run is on.") { json };
        command.SetAction(parsed =>
        {
            var options = CommandLine.Options(parsed);
            using var destination = Ends.OpenDestination(options.Destination);
            var known = new ExplainedDestination(destination);
            var run = known.ReadRun();
            var ranges = known.ReadRanges();
            if (parsed.GetValue(json))
            {
                WriteJson(run, ranges);
            }
            else
            {
                WriteTable(known.Description, run, ranges);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void WriteTable(string destination, RunRecord? run, IReadOnlyList<RangeProgress> ranges)
    {
        Say.Line(destination);
        if (run is null)
        {
            Say.Line("No migration has begun here, or it was finished and its tables removed.");
            return;
        }

        Say.Line($"Pass {run.Pass}, {run.State.ToString().ToLowerInvariant()}; epoch {run.Epoch}, {run.Owner}; begun {run.Started:u}, last write {run.Updated:u}");
        var table = SummaryView.Figures("Stream", "Ranges", "Done", "Read", "Written", "Reused", "Skipped", "Rejected");
        foreach (var stream in ranges.GroupBy(range => range.Range.Stream, StringComparer.Ordinal))
        {
            var books = stream.Select(range => range.Checkpoint.Book).ToList();
            table.AddRow(
                stream.Key, $"{books.Count}", $"{stream.Count(range => range.Checkpoint.Done)}", $"{books.Sum(book => book.Read):N0}",
                $"{books.Sum(book => book.Written):N0}", $"{books.Sum(book => book.Reused):N0}",
                $"{books.Sum(book => book.Skipped.Values.Sum()):N0}", $"{books.Sum(book => book.Rejected):N0}");
        }

        Say.Table(table);
    }

    private static void WriteJson(RunRecord? run, IReadOnlyList<RangeProgress> ranges)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("state", run?.State.ToString().ToLowerInvariant() ?? "none");
        if (run is not null)
        {
            json.WriteNumber("pass", run.Pass);
            json.WriteNumber("epoch", run.Epoch);
            json.WriteString("owner", run.Owner);
            json.WriteString("started", run.Started);
            json.WriteString("updated", run.Updated);
            json.WriteNumber("ranges", ranges.Count);
            json.WriteNumber("rangesDone", ranges.Count(range => range.Checkpoint.Done));
            json.WriteStartObject("streams");
            foreach (var stream in ranges.GroupBy(range => range.Range.Stream, StringComparer.Ordinal))
            {
                var sum = new Chat.Book();
                foreach (var range in stream)
                {
                    sum.Add(range.Checkpoint.Book);
                }

                json.WriteStartObject(stream.Key);
                json.WriteNumber("ranges", stream.Count());
                json.WriteNumber("done", stream.Count(range => range.Checkpoint.Done));
                Reporting.RunReportJson.WriteBook(json, sum);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
