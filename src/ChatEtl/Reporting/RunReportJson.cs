using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Pipeline;

namespace ChatEtl.Reporting;

/// <summary>Writes a run report as JSON.</summary>
public static class RunReportJson
{
    /// <summary>Writes the report as the properties of the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, RunReport report)
    {
        json.WriteString("source", report.Source);
        json.WriteString("destination", report.Destination);
        json.WriteString("generation", report.Generation.ToString());
        json.WriteNumber("pass", report.Pass);
        json.WriteNumber("epoch", report.Epoch);
        json.WriteBoolean("resumed", report.Resumed);
        json.WriteBoolean("complete", report.Complete);
        json.WriteString("started", report.Started);
        json.WriteNumber("seconds", Math.Round(report.Duration.TotalSeconds, 3));
        json.WriteNumber("rowsRead", report.RowsRead);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("retries", report.Retries);
        json.WriteStartObject("speed");
        json.WriteString("limit", report.Stages.Slowest.ToString().ToLowerInvariant());
        json.WriteNumber("batchRows", report.BatchRows);
        json.WriteNumber("rangesAtOnce", report.Lanes);
        json.WriteStartObject("secondsAtWork");
        foreach (var stage in Enum.GetValues<Stage>())
        {
            json.WriteNumber(stage.ToString().ToLowerInvariant(), Math.Round(report.Stages[stage].TotalSeconds, 3));
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("digest", report.Digest);
        json.WriteBoolean("balances", report.Balances);
        json.WriteStartObject("tables");
        foreach (var (table, book) in report.Books.OrderBy(book => book.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(table);
            WriteBook(json, book);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteFindings(json, report.Findings);
        WriteRejections(json, report);
    }

    /// <summary>Writes the array <c>findings</c> into the object that is open.</summary>
    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
            json.WriteString("table", finding.Table);
            json.WriteString("key", finding.Key);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a book as properties of the object that is open.</summary>
    public static void WriteBook(Utf8JsonWriter json, Book book)
    {
        json.WriteNumber("read", book.Read);
        json.WriteNumber("written", book.Written);
        json.WriteNumber("reused", book.Reused);
        json.WriteNumber("rejected", book.Rejected);
        json.WriteNumber("derived", book.Derived);
        json.WriteStartObject("skipped");
        foreach (var (rule, rows) in book.Skipped)
        {
            json.WriteNumber(rule, rows);
        }

        json.WriteEndObject();
        json.WriteBoolean("balances", book.Balances);
    }

    private static void WriteRejections(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartObject("rejections");
        json.WriteNumber("count", report.RejectionCount);
        json.WriteStartArray("rows");
        foreach (var rejection in report.Rejections)
        {
            json.WriteStartObject();
            json.WriteString("rule", rejection.Rule);
            json.WriteString("table", rejection.Table);
            json.WriteString("key", rejection.Key);
            json.WriteString("reason", rejection.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
