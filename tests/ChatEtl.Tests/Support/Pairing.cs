using System.Collections.Concurrent;
using System.Data.SqlTypes;
using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using PoolOptions = ChatEtl.Sqlite.SampleOptions;

namespace ChatEtl.Tests.Support;

/// <summary>The products an end may be.</summary>
public enum Product
{
    /// <summary>A file.</summary>
    Sqlite,

    /// <summary>A database of its own on the server under test; without a server the test is skipped.</summary>
    SqlServer,
}

/// <summary>A migration between two ends of any product, run as often as a test likes.</summary>
internal sealed class Pairing : IDisposable
{
    private static readonly Guid DestinationRoot = new("5a7b9c1d-0000-4000-8000-00000000d057");
    private static readonly BatchLimits Page = new(10_000, 8 << 20);
    private static readonly ConcurrentDictionary<PoolOptions, Lazy<byte[]>> Pools = new();

    private readonly TempFolder _folder = new();
    private readonly Product _from;
    private readonly Product _to;
    private readonly TempSqlServerDatabase? _source;
    private TempSqlServerDatabase? _destination;

    /// <summary>A sample pool as the source, an empty destination.</summary>
    public Pairing(Product from, Product to, PoolOptions sample)
    {
        (_from, _to) = (from, to);
        if (from == Product.SqlServer || to == Product.SqlServer)
        {
            TempSqlServerDatabase.Server();
        }

        File.WriteAllBytes(SourcePath, Pools.GetOrAdd(sample, options => new(() => Made(options))).Value);
        if (from == Product.SqlServer)
        {
            _source = new TempSqlServerDatabase(sample.Generation);
            SqlServerPool.Copy(SourcePath, _source.End);
        }

        Restart();
    }

