using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Reading;

/// <summary>Do more readers pay between two SQLite files? The whole migration, in ranges enough for all readers.</summary>
public class ReadersBenchmarks() : MigrationBenchmarks(Messages)
{
    private const int Messages = 200_000;

    /// <summary>Ranges read at the same time.</summary>
    [Params(1, 2, 4)]
    public int Readers { get; set; }

    /// <summary>Migrates all messages.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task Migrate() => MigrateAsync(new PipelineOptions { Readers = Readers, RangeRows = Messages / 8 });
}
