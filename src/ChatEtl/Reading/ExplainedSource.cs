using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Reading;

/// <summary>A source whose faults say which end of the pipeline failed, at which table, and what to do.</summary>
/// <remarks>For reads that are not retried: a fault comes out as one of our family and can no longer be judged as transient.</remarks>
public sealed class ExplainedSource : IChatSource
{
    private readonly IChatSource _inner;
    private readonly Func<string, IOException, ChatEtlException> _name;

    private ExplainedSource(IChatSource inner, Func<string, IOException, ChatEtlException> name) => (_inner, _name) = (inner, name);

    /// <inheritdoc/>
    public string Description => _inner.Description;

    /// <summary>Faults become <see cref="SourceException"/>.</summary>
    public static ExplainedSource OfSource(IChatSource source) =>
        new(source, static (table, cause) => new SourceException(table, null, 1, cause));

    /// <summary>The source reads back what is at the destination: faults become <see cref="DestinationException"/>.</summary>
    public static ExplainedSource OfDestination(IChatSource reader) =>
        new(reader, static (table, cause) => new DestinationException(table, null, null, 1, cause, "Reading back"));

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => _inner.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => _inner.Explain(exception);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => Once("the database", () => _inner.Check(cancellationToken));

    /// <inheritdoc/>
    public DatabaseShape ReadShape() => Once("the database", _inner.ReadShape);

    /// <inheritdoc/>
    public long CountRows(string table) => Once(table, () => _inner.CountRows(table));

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) =>
        Each(table.Name, () => _inner.ReadRows(table, after, limits, cancellationToken));

    /// <inheritdoc/>
    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) =>
        Each(Streams.Messages, () => _inner.ReadExtents(cancellationToken));

    /// <inheritdoc/>
    public long CountMessages(Segment segment) => Once(Streams.Messages, () => _inner.CountMessages(segment));

    /// <inheritdoc/>
    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) =>
        Each(Streams.Messages, () => _inner.ReadChatIds(segment, cancellationToken));

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken) =>
        Each(Streams.Messages, () => _inner.ReadMessages(segments, after, limits, pool, cancellationToken));

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) =>
        Each(Streams.Messages, () => _inner.ReadIrregularMessages(after, limits, cancellationToken));

    /// <summary>The inner source belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private T Once<T>(string table, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (OutsideFaults.Include(exception))
        {
            throw Name(table, exception);
        }
    }

    private IEnumerable<T> Each<T>(string table, Func<IEnumerable<T>> read)
    {
        using var rows = Once(table, () => read().GetEnumerator());
        while (Once(table, rows.MoveNext))
        {
            yield return rows.Current;
        }
    }

    private ChatEtlException Name(string table, Exception exception) =>
        _name(table, new IOException($"{_inner.Explain(exception)} ({_inner.Description})", exception));
}
