using BenchmarkDotNet.Attributes;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>What do many ranges cost? The whole migration, in about a hundred ranges and in fewer.</summary>
public class RangeRowsBenchmarks() : MigrationBenchmarks(Messages)
{
    private const int Messages = 1_000_000;

    /// <summary>Messages a range aims at.</summary>
    [Params(10_000, 50_000, 250_000, 1_000_000)]
    public int RangeRows { get; set; }

    /// <summary>Migrates all messages.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task Migrate() => MigrateAsync(new PipelineOptions { RangeRows = RangeRows });
}
