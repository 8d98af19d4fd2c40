using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;

namespace ChatEtl.Tests.Support;

/// <summary>Packages as tests make and read them.</summary>
internal static class Packages
{
    private static readonly RetryOptions Quick = new() { Attempts = 3, BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1) };

    /// <summary>Exports an SQLite file.</summary>
    public static PackageManifest Export(string from, string to, RuleOptions? rules = null, int batchRows = 100, Action? onCommit = null, CancellationToken stop = default)
    {
        using var source = new SqliteSource(from);
        return Export(source, to, rules, batchRows, onCommit, stop);
    }

    /// <summary>Exports any source.</summary>
    public static PackageManifest Export(IChatSource source, string to, RuleOptions? rules = null, int batchRows = 100, Action? onCommit = null, CancellationToken stop = default)
    {
        var (shape, selection) = ExportPlanner.Plan(source, null, rules ?? new RuleOptions(), stop);
        return new PackageExport(source, shape, selection, to, new BatchLimits(batchRows, 1 << 20), Retry(source), new ManualTimeProvider { SkipsWaits = true })
        {
            OnRows = (_, _) => onCommit?.Invoke(),
        }.Run(stop);
    }

    /// <summary>What does not match in a package.</summary>
    public static IReadOnlyList<Finding> Verify(string path) =>
        [.. PackageCheck.Verify(path, CancellationToken.None).Where(finding => finding.Severity == Severity.Error)];

    /// <summary>What of the source is not as the package has it.</summary>
    public static IReadOnlyList<Finding> CompareWith(string path, IChatSource source, RuleOptions? rules = null)
    {
        var (shape, selection) = ExportPlanner.Plan(source, null, rules ?? new RuleOptions(), CancellationToken.None);
        return PackageCheck.CompareWith(path, source, shape, selection, new BatchLimits(100, 1 << 20), Retry(source), CancellationToken.None);
    }

    /// <summary>Every row of every table but the times and the seal, as lines, in the order they lie.</summary>
    public static IReadOnlyList<string> Dump(string path)
    {
        using var reader = new PoolReader(path);
        return
        [
            .. reader.Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").Select(row => (string)row[0]!)
                .SelectMany(table => reader.Rows($"SELECT * FROM {table}{(table == "package_manifest" ? " WHERE name NOT IN ('begun', 'ended', 'seal')" : "")}")
                    .Select(row => $"{table} {string.Join(" | ", row.Select(Text))}")),
        ];
    }

    private static EndRetries Retry(IChatSource source) => EndRetries.Of(source, Quick, new ManualTimeProvider { SkipsWaits = true }, _ => { });

    private static string Text(object? cell) => cell switch
    {
        null => "NULL",
        byte[] bytes => "0x" + Convert.ToHexString(bytes),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture) + " " + number.GetType().Name,
        _ => $"'{cell}'",
    };
}
