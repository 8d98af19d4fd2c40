using System.Diagnostics;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>The ways in which messages get from one SQLite file into another, empty one: ours, SQLite's own, and what one would write without us.</summary>
internal static class SqliteWays
{
    /// <summary>The whole pipeline.</summary>
    public const string Pipeline = "pipeline";

    /// <summary>ATTACH and INSERT … SELECT of tblChat with the same pragmas.</summary>
    public const string InsertSelect = "INSERT … SELECT";

    /// <summary>A plain loop of parameterised INSERTs with Microsoft.Data.Sqlite, 10,000 a transaction.</summary>
    public const string InsertLoop = "loop of INSERTs";

    /// <summary>The sqlite3 program: .dump of tblChat into another one.</summary>
    public const string Dump = "sqlite3 .dump | sqlite3";

    /// <summary>A comparison of both files after the pipeline.</summary>
    public const string Compare = "compare";

    private const string Select = "SELECT channelId, chatId, chatDate, userId, isAlert, content, NULL FROM";
    private const string Insert = "INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf)";
    private const int LoopRows = 10_000;
    /// <summary>What a sample pool needs to be carried without questions.</summary>
    public static readonly RuleOptions Rules = new() { DisabledRooms = DisabledRooms.Keep, NameCollisions = NameCollisions.Rename, LongNames = LongNames.Shorten };

    /// <summary>Runs a way; the slowest stage of a pipeline.</summary>
    public static async Task<string?> RunAsync(string way, string source, string destination, PipelineOptions options)
    {
        SqliteNative.Init();
        switch (way)
        {
            case Pipeline:
                var report = await MigrateAsync(new SqliteSource(source), destination, options);
                return $"{report.Stages.Slowest} ({report.BatchRows:N0} rows a batch)".ToLowerInvariant();
            case Compare:
                CompareFiles(source, destination);
                break;
            case InsertSelect:
                CopyBySelect(source, destination);
                break;
            case InsertLoop:
                Loop(source, destination);
                break;
            case Dump:
                await DumpAsync(source, destination);
                break;
            default:
                throw new ArgumentException($"There is no way '{way}'.", nameof(way));
        }

        return null;
    }

    /// <summary>Migrates from a source that is opened already; throws unless the run is complete and its books balance.</summary>
    public static Task<RunReport> MigrateAsync(IChatSource opened, string path, PipelineOptions options) => MigrateAsync(opened, path, options, Rules, null);

    /// <summary>Migrates by other rules; somebody may watch.</summary>
    public static async Task<RunReport> MigrateAsync(IChatSource opened, string path, PipelineOptions options, RuleOptions rules, Action<RunProgress>? watch)
    {
        using var source = opened;
        using var reader = new SqliteSource(path);
        using var destination = new SqliteDestination(path, TimeProvider.System);
        var migration = new Migration(source, destination, reader, new ChatEtlOptions { Pipeline = options, Rules = rules }, "benchmark", TimeProvider.System);
        watch?.Invoke(migration.Progress);
        var report = await migration.RunAsync(lastPass: false, CancellationToken.None, CancellationToken.None);
        return report.Complete && report.Balances ? report : throw new InvalidOperationException("The migration is not complete.");
    }

    /// <summary>SQLite's own way.</summary>
    public static void CopyBySelect(string source, string destination)
    {
        SqliteNative.Init();
        using var connection = Open(destination);
        Execute(connection, $"ATTACH '{source}' AS legacy");
        Execute(connection, $"{Insert} {Select} legacy.tblChat");
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Compares a source with what was made of it; throws unless it is clean.</summary>
    public static void CompareFiles(string from, string to)
    {
        using var source = new SqliteSource(from);
        using var reader = new SqliteSource(to);
        using var destination = new SqliteDestination(to, TimeProvider.System);
        var plan = PassPlanner.Plan(source, new ExplainedDestination(destination), reader, null, Rules, forWriting: false, CancellationToken.None);
        var report = new Comparer(source, reader, plan, Rules, destination.ReadRejectedKeys).Run(_ => { }, null, CancellationToken.None);
        if (!report.IsClean)
        {
            throw new InvalidOperationException("The two sides differ.");
        }
    }

    private static void Loop(string source, string destination)
    {
        using var from = new SqliteConnection($"Data Source={source};Mode=ReadOnly;Pooling=False");
        from.Open();
        using var to = Open(destination);
        using var select = from.CreateCommand();
        select.CommandText = $"{Select} tblChat";
        using var insert = to.CreateCommand();
        insert.CommandText = $"{Insert} VALUES ($0, $1, $2, $3, $4, $5, $6)";
        for (var i = 0; i < 7; i++)
        {
            insert.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        using var row = select.ExecuteReader();
        var values = new object[7];
        SqliteTransaction? transaction = null;
        for (var rows = 0; row.Read(); rows++)
        {
            if (rows % LoopRows == 0)
            {
                transaction?.Commit();
                transaction?.Dispose();
                insert.Transaction = transaction = to.BeginTransaction();
            }

            row.GetValues(values);
            for (var i = 0; i < values.Length; i++)
            {
                insert.Parameters[i].Value = values[i];
            }

            insert.ExecuteNonQuery();
        }

        transaction?.Commit();
        transaction?.Dispose();
        Execute(to, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static async Task DumpAsync(string source, string destination)
    {
        // The destination's table has a column more: the rows go into one like the source's first.
        using (var connection = Open(destination))
        {
            Execute(connection, "DROP TABLE tblChat");
        }

        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sqlite3 \"$0\" '.dump tblChat' | sqlite3 \"$1\"", source, destination]))!;
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"sqlite3 ended with {shell.ExitCode}.");
        }
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, SqliteDatabase.WritingPragmas);
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }
}
