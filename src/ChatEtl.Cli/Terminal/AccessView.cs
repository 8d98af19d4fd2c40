using ChatEtl.Comparing;
using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Shows what an access proof found.</summary>
internal static class AccessView
{
    /// <summary>Shows one change as it is found.</summary>
    public static void Show(AccessChange change)
    {
        var rule = change.Rule.Length == 0 ? "" : $" {change.Rule}";
        var through = change.Through.Length == 0 ? "" : $"; {(change.Kind is AccessChangeKind.Gain or AccessChangeKind.Newcomer ? "by" : "was by")} {change.Through}";
        Say.Line(Clean(
            $"{AccessChange.Words(change.Kind)}{rule} {AccessChange.Words(change.Rights)}: {change.PersonUri} in \"{change.RoomName}\" ({change.Room}), before "
            + $"{AccessChange.Words(change.Before)}, after {AccessChange.Words(change.After)}{through}; {change.Reason}"));
    }

    /// <summary>Shows the figures.</summary>
    public static void Show(AccessProofReport report)
    {
        var table = SummaryView.Figures("Change", [.. AccessProofReport.SingleRights.Select(right => right.ToString()), "Rooms"]);
        Add(table, "gained", report.Gains);
        Add(table, "newcomers", report.Newcomers);
        Add(table, "lost, unexplained", report.Unexplained);
        foreach (var (rule, figures) in report.Losses)
        {
            Add(table, $"lost by {rule}", figures);
        }

        Say.Table(table);
        Say.Line(
            $"{report.Rooms:N0} rooms and {report.Categories:N0} categories of the source, {report.People:N0} people, {report.Entries:N0} access entries of both sides; "
            + $"figures count one person in one room. {report.RoomsOnlyThere:N0} rooms only the destination has were not judged.");
        if (report.RoomsByName.Count > 0)
        {
            Say.Line(Clean($"{report.RoomsByName.Count:N0} rooms were found by their name alone, first \"{report.RoomsByName[0].Name}\" ({report.RoomsByName[0].Room}): look whether they are what they seem."));
        }

        if (report.Unlisted > 0)
        {
            Say.Line($"{report.Unlisted:N0} more changes were counted and not listed; --limit lists more.");
        }

        Say.Line(report.IsClean
            ? "Nobody gains access, and every loss is explained."
            : $"Access differs: {report.Gains.Total:N0} rights gained in {report.Gains.Rooms:N0} rooms, {report.Unexplained.Total:N0} lost without a rule in {report.Unexplained.Rooms:N0}.");
    }

    private static void Add(Table table, string name, AccessFigures figures) => table.AddRow(
        [name, .. AccessProofReport.SingleRights.Select(right => $"{figures[right]:N0}"), $"{figures.Rooms:N0}"]);

    /// <summary>Names come from the databases: nothing in them may move the cursor.</summary>
    private static string Clean(string text) => string.Concat(text.Select(unit => char.IsControl(unit) ? '\ufffd' : unit));
}
