using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Planning;
using Spectre.Console;
using Table = Spectre.Console.Table;

namespace ChatEtl.Cli.Terminal;

/// <summary>A plan on the terminal: the figures, and the first entities of every finding and list.</summary>
internal static class PlanView
{
    private const int ItemsShown = 5;
    private const int CategoriesShown = 20;
    private const int RoomsShown = 10;
    private const int NameShown = 60;

    /// <summary>Shows it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">The file it is in; null for none.</param>
    public static void Show(MigrationPlan plan, string? path)
    {
        Say.Line($"From {plan.Source}{(plan.Generation is { } generation ? $" ({generation})" : "")}");
        Say.Line($"to {plan.Destination}");
        Say.Line(plan.State switch
        {
            PlanState.New => "The first pass.",
            PlanState.GoesOn => $"Pass {plan.Terms.Pass} was interrupted and goes on.",
            _ => $"Pass {plan.Terms.Pass} catches up: only what is new since pass {plan.Terms.Pass - 1}.",
        });
        if (plan.Inventory is { } inventory)
        {
            ShowInventory(inventory);
        }

        ShowBooks(plan);
        ShowForecast(plan.Forecast);
        ShowLists(plan);
        ShowFindings(plan);
        Say.Line(Verdict(plan));
        Say.Line(path is null ? "Give --out plan.json to keep the plan with every entity, and migrate --plan to do exactly that." : $"The plan with every entity is in {path}; migrate --plan {path} does exactly that.");
    }

    private static void ShowInventory(SourceInventory inventory)
    {
        var about = inventory.IsExact ? "" : "about ";
        Say.Line(
            $"{inventory.Categories:N0} categories, {inventory.Rooms:N0} rooms, {inventory.People:N0} people, {inventory.Groups:N0} groups, {inventory.Memberships:N0} memberships, "
            + $"{about}{inventory.Messages.Messages:N0} messages with {about}{inventory.Messages.Bytes:N0} bytes of text{Span(inventory.Messages)}.");
        if (!inventory.IsExact)
        {
            Say.Line($"Messages are estimated from {inventory.MessagesRead:N0} of them; --exact reads all.");
        }

        var categories = SummaryView.Figures("Category", "Rooms", "Memberships", "Messages", "Bytes of text", "First", "Last");
        foreach (var category in inventory.ByCategory.OrderByDescending(category => category.Figures.Messages).Take(CategoriesShown))
        {
            categories.AddRow(
                Cell(category.Path), $"{category.Rooms:N0}", $"{category.Memberships:N0}", $"{category.Figures.Messages:N0}", $"{category.Figures.Bytes:N0}",
                Day(category.Figures.First), Day(category.Figures.Last));
        }

        Say.Table(categories);
        More(inventory.ByCategory.Count, CategoriesShown, "categories");
        var rooms = SummaryView.Figures("Largest rooms", "nodeID", "Messages", "Bytes of text", "First", "Last");
        foreach (var room in inventory.LargestRooms.Take(RoomsShown))
        {
            rooms.AddRow(
                Cell(room.Name), $"{room.Id}", $"{room.Figures.Messages:N0}", $"{room.Figures.Bytes:N0}", Day(room.Figures.First), Day(room.Figures.Last));
        }

        Say.Table(rooms);
    }

    private static void ShowBooks(MigrationPlan plan)
    {
        if (plan.Books is null)
        {
            return;
        }

        var estimated = plan.Terms.MessagesAreExact ? "" : " (tblChat estimated)";
        var table = SummaryView.Figures($"Table{estimated}", "To read", "To write", "There already", "To skip", "To reject");
        foreach (var (name, book) in plan.Books.OrderBy(book => book.Key, StringComparer.Ordinal))
        {
            var skipped = book.Skipped.Count == 0 ? "0" : string.Join(", ", book.Skipped.Select(rule => $"{rule.Value:N0} {rule.Key}"));
            table.AddRow(name, $"{book.Read:N0}", $"{book.Written:N0}", $"{book.Reused:N0}", skipped, $"{book.Rejected:N0}");
        }

        Say.Table(table);
    }

