using ChatEtl.Chat;
using ChatEtl.Faults;

namespace ChatEtl.Pipeline;

/// <summary>What a run is doing, for people who watch; safe to read from any thread while the run goes on.</summary>
public sealed class RunProgress
{
    internal const string Moving = "moving";

    private long _read;
    private long _written;
    private long _rejected;
    private long _bytes;
    private int _rangesDone;
    private long _readEarlier;
    private long _bytesEarlier;

    /// <summary>What the run is about to do or doing, in a word or two.</summary>
    public string Phase { get; internal set; } = "starting";

    /// <summary>Rows of the streams that this pass is expected to read, from key spans; not exact.</summary>
    public long Expected { get; internal set; }

    /// <summary>Ranges of the pass.</summary>
    public int Ranges { get; internal set; }

    /// <summary>Source rows read, earlier runs of the same pass included.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>Destination rows in place, earlier runs of the same pass included.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Rows rejected.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Bytes of text read.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Source rows read by this run alone.</summary>
    public long ReadNow => Read - Interlocked.Read(ref _readEarlier);

    /// <summary>Bytes of text read by this run alone.</summary>
    public long BytesNow => Bytes - Interlocked.Read(ref _bytesEarlier);

    /// <summary>Whether rows of the streams are being moved, so that a stretch without commits is a stall.</summary>
    public bool IsMoving => Phase == Moving;

    /// <summary>Ranges complete.</summary>
    public int RangesDone => Volatile.Read(ref _rangesDone);

    /// <summary>Reads and writes tried again.</summary>
    public int Retries => Ends.Sum(end => end.Retries);

    /// <summary>Which ends are down and since when; null while both answer.</summary>
    public string? Down => string.Join("; ", Ends.Select(end => end.Down).OfType<string>()) is { Length: > 0 } down ? down : null;

    /// <summary>Batches waiting to be transformed and to be written.</summary>
    public Func<(int Transform, int Write)> Queues { get; internal set; } = static () => (0, 0);

    /// <summary>How long each stage was at work.</summary>
    public StageClocks Stages { get; } = new();

    /// <summary>Rows of a batch and ranges side by side that self-tuning came to; 0 until the rows have moved.</summary>
    public (int BatchRows, int Lanes) Chosen { get; internal set; }

    internal IReadOnlyList<EndRetries> Ends { get; set; } = [];

    /// <summary>Raised for things people should see as they happen, such as retries; the text names no secret and no message.</summary>
    public event Action<string>? Notice;

    internal void Note(string text) => Notice?.Invoke(text);

    /// <summary>Takes in what earlier runs of the same pass did.</summary>
    internal void AddEarlier(Book book, long bytes, bool rangeDone)
    {
        Interlocked.Add(ref _readEarlier, book.Read);
        Interlocked.Add(ref _bytesEarlier, bytes);
        Add(book, bytes, rangeDone);
    }

    internal void Add(Book book, long bytes, bool rangeDone)
    {
        Interlocked.Add(ref _read, book.Read);
        Interlocked.Add(ref _written, book.Written + book.Reused);
        Interlocked.Add(ref _rejected, book.Rejected);
        Interlocked.Add(ref _bytes, bytes);
        if (rangeDone)
        {
            Interlocked.Increment(ref _rangesDone);
        }
    }
}
