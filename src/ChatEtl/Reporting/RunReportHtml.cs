using System.Globalization;
using System.Text.Json;

namespace ChatEtl.Reporting;

/// <summary>Makes the page of a run's report from its JSON: it says the same, and nothing else.</summary>
public static class RunReportHtml
{
    /// <summary>Writes the page.</summary>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="report">What <see cref="RunDocument"/> wrote.</param>
    /// <exception cref="InvalidOperationException">It is no such report.</exception>
    public static void Write(Stream output, JsonElement report)
    {
        if (report.ValueKind != JsonValueKind.Object || report.Maybe("outcome") is not { ValueKind: JsonValueKind.Object } || report.Whole("format") != RunDocument.Format)
        {
            throw new InvalidOperationException("This JSON is no report of a migration by this version.");
        }

        var subtitle = $"{report.Text("source")} → {report.Text("destination")}";
        HtmlPage.Write(output, "Migration report", subtitle, html =>
        {
            WriteSummary(html, report);
            RunTimelineHtml.Write(html, report);
            RunTablesHtml.WriteBooks(html, report);
            RunTablesHtml.WriteCategories(html, report);
            RunTablesHtml.WriteRooms(html, report);
            RunTablesHtml.WriteComparison(html, report);
            RunTablesHtml.WriteAccess(html, report);
            RunTablesHtml.WriteFindings(html, report);
            RunTablesHtml.WriteRejections(html, report);
            WriteSurroundings(html, report);
        });
    }

    private static void WriteSummary(HtmlWriter html, JsonElement report)
    {
        var outcome = report.GetProperty("outcome");
        var tone = outcome.Text("state") switch { "complete" => Tone.Good, "stopped" => Tone.Warn, _ => Tone.Bad };
        HtmlPage.Section(html, "Summary", section =>
        {
            section.Open("div", ("class", "verdicts"));
            HtmlPage.Verdict(section, "This run", tone, outcome.Text("state"), $"{outcome.Text("message")} {outcome.Text("next")}");
            WriteProofs(section, report);
            section.Close();
            HtmlPage.Facts(section, Facts(report));
            WriteExplanation(section);
        });
    }

    private static void WriteProofs(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("compare") is not { } compare)
        {
            foreach (var promise in (ReadOnlySpan<string>)["Exactly once", "Nothing silently changed", "Nobody gains access"])
            {
                HtmlPage.Verdict(html, promise, Tone.Plain, "not proved here", "This run has no comparison. The command chat-etl compare makes it from both databases.");
            }

            return;
        }

