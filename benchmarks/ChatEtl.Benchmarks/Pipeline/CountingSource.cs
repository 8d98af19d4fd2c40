using System.IO.MemoryMappedFiles;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Counts the messages read from a source in a file that outlives a kill of the process.</summary>
internal sealed class CountingSource(IChatSource source, string counter) : IChatSource
{
    private readonly MemoryMappedFile _file = MemoryMappedFile.CreateFromFile(counter, FileMode.OpenOrCreate, null, sizeof(long));
    private readonly Lock _gate = new();

    public string Description => source.Description;

    /// <summary>Messages read so far, in all processes that counted in the file.</summary>
    public static long Read(string counter)
    {
        using var file = File.Exists(counter) ? new FileStream(counter, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
        Span<byte> number = stackalloc byte[sizeof(long)];
        return file?.Read(number) == sizeof(long) ? BitConverter.ToInt64(number) : 0;
    }

    public Remedy RemedyFor(Exception exception) => source.RemedyFor(exception);

    public string Explain(Exception exception) => source.Explain(exception);

    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => source.Check(cancellationToken);

    public DatabaseShape ReadShape() => source.ReadShape();

    public long CountRows(string table) => source.CountRows(table);

    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) =>
        source.ReadRows(table, after, limits, cancellationToken);

    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) => source.ReadExtents(cancellationToken);

    public long CountMessages(Segment segment) => source.CountMessages(segment);

    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) => source.ReadChatIds(segment, cancellationToken);

    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) => source.ReadTimes(segment, cancellationToken);

    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken)
    {
        foreach (var batch in source.ReadMessages(segments, after, limits, pool, cancellationToken))
        {
            lock (_gate)
            {
                using var view = _file.CreateViewAccessor(0, sizeof(long));
                view.Write(0, view.ReadInt64(0) + batch.Count);
            }

            yield return batch;
        }
    }

    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) =>
        source.ReadIrregularMessages(after, limits, cancellationToken);

    public void Dispose()
    {
        _file.Dispose();
        source.Dispose();
    }
}
