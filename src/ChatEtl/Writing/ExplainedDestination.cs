using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Writing;

/// <summary>A destination that is read, again after transient faults; lasting ones come out as <see cref="DestinationException"/>.</summary>
/// <param name="inner">The destination; it belongs to whoever made it.</param>
/// <param name="retries">Stands around every read; null tries nothing again.</param>
public sealed class ExplainedDestination(IChatDestination inner, EndRetries? retries = null)
{
    private const string Checkpoints = "the checkpoints";

    private readonly EndRetries _retries = retries ?? EndRetries.None(inner);

    /// <inheritdoc cref="IPassDestination.Description"/>
    public string Description => inner.Description;

    /// <inheritdoc cref="IChatDestination.Check"/>
    public IReadOnlyList<Finding> Check(bool forWriting) => Read("the database", () => inner.Check(forWriting));

    /// <inheritdoc cref="IChatDestination.Judge"/>
    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => Read("the database", () => inner.Judge(tables));

    /// <inheritdoc cref="IChatDestination.ReadRun"/>
    public RunRecord? ReadRun() => Read(Checkpoints, inner.ReadRun);

    /// <inheritdoc cref="IChatDestination.ReadDecisions"/>
    public Decisions ReadDecisions() => Read(Checkpoints, inner.ReadDecisions);

    /// <inheritdoc cref="IChatDestination.ReadAccess"/>
    public IReadOnlyList<AccessRow> ReadAccess() => Read<IReadOnlyList<AccessRow>>(Checkpoints, () => [.. inner.ReadAccess()]);

    /// <inheritdoc cref="IChatDestination.ReadWatermarks"/>
    public IReadOnlyDictionary<long, long> ReadWatermarks() => Read(Checkpoints, inner.ReadWatermarks);

    /// <inheritdoc cref="IChatDestination.ReadRanges"/>
    public IReadOnlyList<RangeProgress> ReadRanges() => Read(Checkpoints, inner.ReadRanges);

    /// <inheritdoc cref="IChatDestination.ReadBooks"/>
    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => Read(Checkpoints, () => inner.ReadBooks(pass));

    /// <inheritdoc cref="IChatDestination.ReadRejectedKeys"/>
    public IReadOnlyList<string> ReadRejectedKeys(string table) => Read<IReadOnlyList<string>>("the rejections", () => [.. inner.ReadRejectedKeys(table)]);

    /// <inheritdoc cref="IChatDestination.ReadRejections"/>
    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        Read("the rejections", () => inner.ReadRejections(filter, after, most));

    /// <inheritdoc cref="IChatDestination.ReadRejection"/>
    public StoredRejection? ReadRejection(long id) => Read("the rejections", () => inner.ReadRejection(id));

    /// <inheritdoc cref="IChatDestination.CountRejections"/>
    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) => Read("the rejections", () => inner.CountRejections(filter));

    /// <inheritdoc cref="IChatDestination.ReadEvents"/>
    public IReadOnlyList<EventEntry> ReadEvents() => Read("the event log", inner.ReadEvents);

    /// <inheritdoc cref="IChatDestination.Record"/>
    public void Record(EventNote note, long epoch) => _retries.Execute(
        _ =>
        {
            inner.Record(note, epoch);
            return true;
        },
        (tries, cause) => new DestinationException("the event log", null, null, tries.Attempts, cause, waited: tries.Waited));

    /// <inheritdoc cref="IChatDestination.TimeAsStored"/>
    public DateTime TimeAsStored(DateTime time) => inner.TimeAsStored(time);

    /// <inheritdoc cref="IChatDestination.RemoveOwnTables"/>
    public void RemoveOwnTables(long epoch) => _retries.Execute(
        tried =>
        {
            // An earlier attempt may be in, and only its answer lost.
            if (tried == 0 || inner.ReadRun() is not null)
            {
                inner.RemoveOwnTables(epoch);
            }

            return true;
        },
        (tries, cause) => new DestinationException(Checkpoints, null, null, tries.Attempts, cause, "Removing", tries.Waited));

    /// <inheritdoc cref="IChatDestination.MakeScratch"/>
    public IScratch MakeScratch() => _retries.Execute(
        _ => inner.MakeScratch(), (tries, cause) => new DestinationException("the scratch", null, null, tries.Attempts, cause, "Making", tries.Waited));

    private T Read<T>(string table, Func<T> read) => _retries.Execute(
        _ => read(), (tries, cause) => new DestinationException(table, null, null, tries.Attempts, cause, "Reading back", tries.Waited));
}
