using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Planning;

/// <summary>Measures how fast a migration goes between two real ends: a small migration of a sample into a scratch, by the pipeline itself.</summary>
/// <remarks>
/// Reads the source, writes a scratch at the destination and removes it, whatever happens; no table of the product is written. What the sample lacks
/// of size, <see cref="Prediction"/> adds by straight lines. A fault of the scratch ends the writing and not the calibration.
/// </remarks>
public sealed class Calibration
{
    private readonly ExplainedSource _source;
    private readonly ExplainedSource _reader;
    private readonly ExplainedDestination _known;
    private readonly PassPlan _plan;
    private readonly ChatEtlOptions _options;
    private readonly CalibrationLimits _limits;
    private readonly TimeProvider _time;

    /// <summary>Names the ends.</summary>
    /// <param name="source">Where rows come from.</param>
    /// <param name="destination">Where they would go.</param>
    /// <param name="destinationReader">The destination, read through its own product's source.</param>
    /// <param name="plan">What the rules make of them; it has no errors.</param>
    /// <param name="options">The whole configuration.</param>
    /// <param name="limits">How much to read and write.</param>
    /// <param name="time">The clock.</param>
    public Calibration(
        IChatSource source, IChatDestination destination, IChatSource destinationReader, PassPlan plan, ChatEtlOptions options, CalibrationLimits limits, TimeProvider time)
    {
        _source = ExplainedSource.OfSource(source, EndRetries.Of(source, options.Retry, time, static _ => { }));
        var reading = EndRetries.Of(destination, options.Retry, time, static _ => { });
        (_reader, _known) = (ExplainedSource.OfDestination(destinationReader, reading), new ExplainedDestination(destination, reading));
        (_plan, _options, _limits, _time) = (plan, options, limits, time);
    }

    /// <summary>Measures.</summary>
    /// <param name="cancellationToken">Ends it; the scratch is removed then, too.</param>
    /// <exception cref="SourceException">The source could not be read.</exception>
    /// <exception cref="DestinationException">The destination could not be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<CalibrationResult> RunAsync(CancellationToken cancellationToken)
    {
        var (trial, deciding) = Timed(() => Prepare(cancellationToken));
        var (transforms, lookingAhead) = Timed(() =>
            PassTransforms.Of(_plan, _options.Rules, _source, _reader, (_, _) => _plan.Directory.SystemPrincipalId, cancellationToken));
        var flow = new TrialFlow(_source, _plan, transforms, _options.Pipeline, _time);
        var result = new CalibrationResult { DecidingSeconds = deciding, LookAheadSeconds = lookingAhead, Workload = trial.Workload };
        try
        {
            using var scratch = _known.MakeScratch();
            return await WriteAsync(result, trial, transforms, flow, scratch, cancellationToken).ConfigureAwait(false);
        }
        catch (DestinationException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Read(result with { WithoutWriting = exception.Message }, trial, flow, cancellationToken);
        }
    }

    private Trial Prepare(CancellationToken cancellationToken)
    {
        var diff = DirectoryDiff.Of(
            _plan.Directory, _options.Rules.Affiliations == CarryOrLeave.Carry ? _plan.Source.Affiliations : null, _plan.Destination, _plan.Earlier, _known.ReadAccess());
        IReadOnlyList<Range> ranges = _plan.Run is { State: RunState.Running }
            ? [.. _known.ReadRanges().Where(range => !range.Checkpoint.Done).Select(range => range.Range)]
            : RangePlanner.Plan(
                _source, _options.Rules, _options.Pipeline, (_plan.Run?.Pass ?? 0) + 1, _known.ReadWatermarks(), [], cancellationToken);
        var trial = Trial.Of(_plan, diff, ranges, _source, _options.Pipeline.RangeRows, _limits, _time.GetUtcNow().UtcDateTime);
        _plan.Directory.CollectLeftovers();
        return trial;
    }

