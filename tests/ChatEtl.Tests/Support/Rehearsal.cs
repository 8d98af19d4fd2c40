using System.Collections.Concurrent;
using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using PoolOptions = ChatEtl.Sqlite.SampleOptions;

namespace ChatEtl.Tests.Support;

/// <summary>A migration between two SQLite files in a folder of its own, run as often as a test likes.</summary>
internal sealed class Rehearsal : IDisposable
{
    private static readonly Guid DestinationRoot = new("5a7b9c1d-0000-4000-8000-00000000d057");
    private static readonly ConcurrentDictionary<PoolOptions, Lazy<byte[]>> Pools = new();
    private static readonly Lazy<byte[]> Empty = new(() => Made(path => SqliteProvisioner.Provision(path, DestinationRoot)));

    private readonly TempFolder _folder = new();

    /// <summary>An empty destination; the source is written by the caller.</summary>
    public Rehearsal()
    {
        File.WriteAllBytes(DestinationPath, Empty.Value);
    }

    /// <summary>A sample pool as the source; equal options are made once for all tests.</summary>
    public Rehearsal(PoolOptions sample)
        : this()
    {
        var pool = Pools.GetOrAdd(sample, options => new(() => Made(path => SamplePool.Make(options with { Path = path }))));
        File.WriteAllBytes(SourcePath, pool.Value);
    }

    public string SourcePath => _folder.File("source.db");

    public string DestinationPath => _folder.File("destination.db");