        var tables = compare.Rows("tables").ToList();
        var (misplaced, balances) = (tables.Sum(table => table.Whole("missing") + table.Whole("extra")), report.Flag("balances"));
        Proof(
            html, "Exactly once", misplaced == 0 && balances,
            $"{compare.Figure("expected")} rows expected, {HtmlTable.Figure(misplaced)} missing or extra; the books of {report.Parts("tables").Count()} tables {(balances ? "balance" : "do not balance")}.");
        var changed = tables.Sum(table => table.Whole("different"));
        Proof(
            html, "Nothing silently changed", changed == 0,
            $"{HtmlTable.Figure(tables.Sum(table => table.Whole("equal")))} rows equal to the byte, {HtmlTable.Figure(changed)} different; "
            + $"{HtmlTable.Figure(tables.Sum(table => table.Whole("rejected")))} rejected with a reason.");
        var access = compare.GetProperty("access");
        Proof(
            html, "Nobody gains access", access.Flag("clean"),
            $"{access.Figure("entries")} entries of {access.Figure("rooms")} rooms judged, {access.Figure("gains")} gains; "
            + $"{HtmlTable.Figure(access.Parts("losses").Sum(loss => loss.Value.GetInt64()))} losses by rule.");
    }

    private static void Proof(HtmlWriter html, string promise, bool holds, string figures) =>
        HtmlPage.Verdict(html, promise, holds ? Tone.Good : Tone.Bad, holds ? "proved" : "BROKEN", figures);

    private static IEnumerable<(string Name, string Value)> Facts(JsonElement report)
    {
        yield return ("Source", report.Text("source"));
        yield return ("Destination", report.Text("destination"));
        if (report.Maybe("pass") is not null)
        {
            yield return ("Pass", $"{report.Whole("pass")}{(report.Flag("resumed") ? ", resumed after an interruption" : "")}; run {report.Whole("epoch")} on this destination");
        }

        if (report.Text("phase") is { Length: > 0 } phase)
        {
            yield return ("Ended while", phase);
        }

        if (report.Maybe("started") is { } started)
        {
            var seconds = report.Number("seconds");
            yield return ("Time", $"from {Instant(started.GetDateTime())} to {Instant(started.GetDateTime().AddSeconds(seconds))}, {Duration(seconds)}");
            yield return ("Read by this run", $"{report.Figure("rowsRead")} rows of the streams, {report.Number("bytes") / 1e6:N1} MB of text");
            yield return ("Rate", $"{report.Whole("rowsRead") / Math.Max(seconds, 0.001):N0} rows/s, {report.Number("bytes") / 1e6 / Math.Max(seconds, 0.001):N1} MB/s, planning included");
            yield return ("Tried again", report.Whole("retries") == 1 ? "once" : $"{report.Figure("retries")} times");
        }

        if (report.Maybe("rejections") is { } rejections)
        {
            yield return ("Rejections open", rejections.Figure("count"));
        }

        var digest = report.Maybe("compare")?.Text("digest") ?? report.Text("digest");
        if (digest.Length > 0)
        {
            yield return ("Digest of all messages", digest);
        }
    }

    private static void WriteExplanation(HtmlWriter html)
    {
        html.Open("details").Element("summary", "What the three proofs rest on");
        html.Element("p", "The comparison reads both databases anew, after the run, by another path than the migration: it applies the rules to every row of the source and looks for exactly that row at the destination. "
            + "It uses neither the checkpoints nor the counts of the run.");
        html.Element("p", "Exactly once: every row that the rules give is there once, no other row of ours is, and for each table the rows read are those written, met there already, skipped by a rule or rejected.");
        html.Element("p", "Nothing silently changed: every value of every row is equal to the byte to what the rules give. A row that cannot be carried is rejected, with a reason and with its values kept at the destination.");
        html.Element("p", "Nobody gains access: every entry that reads a room at the destination could read it in the source. A group counts as one entry.");
        html.Element("p", "A digest is the sum of the XXH128 digests of a room's messages as they stand at the destination. It finds faults, not forgers.");
        html.Close();
    }

    private static void WriteSurroundings(HtmlWriter html, JsonElement report)
    {
        HtmlPage.Section(html, "Settings", section =>
        {
            section.Element("p", "All options that apply, defaults included; those that are secret are never written.");
            HtmlTable.Write(section, "Options", [new("Option"), new("Value")], [.. Settings("", report.GetProperty("settings"))]);
        });
        HtmlPage.Section(html, "Versions and environment", section => HtmlPage.Facts(
            section,
            report.Parts("versions").Concat(report.Parts("environment")).Select(part => (Heading(part.Name), part.Name == "memoryBytes" ? $"{part.Value.GetInt64() / 1e9:N1} GB" : part.Value.ToString()))
                .Append(("Report written", Instant(report.Maybe("written")?.GetDateTime() ?? default)))));
    }

    private static IEnumerable<IReadOnlyList<string>> Settings(string section, JsonElement json)
    {
        foreach (var option in json.EnumerateObject())
        {
            var path = section.Length == 0 ? option.Name : $"{section}.{option.Name}";
            if (option.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var row in Settings(path, option.Value))
                {
                    yield return row;
                }
            }
            else
            {
                yield return [path, option.Value.ValueKind == JsonValueKind.Null ? "null" : option.Value.ToString()];
            }
        }
    }

    private static string Heading(string name) => name switch
    {
        "chatEtl" => "ChatEtl",
        "runtime" => "Runtime",
        "host" => "Host",
        "system" => "Operating system",
        "architecture" => "Architecture",
        "processors" => "Processors",
        "memoryBytes" => "Memory",
        "timeZone" => "Time zone of the host",
        _ => name,
    };

    /// <summary>A length of time for people.</summary>
    internal static string Duration(double seconds) => seconds switch
    {
        < 60 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 86_400 => TimeSpan.FromSeconds(seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => TimeSpan.FromSeconds(seconds).ToString(@"d\ \d\ h\:mm\:ss", CultureInfo.InvariantCulture),
    };

    private static string Instant(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
