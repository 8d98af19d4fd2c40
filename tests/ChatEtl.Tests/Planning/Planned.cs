using ChatEtl.Chat;
using ChatEtl.Pipeline;
using ChatEtl.Planning;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;

namespace ChatEtl.Tests.Planning;

/// <summary>Plans of a rehearsal, and migrations held to them.</summary>
internal static class Planned
{
    /// <summary>The plan as the program makes it.</summary>
    public static MigrationPlan Plan(this Rehearsal rehearsal, bool exact = false)
    {
        var time = new ManualTimeProvider { SkipsWaits = true };
        using var source = new SqliteSource(rehearsal.SourcePath);
        using var destination = new SqliteDestination(rehearsal.DestinationPath, time);
        using var reader = new SqliteSource(rehearsal.DestinationPath);
        return new MigrationPlanner(source, destination, reader, rehearsal.Options, time, _ => { }) { Exact = exact }.PlanAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>The terms of a plan as they come back from its file.</summary>
    public static PlanTerms Kept(this MigrationPlan plan)
    {
        using var folder = new TempFolder();
        using (var file = File.Create(folder.File("plan.json")))
        {
            PlanFile.Write(file, plan);
        }

        return PlanFile.Read(folder.File("plan.json"));
    }

    /// <summary>Migrates by a plan.</summary>
    public static async Task<RunReport> RunAsync(this Rehearsal rehearsal, PlanTerms terms, CancellationToken stop = default)
    {
        var time = new ManualTimeProvider { SkipsWaits = true };
        using var source = new SqliteSource(rehearsal.SourcePath);
        using var destination = new SqliteDestination(rehearsal.DestinationPath, time);
        using var reader = new SqliteSource(rehearsal.DestinationPath);
        var migration = new Migration(source, destination, reader, rehearsal.Options, "test", time) { Gate = pass => PlanDrift.Refuse(terms, pass) };
        return await migration.RunAsync(lastPass: false, stop, CancellationToken.None);
    }

    /// <summary>Books as lines; tables without a row are left out.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyDictionary<string, Book> books) =>
    [
        .. books.Where(book => book.Value.Read + book.Value.Derived > 0).OrderBy(book => book.Key, StringComparer.Ordinal).Select(book =>
            $"{book.Key}: read {book.Value.Read}, written {book.Value.Written}, reused {book.Value.Reused}, rejected {book.Value.Rejected}, derived {book.Value.Derived}, "
            + $"skipped {string.Join(", ", book.Value.Skipped.Select(rule => $"{rule.Value} {rule.Key}"))}"),
    ];

    /// <summary>The entities of a list.</summary>
    public static IReadOnlyList<PlanItem> Items(this MigrationPlan plan, string list) => plan.Lists.Single(one => one.Id == list).Items;
}
