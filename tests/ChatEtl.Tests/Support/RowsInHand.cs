using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Tests.Support;

/// <summary>Counts the rows that were read and are not committed; every write takes so long that the readers get as far as they may.</summary>
/// <remarks>For runs that have messages only.</remarks>
/// <param name="allowed">How many there may be.</param>
internal sealed class RowsInHand(int allowed) : Steps
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _committed = [];
    private long _now;

    /// <summary>The most there ever were.</summary>
    public long Most { get; private set; }

    /// <summary>All that were read.</summary>
    public long Read { get; private set; }

    /// <summary>Called at a write when the readers can get no further; may be null.</summary>
    public Action? WhenFull { get; set; }

    public override T Step<T>(string method, Func<T> step)
    {
        if (method != "Write")
        {
            return step();
        }

        SpinWait.SpinUntil(() => Most > allowed, LongEnough);
        if (Interlocked.Read(ref _now) > allowed / 2)
        {
            WhenFull?.Invoke();
        }

        var result = step();
        if (result is RangeCheckpoint after)
        {
            lock (_gate)
            {
                _now -= after.Book.Read - _committed.GetValueOrDefault(after.RangeId);
                _committed[after.RangeId] = after.Book.Read;
            }
        }

        return result;
    }

    public override IEnumerable<T> Each<T>(string method, Func<IEnumerable<T>> open)
    {
        foreach (var item in open())
        {
            Count(item is MessageBatch batch ? batch.Count : 0);
            yield return item;
        }
    }

    private void Count(int rows)
    {
        lock (_gate)
        {
            Read += rows;
            _now += rows;
            Most = Math.Max(Most, _now);
        }
    }
}
