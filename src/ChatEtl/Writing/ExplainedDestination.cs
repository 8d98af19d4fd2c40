using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Writing;

/// <summary>A destination that is read: its faults come out as <see cref="DestinationException"/>, and none of them is retried.</summary>
/// <param name="inner">The destination; it belongs to whoever made it.</param>
public sealed class ExplainedDestination(IChatDestination inner)
{
    private const string Checkpoints = "the checkpoints";

    /// <inheritdoc cref="IChatDestination.Description"/>
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

    /// <inheritdoc cref="IChatDestination.RemoveOwnTables"/>
    public void RemoveOwnTables(long epoch)
    {
        try
        {
            inner.RemoveOwnTables(epoch);
        }
        catch (Exception exception) when (OutsideFaults.Include(exception))
        {
            throw new DestinationException(Checkpoints, null, null, 1, Cause(exception), "Removing");
        }
    }

    private T Read<T>(string table, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (OutsideFaults.Include(exception))
        {
            throw new DestinationException(table, null, null, 1, Cause(exception), "Reading back");
        }
    }

    private IOException Cause(Exception exception) => new($"{inner.Explain(exception)} ({inner.Description})", exception);
}
