using System.Text.Json;

namespace ChatEtl.Reporting;

/// <summary>Writes the tables of a run's report.</summary>
internal static class RunTablesHtml
{
    private static readonly string[] Sums = ["read", "equal", "rejected", "skipped", "missing", "extra", "different"];

    private static readonly HtmlColumn[] SumColumns =
        [new("Read", true), new("Equal", true), new("Rejected", true), new("Skipped", true), new("Missing", true), new("Extra", true), new("Different", true)];

    /// <summary>The books of the pass by source table.</summary>
    public static void WriteBooks(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("tables") is not { } tables)
        {
            return;
        }

        HtmlPage.Section(html, "Tables", section =>
        {
            section.Element("p", "The books of the pass, runs of it that were interrupted included. For each table: read = written + reused + skipped + rejected.");
            HtmlTable.Write(
                section, "Source tables",
                [new("Table"), new("Read", true), new("Written", true), new("Reused", true), new("Skipped, by rule"), new("Rejected", true), new("Made by rules", true), new("Books")],
                [.. tables.EnumerateObject().Select(table => (string[])
                [
                    table.Name, table.Value.Figure("read"), table.Value.Figure("written"), table.Value.Figure("reused"), ByRule(table.Value, "skipped"),
                    table.Value.Figure("rejected"), table.Value.Figure("derived"),
                    table.Value.Flag("balances") ? "balance" : report.Flag("complete") ? "DO NOT BALANCE" : "open",
                ])]);
        });
    }

    /// <summary>Messages by category of the source.</summary>
    public static void WriteCategories(HtmlWriter html, JsonElement report)
    {
        var categories = report.Rows("rooms").GroupBy(room => room.Text("sourceCategory"), StringComparer.Ordinal).ToList();
        if (categories.Count == 0)
        {
            return;
        }

        HtmlPage.Section(html, "Categories", section => HtmlTable.Write(
            section, "Messages by category of the source, as the comparison counted them", [new("Category"), new("Rooms", true), new("Left out", true), .. SumColumns],
            [.. categories.Select(rooms => (string[])
            [
                rooms.Key.Length == 0 ? "(top level)" : rooms.Key, HtmlTable.Figure(rooms.Count()), HtmlTable.Figure(rooms.Count(room => room.Text("skippedBy").Length > 0)),
                .. Sums.Select(figure => HtmlTable.Figure(rooms.Sum(room => room.Whole(figure)))),
            ])]));
    }

    /// <summary>Messages by room.</summary>
    public static void WriteRooms(HtmlWriter html, JsonElement report) => HtmlPage.Section(html, "Rooms", section =>
    {
        if (report.Maybe("rooms") is null)
        {
            section.Element("p", "Figures by room come from the comparison, and this run has none.");
            return;
        }

        section.Element("p", "Read counts the room's messages in the source; equal ones are at the destination to the byte. The digest is of all messages that the destination holds in the room.");
        HtmlTable.Write(
            section, "Messages by room", [new("Room"), new("Category"), new("At the destination"), new("Its category"), .. SumColumns, new("Digest")],
            [.. report.Rows("rooms").Select(room => (string[])
            [
                room.Text("source"), room.Text("sourceCategory"),
                room.Text("skippedBy") is { Length: > 0 } rule ? $"left out by {rule}" : Named(room), room.Text("category"),
                .. Sums.Select(figure => room.Figure(figure)), room.Text("digest"),
            ])]);
    });

    /// <summary>What the comparison found by destination table, and the first differences.</summary>
    public static void WriteComparison(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("compare") is not { } compare)
        {
            return;
        }

        HtmlPage.Section(html, "Comparison", section =>
        {
            section.Element("p", compare.Flag("clean") ? "The sides agree." : $"The sides differ: {compare.Figure("differenceCount")} differences.");
            string[] figures = ["expected", "equal", "kept", "rejected", "missing", "extra", "different"];
            HtmlTable.Write(
                section, "Destination tables",
                [new("Table"), new("Expected", true), new("Equal", true), new("Kept", true), new("Rejected", true), new("Missing", true), new("Extra", true), new("Different", true)],
                [.. compare.Rows("tables").Select(table => (string[])[table.Text("table"), .. figures.Select(figure => table.Figure(figure))])]);
            WriteDifferences(section, report, compare, gains: false);
        });
    }

    /// <summary>Who gains and who loses access.</summary>
    public static void WriteAccess(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("compare")?.Maybe("access") is not { } access)
        {
            return;
        }

        HtmlPage.Section(html, "Access changes", section =>
        {
            section.Element("p", $"{access.Figure("entries")} entries of {access.Figure("rooms")} rooms were judged. {access.Figure("gains")} entries read a room that they could not read before.");
            WriteDifferences(section, report, report.GetProperty("compare"), gains: true);
            HtmlTable.Write(
                section, "Entries that read no longer, by the rule that takes it from them", [new("Rule"), new("Entries", true)],
                [.. access.Parts("losses").Select(loss => (string[])[loss.Name, HtmlTable.Figure(loss.Value.GetInt64())])]);
        });
    }

    /// <summary>Findings of the plan.</summary>
    public static void WriteFindings(HtmlWriter html, JsonElement report) => HtmlPage.Section(html, "Findings of the plan", section =>
    {
        var findings = report.Rows("findings").ToList();
        if (findings.Count == 0)
        {
            section.Element("p", report.Maybe("findings") is null ? "Not read: the run ended early." : "None.");
            return;
        }

        HtmlTable.Write(
            section, "Findings by rule", [new("Rule"), new("Severity"), new("Findings", true)],
            [.. findings.GroupBy(finding => (Severity: finding.Text("severity"), Rule: finding.Text("rule"))).Select(group => (string[])[group.Key.Rule, group.Key.Severity, HtmlTable.Figure(group.Count())])]);
        HtmlTable.Write(
            section, "All findings", [new("Severity"), new("Rule"), new("Table"), new("Key"), new("Finding")],
            [.. findings.Select(finding => (string[])[finding.Text("severity"), finding.Text("rule"), finding.Text("table"), finding.Text("key"), finding.Text("message")])]);
    });

    /// <summary>Rejections that are open, with their reasons and without their contents.</summary>
    public static void WriteRejections(HtmlWriter html, JsonElement report) => HtmlPage.Section(html, "Rejections", section =>
    {
        if (report.Maybe("rejections") is not { } rejections || rejections.Whole("count") == 0)
        {
            section.Element("p", report.Maybe("rejections") is null ? "Not read: the run ended early. The command chat-etl rejections list shows them." : "None is open.");
            return;
        }

        var rows = rejections.Rows("rows").Select(row => (string[])[row.Text("rule"), row.Text("table"), row.Text("key"), row.Text("reason")]).ToList();
        section.Element("p", $"{rejections.Figure("count")} rejections are open; each is kept at the destination with the values of its row. "
            + "The command chat-etl rejections shows them, and replays them once their reason is gone.");
        HtmlTable.Write(
            section, rows.Count == rejections.Whole("count") ? "Open rejections" : $"The first {HtmlTable.Figure(rows.Count)} open rejections",
            [new("Rule"), new("Table"), new("Key in the source"), new("Reason")], rows);
    });

    private static void WriteDifferences(HtmlWriter html, JsonElement report, JsonElement compare, bool gains)
    {
        var rows = report.Rows("differences").Where(difference => difference.Text("kind") == "gain" == gains)
            .Select(found => (string[])[found.Text("kind"), found.Text("table"), found.Text("key"), found.Text("column"), found.Text("detail")]).ToList();
        if (rows.Count > 0)
        {
            HtmlTable.Write(
                html, $"{(gains ? "Gains" : "Differences")}, among the first {HtmlTable.Figure(report.Rows("differences").Count())} of {compare.Figure("differenceCount")} found",
                [new("Kind"), new("Table"), new("Key"), new("Columns"), new("What differs")], rows);
        }
    }

    private static string Named(JsonElement room) => room.Text("name") is { Length: > 0 } name ? name : "(not there)";

    private static string ByRule(JsonElement book, string name)
    {
        var rules = book.Parts(name).Where(rule => rule.Value.GetInt64() > 0).Select(rule => $"{HtmlTable.Figure(rule.Value.GetInt64())} {rule.Name}").ToList();
        return rules.Count == 0 ? "0" : string.Join(", ", rules);
    }
}
