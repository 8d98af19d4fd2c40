using System.Runtime.CompilerServices;
using System.Threading.Tasks.Dataflow;
using BenchmarkDotNet.Attributes;
using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>What does a batch pay for its way through Dataflow? Three linked, bounded blocks that only count, against a loop over the same steps.</summary>
[MemoryDiagnoser]
public class DataflowBenchmarks
{
    private const int Batches = 1_000;

    private readonly MessageBatch[] _batches = [.. Enumerable.Range(0, Batches).Select(_ => new MessageBatch(1, 1))];
    private readonly int[] _counts = new int[3];

    /// <summary>Step after step, on one thread.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Batches)]
    public int Loop()
    {
        foreach (var batch in _batches)
        {
            Count(2, Count(1, Count(0, batch)));
        }

        return Confirm();
    }

    /// <summary>A block a step, with the queues of the pipeline.</summary>
    [Benchmark(OperationsPerInvoke = Batches)]
    public async Task<int> Dataflow()
    {
        var bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = new PipelineOptions().Capacity };
        var propagating = new DataflowLinkOptions { PropagateCompletion = true };
        var first = new TransformBlock<MessageBatch, MessageBatch>(batch => Count(0, batch), bounded);
        var second = new TransformBlock<MessageBatch, MessageBatch>(batch => Count(1, batch), bounded);
        var third = new ActionBlock<MessageBatch>(batch => Count(2, batch), bounded);
        first.LinkTo(second, propagating);
        second.LinkTo(third, propagating);
        foreach (var batch in _batches)
        {
            await first.SendAsync(batch);
        }

        first.Complete();
        await third.Completion;
        return Confirm();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MessageBatch Count(int step, MessageBatch batch)
    {
        _counts[step]++;
        return batch;
    }

    private int Confirm()
    {
        if (_counts.Any(count => count != Batches))
        {
            throw new InvalidOperationException("A step has not seen each batch once.");
        }

        Array.Clear(_counts);
        return Batches;
    }
}
