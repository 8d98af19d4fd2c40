using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Dataflow;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Pipeline;

/// <summary>The joints: ranges are read side by side, batches transformed side by side, and written in order within each range.</summary>
/// <remarks>
/// Every block is bounded, so memory does not depend on the tables, and a batch is read only when its writer has a place for it: what a kill
/// makes be read again is no more than the places hold. The first fault cancels all blocks and is the one that is thrown. A stop lets the
/// readers end behind the batch in hand and the rest drain. Whatever happens, the checkpoints at the destination are true.
/// </remarks>
internal sealed class RangeFlow(
    IPassDestination destination, EndRetries retries, StreamReader reader, Action<Batch> transform, Action<Batch> recycle,
    PipelineOptions options, RunProgress progress, BatchTuner? batches, LaneTuner lanes, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, RangeCheckpoint> _checkpoints = new();
    private readonly ConcurrentDictionary<int, int> _writerOf = new();
    private readonly int[] _lanesOf = new int[options.Writers];
    private readonly BufferBlock<bool>[] _free = [.. Enumerable.Range(0, options.Writers).Select(_ => Places(InHand(options)))];
    private ExceptionDispatchInfo? _cause;
    private long _rejections;
    private long _read;
    private long _refused;

    /// <summary>Moves all open ranges.</summary>
    /// <param name="ranges">The ranges and how far they are.</param>
    /// <param name="epoch">The epoch of this run.</param>
    /// <param name="rejections">Rejections stored so far.</param>
    /// <param name="stop">Polite: what is in hand is drained and checkpointed.</param>
    /// <param name="abort">At once: what is not committed is given up.</param>
    /// <returns>Whether every range is complete.</returns>
    public async Task<bool> RunAsync(
        IReadOnlyList<RangeProgress> ranges, long epoch, long rejections, CancellationToken stop, CancellationToken abort)
    {
        _rejections = rejections;
        _read = ranges.Sum(range => range.Checkpoint.Book.Read);
        _refused = ranges.Sum(range => range.Checkpoint.Book.Rejected);
        foreach (var range in ranges)
        {
            _checkpoints[range.Range.Id] = range.Checkpoint;
        }

        // Both seams block: each stage holds a thread, and the pool would add the missing ones at leisure.
        ThreadPool.GetMinThreads(out var threads, out var completionThreads);
        ThreadPool.SetMinThreads(Math.Max(threads, Lanes(options) + ((TransformersOf(options) + 1) * options.Writers) + 2), completionThreads);
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var writing = Enumerable.Range(0, options.Writers)
            .Select(_ => new ActionBlock<Batch>(batch => Guard(halt, () => Write(batch, epoch, halt.Token)), Bounded(1, halt.Token)))
            .ToArray();
        var transforming = writing.Select(writer => TransformFor(writer, halt)).ToArray();
        var reading = new ActionBlock<RangeProgress>(
            range => GuardAsync(halt, () => ReadAsync(range, transforming, stop, halt.Token)), Bounded(Lanes(options), halt.Token));
        progress.Stages.Share(Lanes(options), TransformersOf(options) * options.Writers, options.Writers);
        progress.Queues = () => (transforming.Sum(block => block.InputCount), writing.Sum(block => block.InputCount));
        var open = ranges.Where(range => !range.Checkpoint.Done).ToList();
        try
        {
            foreach (var range in open)
            {
                if (stop.IsCancellationRequested || !await reading.SendAsync(range, halt.Token).ConfigureAwait(false))
                {
                    break;
                }
            }

            reading.Complete();
            await reading.Completion.ConfigureAwait(false);
            foreach (var block in transforming)
            {
                block.Complete();
            }

            await Task.WhenAll(writing.Select(block => block.Completion)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing is thrown before every block has come to rest: a write in hand still uses the destination.
            Halt(halt, exception);
            await Task.WhenAll([reading.Completion, .. transforming.Select(block => block.Completion), .. writing.Select(block => block.Completion)])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _cause?.Throw();
            throw;
        }
        finally
        {
            // The progress outlives the flow, and with it would go the plan and the batches.
            progress.Queues = static () => (0, 0);
        }

        var complete = _checkpoints.Values.All(checkpoint => checkpoint.Done);
        return complete || stop.IsCancellationRequested ? complete : throw new InvalidOperationException("All ranges were read, and yet one is not complete.");
    }

    /// <summary>Most ranges that are read side by side: what is configured, and one for each writer, which would be idle otherwise.</summary>
    public static int Lanes(PipelineOptions options) => Math.Max(options.Readers, options.Writers);

    /// <summary>Rows at which a batch closes: so few that all a writer has in hand, from the first row read to the commit, have no more than <see cref="PipelineOptions.BatchRows"/>.</summary>
    public static int RowsOfBatch(PipelineOptions options) => Math.Max(1, options.BatchRows / InHand(options));

    /// <summary>Batches that one writer has in hand at most: those being read or transformed for it, and those that wait for it or are written.</summary>
    public static int InHand(PipelineOptions options) => PerWriter(Lanes(options), options) + TransformersOf(options) - 1 + options.Capacity;

    /// <summary>Batches that are transformed side by side for one writer.</summary>
    private static int TransformersOf(PipelineOptions options) => PerWriter(options.Transformers, options);

    private static int PerWriter(int threads, PipelineOptions options) => (threads + options.Writers - 1) / options.Writers;

    private static BufferBlock<bool> Places(int places)
    {
        var free = new BufferBlock<bool>();
        for (var place = 0; place < places; place++)
        {
            free.Post(true);
        }

        return free;
    }

    /// <summary>The way into one writer, its own: one that is held up must not hold up the others.</summary>
    private TransformBlock<Batch, Batch> TransformFor(ActionBlock<Batch> writer, CancellationTokenSource halt)
    {
        var transforming = new TransformBlock<Batch, Batch>(batch => Guard(halt, () => Transform(batch)), Bounded(TransformersOf(options), halt.Token));
        transforming.LinkTo(writer, new DataflowLinkOptions { PropagateCompletion = true });
        return transforming;
    }

    private ExecutionDataflowBlockOptions Bounded(int degree, CancellationToken cancellationToken) => new()
    {
        MaxDegreeOfParallelism = degree,

        // The caller's: normally the thread pool's; one that runs a task at a time makes the order of all steps repeatable.
        TaskScheduler = TaskScheduler.Current,
        BoundedCapacity = options.Capacity + degree - 1,
        CancellationToken = cancellationToken,
    };

    /// <summary>Reads one range from its checkpoint on; the batch that reaches its last key ends it, otherwise an empty one behind all others.</summary>
    private async Task ReadAsync(
        RangeProgress progressOfRange, TransformBlock<Batch, Batch>[] writers, CancellationToken stop, CancellationToken cancellationToken)
    {
        // On the block's scheduler, which may run a task at a time.
        await lanes.EnterAsync(cancellationToken).ConfigureAwait(true);
        var range = progressOfRange.Range;

        // One writer a range: its batches commit in the order they were read.
        var writer = _writerOf[range.Id] = TakeWriter();
        try
        {
            await ReadInLaneAsync(range, progressOfRange.Checkpoint.Position, writers[writer], _free[writer], stop, cancellationToken).ConfigureAwait(true);
        }
        finally
        {
            Interlocked.Decrement(ref _lanesOf[writer]);
            lanes.Leave();
        }
    }

    /// <summary>The writer that the fewest lanes read for: what it still has in hand is soon written, and a range is long.</summary>
    private int TakeWriter()
    {
        lock (_lanesOf)
        {
            var fewest = _lanesOf.Index().MinBy(writer => writer.Item).Index;
            Interlocked.Increment(ref _lanesOf[fewest]);
            return fewest;
        }
    }

    private async Task ReadInLaneAsync(
        Range range, string sent, TransformBlock<Batch, Batch> next, BufferBlock<bool> free, CancellationToken stop, CancellationToken cancellationToken)
    {
        var end = range.Segments is [.., var last] ? new MessageKey(last.Room, last.UpTo).ToString() : null;
        using var reading = reader.Read(range, sent, cancellationToken).GetEnumerator();
        for (var ends = false; !ends;)
        {
            await free.ReceiveAsync(cancellationToken).ConfigureAwait(true);
            if (stop.IsCancellationRequested)
            {
                free.Post(true);
                return;
            }

            // Only when there is no more is it known that the one before was the last.
            var batch = Read(reading) ?? new RowBatch(ChatSchema.Persistent[Streams.TableOf(range.Stream)]) { To = sent, EndsRange = true };
            (batch.RangeId, batch.From, sent) = (range.Id, sent, batch.To);

            // Sent, a batch is no longer ours: it may be written, and filled anew by another reader.
            ends = batch.EndsRange |= batch.To == end;
            if (!await next.SendAsync(batch, cancellationToken).ConfigureAwait(true))
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    /// <summary>Reads a batch and counts the time; null at the end.</summary>
    private Batch? Read(IEnumerator<Batch> reading)
    {
        var clock = time.GetTimestamp();
        var any = reading.MoveNext();
        progress.Stages.Add(Stage.Reading, time.GetElapsedTime(clock));
        return any ? reading.Current : null;
    }

    private Batch Transform(Batch batch)
    {
        var clock = time.GetTimestamp();
        transform(batch);
        progress.Stages.Add(Stage.Transforming, time.GetElapsedTime(clock));
        return batch;
    }

    /// <summary>Writes one batch; before a second attempt the destination is asked whether the first one is in.</summary>
    private bool Write(Batch batch, long epoch, CancellationToken cancellationToken)
    {
        using var span = Spans.Start(Spans.Batch)?.SetTag(Spans.Range, batch.RangeId).SetTag(Spans.To, batch.To).SetTag(Spans.Rows, batch.Count)
            .SetTag(Spans.EndsRange, batch.EndsRange);
        var (clock, attempts) = (time.GetTimestamp(), 0);
        var after = retries.Execute(
            tried => (attempts = tried) > 0 && destination.ReadCheckpoint(batch.RangeId) is var stored && (stored.Position != batch.From || stored.Done)
                ? stored
                : destination.Write(batch, epoch),
            (tries, cause) => new DestinationException(
                batch is RowBatch rows ? rows.Table.Name : Streams.Messages, batch.From, batch.To, tries.Attempts, cause, waited: tries.Waited),
            cancellationToken);
        if (after.Position != batch.To || after.Done != batch.EndsRange)
        {
            throw new InvalidOperationException(
                $"Range {batch.RangeId} stands at '{after.Position}' and not at '{batch.To}' after its batch was written.");
        }

        var took = time.GetElapsedTime(clock);
        progress.Stages.Add(Stage.Writing, took);
        if (attempts == 0 && batch is MessageBatch)
        {
            batches?.Note((int)batch.Book.Read, took);
        }

        lanes.Note(batch.Count);
        Count(batch, _checkpoints[batch.RangeId], after);
        _checkpoints[batch.RangeId] = after;
        var free = _free[_writerOf[batch.RangeId]];
        recycle(batch);
        free.Post(true);
        return true;
    }

    private void Count(Batch batch, RangeCheckpoint before, RangeCheckpoint after)
    {
        var book = new Book
        {
            Read = after.Book.Read - before.Book.Read,
            Written = after.Book.Written - before.Book.Written,
            Reused = after.Book.Reused - before.Book.Reused,
            Rejected = after.Book.Rejected - before.Book.Rejected,
        };
        progress.Add(book, batch.Bytes, batch.EndsRange);
        var rejected = Interlocked.Add(ref _rejections, book.Rejected);
        if (options.MaxRejections > 0 && rejected > options.MaxRejections)
        {
            throw new TooManyRejectionsException(rejected, options.MaxRejections);
        }

        // A few bad rows at the beginning are no share of anything yet.
        var (read, refused) = (Interlocked.Add(ref _read, book.Read), Interlocked.Add(ref _refused, book.Rejected));
        if (options.MaxRejectionShare > 0 && read >= PipelineOptions.ShareJudgedFrom && refused * 100m > (decimal)read * options.MaxRejectionShare)
        {
            throw TooManyRejectionsException.OfShare(refused, read, options.MaxRejectionShare);
        }
    }

    private T Guard<T>(CancellationTokenSource halt, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception exception)
        {
            Halt(halt, exception);
            throw;
        }
    }

    private async Task GuardAsync(CancellationTokenSource halt, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Halt(halt, exception);
            throw;
        }
    }

    private void Halt(CancellationTokenSource halt, Exception exception)
    {
        Interlocked.CompareExchange(ref _cause, ExceptionDispatchInfo.Capture(exception), null);
        halt.Cancel();
    }
}
