using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;
using StreamReader = ChatEtl.Pipeline.StreamReader;

namespace ChatEtl.Planning;

/// <summary>Moves ranges of a trial into a scratch by the pipeline itself, and notes when each batch was in.</summary>
internal sealed class TrialFlow
{
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly StreamReader _reader;
    private readonly PassTransforms _transforms;
    private readonly MessageBatchPool _pool;
    private readonly BatchTuner? _tuner;

    /// <summary>Takes what a run would take.</summary>
    public TrialFlow(IChatSource source, PassPlan plan, PassTransforms transforms, PipelineOptions options, TimeProvider time)
    {
        // A sample that is refused row by row tells nothing of its share.
        (_options, _time, _transforms) = (options with { MaxRejections = 0, MaxRejectionShare = 0 }, time, transforms);
        var rows = RangeFlow.RowsOfBatch(options);
        var limits = new BatchLimits(rows, options.BatchBytes);
        _pool = new MessageBatchPool(options.BatchBytes, rows);
        _tuner = options.SelfTuning ? new BatchTuner(limits, rows, options.FirstBatchRows) : null;
        _reader = new StreamReader(source, plan.Shape, plan.Directory, limits, _pool);
    }

    /// <summary>Moves ranges until they are through or it is enough.</summary>
    public async Task<Moved> MoveAsync(IReadOnlyList<Range> ranges, IScratch scratch, Func<PacePoint, bool> isEnough, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var measured = new MeasuredScratch(scratch, _time, isEnough, stop);
        var progress = new RunProgress();
        using var lanes = new LaneTuner(RangeFlow.Lanes(_options), _options.SelfTuning, _time);
        var flow = new RangeFlow(measured, EndRetries.None(scratch), _reader, Transform, Recycle, _options, progress, _tuner, lanes, _time);
        var open = ranges.Select(range => new RangeProgress(range, new RangeCheckpoint(range.Id, "", false, new Book(), 0, UInt128.Zero))).ToList();
        var complete = await flow.RunAsync(open, Trial.Epoch, 0, stop.Token, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new Moved(measured.Points, complete, progress.Stages);
    }

    /// <summary>Only reads ranges and applies the rules, one after the other.</summary>
    public Moved ReadOnly(IReadOnlyList<Range> ranges, Func<PacePoint, bool> isEnough, CancellationToken cancellationToken)
    {
        var (points, last, stages, start) = (new List<PacePoint>(), default(PacePoint), new StageClocks(), _time.GetTimestamp());
        foreach (var range in ranges)
        {
            var clock = _time.GetTimestamp();
            foreach (var batch in _reader.Read(range, "", cancellationToken))
            {
                stages.Add(Stage.Reading, _time.GetElapsedTime(clock));
                clock = _time.GetTimestamp();
                Transform(batch);
                stages.Add(Stage.Transforming, _time.GetElapsedTime(clock));
                points.Add(last = new PacePoint(_time.GetElapsedTime(start).TotalSeconds, last.Rows + batch.Book.Read, last.Bytes + batch.Bytes));
                Recycle(batch);
                clock = _time.GetTimestamp();
                if (isEnough(last))
                {
                    return new Moved(points, false, stages);
                }
            }
        }

        return new Moved(points, true, stages);
    }

    private void Transform(Batch batch)
    {
        switch (batch)
        {
            case MessageBatch messages:
                _transforms.Messages.Apply(messages);
                break;
            case RowBatch { SourceRows.Count: > 0 } small:
                _transforms.Rows[small.Table.Name].Apply(small);
                break;
        }
    }

    private void Recycle(Batch batch)
    {
        if (batch is MessageBatch messages)
        {
            _pool.Return(messages);
        }
    }

    /// <summary>What moved.</summary>
    /// <param name="Points">When, in the order of time.</param>
    /// <param name="Complete">Whether all ranges are through.</param>
    /// <param name="Stages">How long each stage was at work.</param>
    internal sealed record Moved(IReadOnlyList<PacePoint> Points, bool Complete, StageClocks Stages)
    {
        /// <summary>Rows that moved.</summary>
        public long Rows => Points.Count == 0 ? 0 : Points[^1].Rows;

        /// <summary>These and then others, as one.</summary>
        public IReadOnlyList<PacePoint> Then(Moved more) =>
        [
            .. Points,
            .. more.Points.Select(point => Points.Count == 0
                ? point
                : new PacePoint(Points[^1].Seconds + point.Seconds, Points[^1].Rows + point.Rows, Points[^1].Bytes + point.Bytes)),
        ];
    }
}