    private async Task<CalibrationResult> WriteAsync(
        CalibrationResult result, Trial trial, PassTransforms transforms, TrialFlow flow, IScratch scratch, CancellationToken cancellationToken)
    {
        var directory = At(scratch, "the directory", () => scratch.Begin(trial.Start), cancellationToken);
        result = await MoveMessagesAsync(
            result with { DirectorySeconds = directory / trial.DirectoryShare }, trial, flow, scratch, cancellationToken).ConfigureAwait(false);
        var small = new Dictionary<string, Pace>(StringComparer.Ordinal);
        var share = _limits.Time / 2 / Math.Max(1, trial.SmallTables.Count);
        foreach (var range in scratch.TakesEverything ? trial.SmallTables : [])
        {
            var moved = await flow.MoveAsync(
                [range], scratch, point => point.Rows >= _limits.SmallRows || point.Seconds >= share.TotalSeconds, cancellationToken).ConfigureAwait(false);
            small[range.Stream] = Pace.Of(moved.Points, 1);
        }

        var (end, reading) = Timed(() => Counters.Read(_source, _plan.Shape, _plan.Directory, _options.Rules, cancellationToken)
            .End(Trial.Epoch, _options.Rules, Trial.Note(_time.GetUtcNow().UtcDateTime)));
        var (some, part) = Trial.Some(end, _limits.DirectoryRows);
        var counters = At(scratch, "the counters", () => scratch.Complete(some), cancellationToken);
        IReadOnlyList<PacePoint> compared = [];
        var tallies = new RoomTallies(_plan.Source, _plan.Destination, _plan.Directory, _options.Rules);
        At(scratch, "the scratch", () => compared = ComparisonTrial.Run(_source, trial.Moved, tallies, transforms, scratch, _time, cancellationToken), cancellationToken);
        return result with
        {
            WroteEverything = scratch.TakesEverything,
            SmallTables = small,
            CounterSeconds = reading + (counters / part),
            Comparison = Pace.Of(compared, compared.Count == 0 ? 0 : compared[^1].Rows / 4),
        };
    }

    /// <summary>The first messages warm everything up and tell how many of each piece can follow in the time that is left.</summary>
    private async Task<CalibrationResult> MoveMessagesAsync(
        CalibrationResult result, Trial trial, TrialFlow flow, IScratch scratch, CancellationToken cancellationToken)
    {
        if (trial.Warm is null)
        {
            return result;
        }

        var before = SizeOf(scratch, cancellationToken);
        var warm = await flow.MoveAsync([trial.Warm], scratch, IsEnough, cancellationToken).ConfigureAwait(false);
        trial.Take(Pace.Of(warm.Points, warm.Rows / 2).SecondsARow, _limits.Time);
        var moved = await flow.MoveAsync(trial.Taken, scratch, IsEnough, cancellationToken).ConfigureAwait(false);
        var lanes = RangeFlow.Lanes(_options.Pipeline);
        return Sampled(result, trial, warm, moved) with
        {
            StoredBytes = SizeOf(scratch, cancellationToken) - before,
            ReadRate = Rate(moved, Stage.Reading, lanes),
            TransformRate = Rate(moved, Stage.Transforming, _options.Pipeline.Transformers),
            WriteRate = Rate(moved, Stage.Writing, _options.Pipeline.Writers),
        };
    }

    private CalibrationResult Read(CalibrationResult result, Trial trial, TrialFlow flow, CancellationToken cancellationToken)
    {
        if (trial.Warm is null)
        {
            return result;
        }

        var warm = flow.ReadOnly([trial.Warm], IsEnough, cancellationToken);
        trial.Take(Pace.Of(warm.Points, warm.Rows / 2).SecondsARow, _limits.Time);
        var moved = flow.ReadOnly(trial.Taken, IsEnough, cancellationToken);
        return Sampled(result, trial, warm, moved) with { ReadRate = Rate(moved, Stage.Reading, 1), TransformRate = Rate(moved, Stage.Transforming, 1) };
    }

    private static CalibrationResult Sampled(CalibrationResult result, Trial trial, TrialFlow.Moved warm, TrialFlow.Moved moved)
    {
        var messages = Pace.Of(warm.Then(moved), warm.Rows);
        var span = MessageSample.Span(moved.Complete ? trial.Moved : trial.Warm!.Segments);
        var density = (double)((warm.Rows + (moved.Complete ? moved.Rows : 0)) / Math.Max(1, span));
        return result with
        {
            Messages = messages,
            Workload = result.Workload with { Messages = (long)(result.Workload.Messages * density) },
        };
    }

    private bool IsEnough(PacePoint point) => point.Bytes >= _limits.Bytes || point.Seconds >= 2 * _limits.Time.TotalSeconds;

    private static double Rate(TrialFlow.Moved moved, Stage stage, int threads) =>
        moved.Stages[stage] > TimeSpan.Zero ? moved.Rows * threads / moved.Stages[stage].TotalSeconds : 0;

    private long SizeOf(IScratch scratch, CancellationToken cancellationToken)
    {
        var size = 0L;
        At(scratch, "the scratch", () => size = scratch.Size(), cancellationToken);
        return size;
    }

    /// <summary>Does something at the scratch, and tells how long it took.</summary>
    private double At(IScratch scratch, string what, Action step, CancellationToken cancellationToken) => Timed(() => EndRetries.None(scratch).Execute(
        _ =>
        {
            step();
            return true;
        },
        (tries, cause) => new DestinationException(what, null, null, tries.Attempts, cause), cancellationToken)).Seconds;

    private (T Made, double Seconds) Timed<T>(Func<T> make)
    {
        var clock = _time.GetTimestamp();
        var made = make();
        return (made, _time.GetElapsedTime(clock).TotalSeconds);
    }
}
