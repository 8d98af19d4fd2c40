using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Writing;

/// <summary>Do more writers pay on SQL Server? The whole migration; has no cases unless CHATETL_TEST_SQLSERVER names a server.</summary>
[MonitoringJob]
[Config(typeof(OnlyWithServer))]
public class WritersBenchmarks
{
    private const int Messages = 200_000;

    private ServerPool _pool = null!;

    /// <summary>Batches written at the same time.</summary>
    [Params(1, 2, 4)]
    public int Writers { get; set; }

    /// <summary>Makes the pool.</summary>
    [GlobalSetup]
    public void Setup() => _pool = new ServerPool(Messages);

    /// <summary>Empties the destination.</summary>
    [IterationSetup]
    public void Reset() => _pool.Reset();

    /// <summary>Removes both databases.</summary>
    [GlobalCleanup]
    public void Cleanup() => _pool.Dispose();

    /// <summary>Migrates all messages.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task Migrate() => _pool.MigrateAsync(new PipelineOptions { SelfTuning = false, Writers = Writers, RangeRows = Messages / 8 });

    private sealed class OnlyWithServer : ManualConfig
    {
        public OnlyWithServer() => AddFilter(new SimpleFilter(_ => ServerPool.IsNamed));
    }
}
