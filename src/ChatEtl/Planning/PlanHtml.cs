using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Reporting;

namespace ChatEtl.Planning;

/// <summary>A plan as one HTML page without external references.</summary>
public static class PlanHtml
{
    /// <summary>Writes the page.</summary>
    public static void Write(Stream output, MigrationPlan plan) => HtmlPage.Write(output, "Migration plan", $"{plan.Source} to {plan.Destination}", html =>
    {
        HtmlPage.Section(html, "Summary", body => WriteSummary(body, plan));
        if (plan.Forecast is { } forecast)
        {
            HtmlPage.Section(html, "How long, and when", body => WriteForecast(body, forecast));
        }

        if (plan.Findings.Count > 0)
        {
            HtmlPage.Section(html, "Findings", body => WriteFindings(body, plan));
        }

        if (plan.Books is not null)
        {
            HtmlPage.Section(html, "What will be moved", body => WriteBooks(body, plan));
        }

        HtmlPage.Section(html, "What becomes of single items", body => WriteLists(body, plan));
        if (plan.Inventory is { } inventory)
        {
            HtmlPage.Section(html, "Inventory", body => WriteInventory(body, inventory));
        }
    });

    private static void WriteSummary(HtmlWriter html, MigrationPlan plan)
    {
        var (errors, warnings) = (plan.Count(Severity.Error), plan.Count(Severity.Warning));
        var (tone, word) = errors > 0 ? (Tone.Bad, "Errors") : warnings > 0 ? (Tone.Warn, "Warnings only") : (Tone.Good, "Nothing to decide");
        HtmlPage.Verdict(html, "Can it start?", tone, word, errors > 0
            ? $"{HtmlTable.Figure(errors)} errors would stop the migration, and there are {HtmlTable.Figure(warnings)} warnings."
            : $"No errors, {HtmlTable.Figure(warnings)} warnings: the migration can start.");
        var facts = new List<(string, string)>
        {
            ("Plan made", Time(plan.Made) + " UTC"),
            ("Source", $"{plan.Source}{(plan.Generation is { } generation ? $", {generation}" : "")}"),
            ("Destination", plan.Destination),
            ("Pass", $"{plan.Terms.Pass}{plan.State switch { PlanState.New => "", PlanState.GoesOn => ", interrupted, goes on", _ => ", only what is new" }}"),
        };
        if (plan.Inventory is { } inventory)
        {
            facts.AddRange(
            [
                ("Rooms and categories", $"{HtmlTable.Figure(inventory.Rooms)} and {HtmlTable.Figure(inventory.Categories)}"),
                ("People and groups", $"{HtmlTable.Figure(inventory.People)} and {HtmlTable.Figure(inventory.Groups)}"),
                ("Memberships", HtmlTable.Figure(inventory.Memberships)),
                ("Messages", About(inventory, HtmlTable.Figure(inventory.Messages.Messages))),
                ("Bytes of text", About(inventory, HtmlTable.Figure(inventory.Messages.Bytes))),
                ("First and last message", $"{Day(inventory.Messages.First)} to {Day(inventory.Messages.Last)}"),
            ]);
        }

        HtmlPage.Facts(html, facts);
    }

    private static string About(SourceInventory inventory, string figure) =>
        inventory.IsExact ? figure : $"about {figure}, estimated from {HtmlTable.Figure(inventory.MessagesRead)} messages";

    private static void WriteForecast(HtmlWriter html, PlanForecast forecast)
    {
        var duration = forecast.Duration;
        HtmlPage.Facts(
            html,
            [
                ("Duration", $"{Faults.Sentence.Duration(duration.Expected)}, between {Faults.Sentence.Duration(duration.Low)} and {Faults.Sentence.Duration(duration.High)}"),
                ("Storage at the destination", $"about {HtmlTable.Figure(duration.SizeBytes)} bytes"),
                ("Messages tried", HtmlTable.Figure(forecast.Measured.Messages.Rows)),
                ("Messages a second", $"{Rate(forecast.Measured.Messages.RowsASecond)} together; reading {Rate(forecast.Measured.ReadRate)}, transforming {Rate(forecast.Measured.TransformRate)}, writing {Rate(forecast.Measured.WriteRate)}"),
            ]);
        if (duration.LowerBoundBecause is { } reason)
        {
            html.Element("p", $"The duration is a lower bound, because nothing could be written to try: {reason}");
        }

        BarPlot.Write(html, "Where the time goes", [.. duration.Phases.Select(phase => (phase.Name, phase.Expected, Faults.Sentence.Duration(TimeSpan.FromSeconds(phase.Expected))))]);
        var hours = forecast.Activity.ByWeekday(forecast.Zone).SelectMany(day => day).Select(messages => (long)Math.Round(messages)).ToList();
        HeatPlot.Write(html, $"Messages of an average week of the last ones, by the clock of {forecast.Zone.Id}; the quietest windows framed", hours, Framed(forecast));
        HtmlTable.Write(
            html, "Quietest windows of the week to come", [new("From"), new("To"), new("Messages that usually arrive", Number: true)],
            [.. forecast.Windows.Select(window => (IReadOnlyList<string>)[Time(window.Start.DateTime), Time(window.End.DateTime), Rate(window.Messages)])]);
    }

