using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Reading;

/// <summary>A source that is read again after transient faults, and whose lasting faults say which end failed, at which table, and what to do.</summary>
/// <remarks>
/// An enumeration that fails is opened again behind the last page, batch or number given out: nothing is given out twice and nothing left
/// out. A fault comes out as one of our family and can no longer be judged as transient.
/// </remarks>
public sealed class ExplainedSource : IChatSource
{
    /// <summary>Numbers fetched between two looks at the retries.</summary>
    private const int IdsAtOnce = 1_000;

    private readonly IChatSource _inner;
    private readonly EndRetries _retries;
    private readonly Func<string, string?, Tries, IOException, ChatEtlException> _name;

    private ExplainedSource(IChatSource inner, EndRetries? retries, Func<string, string?, Tries, IOException, ChatEtlException> name) =>
        (_inner, _retries, _name) = (inner, retries ?? EndRetries.None(inner), name);

    /// <inheritdoc/>
    public string Description => _inner.Description;

    /// <summary>Faults become <see cref="SourceException"/>; without retries the first one does.</summary>
    public static ExplainedSource OfSource(IChatSource source, EndRetries? retries = null) =>
        new(source, retries, static (table, after, tries, cause) => new SourceException(table, after, tries.Attempts, cause, tries.Waited));

    /// <summary>The source reads back what is at the destination: faults become <see cref="DestinationException"/>.</summary>
    public static ExplainedSource OfDestination(IChatSource reader, EndRetries? retries = null) => new(
        reader, retries, static (table, after, tries, cause) => new DestinationException(table, after, null, tries.Attempts, cause, "Reading back", tries.Waited));

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => _inner.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => _inner.Explain(exception);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => Once("the database", () => _inner.Check(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public DatabaseShape ReadShape() => Once("the database", _inner.ReadShape);

    /// <inheritdoc/>
    public long CountRows(string table) => Once(table, () => _inner.CountRows(table));

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) => Each(
        table.Name, after, position => _inner.ReadRows(table, position, limits, cancellationToken), page => page.Position, cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) => Each(
        Streams.Messages, "",
        last => last.Length == 0
            ? _inner.ReadExtents(cancellationToken)
            : _inner.ReadExtents(cancellationToken).SkipWhile(extent => extent.Room <= long.Parse(last, CultureInfo.InvariantCulture)),
        extent => extent.Room.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <inheritdoc/>
    public long CountMessages(Segment segment) => Once(Streams.Messages, () => _inner.CountMessages(segment));

    /// <inheritdoc/>
    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) => Each(
        Streams.Messages, "",
        last => (last.Length == 0
            ? _inner.ReadChatIds(segment, cancellationToken)
            : Behind([segment], new MessageKey(segment.Room, long.Parse(last, CultureInfo.InvariantCulture))).SelectMany(rest => _inner.ReadChatIds(rest, cancellationToken)))
            .Chunk(IdsAtOnce),
        ids => ids[^1].ToString(CultureInfo.InvariantCulture), cancellationToken).SelectMany(ids => ids);

    /// <inheritdoc/>
    /// <remarks>One by one: who takes the first time only must not pay for more. An enumeration that fails goes on behind the last one given out.</remarks>
    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) => Each(
        Streams.Messages, "",
        last => (last.Length == 0 ? [segment] : Behind([segment], new MessageKey(segment.Room, long.Parse(last, CultureInfo.InvariantCulture))))
            .SelectMany(rest => _inner.ReadTimes(rest, cancellationToken)),
        time => time.Id.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken)
    {
        var start = after?.ToString() ?? "";
        return Each(
            Streams.Messages, start,
            last => last == start
                ? _inner.ReadMessages(segments, after, limits, pool, cancellationToken)
                : _inner.ReadMessages(Behind(segments, MessageKey.Parse(last)), null, limits, pool, cancellationToken),
            batch => batch.To, cancellationToken);
    }

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) => Each(
        Streams.Messages, after, position => _inner.ReadIrregularMessages(position, limits, cancellationToken), page => page.Position, cancellationToken);

    /// <summary>The inner source belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    /// <summary>What is left of segments, in whatever order they are, behind a key that lies in one of them.</summary>
    private static List<Segment> Behind(IReadOnlyList<Segment> segments, MessageKey last)
    {
        var rest = segments.SkipWhile(segment => segment.Room != last.Room || last.Id < segment.From || last.Id > segment.UpTo).ToList();
        if (rest[0].UpTo == last.Id)
        {
            rest.RemoveAt(0);
        }
        else
        {
            rest[0] = rest[0] with { From = last.Id + 1 };
        }

        return rest;
    }

    private T Once<T>(string table, Func<T> read, CancellationToken cancellationToken = default) => Once(table, "", read, cancellationToken);

    private T Once<T>(string table, string after, Func<T> read, CancellationToken cancellationToken) => _retries.Execute(
        _ => read(), (tries, cause) => _name(table, after.Length == 0 ? null : after, tries, cause), cancellationToken);

    /// <summary>Gives out one after another; <paramref name="open"/> begins behind a position.</summary>
    private IEnumerable<T> Each<T>(
        string table, string after, Func<string, IEnumerable<T>> open, Func<T, string> positionOf, CancellationToken cancellationToken)
    {
        IEnumerator<T>? items = null;
        try
        {
            while (Once(table, after, Next, cancellationToken))
            {
                // Before it is given out: who takes a batch may use it again.
                after = positionOf(items!.Current);
                yield return items.Current;
            }
        }
        finally
        {
            items?.Dispose();
        }

        bool Next()
        {
            try
            {
                items ??= open(after).GetEnumerator();
                return items.MoveNext();
            }
            catch
            {
                items?.Dispose();
                items = null;
                throw;
            }
        }
    }
}
