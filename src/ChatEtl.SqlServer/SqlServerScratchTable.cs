using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>A table of the shape of tblChat in our own schema, to measure how fast messages go in: the same bulk load, checkpoint and commit as a run's.</summary>
/// <remarks>
/// Only messages are written. A lock of the session that made the tables tells a measurement at work from what a killed one left; the server takes
/// it away with the session. The schema is removed, too, when the measurement made it.
/// </remarks>
internal sealed class SqlServerScratchTable : IScratch
{
    private const string Chat = "scratch_chat";
    private const string Ranges = "scratch_range";

    /// <summary>What a row takes besides its texts: its fixed columns, header, places of the variable ones, and its share of half-empty pages.</summary>
    private const int BytesARow = 60;

    private readonly SqlServerWriteSession _owner;
    private readonly SqlServerSessions _sessions;
    private readonly SqlServerRowLoader _loader;
    private readonly bool _ownsSchema;
    private long _rows;
    private long _textBytes;

    private SqlServerScratchTable(SqlServerWriteSession owner, DestinationTable chat, SqlServerLoad load, bool ownsSchema)
    {
        (_owner, _ownsSchema, _sessions) = (owner, ownsSchema, new SqlServerSessions(owner.End));
        _loader = new SqlServerRowLoader(_ => chat, load, Tables.Name(Chat));
    }

    /// <inheritdoc/>
    public string Description => _owner.End.Description;

    /// <inheritdoc/>
    public bool TakesEverything => false;

