using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using static ChatEtl.Sqlite.SqliteDatabase;

namespace ChatEtl.Sqlite;

/// <summary>A scratch file beside a destination: the same volume, pragmas, tables and transactions. The destination itself is only looked at.</summary>
internal sealed class SqliteScratch : IScratch
{
    private const string Suffix = ".chatetl-scratch";

    private static readonly string[] Kinds = ["", "-wal", "-shm", "-journal", ".partial", ".partial-journal"];

    private readonly string _path;
    private readonly SqliteDestination _inner;

    private SqliteScratch(string path, TimeProvider time)
    {
        _path = path;
        _inner = new SqliteDestination(path, time);
    }

    /// <inheritdoc/>
    public string Description => _inner.Description;

    /// <inheritdoc/>
    public bool TakesEverything => true;

    /// <summary>Makes the file beside a destination, which need not exist yet.</summary>
    public static SqliteScratch Make(string destination, TimeProvider time)
    {
        Remove(destination);
        var path = destination + Suffix;
        try
        {
            if (File.Exists(destination))
            {
                CopyTables(destination, path);
            }
            else
            {
                SqliteProvisioner.Provision(path);
            }

            return new SqliteScratch(path, time);
        }
        catch
        {
            Remove(destination);
            throw;
        }
    }

    /// <summary>Removes what a measurement beside a destination left, as far as the system lets; one that is still at work fails and is told so.</summary>
    public static void Remove(string destination)
    {
        foreach (var kind in Kinds)
        {
            try
            {
                File.Delete(destination + Suffix + kind);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In the way of the next measurement only, which tells it.
            }
        }
    }

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => _inner.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => _inner.Explain(exception);

    /// <inheritdoc/>
    public void Begin(PassStart start) => _inner.Begin(start);

    /// <inheritdoc/>
    public RangeCheckpoint ReadCheckpoint(int rangeId) => _inner.ReadCheckpoint(rangeId);

    /// <inheritdoc/>
    public RangeCheckpoint Write(Batch batch, long epoch) => _inner.Write(batch, epoch);

    /// <inheritdoc/>
    public void Complete(PassEnd end) => _inner.Complete(end);

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadBack(int batchRows, int batchBytes, MessageBatchPool pool, CancellationToken cancellationToken)
    {
        using var source = new SqliteSource(_path);
        foreach (var batch in source.ReadMessages([.. source.ReadExtents(cancellationToken)], null, new BatchLimits(batchRows, batchBytes), pool, cancellationToken))
        {
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public long Size()
    {
        using var connection = OpenForReading(_path);
        return Number(connection, "PRAGMA page_count") * Number(connection, "PRAGMA page_size");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inner.Dispose();
        Remove(_path[..^Suffix.Length]);
    }

    /// <summary>The destination's own tables, indexes and triggers, empty; what is ours is made by the run.</summary>
    private static void CopyTables(string destination, string path)
    {
        using var from = OpenForReading(destination);
        File.Create(path).Dispose();
        using var to = OpenAsItIs(path);
        Execute(to, $"PRAGMA page_size = {Number(from, "PRAGMA page_size").ToString(CultureInfo.InvariantCulture)}; PRAGMA synchronous = OFF; BEGIN");
        const string Made = """
            SELECT sql FROM sqlite_master
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND tbl_name NOT LIKE 'chatetl!_%' ESCAPE '!' AND type IN ('table', 'index', 'trigger')
            ORDER BY type = 'table' DESC, rowid
            """;
        foreach (var sql in SqliteCheckpointTables.Rows(from, Made).Select(row => row.Text(0)).ToList())
        {
            Execute(to, sql);
        }

        Execute(to, "COMMIT");
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }
}
