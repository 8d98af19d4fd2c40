using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Diagnostics;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>One run of a migration: plan, begin or take over, move the ranges, raise the counters.</summary>
/// <remarks>
/// May be killed anywhere: what the destination holds tells the next run how to go on. Starting it again after a finished pass catches up
/// (B6). Two runs at once: the newer one raises the epoch, and the older one stops at its next write.
/// </remarks>
public sealed class Migration
{
    private readonly ChatEtlOptions _options;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly RunEnds _ends;

    /// <summary>Names the ends.</summary>
    /// <param name="source">Where rows come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="destinationReader">The destination, read through its own product's source.</param>
    /// <param name="options">The whole configuration.</param>
    /// <param name="owner">Host and process, for people who find the run row.</param>
    /// <param name="time">The clock.</param>
    public Migration(
        IChatSource source, IChatDestination destination, IChatSource destinationReader, ChatEtlOptions options, string owner, TimeProvider time)
    {
        (_options, _owner, _time) = (options, owner, time);
        _ends = new RunEnds(source, destination, destinationReader, options.Retry, time, Progress);
    }

    /// <summary>What the run is doing.</summary>
    public RunProgress Progress { get; } = new();

    /// <summary>Looks at the plan of the first pass before anything is written, and throws to stop the run; null when nothing holds it to a plan made before.</summary>
    public Action<PassPlan>? Gate { get; init; }

    /// <summary>Runs.</summary>
    /// <param name="lastPass">Marks the pass as the last one, which also looks for messages missing below the watermark (B6).</param>
    /// <param name="stop">Polite stop: drain, checkpoint, return an incomplete report.</param>
    /// <param name="abort">Stop at once.</param>
    /// <exception cref="ChatEtlException">One of the family; see its members.</exception>
    public async Task<RunReport> RunAsync(bool lastPass, CancellationToken stop, CancellationToken abort)
    {
        _ends.StopWaitingAt(abort);
        var (report, wasLast) = await RunPassAsync(Gate, lastPass, stop, abort).ConfigureAwait(false);

        // An interrupted pass ends as it began; when it was not the last one, the last one follows it.
        return lastPass && report.Complete && !wasLast ? (await RunPassAsync(null, lastPass, stop, abort).ConfigureAwait(false)).Report : report;
    }

    private async Task<(RunReport Report, bool WasLast)> RunPassAsync(Action<PassPlan>? gate, bool lastPass, CancellationToken stop, CancellationToken abort)
    {
        using var span = Spans.Start(Spans.Pass);
        var started = _time.GetUtcNow().UtcDateTime;
        var clock = _time.GetTimestamp();
        Progress.Phase = "planning";
        var plan = PassPlanner.Plan(_ends.Source, _ends.Known, _ends.Reader, _options.Source.Generation, _options.Rules, forWriting: true, abort);
        gate?.Invoke(plan);
        plan.Demand();

        Progress.Phase = "writing the directory";
        var resumed = plan.Run is { State: RunState.Running };
        var (run, findings) = Begin(plan, resumed, lastPass, started, abort);

        plan.Directory.CollectLeftovers();
        Progress.Phase = RunProgress.Moving;
        var ranges = _ends.Known.ReadRanges();
        var before = Totals(ranges);
        foreach (var range in ranges)
        {
            Progress.AddEarlier(range.Checkpoint.Book, range.Checkpoint.Bytes, range.Checkpoint.Done);
        }

        Progress.Ranges = ranges.Count;
        Progress.Expected = ranges.Sum(range => Expected(range, _options.Pipeline.RangeRows));
        var complete = await MoveAsync(plan, run, ranges, stop, abort).ConfigureAwait(false);
        var after = _ends.Known.ReadRanges();
        var digest = after.Select(range => range.Checkpoint.Digest).Aggregate(UInt128.Zero, RowDigest.Add);
        if (complete)
        {
            Progress.Phase = "raising the counters";
            Complete(plan, run, digest, abort);
        }
        else
        {
            var note = RunEvents.Ended(RunEvents.Stopped, _time.GetUtcNow().UtcDateTime, _owner, run.Pass, _ends.Known.ReadBooks(run.Pass), CountRejections(), digest);
            _ends.Write("the event log", _ => _ends.Destination.Record(note, run.Epoch), abort);
        }

        Progress.Phase = complete ? "finished" : "stopped";
        var now = Totals(after);
        var report = new RunReport
        {
            Source = _ends.Source.Description,
            Destination = _ends.Known.Description,
            Generation = plan.Shape.Generation,
            Pass = run.Pass,
            Epoch = run.Epoch,
            Resumed = resumed,
            Complete = complete,
            Started = started,
            Duration = _time.GetElapsedTime(clock),
            RowsRead = now.Read - before.Read,
            Bytes = now.Bytes - before.Bytes,
            Retries = Progress.Retries,
            Stages = Progress.Stages,
            BatchRows = Progress.Chosen.BatchRows,
            Lanes = Progress.Chosen.Lanes,
            Books = _ends.Known.ReadBooks(run.Pass),
            Digest = RowDigest.Format(digest),
            Findings = findings,
            RejectionCount = CountRejections(),
            Rejections = [.. _ends.Known.ReadRejections(RejectionFilter.All, 0, RunReport.RejectionsListed).Select(rejection => rejection.Row)],
        };
        return (report, run.LastPass);
    }

    private long CountRejections() => _ends.Known.CountRejections(RejectionFilter.All).Sum(rejections => rejections.Count);

    private static (long Read, long Bytes) Totals(IReadOnlyList<RangeProgress> ranges) =>
        (ranges.Sum(range => range.Checkpoint.Book.Read), ranges.Sum(range => range.Checkpoint.Bytes));