    /// <summary>The hours of the week that a window touches.</summary>
    private static HashSet<int> Framed(PlanForecast forecast)
    {
        var hours = new HashSet<int>();
        foreach (var window in forecast.Windows)
        {
            for (var at = window.Start; at < window.End && hours.Count < 168; at = at.AddHours(1))
            {
                hours.Add((((int)at.DayOfWeek + 6) % 7 * 24) + at.Hour);
            }
        }

        return hours;
    }

    private static void WriteFindings(HtmlWriter html, MigrationPlan plan)
    {
        HtmlTable.Write(
            html, "By rule", [new("Severity"), new("Rule"), new("Entities", Number: true), new("About"), new("What to do")],
            [.. plan.Findings.Select(group => (IReadOnlyList<string>)[Word(group.Severity), group.Rule, HtmlTable.Figure(group.Items.Count), group.Advice.Title, group.Advice.WhatToDo])]);
        HtmlTable.Write(
            html, "All findings", [new("Severity"), new("Rule"), new("Table"), new("Key"), new("Name"), new("Finding")],
            [.. plan.Findings.SelectMany(group => group.Items.Select(item => (IReadOnlyList<string>)[Word(group.Severity), group.Rule, item.Table, item.Key, item.Name, item.Detail]))]);
    }

    private static void WriteBooks(HtmlWriter html, MigrationPlan plan) => HtmlTable.Write(
        html, plan.Terms.MessagesAreExact ? "Rows by table" : "Rows by table; those of tblChat are estimated",
        [new("Table"), new("To read", true), new("To write", true), new("There already", true), new("To skip", true), new("By rule"), new("To reject", true)],
        [
            .. plan.Books!.OrderBy(book => book.Key, StringComparer.Ordinal).Select(book => (IReadOnlyList<string>)
            [
                book.Key, HtmlTable.Figure(book.Value.Read), HtmlTable.Figure(book.Value.Written), HtmlTable.Figure(book.Value.Reused),
                HtmlTable.Figure(book.Value.Skipped.Values.Sum()), string.Join(", ", book.Value.Skipped.Select(rule => $"{HtmlTable.Figure(rule.Value)} {rule.Key}")),
                HtmlTable.Figure(book.Value.Rejected),
            ]),
        ]);

    private static void WriteLists(HtmlWriter html, MigrationPlan plan)
    {
        foreach (var list in plan.Lists.Where(list => list.Items.Count > 0))
        {
            var counts = list.Items.Any(item => item.Rows is not null);
            List<HtmlColumn> columns = [new("Table"), new("Key"), new("Name"), new(Capital(list.Detail))];
            if (counts)
            {
                columns.Add(new(list.Id == "longNames" ? "Characters" : "Messages", Number: true));
            }

            HtmlTable.Write(
                html, list.Title, columns,
                [
                    .. list.Items.Select(item => (IReadOnlyList<string>)[item.Table, item.Key, item.Name, item.Detail, .. counts ? new[] { HtmlTable.Figure(item.Rows ?? 0) } : []]),
                ]);
        }
    }

    private static void WriteInventory(HtmlWriter html, SourceInventory inventory)
    {
        HtmlTable.Write(
            html, "By category", [new("Category"), new("Rooms", true), new("Memberships", true), new("Messages", true), new("Bytes of text", true), new("First"), new("Last")],
            [
                .. inventory.ByCategory.Select(category => (IReadOnlyList<string>)
                    [category.Path, HtmlTable.Figure(category.Rooms), HtmlTable.Figure(category.Memberships), .. Figures(category.Figures)]),
            ]);
        HtmlTable.Write(
            html, "Largest rooms", [new("Room"), new("Category"), new("nodeID", true), new("Messages", true), new("Bytes of text", true), new("First"), new("Last")],
            [.. inventory.LargestRooms.Select(room => (IReadOnlyList<string>)[room.Name, room.Path, HtmlTable.Figure(room.Id), .. Figures(room.Figures)])]);
        HtmlTable.Write(
            html, "Tables of the source", [new("Table"), new("Rows", true)],
            [.. inventory.Tables.Select(table => (IReadOnlyList<string>)[table.Key, HtmlTable.Figure(table.Value)])]);
    }

    private static string[] Figures(MessageFigures figures) =>
        [HtmlTable.Figure(figures.Messages), HtmlTable.Figure(figures.Bytes), Day(figures.First), Day(figures.Last)];

    private static string Word(Severity severity) => severity == Severity.Information ? "note" : severity.ToString().ToLowerInvariant();

    private static string Capital(string text) => string.Concat(text[..1].ToUpperInvariant(), text[1..]);

    private static string Rate(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Day(DateTime? time) => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
