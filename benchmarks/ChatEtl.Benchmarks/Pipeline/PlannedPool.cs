using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Transforming;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>A sample pool whose pass is planned, so that each stage can do its work alone.</summary>
internal sealed class PlannedPool : IDisposable
{
    /// <summary>The epoch of the run that <see cref="Begin"/> begins.</summary>
    public const long Epoch = 1;

    private const int RangeId = 1;

    private readonly long _messages;
    private readonly Pool _pool;
    private readonly PassPlan _plan;
    private readonly IReadOnlyList<Segment> _segments;

    public PlannedPool(long messages)
    {
        _messages = messages;
        _pool = new Pool(messages);
        Source = new SqliteSource(_pool.Source);
        using var reader = new SqliteSource(Destination);
        using var destination = new SqliteDestination(Destination, TimeProvider.System);
        _plan = PassPlanner.Plan(Source, new ExplainedDestination(destination), reader, null, SqliteWays.Rules, forWriting: false, CancellationToken.None);
        _segments = [.. Source.ReadExtents(CancellationToken.None)];
        Transform = new MessageTransform(_plan.Directory, SqliteWays.Rules, null);
    }

    public SqliteSource Source { get; }

    public DirectoryPlan Directory => _plan.Directory;

    public string Destination => _pool.Destination;

    public MessageTransform Transform { get; }

    /// <summary>SQLite's own way, into an empty destination.</summary>
    public void InsertSelect()
    {
        _pool.Reset();
        SqliteWays.CopyBySelect(_pool.Source, _pool.Destination);
    }

    /// <summary>All messages, as one range that chains its batches.</summary>
    public IEnumerable<MessageBatch> Read(BatchLimits limits, MessageBatchPool batches)
    {
        var from = "";
        foreach (var batch in Source.ReadMessages(_segments, null, limits, batches, CancellationToken.None))
        {
            (batch.RangeId, batch.From, from) = (RangeId, from, batch.To);
            yield return batch;
        }
    }

    /// <summary>All messages, transformed and held in memory.</summary>
    public IReadOnlyList<MessageBatch> ReadAll(int batchRows)
    {
        // Behind a last batch that is full comes an empty one.
        var batches = Read(new BatchLimits(batchRows, int.MaxValue), new MessageBatchPool(0, batchRows)).Where(batch => batch.Count > 0).ToList();
        batches.ForEach(Transform.Apply);
        Confirm(batches.Sum(batch => batch.Count));
        return batches;
    }

    /// <summary>An empty destination that waits for the first batch.</summary>
    public SqliteDestination Begin()
    {
        _pool.Reset();
        var destination = new SqliteDestination(Destination, TimeProvider.System);
        destination.Begin(new PassStart
        {
            ExpectedEpoch = null,
            Run = new RunRecord(RunRecord.CurrentFormat, _plan.Fingerprint, RunState.Running, Epoch, 1, false, DateTime.UnixEpoch, DateTime.UnixEpoch, "benchmark"),
            Tables = [],
            NewScopes = [],
            StaleAccess = [],
            Decisions = _plan.Directory.Decisions,
            Ranges = [new Range(RangeId, Streams.Messages, _segments)],
            Books = _plan.Directory.Books,
            Findings = [],
            Rejections = [],
            Note = new EventNote(DateTime.UnixEpoch, "benchmark", "pass begun", "{}"),
        });
        return destination;
    }

    /// <summary>Throws unless these are all messages.</summary>
    public long Confirm(long messages) =>
        messages == _messages ? messages : throw new InvalidOperationException($"{messages} of {_messages} messages.");

    public void Dispose()
    {
        Source.Dispose();
        _pool.Dispose();
    }
}