    private static long Expected(RangeProgress range, int rangeRows) =>
        range.Checkpoint.Done ? range.Checkpoint.Book.Read : (long)Math.Min(rangeRows, range.Range.Segments.Sum(segment => segment.Span));

    private (RunRecord Run, IReadOnlyList<Finding> Findings) Begin(PassPlan plan, bool resumed, bool lastPass, DateTime started, CancellationToken abort)
    {
        var pass = resumed ? plan.Run!.Pass : (plan.Run?.Pass ?? 0) + 1;
        var run = new RunRecord(
            RunRecord.CurrentFormat, plan.Fingerprint, RunState.Running, (plan.Run?.Epoch ?? 0) + 1, pass, resumed ? plan.Run!.LastPass : lastPass,
            resumed ? plan.Run!.Started : started, started, _owner);
        var diff = DirectoryDiff.Of(
            plan.Directory, _options.Rules.Affiliations == CarryOrLeave.Carry ? plan.Source.Affiliations : null, plan.Destination, plan.Earlier, _ends.Known.ReadAccess());
        IReadOnlyList<Finding> findings = [.. plan.Findings, .. diff.Findings];
        if (_ends.Known.Judge(diff.Tables) is { Count: > 0 } errors)
        {
            throw new PlanException(errors);
        }

        var start = new PassStart
        {
            ExpectedEpoch = plan.Run?.Epoch,
            Run = run,
            Tables = diff.Tables,
            NewScopes = diff.NewScopes,
            StaleAccess = diff.StaleAccess,
            StaleAffiliations = diff.StaleAffiliations,
            Decisions = diff.Decisions,
            Ranges = resumed ? null : PassRanges.Of(_ends.Source, _ends.Reader, _ends.Known, plan, _options, run.Pass, run.LastPass, abort),
            Books = PassBooks.Of(plan, _options.Rules, _ends.Source),
            Findings = findings,
            Rejections = plan.Directory.Rejections,
            Note = RunEvents.Begun(run, plan.Run, _ends.Source.Description, _ends.Known.Description),
        };
        using var span = Spans.Start(Spans.Directory);
        _ends.Write(
            "the directory",
            earlier =>
            {
                // The commit of an earlier attempt may be in, and only its answer lost.
                if (earlier == 0 || _ends.Destination.ReadRun() is not { } stored || stored.Epoch != run.Epoch || stored.Owner != run.Owner || stored.Updated != run.Updated)
                {
                    _ends.Destination.Begin(start);
                }
            },
            abort);
        return (run, findings);
    }

    private async Task<bool> MoveAsync(
        PassPlan plan, RunRecord run, IReadOnlyList<RangeProgress> ranges, CancellationToken stop, CancellationToken abort)
    {
        var rows = RangeFlow.RowsOfBatch(_options.Pipeline);
        var pool = new MessageBatchPool(_options.Pipeline.BatchBytes, rows);
        var limits = new BatchLimits(rows, _options.Pipeline.BatchBytes);
        var reader = new StreamReader(_ends.Source, plan.Shape, plan.Directory, limits, pool);
        var transform = Transforms(plan, run, ranges, abort);
        var batches = _options.Pipeline.SelfTuning ? new BatchTuner(limits, rows, _options.Pipeline.FirstBatchRows) : null;
        using var lanes = new LaneTuner(RangeFlow.Lanes(_options.Pipeline), _options.Pipeline.SelfTuning, _time);
        var flow = new RangeFlow(
            _ends.Destination, _ends.Retries, reader, transform, batch => Recycle(pool, batch), _options.Pipeline, Progress, batches, lanes, _time);
        var complete = await flow.RunAsync(ranges, run.Epoch, CountRejections(), stop, abort).ConfigureAwait(false);
        Progress.Chosen = (batches?.Rows ?? limits.Rows, lanes.Lanes);
        return complete;
    }

    private static void Recycle(MessageBatchPool pool, Batch batch)
    {
        if (batch is MessageBatch messages)
        {
            pool.Return(messages);
        }
    }

    /// <summary>What each batch goes through, by its table.</summary>
    private Action<Batch> Transforms(PassPlan plan, RunRecord run, IReadOnlyList<RangeProgress> ranges, CancellationToken abort)
    {
        var transforms = PassTransforms.Of(plan, _options.Rules, _ends.Source, _ends.Reader, (missing, row) => _ends.AddPlaceholder(missing, row, run.Epoch, abort), abort);
        var missed = ranges.Where(range => range.Range.Stream == Streams.MissedMessages).Select(range => range.Range.Id).ToHashSet();
        return batch =>
        {
            switch (batch)
            {
                case MessageBatch chat:
                    transforms.Messages.Apply(chat);
                    if (missed.Contains(chat.RangeId))
                    {
                        // An earlier pass counted what its rules skipped.
                        chat.Book.Read -= chat.Book.Skipped.Values.Sum();
                        chat.Book.Skipped.Clear();
                    }

                    break;
                case RowBatch { SourceRows.Count: > 0 } small:
                    transforms.Rows[small.Table.Name].Apply(small);
                    break;
            }
        };
    }

    private void Complete(PassPlan plan, RunRecord run, UInt128 digest, CancellationToken abort)
    {
        var counters = Counters.Read(_ends.Source, plan.Shape, plan.Directory, _options.Rules, abort);
        var books = _ends.Known.ReadBooks(run.Pass).Concat(counters.Books).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var note = RunEvents.Ended(
            RunEvents.PassFinished, _time.GetUtcNow().UtcDateTime, _owner, run.Pass, books, CountRejections() + counters.Rejections.Count, digest);
        var end = counters.End(run.Epoch, _options.Rules, note);
        using var span = Spans.Start(Spans.Counters);
        _ends.Write("the counters", _ => _ends.Destination.Complete(end), abort);
    }
}
