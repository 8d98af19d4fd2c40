using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;

namespace ChatEtl.Tests.Support;

/// <summary>A destination beside which something happens before the n-th write.</summary>
internal abstract class InterferingDestination(IChatDestination destination, int atWrite) : IChatDestination
{
    private int _writes;

    public string Description => destination.Description;

    public Remedy RemedyFor(Exception exception) => destination.RemedyFor(exception);

    public string Explain(Exception exception) => destination.Explain(exception);

    public IReadOnlyList<Finding> Check(bool forWriting) => destination.Check(forWriting);

    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => destination.Judge(tables);

    public DateTime TimeAsStored(DateTime time) => destination.TimeAsStored(time);

    public RunRecord? ReadRun() => destination.ReadRun();

    public Decisions ReadDecisions() => destination.ReadDecisions();

    public IEnumerable<AccessRow> ReadAccess() => destination.ReadAccess();

    public IReadOnlyDictionary<long, long> ReadWatermarks() => destination.ReadWatermarks();

    public IReadOnlyList<RangeProgress> ReadRanges() => destination.ReadRanges();

    public RangeCheckpoint ReadCheckpoint(int rangeId) => destination.ReadCheckpoint(rangeId);

    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => destination.ReadBooks(pass);

    public IEnumerable<string> ReadRejectedKeys(string table) => destination.ReadRejectedKeys(table);

    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        destination.ReadRejections(filter, after, most);

    public StoredRejection? ReadRejection(long id) => destination.ReadRejection(id);

    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) => destination.CountRejections(filter);

    public IReadOnlyList<Finding> ReadFindings() => destination.ReadFindings();

    public IReadOnlyList<EventEntry> ReadEvents() => destination.ReadEvents();

    public void Record(EventNote note, long epoch) => destination.Record(note, epoch);

    public void Begin(PassStart start) => destination.Begin(start);

    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        if (Interlocked.Increment(ref _writes) == atWrite)
        {
            Interfere();
        }

        return destination.Write(batch, epoch);
    }

    public int AddPlaceholder(int sourceId, Principal row, long epoch) => destination.AddPlaceholder(sourceId, row, epoch);

    public void BeginReplay(RunRecord run, long expectedEpoch, EventNote note) => destination.BeginReplay(run, expectedEpoch, note);

    public ReplayResult Replay(ReplayBatch batch, long epoch)
    {
        if (Interlocked.Increment(ref _writes) == atWrite)
        {
            Interfere();
        }

        return destination.Replay(batch, epoch);
    }

    public void Complete(PassEnd end) => destination.Complete(end);

    public void RemoveOwnTables(long epoch) => destination.RemoveOwnTables(epoch);

    public IScratch MakeScratch() => destination.MakeScratch();

    public void Dispose() => destination.Dispose();

    protected abstract void Interfere();
}

/// <summary>Asks the run to stop politely before its n-th write.</summary>
internal sealed class StoppingDestination(IChatDestination destination, CancellationTokenSource stop, int writes) : InterferingDestination(destination, writes)
{
    protected override void Interfere() => stop.Cancel();
}

/// <summary>Lets another run begin before the n-th write of this one.</summary>
internal sealed class OvertakenDestination(IChatDestination destination, int atWrite, Func<Task> other) : InterferingDestination(destination, atWrite)
{
    protected override void Interfere() => other().GetAwaiter().GetResult();
}

/// <summary>Has all sessions of a database ended on its server before the n-th write.</summary>
internal sealed class SeveredDestination(IChatDestination destination, TempSqlServerDatabase database, int atWrite) : InterferingDestination(destination, atWrite)
{
    protected override void Interfere() => database.KillSessions();
}
