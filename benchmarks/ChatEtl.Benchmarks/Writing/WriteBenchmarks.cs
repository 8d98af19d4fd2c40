using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Chat;
using ChatEtl.Sqlite;

namespace ChatEtl.Benchmarks.Writing;

/// <summary>Messages in memory, transformed, and an empty SQLite destination each iteration; those who ask a question write them.</summary>
[MonitoringJob]
public abstract class WriteBenchmarks
{
    /// <summary>Messages written by one invocation.</summary>
    protected const int Messages = 200_000;

    private PlannedPool _pool = null!;
    private IReadOnlyList<MessageBatch> _batches = null!;
    private SqliteDestination _destination = null!;
    private SqliteWriteSession _session = null!;
    private LogCopier _copier = null!;

    /// <summary>Rows of a batch, which is one transaction.</summary>
    public abstract int BatchRows { get; set; }

    /// <summary>Makes the batches.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _pool = new PlannedPool(Messages);
        _batches = _pool.ReadAll(BatchRows);
    }

    /// <summary>Makes an empty destination and opens it for both ways.</summary>
    [IterationSetup]
    public void Open()
    {
        _destination = _pool.Begin();
        _session = new SqliteWriteSession(SqliteDatabase.OpenForWriting(_pool.Destination));
        _copier = new LogCopier(_pool.Destination);
    }

    /// <summary>Closes the destination.</summary>
    [IterationCleanup]
    public void Close()
    {
        _copier.Dispose();
        _session.Dispose();
        _session.Connection.Dispose();
        _destination.Dispose();
    }

    /// <summary>Removes the pool.</summary>
    [GlobalCleanup]
    public void Cleanup() => _pool.Dispose();

    /// <summary>Our way: each batch with its checkpoint.</summary>
    protected long WriteBatches()
    {
        var written = 0L;
        foreach (var batch in _batches)
        {
            written = _destination.Write(batch, PlannedPool.Epoch).Book.Written;
        }

        return _pool.Confirm(written);
    }

    /// <summary>Each batch as a bare transaction of its rows.</summary>
    /// <param name="rowsAStatement">Messages of one INSERT.</param>
    /// <param name="copiesLog">Whether the log is copied beside the writer, as a destination does.</param>
    protected long InsertBatches(int rowsAStatement, bool copiesLog)
    {
        var writer = new SqliteBatchWriter(_session);
        var written = 0L;
        foreach (var batch in _batches)
        {
            _session.Begin();
            written += Insert(writer, batch, rowsAStatement);
            _session.Run("COMMIT");
            if (copiesLog)
            {
                _copier.Add(batch.Count, batch.Bytes);
            }
        }

        return _pool.Confirm(written);
    }

    private static unsafe int Insert(SqliteBatchWriter writer, MessageBatch batch, int rowsAStatement)
    {
        using var pinned = batch.Text.AsMemory().Pin();
        var row = 0;
        while (row < batch.Count)
        {
            var rows = batch.Count - row < rowsAStatement ? 1 : rowsAStatement;
            if (writer.Insert(batch, row, rows, (byte*)pinned.Pointer) is { } fault)
            {
                throw fault;
            }

            row += rows;
        }

        return row;
    }
}