    /// <summary>One reader, small batches, small ranges, lenient rules, quick retries.</summary>
    public ChatEtlOptions Options { get; set; } = new()
    {
        Rules = Lenient,
        Pipeline = new PipelineOptions { Readers = 1, BatchRows = 100, RangeRows = 500 },
        Retry = new RetryOptions { Attempts = 3, BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1) },
    };

    /// <summary>The clock of all runs; null gives each one its own, which skips waits.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>Wraps the destination read back.</summary>
    public Func<IChatSource, IChatSource>? ReaderWrapper { get; set; }

    /// <summary>Rules under which every sample migrates.</summary>
    public static RuleOptions Lenient { get; } = new() { LongNames = LongNames.Shorten, NameCollisions = NameCollisions.Rename };

    /// <summary>A pool of about so many messages with few people; all other corners as the sample has them.</summary>
    public static PoolOptions Sample(int messages = 600, int rooms = 12, bool faults = false, Generation generation = Generation.Lync2010) =>
        new() { Path = "pool.db", Rooms = rooms, Messages = messages, People = 20, PlantedFaults = faults, Generation = generation };

    /// <summary>Runs to the end.</summary>
    public Task<RunReport> RunAsync(bool lastPass = false) => RunAsync(null, null, lastPass);

    /// <summary>Runs with an end wrapped, or with tokens.</summary>
    public async Task<RunReport> RunAsync(
        Func<IChatSource, IChatSource>? source, Func<IChatDestination, IChatDestination>? destination, bool lastPass = false,
        CancellationToken stop = default, CancellationToken abort = default)
    {
        var time = Clock ?? new ManualTimeProvider { SkipsWaits = true };
        using var from = source?.Invoke(new SqliteSource(SourcePath)) ?? new SqliteSource(SourcePath);
        using var to = destination?.Invoke(new SqliteDestination(DestinationPath, time)) ?? new SqliteDestination(DestinationPath, time);
        using var reader = ReaderWrapper?.Invoke(new SqliteSource(DestinationPath)) ?? new SqliteSource(DestinationPath);
        return await new Migration(from, to, reader, Options, "test", time).RunAsync(lastPass, stop, abort);
    }

    /// <summary>Replays rejections, with an end wrapped or with tokens.</summary>
    public ReplayReport Replay(
        RejectionFilter? filter = null, bool closeGone = false, Func<IChatSource, IChatSource>? source = null,
        Func<IChatDestination, IChatDestination>? destination = null, CancellationToken stop = default, CancellationToken abort = default)
    {
        var time = new ManualTimeProvider { SkipsWaits = true };
        using var from = source?.Invoke(new SqliteSource(SourcePath)) ?? new SqliteSource(SourcePath);
        using var to = destination?.Invoke(new SqliteDestination(DestinationPath, time)) ?? new SqliteDestination(DestinationPath, time);
        using var reader = new SqliteSource(DestinationPath);
        return new Replay(from, to, reader, Options, "replay", time).Run(filter ?? RejectionFilter.All, closeGone, stop, abort);
    }

    /// <summary>Compares both sides as the program does, with an end wrapped or with a token; the differences as lines.</summary>
    public IReadOnlyList<string> Compare(
        Func<IChatSource, IChatSource>? source = null, Func<IChatSource, IChatSource>? reader = null, Func<IChatDestination, IChatDestination>? destination = null,
        CancellationToken cancellationToken = default)
    {
        var time = Clock ?? new ManualTimeProvider { SkipsWaits = true };
        using var from = source?.Invoke(new SqliteSource(SourcePath)) ?? new SqliteSource(SourcePath);
        using var to = destination?.Invoke(new SqliteDestination(DestinationPath, time)) ?? new SqliteDestination(DestinationPath, time);
        using var back = reader?.Invoke(new SqliteSource(DestinationPath)) ?? new SqliteSource(DestinationPath);
        var (reading, readingBack) = (EndRetries.Of(from, Options.Retry, time, _ => { }), EndRetries.Of(to, Options.Retry, time, _ => { }));
        var (here, there, known) = (
            ExplainedSource.OfSource(from, reading), ExplainedSource.OfDestination(back, readingBack), new ExplainedDestination(to, readingBack));
        var plan = PassPlanner.Plan(here, known, there, null, Options.Rules, forWriting: false, cancellationToken);
        plan.Demand();
        var books = known.ReadBooks(1);
        var differences = new List<string>();
        var report = new Comparer(
            here, there, plan, Options.Rules, known.ReadRejectedKeys, table => books.TryGetValue(table, out var book) ? book.Reused : 0).Run(
            found => differences.Add($"{found.Kind} {found.Table} {found.Key} {found.Column}".TrimEnd()), null, cancellationToken);
        return report.IsClean == (differences.Count == 0) ? differences : [$"clean: {report.IsClean}", .. differences];
    }

    /// <summary>Makes the destination empty again, or what it was once.</summary>
    public void Restart(byte[]? destination = null)
    {
        foreach (var file in _folder.FileNames().Where(name => name.StartsWith("destination.db", StringComparison.Ordinal)))
        {
            File.Delete(_folder.File(file));
        }

        File.WriteAllBytes(DestinationPath, destination ?? Empty.Value);
    }

    /// <summary>Runs statements on the source.</summary>
    public void ChangeSource(string sql) => Execute(SourcePath, sql);

    /// <summary>Runs statements on the destination.</summary>
    public void ChangeDestination(string sql) => Execute(DestinationPath, sql);

    /// <summary>Rows of the source.</summary>
    public IReadOnlyList<object?[]> AskSource(string sql) => Ask(SourcePath, sql);

    /// <summary>Rows of the destination.</summary>
    public IReadOnlyList<object?[]> Ask(string sql) => Ask(DestinationPath, sql);

    /// <summary>One number of the destination.</summary>
    public long Count(string sql) => (long)Ask(sql)[0][0]!;

    /// <summary>Every row of every 2013 table as a line, sorted.</summary>
    public IReadOnlyList<string> Content() => Lines(ChatSchema.Persistent.Tables.Select(table => (table.Name, $"SELECT * FROM {table.Name}")));

    /// <summary>The content, and with it the books, rejections and digests: what must not depend on faults.</summary>
    public IReadOnlyList<string> Outcome() =>
    [
        .. Content(),
        .. Lines(
        [
            ("book", "SELECT pass, source_table, rows_read, written, reused, rejected, derived, skipped FROM chatetl_book"),
            ("range", "SELECT range_id, stream, next_key, done, rows_read, written, reused, rejected, derived, skipped, bytes, digest FROM chatetl_range"),
            ("rejection", "SELECT source_table, source_key, rule, reason, source_values FROM chatetl_rejection"),
            ("run", "SELECT state, pass, wrote FROM chatetl_run"),
        ]),
    ];

    public void Dispose() => _folder.Dispose();

    private static byte[] Made(Action<string> make)
    {
        using var folder = new TempFolder();
        var path = folder.File("made.db");
        make(path);
        return File.ReadAllBytes(path);
    }

    private static void Execute(string path, string sql)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static IReadOnlyList<object?[]> Ask(string path, string sql)
    {
        using var reader = new PoolReader(path);
        return reader.Rows(sql);
    }

    private List<string> Lines(IEnumerable<(string Name, string Sql)> queries)
    {
        var lines = new List<string>();
        using var reader = new PoolReader(DestinationPath);
        foreach (var (name, sql) in queries)
        {
            lines.AddRange(reader.Rows(sql).Select(row => $"{name} {string.Join(" | ", row.Select(Text))}").Order(StringComparer.Ordinal));
        }

        return lines;
    }

    private static string Text(object? cell) => cell switch
    {
        null => "NULL",
        byte[] bytes => "0x" + Convert.ToHexString(bytes),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"'{cell}'",
    };
}
