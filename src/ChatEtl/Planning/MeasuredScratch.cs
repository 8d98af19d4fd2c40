using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;

namespace ChatEtl.Planning;

/// <summary>Notes when each batch was in, and asks for a stop once there are enough rows, bytes or seconds. Belongs to one flow; the scratch to whoever made it.</summary>
internal sealed class MeasuredScratch(IScratch scratch, TimeProvider time, Func<PacePoint, bool> isEnough, CancellationTokenSource stop) : IPassDestination
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly List<PacePoint> _points = [];
    private PacePoint _last;

    /// <summary>What was noted, in the order of time.</summary>
    public IReadOnlyList<PacePoint> Points => _points;

    public string Description => scratch.Description;

    public Remedy RemedyFor(Exception exception) => scratch.RemedyFor(exception);

    public string Explain(Exception exception) => scratch.Explain(exception);

    public RangeCheckpoint ReadCheckpoint(int rangeId) => scratch.ReadCheckpoint(rangeId);

    public void Begin(PassStart start) => scratch.Begin(start);

    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        var after = scratch.Write(batch, epoch);
        lock (_gate)
        {
            // Roles have no rows read of their own: the plan keeps their books.
            var rows = Math.Max(batch.Book.Read, batch.Count);
            _last = new PacePoint(time.GetElapsedTime(_start).TotalSeconds, _last.Rows + rows, _last.Bytes + batch.Bytes);
            if (rows > 0)
            {
                _points.Add(_last);
            }

            if (isEnough(_last))
            {
                stop.Cancel();
            }
        }

        return after;
    }

    public void Complete(PassEnd end) => scratch.Complete(end);

    public void Dispose()
    {
    }
}
