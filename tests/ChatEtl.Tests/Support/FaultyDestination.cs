using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;

namespace ChatEtl.Tests.Support;

/// <summary>A destination with one trouble; every call is a step.</summary>
internal sealed class FaultyDestination(IChatDestination destination, Steps trouble) : IChatDestination
{
    public string Description => destination.Description;

    public Remedy RemedyFor(Exception exception) =>
        exception is TroubleException made ? made.Remedy : destination.RemedyFor(exception);

    public string Explain(Exception exception) => destination.Explain(exception);

    public IReadOnlyList<Finding> Check(bool forWriting) => trouble.Step(nameof(Check), () => destination.Check(forWriting));

    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => trouble.Step(nameof(Judge), () => destination.Judge(tables));

    public DateTime TimeAsStored(DateTime time) => destination.TimeAsStored(time);

    public RunRecord? ReadRun() => trouble.Step(nameof(ReadRun), destination.ReadRun);

    public Decisions ReadDecisions() => trouble.Step(nameof(ReadDecisions), destination.ReadDecisions);

    public IEnumerable<AccessRow> ReadAccess() => trouble.Step(nameof(ReadAccess), destination.ReadAccess);

    public IReadOnlyDictionary<long, long> ReadWatermarks() => trouble.Step(nameof(ReadWatermarks), destination.ReadWatermarks);

    public IReadOnlyList<RangeProgress> ReadRanges() => trouble.Step(nameof(ReadRanges), destination.ReadRanges);

    public RangeCheckpoint ReadCheckpoint(int rangeId) => trouble.Step(nameof(ReadCheckpoint), () => destination.ReadCheckpoint(rangeId));

    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => trouble.Step(nameof(ReadBooks), () => destination.ReadBooks(pass));

    public IEnumerable<string> ReadRejectedKeys(string table) => trouble.Step(nameof(ReadRejectedKeys), () => destination.ReadRejectedKeys(table));

    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        trouble.Step(nameof(ReadRejections), () => destination.ReadRejections(filter, after, most));

    public StoredRejection? ReadRejection(long id) => trouble.Step(nameof(ReadRejection), () => destination.ReadRejection(id));

    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) => trouble.Step(nameof(CountRejections), () => destination.CountRejections(filter));

    public IReadOnlyList<Finding> ReadFindings() => trouble.Step(nameof(ReadFindings), destination.ReadFindings);

    public void Begin(PassStart start) => trouble.Step(nameof(Begin), () => destination.Begin(start));

    public RangeCheckpoint Write(Batch batch, long epoch) => trouble.Step(nameof(Write), () => destination.Write(batch, epoch));

    public int AddPlaceholder(int sourceId, Principal row, long epoch) =>
        trouble.Step(nameof(AddPlaceholder), () => destination.AddPlaceholder(sourceId, row, epoch));

    public void BeginReplay(RunRecord run, long expectedEpoch) => trouble.Step(nameof(BeginReplay), () => destination.BeginReplay(run, expectedEpoch));

    public ReplayResult Replay(ReplayBatch batch, long epoch) => trouble.Step(nameof(Replay), () => destination.Replay(batch, epoch));

    public void Complete(PassEnd end) => trouble.Step(nameof(Complete), () => destination.Complete(end));

    public void RemoveOwnTables(long epoch) => trouble.Step(nameof(RemoveOwnTables), () => destination.RemoveOwnTables(epoch));

    /// <summary>The trouble comes before it is made: one whose answer is lost is left as by a kill.</summary>
    public IScratch MakeScratch()
    {
        trouble.Step(nameof(MakeScratch), static () => { });
        return new FaultyScratch(destination.MakeScratch(), trouble);
    }

    public void Dispose() => destination.Dispose();
}

/// <summary>A scratch with the trouble of its destination; removing it always goes well.</summary>
internal sealed class FaultyScratch(IScratch scratch, Steps trouble) : IScratch
{
    public string Description => scratch.Description;

    public bool TakesEverything => scratch.TakesEverything;

    public Remedy RemedyFor(Exception exception) => exception is TroubleException made ? made.Remedy : scratch.RemedyFor(exception);

    public string Explain(Exception exception) => scratch.Explain(exception);

    public void Begin(PassStart start) => trouble.Step("scratch " + nameof(Begin), () => scratch.Begin(start));

    public RangeCheckpoint ReadCheckpoint(int rangeId) => trouble.Step("scratch " + nameof(ReadCheckpoint), () => scratch.ReadCheckpoint(rangeId));

    public RangeCheckpoint Write(Batch batch, long epoch) => trouble.Step("scratch " + nameof(Write), () => scratch.Write(batch, epoch));

    public void Complete(PassEnd end) => trouble.Step("scratch " + nameof(Complete), () => scratch.Complete(end));

    public IEnumerable<MessageBatch> ReadBack(int batchRows, int batchBytes, MessageBatchPool pool, CancellationToken cancellationToken) =>
        trouble.Each("scratch " + nameof(ReadBack), () => scratch.ReadBack(batchRows, batchBytes, pool, cancellationToken));

    public long Size() => trouble.Step("scratch " + nameof(Size), scratch.Size);

    public void Dispose() => scratch.Dispose();
}
