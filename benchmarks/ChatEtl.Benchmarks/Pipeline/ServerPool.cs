using System.Diagnostics;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>A sample pool on a SQL Server and the ways its messages reach another database there that are compared. Makes two databases, drops them again.</summary>
internal sealed class ServerPool : IDisposable
{
    private const string Variable = "CHATETL_TEST_SQLSERVER";
    private const int BatchRows = 10_000;

    private static readonly ChatEtlOptions Lenient = new()
    {
        Rules = new RuleOptions { DisabledRooms = DisabledRooms.Keep, NameCollisions = NameCollisions.Rename, LongNames = LongNames.Shorten },
    };

    private readonly SqlConnectionStringBuilder _server = new(Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"Name a server in {Variable}, as a connection string."));

    private readonly SqlServerEnd _source;
    private SqlServerEnd _destination;

    public ServerPool(long messages)
    {
        _source = Create();
        _destination = _source;
        var folder = Directory.CreateTempSubdirectory("chatetl-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "legacy.db");
            SamplePool.Make(new ChatEtl.Sqlite.SampleOptions { Path = path, Messages = messages });
            Console.WriteLine("Loading the sample pool into the server.");
            using var file = new SqliteSource(path);
            TextBytes = MoveAsync(file, _source, new PipelineOptions { Writers = 2 }).GetAwaiter().GetResult().Report.Bytes;
            using var own = new SqlServerDestination(_source, new SqlServerLoad(), TimeProvider.System);
            own.RemoveOwnTables(own.ReadRun()!.Epoch);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whether there is a server to measure on.</summary>
    public static bool IsNamed => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Bytes of text in the source, as UTF-8 had them.</summary>
    public long TextBytes { get; }

    /// <summary>An empty destination.</summary>
    public void Reset()
    {
        DropDestination();
        _destination = Create();
    }

    /// <summary>The whole pipeline; the seconds while rows moved, without planning, the directory and the counters, and the slowest stage.</summary>
    public async Task<(double Moving, string Limit)> MigrateAsync(PipelineOptions options)
    {
        using var source = new SqlServerSource(_source, keepHalfPairs: true);
        var (seconds, report) = await MoveAsync(source, _destination, options);
        return (seconds, $"{report.Stages.Slowest} ({report.BatchRows:N0} rows a batch, {report.Lanes} at a time)".ToLowerInvariant());
    }

    /// <summary>What one would write without us: as many threads as writers, each a query of an equal share of the rooms' messages straight into a SqlBulkCopy.</summary>
    public async Task CopyAsync(int writers)
    {
        using var source = new SqlServerSource(_source);
        var extents = source.ReadExtents(CancellationToken.None).ToList();
        var (all, passed) = (extents.Sum(room => room.UpTo - room.From + 1), 0L);
        var shares = extents.GroupBy(room => (passed += room.UpTo - room.From + 1) * writers / (all + 1)).Select(share => (First: share.First().Room, Last: share.Last().Room));
        await Task.WhenAll(shares.Select(share => Task.Factory.StartNew(() => Copy(share.First, share.Last), TaskCreationOptions.LongRunning)));
    }

    public void Dispose()
    {
        try
        {
            DropDestination();
            Drop(_source);
        }
        catch (SqlException exception)
        {
            // After a fault its connections may still be open; the fault is what must be told.
            Console.Error.WriteLine($"Left on the server: {exception.Message}");
        }
    }

    private static async Task<(double Moving, RunReport Report)> MoveAsync(IChatSource source, SqlServerEnd to, PipelineOptions options)
    {
        using var reader = new SqlServerSource(to, keepHalfPairs: true, readOnlyIntent: false);
        using IChatDestination destination = new SqlServerDestination(to, new SqlServerLoad { Writers = options.Writers }, TimeProvider.System);
        var migration = new Migration(source, destination, reader, Lenient with { Pipeline = options }, "benchmark", TimeProvider.System);
        var run = Task.Run(() => migration.RunAsync(lastPass: false, CancellationToken.None, CancellationToken.None));
        var (begun, ended) = (0L, 0L);
        while (!run.IsCompleted && ended == 0)
        {
            await Task.Delay(10);
            begun = begun == 0 && migration.Progress.Phase == "moving" ? Stopwatch.GetTimestamp() : begun;
            ended = begun != 0 && migration.Progress.Phase != "moving" ? Stopwatch.GetTimestamp() : ended;
        }

        var report = await run;
        if (!report.Complete || !report.Balances)
        {
            throw new InvalidOperationException("The migration is not complete.");
        }

        return (Stopwatch.GetElapsedTime(begun, ended).TotalSeconds, report);
    }

    private void Copy(long first, long last)
    {
        using var from = SqlServerDatabase.OpenForReading(_source, readOnlyIntent: false);
        using var to = SqlServerDatabase.OpenForWriting(_destination);
        using var select = SqlServerDatabase.Command(
            _source, from, null,
            "SELECT channelId, chatId, chatDate, userId, isAlert, content, rtf FROM dbo.tblChat WHERE channelId BETWEEN @p0 AND @p1 ORDER BY channelId, chatId", (int)first, (int)last);
        using var rows = select.ExecuteReader();
        using var bulk = new SqlBulkCopy(to, SqlBulkCopyOptions.UseInternalTransaction | SqlBulkCopyOptions.CheckConstraints | SqlBulkCopyOptions.KeepNulls, null)
        {
            DestinationTableName = "dbo.tblChat",
            BatchSize = BatchRows,
            BulkCopyTimeout = 0,
        };
        bulk.WriteToServer(rows);
    }

    private SqlServerEnd Create()
    {
        var end = new SqlServerEnd
        {
            Server = _server.DataSource,
            Database = $"chatetl_bench_{Guid.NewGuid():N}"[..30],
            User = _server.IntegratedSecurity ? null : _server.UserID,
            Password = _server.IntegratedSecurity ? null : _server.Password,
            Encrypt = !_server.Encrypt.Equals(SqlConnectionEncryptOption.Optional),
            TrustServerCertificate = _server.TrustServerCertificate,
        };
        OnMaster($"CREATE DATABASE {end.Database}");
        SqlServerProvisioner.Provision(end);
        return end;
    }

    private void DropDestination()
    {
        if (_destination != _source)
        {
            Drop(_destination);
            _destination = _source;
        }
    }

    private void Drop(SqlServerEnd end)
    {
        // Of this database only: the source's connections stay warm for both ways.
        using (var pooled = SqlServerDatabase.OpenForReading(end, readOnlyIntent: false))
        {
            SqlConnection.ClearPool(pooled);
        }

        OnMaster($"DROP DATABASE {end.Database}");
    }

    private void OnMaster(string sql)
    {
        using var connection = new SqlConnection(new SqlConnectionStringBuilder(_server.ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new SqlCommand(sql, connection) { CommandTimeout = 120 };
        command.ExecuteNonQuery();
    }
}