    /// <summary>Makes the tables.</summary>
    /// <param name="end">The database.</param>
    /// <param name="chat">Its tblChat.</param>
    /// <param name="load">How it is loaded.</param>
    /// <exception cref="IOException">Another measurement is at work.</exception>
    public static SqlServerScratchTable Make(SqlServerEnd end, DestinationTable chat, SqlServerLoad load)
    {
        var owner = new SqlServerWriteSession(end);
        try
        {
            if (!Lock(owner))
            {
                throw new IOException("Another plan is measuring in this database just now.");
            }

            var ownsSchema = owner.Rows($"SELECT CASE WHEN SCHEMA_ID('{Tables.Schema}') IS NULL THEN 1 ELSE 0 END", row => row.GetInt32(0)).Single() == 1;
            if (ownsSchema)
            {
                owner.Execute($"EXEC('CREATE SCHEMA {Tables.Schema}')");
            }

            DropTables(owner);
            owner.Begin();
            owner.Execute(CreateChat(chat));
            foreach (var index in chat.Indexes.Where(index => !index.IsClustered).Select((index, i) => (index, i)))
            {
                owner.Execute(CreateIndex(chat, index.index, $"scratch_index_{index.i}"));
            }

            owner.Execute(Tables.CreateRanges(Ranges));
            owner.Commit();
            return new SqlServerScratchTable(owner, chat, load, ownsSchema);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>Drops what a killed measurement left, unless one is at work; whether there was something to drop.</summary>
    public static bool Remove(SqlServerWriteSession session)
    {
        if (!IsThere(session) || !Lock(session))
        {
            return false;
        }

        DropTables(session);
        session.Execute("EXEC sp_releaseapplock 'chatetl scratch', 'Session'");
        return true;
    }

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => SqlServerFaults.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => SqlServerFaults.Explain(exception);

    /// <inheritdoc/>
    public void Begin(PassStart start) => _sessions.Transact(session =>
    {
        session.Load(
            Tables.Name(Ranges),
            ["range_id", "pass", "stream", "next_key", "done", "epoch", "updated", "wrote", "rows_read", "written", "reused", "rejected", "derived", "skipped", "bytes", "digest"],
            [.. (start.Ranges ?? []).Select(range => new object?[]
            {
                range.Id, start.Run.Pass, range.Stream, "", false, start.Run.Epoch, "", false, 0L, 0L, 0L, 0L, 0L, "{}", 0L, RowDigest.Format(UInt128.Zero),
            })]);
        return true;
    });

    /// <inheritdoc/>
    public RangeCheckpoint ReadCheckpoint(int rangeId) => _sessions.Use(session => Tables.ReadCheckpoint(session.End, session.Connection, null, rangeId, Ranges));

    /// <inheritdoc/>
    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        var after = _sessions.Transact(session =>
        {
            var stored = Tables.LockCheckpoint(session, batch.RangeId, Ranges).Checkpoint;
            _loader.Load(session, batch, [.. Enumerable.Range(0, batch.Count)]);
            var moved = stored with { Position = batch.To, Done = batch.EndsRange, Bytes = stored.Bytes + batch.Bytes, Digest = RowDigest.Add(stored.Digest, batch.Digest) };
            session.Prepared(
                $"UPDATE {Tables.Name(Ranges)} SET next_key = @p0, done = @p1, rows_read = rows_read + @p2, bytes = @p3, digest = @p4 WHERE range_id = @p5 AND epoch = @p6",
                moved.Position, moved.Done, (long)batch.Count, moved.Bytes, RowDigest.Format(moved.Digest), batch.RangeId, epoch).ExecuteNonQuery();
            return moved;
        });
        Interlocked.Add(ref _rows, batch.Count);
        Interlocked.Add(ref _textBytes, batch.Bytes);
        return after;
    }

    /// <inheritdoc/>
    public void Complete(PassEnd end)
    {
        // Counters are not written here.
    }

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadBack(int batchRows, int batchBytes, MessageBatchPool pool, CancellationToken cancellationToken) => [];

    /// <inheritdoc/>
    /// <remarks>By the documented sizes: the catalog's counts of pages are not there for everybody. Texts are UTF-16, two bytes for each ASCII character.</remarks>
    public long Size() => (Interlocked.Read(ref _rows) * BytesARow) + (2 * Interlocked.Read(ref _textBytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        _sessions.Dispose();
        try
        {
            DropTables(_owner);
            if (_ownsSchema)
            {
                _owner.Execute($"DROP SCHEMA {Tables.Schema}");
            }
        }
        catch (SqlException)
        {
            // The connection is gone, or a table is still locked by a batch that died; the next plan, run or finish drops it.
        }
        finally
        {
            _owner.Dispose();
        }
    }

    private static bool Lock(SqlServerWriteSession session) =>
        session.Rows("DECLARE @got int; EXEC @got = sp_getapplock 'chatetl scratch', 'Exclusive', 'Session', 0; SELECT @got", row => row.GetInt32(0)).Single() >= 0;

    private static bool IsThere(SqlServerWriteSession session) => session.Rows(
        $"SELECT CASE WHEN OBJECT_ID('{Tables.Schema}.{Chat}') IS NULL AND OBJECT_ID('{Tables.Schema}.{Ranges}') IS NULL THEN 0 ELSE 1 END", row => row.GetInt32(0)).Single() == 1;

    private static void DropTables(SqlServerWriteSession session)
    {
        foreach (var table in new[] { Chat, Ranges })
        {
            session.Execute($"IF OBJECT_ID('{Tables.Schema}.{table}') IS NOT NULL DROP TABLE {Tables.Name(table)}");
        }
    }

    private static string CreateChat(DestinationTable chat)
    {
        var columns = chat.DocumentedNames.Select(name => chat.Find(name)!).Select(column =>
            $"{Quote(column.Name)} {column.SqlType} {(column.Collation is { } collation ? $"COLLATE {collation} " : "")}{(column.Nullable ? "NULL" : "NOT NULL")}");
        var key = chat.ClusteredKey.Count == 0 ? "" : $", CONSTRAINT {Quote("PK_" + Chat)} PRIMARY KEY CLUSTERED ({List(chat.ClusteredKey)})";
        return $"CREATE TABLE {Tables.Name(Chat)} ({string.Join(", ", columns)}{key})";
    }

    private static string CreateIndex(DestinationTable chat, DestinationIndex index, string name) =>
        $"CREATE {(index.IsUnique ? "UNIQUE " : "")}INDEX {Quote(name)} ON {Tables.Name(Chat)} ({List(index.Key.Where(column => chat.Table.Ordinal(column) >= 0))})";

    private static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(Quote));
}