    /// <summary>One reader, small batches, small ranges, lenient rules, quick retries.</summary>
    public ChatEtlOptions Options { get; set; } = new()
    {
        Rules = Rehearsal.Lenient,
        Pipeline = new PipelineOptions { Readers = 2, BatchRows = 100, RangeRows = 500 },
        Retry = new RetryOptions { Attempts = 3, BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1) },
    };

    public string SourcePath => _folder.File("source.db");

    public string DestinationPath => _folder.File("destination.db");

    /// <summary>The server's destination database.</summary>
    public TempSqlServerDatabase Database => _destination!;

    /// <summary>Whether both ends keep half a surrogate pair (M2).</summary>
    private bool KeepsHalfPairs => _from == Product.SqlServer && _to == Product.SqlServer;

    public IChatSource OpenSource() => _from == Product.Sqlite ? new SqliteSource(SourcePath) : new SqlServerSource(_source!.End, KeepsHalfPairs);

    public IChatDestination OpenDestination() => _to == Product.Sqlite
        ? new SqliteDestination(DestinationPath, Clock)
        : new SqlServerDestination(_destination!.End, new SqlServerLoad { Writers = Options.Pipeline.Writers }, Clock);

    public IChatSource OpenReader() => _to == Product.Sqlite
        ? new SqliteSource(DestinationPath)
        : new SqlServerSource(_destination!.End, KeepsHalfPairs, readOnlyIntent: false);

    /// <summary>Makes the destination empty again.</summary>
    public void Restart()
    {
        if (_to == Product.Sqlite)
        {
            foreach (var file in _folder.FileNames().Where(name => name.StartsWith("destination.db", StringComparison.Ordinal)))
            {
                File.Delete(_folder.File(file));
            }

            SqliteProvisioner.Provision(DestinationPath, DestinationRoot);
            return;
        }

        _destination?.Dispose();
        _destination = new TempSqlServerDatabase();
        SqlServerProvisioner.Provision(_destination.End, DestinationRoot);
    }

    /// <summary>Runs, with an end wrapped or with tokens.</summary>
    public async Task<RunReport> RunAsync(
        Func<IChatSource, IChatSource>? source = null, Func<IChatDestination, IChatDestination>? destination = null, bool lastPass = false,
        CancellationToken stop = default, CancellationToken abort = default)
    {
        using var from = source?.Invoke(OpenSource()) ?? OpenSource();
        using var to = destination?.Invoke(OpenDestination()) ?? OpenDestination();
        using var reader = OpenReader();
        return await new Migration(from, to, reader, Options, "test", Clock).RunAsync(lastPass, stop, abort);
    }

    /// <summary>Compares both sides; the differences as lines.</summary>
    public IReadOnlyList<string> Compare()
    {
        using var from = OpenSource();
        using var to = OpenDestination();
        using var reader = OpenReader();
        var plan = PassPlanner.Plan(from, new ExplainedDestination(to), reader, null, Options.Rules, forWriting: false, CancellationToken.None);
        plan.Demand();
        var books = to.ReadBooks(1);
        var differences = new List<string>();
        var report = new Comparer(
            from, reader, plan, Options.Rules, to.ReadRejectedKeys, table => books.TryGetValue(table, out var book) ? book.Reused : 0).Run(difference => differences.Add(difference.ToString()), null, CancellationToken.None);
        return report.IsClean == (differences.Count == 0) ? differences : [$"clean: {report.IsClean}", .. differences];
    }

    /// <summary>Every row of every 2013 table as a line, sorted; the same for equal content, whatever the product. Times as SQL Server keeps them.</summary>
    public IReadOnlyList<string> Content()
    {
        using var reader = OpenReader();
        return
        [
            .. ChatSchema.Persistent.Tables.SelectMany(table => reader.ReadRows(table, "", Page, CancellationToken.None)
                .SelectMany(page => page.Rows).Select(row => $"{table.Name} {string.Join(" | ", row.Select((cell, i) => Text(table.Columns[i], cell)))}").Order(StringComparer.Ordinal)),
        ];
    }

    /// <summary>The content, and with it the books, rejections and digests: what must not depend on faults.</summary>
    public IReadOnlyList<string> Outcome()
    {
        using var destination = OpenDestination();
        var run = destination.ReadRun();
        return
        [
            .. Content(),
            $"run {run?.State} {run?.Pass}",
            .. destination.ReadRanges().Select(range => $"range {range.Range.Id} {range.Range.Stream} {range.Checkpoint.Position} {range.Checkpoint.Done} {Text(range.Checkpoint.Book)} "
                + $"{range.Checkpoint.Bytes} {RowDigest.Format(range.Checkpoint.Digest)}"),
            .. destination.ReadBooks(1).Select(book => $"book {book.Key} {Text(book.Value)}").Order(StringComparer.Ordinal),
            .. destination.Rejections().Select(rejection => rejection.ToString()).Order(StringComparer.Ordinal),
        ];
    }

    public void Dispose()
    {
        _source?.Dispose();
        _destination?.Dispose();
        _folder.Dispose();
    }

    private static ManualTimeProvider Clock => new() { SkipsWaits = true };

    /// <summary>A sample without U+0000 where the server under test has no such character.</summary>
    private static byte[] Made(PoolOptions options)
    {
        using var folder = new TempFolder();
        var path = folder.File("made.db");
        SamplePool.Make(options with { Path = path });
        if (Environment.GetEnvironmentVariable("CHATETL_TEST_SQLSERVER") is { Length: > 0 })
        {
            using var probe = new TempSqlServerDatabase();
            if (!probe.Keeps('\0'))
            {
                using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "DELETE FROM tblChat WHERE instr(content, char(0)) > 0";
                command.ExecuteNonQuery();
            }
        }

        return File.ReadAllBytes(path);
    }

    private static string Text(Book book) =>
        $"{book.Read}={book.Written}+{book.Reused}+{book.Rejected}+{string.Join(',', book.Skipped.Select(skipped => $"{skipped.Key}:{skipped.Value}"))} {book.Derived}";

    private static string Text(Column column, object? cell) => column.Type switch
    {
        ColumnType.Guid when Cells.TryGuid(cell, out var guid) => Cells.FormatGuid(guid),
        ColumnType.DateTime when Cells.TryDateTime(cell, out var time) => Cells.FormatDateTime(new SqlDateTime(time).Value),
        _ => cell is string text ? $"'{text}'" : Cells.Format(cell),
    };
}
