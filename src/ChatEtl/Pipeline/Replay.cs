using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Reporting;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>Takes rejected rows of the streams again, after someone mended what was wrong with them.</summary>
/// <remarks>
/// The rows are read from the source by their keys and go through the rules of the pass. A rejection is closed in the transaction that writes its
/// row, so each counts once, however often a replay is killed or given again. Like a run, a replay raises the epoch, and ends by raising the
/// counters (M4). The directory and the counters are not its matter: every pass plans them anew.
/// </remarks>
public sealed class Replay
{
    private const int RejectionsAPage = 1_000;
    private const int KeysARead = 64;
    private const string Gone = "The source no longer holds the row.";
    private const string Unclear = "The source holds more rows of this key than rejections of it are open; which one is meant cannot be told.";

    private static readonly BatchLimits Page = new(10_000, 8 << 20);
    private static readonly Table Chat = ChatSchema.Persistent[Streams.Messages];
    private static readonly Table Roles = ChatSchema.Persistent[Streams.Memberships];

    private readonly ChatEtlOptions _options;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly RunEnds _ends;
    private readonly Dictionary<(int Range, string Table), ReplayBatch> _open = [];
    private ReplayResult _result = ReplayResult.None;
    private long _bytes;

    /// <summary>Names the ends.</summary>
    /// <param name="source">Where rows come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="destinationReader">The destination, read through its own product's source.</param>
    /// <param name="options">The whole configuration.</param>
    /// <param name="owner">Host and process, for people who find the run row.</param>
    /// <param name="time">The clock.</param>
    public Replay(IChatSource source, IChatDestination destination, IChatSource destinationReader, ChatEtlOptions options, string owner, TimeProvider time)
    {
        (_options, _owner, _time) = (options, owner, time);
        _ends = new RunEnds(source, destination, destinationReader, options.Retry, time, Progress);
    }

    /// <summary>What the replay is doing.</summary>
    public RunProgress Progress { get; } = new();

    /// <summary>Replays.</summary>
    /// <param name="filter">Which rejections.</param>
    /// <param name="closeGone">Whether a rejection is closed whose row the source no longer holds; it then counts as skipped (B6).</param>
    /// <param name="stop">Polite stop: what is in hand is written and counted.</param>
    /// <param name="abort">Stop at once.</param>
    /// <exception cref="ReplayRefusedException">A pass is open, or the source's directory has rows that no pass has met.</exception>
    /// <exception cref="ChatEtlException">Another one of the family; see its members.</exception>
    public ReplayReport Run(RejectionFilter filter, bool closeGone, CancellationToken stop, CancellationToken abort)
    {
        _ends.StopWaitingAt(abort);
        var stored = _ends.Known.ReadRun();
        if (stored is { State: RunState.Running } && _ends.Known.ReadRanges().Any(range => !range.Checkpoint.Done))
        {
            throw new ReplayRefusedException("A pass is not complete: what it rejects is not all known yet.");
        }

        var chosen = _ends.Known.CountRejections(filter);
        if (stored is null || (stored.State == RunState.Finished && !chosen.Any(rejections => rejections.IsReplayable)))
        {
            return new ReplayReport(true, _result, chosen);
        }

        var plan = PassPlanner.Plan(_ends.Source, _ends.Known, _ends.Reader, _options.Source.Generation, _options.Rules, forWriting: true, abort);
        plan.Demand();
        Refuse(plan);
        var run = Begin(plan.Run!, abort);
        var transforms = PassTransforms.Of(plan, _options.Rules, _ends.Source, _ends.Reader, (missing, row) => _ends.AddPlaceholder(missing, row, run.Epoch, abort), abort);
        var after = 0L;
        while (!stop.IsCancellationRequested && _ends.Known.ReadRejections(filter, after, RejectionsAPage) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            TakePage(page, plan, transforms, closeGone, run.Epoch, abort);
            Progress.Note(string.Create(
                CultureInfo.InvariantCulture, $"Replayed up to rejection {after}: {_result.Written + _result.Reused + _result.Skipped} closed, {_result.Rejected} rejected still."));
        }

        var note = RunEvents.Replayed(_time.GetUtcNow().UtcDateTime, run, _result.Written, _result.Reused, _result.Skipped, _result.Rejected);
        var end = Counters.Read(_ends.Source, plan.Shape, plan.Directory, _options.Rules, abort).End(run.Epoch, _options.Rules, note);
        _ends.Write("the counters", _ => _ends.Destination.Complete(end), abort);
        return new ReplayReport(!stop.IsCancellationRequested, _result, _ends.Known.CountRejections(filter));
    }

