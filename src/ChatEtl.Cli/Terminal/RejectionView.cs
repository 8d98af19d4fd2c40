using System.Text.Encodings.Web;
using System.Text.Json;
using ChatEtl.Checkpoints;
using ChatEtl.Reporting;
using ChatEtl.Writing;
using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Shows rejections and replays, for people or as JSON.</summary>
internal static class RejectionView
{
    private const int RowsATable = 1_000;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lists open rejections page by page; how many there are.</summary>
    /// <param name="known">The destination.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="limit">How many rows at most; 0 for all.</param>
    /// <param name="json">Whether as JSON.</param>
    public static long List(ExplainedDestination known, RejectionFilter filter, long limit, bool json)
    {
        var counts = known.CountRejections(filter);
        var open = counts.Sum(rejections => rejections.Count);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, Indented);
            writer.WriteStartObject();
            WriteCounts(writer, counts);
            writer.WriteStartArray("rows");
            foreach (var rejection in Pages(known, filter, limit).SelectMany(page => page))
            {
                writer.WriteStartObject();
                WriteRow(writer, rejection);
                writer.WriteEndObject();
                if (writer.BytesPending > 1 << 16)
                {
                    writer.Flush();
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return open;
        }

        foreach (var page in Pages(known, filter, limit))
        {
            var table = new Spectre.Console.Table().AddColumn("Id", column => column.RightAligned()).AddColumns("Table", "Key", "Rule", "Reason")
                .AddColumn("Pass", column => column.RightAligned());
            foreach (var rejection in page)
            {
                table.AddRow($"{rejection.Id}", Plain(rejection.Row.Table), Plain(rejection.Row.Key), Plain(rejection.Row.Rule), Plain(rejection.Row.Reason), $"{rejection.Pass}");
            }

            Say.Table(table);
        }

        if (open > 0 && limit > 0 && open > limit)
        {
            Say.Line($"The first {limit:N0} of {open:N0}; --limit lists more.");
        }

        ShowCounts(counts, "No rejection is open.");
        return open;
    }

    /// <summary>Shows one with the values of its row.</summary>
    public static void Show(StoredRejection rejection, bool json)
    {
        using var values = JsonDocument.Parse(rejection.Row.Values);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, Indented);
            writer.WriteStartObject();
            WriteRow(writer, rejection);
            writer.WritePropertyName("values");
            values.RootElement.WriteTo(writer);
            writer.WriteEndObject();
            return;
        }

        Say.Line($"rejection {rejection.Id}, met in pass {rejection.Pass}");
        Say.Line($"{Clean(rejection.Row.Table)} {Clean(rejection.Row.Key)}");
        Say.Line($"{rejection.Row.Rule}: {Clean(rejection.Row.Reason)}");
        Say.Line(rejection.IsReplayable ? "Taken again by chat-etl rejections replay." : "Planned anew by every chat-etl migrate.");
        foreach (var value in values.RootElement.EnumerateObject())
        {
            // As JSON, so that nothing in it can move the cursor.
            Say.Line($"  {Clean(value.Name)} = {JsonSerializer.Serialize(value.Value, RelaxedJson)}");
        }
    }

    /// <summary>Shows what a replay did.</summary>
    public static void Show(ReplayReport report, bool json)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, Indented);
            writer.WriteStartObject();
            writer.WriteBoolean("complete", report.Complete);
            writer.WriteNumber("written", report.Result.Written);
            writer.WriteNumber("reused", report.Result.Reused);
            writer.WriteNumber("skipped", report.Result.Skipped);
            writer.WriteNumber("rejected", report.Result.Rejected);
            writer.WriteStartObject("left");
            WriteCounts(writer, report.Left);
            writer.WriteEndObject();
            writer.WriteEndObject();
            return;
        }

        Say.Line(
            $"{report.Result.Written:N0} rows written, {report.Result.Reused:N0} there already, {report.Result.Skipped:N0} skipped by a rule, {report.Result.Rejected:N0} rejected still.");
        ShowCounts(report.Left, "Nothing is left open among the chosen.");
    }

    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<IReadOnlyList<StoredRejection>> Pages(ExplainedDestination known, RejectionFilter filter, long limit)
    {
        var (after, left) = (0L, limit == 0 ? long.MaxValue : limit);
        while (left > 0 && known.ReadRejections(filter, after, (int)Math.Min(RowsATable, left)) is { Count: > 0 } page)
        {
            yield return page;
            after = page[^1].Id;
            left -= page.Count;
        }
    }

    private static void ShowCounts(IReadOnlyList<RejectionCount> counts, string none)
    {
        if (counts.Count == 0)
        {
            Say.Line(none);
            return;
        }

        var table = new Spectre.Console.Table().AddColumns("Table", "Rule").AddColumn("Open", column => column.RightAligned()).AddColumn("Taken again by");
        foreach (var rejections in counts)
        {
            table.AddRow(Plain(rejections.Table), Plain(rejections.Rule), $"{rejections.Count:N0}", rejections.IsReplayable ? "rejections replay" : "the next migrate");
        }

        Say.Table(table);
    }

    private static void WriteCounts(Utf8JsonWriter json, IReadOnlyList<RejectionCount> counts)
    {
        json.WriteNumber("open", counts.Sum(rejections => rejections.Count));
        json.WriteStartArray("counts");
        foreach (var rejections in counts)
        {
            json.WriteStartObject();
            json.WriteString("table", rejections.Table);
            json.WriteString("rule", rejections.Rule);
            json.WriteNumber("open", rejections.Count);
            json.WriteBoolean("replayable", rejections.IsReplayable);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, StoredRejection rejection)
    {
        json.WriteNumber("id", rejection.Id);
        json.WriteString("table", rejection.Row.Table);
        json.WriteString("key", rejection.Row.Key);
        json.WriteString("rule", rejection.Row.Rule);
        json.WriteString("reason", rejection.Row.Reason);
        json.WriteNumber("pass", rejection.Pass);
        json.WriteBoolean("replayable", rejection.IsReplayable);
    }

    private static string Plain(string text) => Markup.Escape(Clean(text));

    /// <summary>A key may be any text: control characters in it are none of a terminal's business.</summary>
    private static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
