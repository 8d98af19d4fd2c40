using BenchmarkDotNet.Attributes;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>A whole migration each iteration, into an empty destination; those who ask a question give the options.</summary>
/// <param name="messages">Messages of the sample pool.</param>
[MonitoringJob]
[MemoryDiagnoser]
public abstract class MigrationBenchmarks(int messages)
{
    private Pool _pool = null!;

    /// <summary>Makes the pool.</summary>
    [GlobalSetup]
    public void Setup() => _pool = new Pool(messages);

    /// <summary>Empties the destination.</summary>
    [IterationSetup]
    public void Reset() => _pool.Reset();

    /// <summary>Removes the pool.</summary>
    [GlobalCleanup]
    public void Cleanup() => _pool.Dispose();

    /// <summary>Migrates; throws when the migration is not complete.</summary>
    protected Task MigrateAsync(PipelineOptions options) => SqliteWays.RunAsync(SqliteWays.Pipeline, _pool.Source, _pool.Destination, options with { SelfTuning = false });
}
