using System.Text;
using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Chat;
using ChatEtl.Reading;

namespace ChatEtl.Benchmarks.Transforming;

/// <summary>Do compact rows in UTF-8 pay against an object and a string per message? Reads and transforms the same pool both ways.</summary>
[MemoryDiagnoser]
public class CompactRowsBenchmarks
{
    private const int Messages = 100_000;

    private PlannedPool _pool = null!;

    /// <summary>Makes the pool and the plan.</summary>
    [GlobalSetup]
    public void Setup() => _pool = new PlannedPool(Messages);

    /// <summary>Removes the pool.</summary>
    [GlobalCleanup]
    public void Cleanup() => _pool.Dispose();

    /// <summary>The naive way: each message an object with a string, mapped by a dictionary.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public long ObjectsAndStrings()
    {
        var table = ChatSchema.Legacy["tblChat"];
        var bytes = 0L;
        foreach (var row in _pool.Source.ReadRows(table, "", new BatchLimits(10_000, 2 << 20), CancellationToken.None).SelectMany(page => page.Rows))
        {
            var route = _pool.Directory.RouteOf((int)(long)row[0]!);
            var author = _pool.Directory.PrincipalIdOf((int)(long)row[3]!);
            bytes += route.DestinationId + (author ?? 0) + Encoding.UTF8.GetByteCount((string)row[5]!);
        }

        return bytes;
    }

    /// <summary>Ours: columns and one buffer of UTF-8, validated and digested.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long CompactRows()
    {
        var batches = new MessageBatchPool(2 << 20, 10_000);
        var bytes = 0L;
        foreach (var batch in _pool.Read(new BatchLimits(10_000, 2 << 20), batches))
        {
            _pool.Transform.Apply(batch);
            bytes += batch.Bytes;
            batches.Return(batch);
        }

        return bytes;
    }
}
