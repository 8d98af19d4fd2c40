using System.Text;
using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Benchmarks.Transforming;

/// <summary>Do compact rows in UTF-8 pay against an object and a string per message? Reads and transforms the same pool both ways.</summary>
[MemoryDiagnoser]
public class CompactRowsBenchmarks
{
    private const int Messages = 100_000;
    private static readonly RuleOptions Rules = new() { DisabledRooms = DisabledRooms.Keep, NameCollisions = NameCollisions.Rename };

    private Pool _pool = null!;
    private SqliteSource _source = null!;
    private DirectoryPlan _plan = null!;

    /// <summary>Makes the pool and the plan.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _pool = new Pool(Messages);
        _pool.Reset();
        _source = new SqliteSource(_pool.Source);
        using var reader = new SqliteSource(_pool.Destination);
        using var destination = new SqliteDestination(_pool.Destination, TimeProvider.System);
        _plan = PassPlanner.Plan(_source, new ExplainedDestination(destination), reader, null, Rules, forWriting: false, CancellationToken.None).Directory;
    }

    /// <summary>Removes the pool.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _source.Dispose();
        _pool.Dispose();
    }

    /// <summary>The naive way: each message an object with a string, mapped by a dictionary.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public long ObjectsAndStrings()
    {
        var table = ChatSchema.Legacy["tblChat"];
        var bytes = 0L;
        foreach (var row in _source.ReadRows(table, "", new BatchLimits(10_000, 2 << 20), CancellationToken.None).SelectMany(page => page.Rows))
        {
            var route = _plan.RouteOf((int)(long)row[0]!);
            var author = _plan.PrincipalIdOf((int)(long)row[3]!);
            bytes += route.DestinationId + (author ?? 0) + Encoding.UTF8.GetByteCount((string)row[5]!);
        }

        return bytes;
    }

    /// <summary>Ours: columns and one buffer of UTF-8, validated and digested.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long CompactRows()
    {
        var transform = new MessageTransform(_plan, Rules, null);
        var pool = new MessageBatchPool(2 << 20, 10_000);
        var bytes = 0L;
        foreach (var batch in _source.ReadMessages([.. _source.ReadExtents(CancellationToken.None)], null, new BatchLimits(10_000, 2 << 20), pool, CancellationToken.None))
        {
            transform.Apply(batch);
            bytes += batch.Bytes;
            pool.Return(batch);
        }

        return bytes;
    }
}