    private static void ShowForecast(PlanForecast? forecast)
    {
        if (forecast is null)
        {
            return;
        }

        var duration = forecast.Duration;
        Say.Line(
            $"It takes about {Span(duration.Expected)}, between {Span(duration.Low)} and {Span(duration.High)}, and about {duration.SizeBytes / 1048576.0:N0} MiB at the destination "
            + $"({string.Join(", ", duration.Phases.Select(phase => $"{phase.Name} {Span(TimeSpan.FromSeconds(phase.Expected))}"))}).");
        if (duration.LowerBoundBecause is { } reason)
        {
            Say.Line($"That is a lower bound, because nothing could be written to try: {reason}");
        }

        Say.Line($"Tried with {forecast.Measured.Messages.Rows:N0} messages: {forecast.Measured.Messages.RowsASecond:N0} a second.");
        if (forecast.Windows.Count > 0)
        {
            var table = SummaryView.Figures($"Quietest windows ({Markup.Escape(forecast.Zone.Id)})", "Until", "Messages that usually arrive");
            foreach (var window in forecast.Windows)
            {
                table.AddRow(Hour(window.Start), Hour(window.End), $"{window.Messages:N0}");
            }

            Say.Table(table);
        }
    }

    private static string Span(TimeSpan span) => span.TotalSeconds < 100 ? $"{span.TotalSeconds:0.0} s" : span.TotalMinutes < 100 ? $"{span.TotalMinutes:0} min" : $"{span.TotalHours:0.0} h";

    private static string Hour(DateTimeOffset time) => time.ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static void ShowLists(MigrationPlan plan)
    {
        foreach (var list in plan.Lists.Where(list => list.Items.Count > 0))
        {
            var rows = list.Items.Any(item => item.Rows is not null);
            Say.Line($"{list.Title}: {list.Items.Count:N0}{(rows && list.Id != "longNames" ? $" ({list.Items.Sum(item => item.Rows ?? 0):N0} messages)" : "")}");
            foreach (var item in list.Items.Take(ItemsShown))
            {
                var row = string.Join(' ', new[] { item.Table, item.Key, Short(item.Name) }.Where(part => part.Length > 0));
                Say.Line($"  {row}: {Short(item.Detail, 2 * NameShown)}{(item.Rows is { } count ? $", {count:N0}" : "")}");
            }

            More(list.Items.Count, ItemsShown, "");
        }
    }

    private static void ShowFindings(MigrationPlan plan)
    {
        var table = new Table().AddColumns("Finding", "Rule", "Entities", "About", "What to do");
        foreach (var group in plan.Findings)
        {
            table.AddRow(Severity(group.Severity), group.Rule, $"{group.Items.Count:N0}", Markup.Escape(group.Advice.Title), Markup.Escape(group.Advice.WhatToDo));
        }

        if (plan.Findings.Count > 0)
        {
            Say.Table(table);
        }

        foreach (var group in plan.Findings.Where(group => group.Severity == Chat.Severity.Error))
        {
            foreach (var item in group.Items.Take(ItemsShown))
            {
                Say.Line($"error {group.Rule}{(item.Key.Length == 0 ? "" : $" {item.Table} {item.Key}")}: {item.Detail}");
            }

            More(group.Items.Count, ItemsShown, "");
        }
    }

    private static string Verdict(MigrationPlan plan) => (plan.Count(Chat.Severity.Error), plan.Count(Chat.Severity.Warning)) switch
    {
        (0, 0) => "Nothing is to be decided: the migration can start.",
        (0, var warnings) => $"{warnings:N0} {(warnings == 1 ? "warning" : "warnings")}, no errors: the migration can start.",
        var (errors, warnings) => $"{errors:N0} {(errors == 1 ? "error" : "errors")} would stop the migration; {warnings:N0} {(warnings == 1 ? "warning" : "warnings")}.",
    };

    private static void More(int count, int shown, string what)
    {
        if (count > shown)
        {
            Say.Line($"  and {count - shown:N0} more{(what.Length == 0 ? "" : " " + what)}");
        }
    }

    private static string Severity(Severity severity) => severity switch
    {
        Chat.Severity.Error => "[red]error[/]",
        Chat.Severity.Warning => "[yellow]warning[/]",
        _ => "note",
    };

    private static string Span(MessageFigures figures) => figures.First is null ? "" : $" from {Day(figures.First)} to {Day(figures.Last)}";

    private static string Day(DateTime? time) => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Cell(string text) => Markup.Escape(Short(text));

    /// <summary>One line of at most so many characters: names may hold anything.</summary>
    private static string Short(string text, int most = NameShown)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= most ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1), "…");
    }
}