    /// <summary>A row may hang on a principal or a room only when that is written; and the directory is written by a pass.</summary>
    private static void Refuse(PassPlan plan)
    {
        var principals = plan.Directory.Decisions.Principals.Keys.Count(id => !plan.Earlier.Principals.ContainsKey(id));
        var nodes = plan.Directory.Decisions.Nodes.Keys.Count(id => !plan.Earlier.Nodes.ContainsKey(id));
        if (principals + nodes > 0)
        {
            throw new ReplayRefusedException(string.Create(
                CultureInfo.InvariantCulture, $"The source has directory rows that no pass has met: {principals} principals, {nodes} categories or rooms."));
        }
    }

    private RunRecord Begin(RunRecord stored, CancellationToken abort)
    {
        var run = stored with { State = RunState.Running, Epoch = stored.Epoch + 1, Owner = _owner, Updated = _time.GetUtcNow().UtcDateTime };
        _ends.Write(
            "the checkpoints",
            earlier =>
            {
                // The commit of an earlier attempt may be in, and only its answer lost.
                if (earlier == 0 || _ends.Destination.ReadRun() is not { } now || now.Epoch != run.Epoch || now.Owner != run.Owner)
                {
                    _ends.Destination.BeginReplay(run, stored.Epoch, RunEvents.Replaying(run));
                }
            },
            abort);
        return run;
    }

    private void TakePage(
        IReadOnlyList<StoredRejection> page, PassPlan plan, PassTransforms transforms, bool closeGone, long epoch, CancellationToken abort)
    {
        foreach (var table in page.Where(rejection => rejection.IsReplayable).GroupBy(rejection => rejection.Row.Table, StringComparer.OrdinalIgnoreCase))
        {
            var wanted = new Wanted(table);
            if (table.Key == Chat.Name)
            {
                TakeMessages(wanted, transforms, epoch, abort);
            }
            else if (table.Key == Roles.Name)
            {
                TakeRows(wanted, RolesOf(plan.Directory), Roles, RowOutcome.Keep, epoch, abort);
            }
            else
            {
                var transform = transforms.Rows[table.Key];
                TakeRows(wanted, Rows(transform.Source, wanted, abort), transform.Source, transform.Of, epoch, abort);
            }

            foreach (var gone in wanted.Left)
            {
                Judge(gone, closeGone
                    ? new JudgedRejection(gone.Id, "B6", false, null)
                    : Still(gone, gone.Row.Rule, Gone));
            }
        }

        Flush(epoch, abort);
    }

    /// <summary>Messages by their keys, a few at a time; what is not found so has a key that is no whole number.</summary>
    private void TakeMessages(Wanted wanted, PassTransforms transforms, long epoch, CancellationToken abort)
    {
        foreach (var segments in wanted.Keys.Select(SegmentOf).OfType<Segment>().Distinct().Chunk(KeysARead))
        {
            foreach (var (key, one) in Messages(segments, wanted, abort))
            {
                if (wanted.TakeOne(key) is { } rejection)
                {
                    Judge(rejection, one, transforms.Messages, epoch, abort);
                }
            }
        }

        if (wanted.IsEmpty)
        {
            return;
        }

        var irregular = _ends.Source.ReadIrregularMessages("", Page, abort).SelectMany(page => page.Rows)
            .Select(cells => (Cells.Key(Chat, cells), Cells: cells)).Where(row => wanted.Has(row.Item1)).ToList();
        foreach (var (rejection, cells) in Pairs(wanted, irregular))
        {
            var one = new MessageBatch(1);
            one.Irregular.Add(cells);
            Judge(rejection, one, transforms.Messages, epoch, abort);
        }
    }

