using System.IO.Hashing;
using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Chat;

namespace ChatEtl.Benchmarks.Transforming;

/// <summary>What does the digest of a message cost? Against XXH3 of its texts alone, and against reading the columns only.</summary>
[MemoryDiagnoser]
public class DigestBenchmarks
{
    private const int Messages = 10_000;

    private MessageBatch _batch = null!;

    /// <summary>Reads and transforms a batch.</summary>
    [GlobalSetup]
    public void Setup()
    {
        using var pool = new PlannedPool(Messages);
        _batch = pool.ReadAll(Messages).Single();
    }

    /// <summary>No digest.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long ColumnsOnly()
    {
        var sum = 0L;
        for (var row = 0; row < Messages; row++)
        {
            sum ^= _batch.Room[row] ^ _batch.Id[row] ^ _batch.Date[row] ^ _batch.Author[row] ^ _batch.Texts(row).Length;
        }

        return sum;
    }

    /// <summary>The fastest digest of the family, of texts alone.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public ulong TextsAsXxHash3()
    {
        var sum = 0UL;
        for (var row = 0; row < Messages; row++)
        {
            sum ^= XxHash3.HashToUInt64(_batch.Texts(row));
        }

        return sum;
    }

    /// <summary>Ours: the whole row, and the sum of all rows.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public UInt128 RowDigests()
    {
        var sum = UInt128.Zero;
        for (var row = 0; row < Messages; row++)
        {
            sum = RowDigest.Add(sum, _batch.DigestOf(row));
        }

        return sum == _batch.Digest ? sum : throw new InvalidOperationException("The digest is not the transform's.");
    }
}
