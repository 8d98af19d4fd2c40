using BenchmarkDotNet.Attributes;

namespace ChatEtl.Benchmarks.Writing;

/// <summary>Does a larger batch still pay after 10,000 rows? Rows and checkpoints, without the rest of the pipeline.</summary>
[MemoryDiagnoser]
public class BatchSizeBenchmarks : WriteBenchmarks
{
    /// <inheritdoc/>
    [Params(500, 1_000, 2_500, 10_000, 40_000)]
    public override int BatchRows { get; set; }

    /// <summary>Writes all messages.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long Write() => WriteBatches();
}
