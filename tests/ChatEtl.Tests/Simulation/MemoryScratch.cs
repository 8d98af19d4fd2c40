using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;

namespace ChatEtl.Tests.Simulation;

/// <summary>A scratch in memory: a destination of its own, whose database counts it while it is there.</summary>
internal sealed class MemoryScratch : IScratch
{
    private readonly MemoryDatabase _at;
    private readonly MemoryDatabase _rows = MemoryDatabase.Provision();
    private readonly MemoryDestination _inner;
    private readonly MemorySource _reader;

    public MemoryScratch(MemoryDatabase at, Steps steps)
    {
        (_at, _inner, _reader) = (at, new MemoryDestination(_rows, steps), new MemorySource(_rows, steps));
        _at.Scratches++;
    }

    public string Description => "memory";

    public bool TakesEverything => true;

    public Remedy RemedyFor(Exception exception) => _inner.RemedyFor(exception);

    public string Explain(Exception exception) => _inner.Explain(exception);

    public void Begin(PassStart start) => _inner.Begin(start);

    public RangeCheckpoint ReadCheckpoint(int rangeId) => _inner.ReadCheckpoint(rangeId);

    public RangeCheckpoint Write(Batch batch, long epoch) => _inner.Write(batch, epoch);

    public void Complete(PassEnd end) => _inner.Complete(end);

    public IEnumerable<MessageBatch> ReadBack(int batchRows, int batchBytes, MessageBatchPool pool, CancellationToken cancellationToken) =>
        _reader.ReadMessages([.. _reader.ReadExtents(cancellationToken)], null, new BatchLimits(batchRows, batchBytes), pool, cancellationToken);

    public long Size() => _rows.State.Tables.Sum(table => table.Rows.Count * 100L);

    public void Dispose() => _at.Scratches--;
}