    /// <summary>The wanted rows among messages read by their keys, each in a batch of its own.</summary>
    private List<(string Key, MessageBatch One)> Messages(IReadOnlyList<Segment> segments, Wanted wanted, CancellationToken abort)
    {
        var pool = new MessageBatchPool(_options.Pipeline.BatchBytes, KeysARead);
        var found = new List<(string, MessageBatch)>();
        foreach (var batch in _ends.Source.ReadMessages(segments, null, new BatchLimits(KeysARead, _options.Pipeline.BatchBytes), pool, abort))
        {
            for (var row = 0; row < batch.Count; row++)
            {
                Add(batch.SourceKey(row).ToString(), one => one.Append(batch, row));
            }

            foreach (var cells in batch.Irregular)
            {
                Add(Cells.Key(Chat, cells), one => one.Irregular.Add(cells));
            }

            pool.Return(batch);
        }

        return found;

        void Add(string key, Action<MessageBatch> append)
        {
            if (wanted.Has(key))
            {
                var one = new MessageBatch(1, 1024);
                append(one);
                found.Add((key, one));
            }
        }
    }

    /// <summary>What to read to meet a key: a chatId that is not whole is read with the next one that is.</summary>
    private static Segment? SegmentOf(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !long.TryParse(key.AsSpan(0, slash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var room))
        {
            return null;
        }

        if (long.TryParse(key.AsSpan(slash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            return new Segment(room, id, id);
        }

        return double.TryParse(key.AsSpan(slash + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 9e15
            ? new Segment(room, (long)Math.Ceiling(number), (long)Math.Ceiling(number))
            : null;
    }

    private static IEnumerable<(string Key, object?[] Cells)> RolesOf(DirectoryPlan plan) =>
        plan.RoleNodes.SelectMany(plan.RolesOf).Select(PersistentRows.Of).Select(cells => (Cells.Key(Roles, cells), cells));

    private List<(string Key, object?[] Cells)> Rows(Table table, Wanted wanted, CancellationToken abort) =>
        [.. _ends.Source.ReadRows(table, "", Page, abort).SelectMany(page => page.Rows).Select(cells => (Key: Cells.Key(table, cells), Cells: cells)).Where(row => wanted.Has(row.Key))];

    private void TakeRows(
        Wanted wanted, IEnumerable<(string Key, object?[] Cells)> rows, Table table, Func<object?[], RowOutcome> transform, long epoch, CancellationToken abort)
    {
        foreach (var (rejection, cells) in Pairs(wanted, rows.Where(row => wanted.Has(row.Key)).ToList()))
        {
            var outcome = transform(cells);
            if (outcome.Cells is { } kept)
            {
                var batch = Open(rejection, () => new RowBatch(ChatSchema.Persistent[table.Name]));
                ((RowBatch)batch.Rows).Rows.Add(new CarriedRow(kept, table, cells));
                batch.Ids.Add(rejection.Id);
                FlushIfFull(batch, 0, epoch, abort);
            }
            else if (outcome.Reason is { } reason)
            {
                Judge(rejection, Still(rejection, outcome.Rule, reason, Cells.ToJson(table, cells)));
            }
            else
            {
                Judge(rejection, new JudgedRejection(rejection.Id, outcome.Rule, outcome.IsReused, null));
            }
        }
    }

    /// <summary>Rejections with their rows; keys of more than one row are told apart by their order, where there are as many of both.</summary>
    private IEnumerable<(StoredRejection Rejection, object?[] Cells)> Pairs(Wanted wanted, List<(string Key, object?[] Cells)> rows)
    {
        foreach (var same in rows.GroupBy(row => row.Key, StringComparer.Ordinal))
        {
            var (found, open) = (same.Select(row => row.Cells).ToList(), wanted.TakeAll(same.Key, same.Count()));
            if (found.Count > open.Count)
            {
                open.ForEach(rejection => Judge(rejection, Still(rejection, rejection.Row.Rule, Unclear)));
                continue;
            }

            foreach (var pair in open.Zip(found))
            {
                yield return pair;
            }
        }
    }

    private void Judge(StoredRejection rejection, MessageBatch one, MessageTransform transform, long epoch, CancellationToken abort)
    {
        transform.Apply(one);
        if (one.Count > 0)
        {
            var batch = Open(rejection, () => new MessageBatch());
            ((MessageBatch)batch.Rows).Append(one, 0);
            batch.Ids.Add(rejection.Id);
            FlushIfFull(batch, one.TextLength, epoch, abort);
        }
        else
        {
            Judge(rejection, one.Rejections.Count > 0
                ? Still(rejection, one.Rejections[0].Rule, one.Rejections[0].Reason, one.Rejections[0].Values)
                : new JudgedRejection(rejection.Id, one.Book.Skipped.Keys.Single(), false, null));
        }
    }

    private void Judge(StoredRejection rejection, JudgedRejection judged) =>
        Open(rejection, () => rejection.Row.Table == Chat.Name ? new MessageBatch(1, 16) : new RowBatch(ChatSchema.Persistent[rejection.Row.Table])).Judged.Add(judged);

    private static JudgedRejection Still(StoredRejection rejection, string rule, string reason, string values = "") =>
        new(rejection.Id, rule, false, rejection.Row with { Rule = rule, Reason = reason, Values = values });

    private ReplayBatch Open(StoredRejection rejection, Func<Batch> rows)
    {
        var key = (rejection.RangeId, rejection.Row.Table);
        return _open.TryGetValue(key, out var batch) ? batch : _open[key] = new ReplayBatch(rejection.RangeId, rows());
    }

    private void FlushIfFull(ReplayBatch batch, int bytes, long epoch, CancellationToken abort)
    {
        _bytes += bytes;
        if (_bytes >= _options.Pipeline.BatchBytes || batch.Ids.Count >= _options.Pipeline.BatchRows)
        {
            Flush(epoch, abort);
        }
    }

    private void Flush(long epoch, CancellationToken abort)
    {
        foreach (var ((_, table), batch) in _open)
        {
            var result = ReplayResult.None;
            _ends.Write(table, _ => result = _ends.Destination.Replay(batch, epoch), abort);
            _result = _result.Add(result);
        }

        _open.Clear();
        _bytes = 0;
    }

    /// <summary>Rejections whose rows are looked for, by key; some keys (NULLs) stand for more than one.</summary>
    private sealed class Wanted(IEnumerable<StoredRejection> rejections)
    {
        private readonly Dictionary<string, List<StoredRejection>> _byKey =
            rejections.GroupBy(rejection => rejection.Row.Key, StringComparer.Ordinal).ToDictionary(key => key.Key, key => key.ToList(), StringComparer.Ordinal);

        public IReadOnlyList<string> Keys => [.. _byKey.Keys];

        public bool IsEmpty => _byKey.Count == 0;

        public IEnumerable<StoredRejection> Left => _byKey.Values.SelectMany(same => same);

        public bool Has(string key) => _byKey.ContainsKey(key);

        public StoredRejection? TakeOne(string key) => TakeAll(key, 1).FirstOrDefault();

        /// <summary>Takes rejections of a key, at most so many.</summary>
        public List<StoredRejection> TakeAll(string key, int most)
        {
            if (!_byKey.TryGetValue(key, out var same))
            {
                return [];
            }

            var taken = same[..Math.Min(most, same.Count)];
            same.RemoveRange(0, taken.Count);
            if (same.Count == 0)
            {
                _byKey.Remove(key);
            }

            return taken;
        }
    }
}
