using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>A sample pool and the two ways its messages reach a destination that are compared.</summary>
internal sealed class Pool : IDisposable
{
    /// <summary>What the sample pool needs to be carried without questions.</summary>
    public static readonly RuleOptions Rules = new() { DisabledRooms = DisabledRooms.Keep, NameCollisions = NameCollisions.Rename };

    private readonly string _folder = Directory.CreateTempSubdirectory("chatetl-bench-").FullName;

    public Pool(long messages) => SamplePool.Make(new ChatEtl.Sqlite.SampleOptions { Path = Source, Messages = messages });

    public string Source => Path.Combine(_folder, "legacy.db");

    public string Destination => Path.Combine(_folder, "persistent.db");

    /// <summary>Where processes count what they read.</summary>
    public string Counter => Path.Combine(_folder, "read.count");

    /// <summary>An empty 2013-shaped destination.</summary>
    public void Reset()
    {
        foreach (var file in Directory.GetFiles(_folder, "persistent.db*"))
        {
            File.Delete(file);
        }

        SqliteProvisioner.Provision(Destination);
    }

    /// <summary>SQLite's own way: ATTACH and INSERT … SELECT of tblChat into the same schema, with the destination's pragmas, then synced.</summary>
    public void InsertSelect()
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={Destination};Pooling=False");
        connection.Open();
        foreach (var sql in new[]
        {
            SqliteDatabase.WritingPragmas,
            $"ATTACH '{Source}' AS legacy",
            "INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content, rtf) "
                + "SELECT channelId, chatId, chatDate, userId, isAlert, content, NULL FROM legacy.tblChat",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        })
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The whole pipeline: directory, rules, digests, checkpoints, counters.</summary>
    public Task MigrateAsync(PipelineOptions options) => MigrateAsync(new SqliteSource(Source), Destination, options);

    /// <summary>The same, from a source that is opened already.</summary>
    public static async Task MigrateAsync(IChatSource opened, string path, PipelineOptions options)
    {
        using var source = opened;
        using var reader = new SqliteSource(path);
        using var destination = new SqliteDestination(path, TimeProvider.System);
        var configuration = new ChatEtlOptions { Pipeline = options, Rules = Rules };
        var migration = new Migration(source, destination, reader, configuration, "benchmark", TimeProvider.System);
        var report = await migration.RunAsync(lastPass: false, CancellationToken.None, CancellationToken.None);
        if (!report.Complete || !report.Balances)
        {
            throw new InvalidOperationException("The migration is not complete.");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
