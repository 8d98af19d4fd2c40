using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;

namespace ChatEtl.Tests.Support;

/// <summary>A source with one trouble; every page, batch and number asked of it is a step.</summary>
internal sealed class FaultySource(IChatSource source, Steps trouble) : IChatSource
{
    /// <summary>How it explains its trouble.</summary>
    public const string Explanation = "The source explains its trouble.";

    public string Description => source.Description;

    public Remedy RemedyFor(Exception exception) =>
        exception is TroubleException made ? made.Remedy : source.RemedyFor(exception);

    public string Explain(Exception exception) => exception is TroubleException ? Explanation : source.Explain(exception);

    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => trouble.Step(nameof(Check), () => source.Check(cancellationToken));

    public DatabaseShape ReadShape() => trouble.Step(nameof(ReadShape), source.ReadShape);

    public long CountRows(string table) => trouble.Step(nameof(CountRows), () => source.CountRows(table));

    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadRows), () => source.ReadRows(table, after, limits, cancellationToken));

    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadExtents), () => source.ReadExtents(cancellationToken));

    public long CountMessages(Segment segment) => trouble.Step(nameof(CountMessages), () => source.CountMessages(segment));

    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadChatIds), () => source.ReadChatIds(segment, cancellationToken));

    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadTimes), () => source.ReadTimes(segment, cancellationToken));

    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadMessages), () => source.ReadMessages(segments, after, limits, pool, cancellationToken));

    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) =>
        trouble.Each(nameof(ReadIrregularMessages), () => source.ReadIrregularMessages(after, limits, cancellationToken));

    public void Dispose() => source.Dispose();
}
