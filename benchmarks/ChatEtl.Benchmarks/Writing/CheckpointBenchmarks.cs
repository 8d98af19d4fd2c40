using BenchmarkDotNet.Attributes;
using ChatEtl.Sqlite;

namespace ChatEtl.Benchmarks.Writing;

/// <summary>What does the checkpoint in each transaction cost? The same rows by the same statements, without it and with it.</summary>
[MemoryDiagnoser]
public class CheckpointBenchmarks : WriteBenchmarks
{
    /// <inheritdoc/>
    [Params(500, 10_000)]
    public override int BatchRows { get; set; }

    /// <summary>Rows only.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public long Rows() => InsertBatches(SqliteBatchWriter.RowsAStatement, copiesLog: true);

    /// <summary>Rows, books and checkpoint, read back after the commit.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long RowsAndCheckpoint() => WriteBatches();
}
