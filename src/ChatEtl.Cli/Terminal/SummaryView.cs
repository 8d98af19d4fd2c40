using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Pipeline;
using ChatEtl.Reporting;
using Spectre.Console;
using Table = Spectre.Console.Table;

namespace ChatEtl.Cli.Terminal;

/// <summary>The short tables at the end of a run or a comparison.</summary>
internal static class SummaryView
{
    private const int FindingsShown = 12;

    /// <summary>Shows findings, books, rate and the three proofs.</summary>
    public static void Show(RunReport report, CompareReport? compare, string? path)
    {
        ShowFindings(report.Findings, path);
        ShowRejections(report);
        var table = Figures("Table", "Read", "Written", "Reused", "Skipped", "Rejected", "Books");
        foreach (var (name, book) in report.Books.OrderBy(book => book.Key, StringComparer.Ordinal))
        {
            var skipped = book.Skipped.Count == 0 ? "0" : string.Join(", ", book.Skipped.Select(rule => $"{rule.Value:N0} {rule.Key}"));
            table.AddRow(
                name, $"{book.Read:N0}", $"{book.Written:N0}", $"{book.Reused:N0}", skipped, $"{book.Rejected:N0}",
                book.Balances ? "balance" : report.Complete ? "DO NOT BALANCE" : "open");
        }

        Say.Table(table);
        var seconds = Math.Max(0.001, report.Duration.TotalSeconds);
        Say.Line(
            $"Pass {report.Pass}{(report.Resumed ? ", resumed" : "")}: {report.RowsRead:N0} rows of the streams in {seconds:0.0} s "
            + $"({report.RowsRead / seconds:N0} rows/s, {report.Bytes / 1e6 / seconds:N1} MB/s of text), {report.Retries} retries.");
        if (report.BatchRows > 0 && report.Bytes > 0)
        {
            var work = Enum.GetValues<Stage>().Select(stage => $"{stage.ToString().ToLowerInvariant()} {report.Stages[stage].TotalSeconds:0.0} s");
            Say.Line(
                $"The limit was {report.Stages.Slowest.ToString().ToLowerInvariant()} (at work: {string.Join(", ", work)}); "
                + $"it came to batches of {report.BatchRows:N0} rows and {report.Lanes} range{(report.Lanes == 1 ? "" : "s")} at a time.");
        }

        if (compare is not null)
        {
            Say.Table(Proofs(report, compare));
        }
    }

    /// <summary>Shows the figures of a comparison.</summary>
    public static void Show(CompareReport report)
    {
        var table = Figures("Table", "Expected", "Equal", "Kept", "Rejected", "Missing", "Extra", "Different");
        foreach (var row in report.Tables)
        {
            table.AddRow(
                row.Table, $"{row.Expected:N0}", $"{row.Equal:N0}", $"{row.Kept:N0}", $"{row.Rejected:N0}", $"{row.Missing:N0}", $"{row.Extra:N0}",
                $"{row.Different:N0}");
        }

        Say.Table(table);
        Say.Line($"Access: {report.Access.Entries:N0} entries of {report.Access.Rooms:N0} rooms, {report.Access.GainCount:N0} gains, {report.Access.Losses.Values.Sum():N0} losses by rule.");
        Say.Line($"Content digest {report.Digest}");
        Say.Line(report.IsClean ? "The sides agree." : $"The sides differ: {report.Differences:N0} {(report.Differences == 1 ? "difference" : "differences")}.");
    }

    private static Table Proofs(RunReport report, CompareReport compare)
    {
        var twice = compare.Tables.Sum(table => table.Missing + table.Extra);
        var changed = compare.Tables.Sum(table => table.Different);
        return new Table().AddColumns("Promise", "Proof", "")
            .AddRow(
                "Exactly once",
                $"{compare.Expected:N0} rows expected, {twice:N0} missing or extra; the books of {report.Books.Count} tables {(report.Balances ? "balance" : "do not balance")}",
                Verdict(twice == 0 && report.Balances))
            .AddRow(
                "Nothing silently changed",
                $"{compare.Tables.Sum(table => table.Equal):N0} rows equal to the byte, {changed:N0} different; {compare.Tables.Sum(table => table.Rejected):N0} rejected with a reason",
                Verdict(changed == 0))
            .AddRow(
                "Nobody gains access",
                $"{compare.Access.Entries:N0} entries of {compare.Access.Rooms:N0} rooms, {compare.Access.GainCount:N0} gains, {compare.Access.Losses.Values.Sum():N0} losses by rule",
                Verdict(compare.Access.IsClean));
    }

    /// <summary>A table with a name at the left and figures at the right of their columns.</summary>
    public static Table Figures(string name, params IEnumerable<string> figures)
    {
        var table = new Table().AddColumn(name);
        foreach (var figure in figures)
        {
            table.AddColumn(figure, column => column.RightAligned());
        }

        return table;
    }

    private static string Verdict(bool holds) => holds ? "[green]proved[/]" : "[red]BROKEN[/]";

    /// <summary>Rejections by rule and table: the first of each, and how many more there are.</summary>
    private static void ShowRejections(RunReport report)
    {
        var groups = report.Rejections.GroupBy(rejection => (rejection.Rule, rejection.Table)).OrderBy(group => group.Key.Table, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Rule, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var more = group.Count() == 1 ? "" : $" (and {group.Count() - 1:N0} more)";
            Say.Line($"rejected {group.Key.Rule} {group.Key.Table} {group.First().Key}: {group.First().Reason}{more}");
        }

        if (report.RejectionCount > 0)
        {
            Say.Line($"{report.RejectionCount:N0} rejections are open, each with its row at the destination: see chat-etl rejections list.");
        }
    }

    /// <summary>Warnings and errors by rule: the first of each, and how many more there are.</summary>
    private static void ShowFindings(IReadOnlyList<Finding> findings, string? path)
    {
        var groups = findings.Where(finding => finding.Severity != Severity.Information)
            .GroupBy(finding => (finding.Severity, finding.Rule)).OrderByDescending(group => group.Key.Severity).ThenBy(group => group.Key.Rule, StringComparer.Ordinal).ToList();
        foreach (var group in groups.Take(FindingsShown))
        {
            var more = group.Count() == 1 ? "" : $" (and {group.Count() - 1:N0} more)";
            Say.Line($"{group.Key.Severity.ToString().ToLowerInvariant()} {group.Key.Rule}: {group.First().Message}{more}");
        }

        if (findings.Count > 0)
        {
            Say.Line($"{findings.Count:N0} findings in all{(path is null ? "; name a file with report.path to have them" : $", each of them in {path}")}.");
        }
    }
}
