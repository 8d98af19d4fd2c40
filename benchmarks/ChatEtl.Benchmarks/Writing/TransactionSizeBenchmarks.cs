using BenchmarkDotNet.Attributes;

namespace ChatEtl.Benchmarks.Writing;

/// <summary>How many rows does an SQLite transaction need before its commit no longer shows? One prepared INSERT a row, without our pipeline.</summary>
public class TransactionSizeBenchmarks : WriteBenchmarks
{
    /// <inheritdoc/>
    [Params(100, 1_000, 10_000, 100_000)]
    public override int BatchRows { get; set; }

    /// <summary>Inserts all messages.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long Insert() => InsertBatches(rowsAStatement: 1, copiesLog: false);
}
