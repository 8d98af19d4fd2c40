using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Writing;

/// <summary>A Persistent Chat database to write to. It also holds how far the migration is: nothing else records progress.</summary>
/// <remarks>
/// <para>Every method that changes anything is one transaction: when it returns, all of it is in; when it throws, none of it is, with one
/// exception: if the connection is lost during the commit, the outcome is unknown until <see cref="IPassDestination.ReadCheckpoint"/> is asked again.</para>
/// <para>Every such method first checks the epoch, and throws <c>TakenOverException</c> when another run has raised it.</para>
/// <para><see cref="IPassDestination.Write"/> may be called from several threads at once, for different ranges. Methods block.</para>
/// </remarks>
public interface IChatDestination : IPassDestination
{
    /// <summary>Looks whether the documented 2013 tables are there and whether anything else would refuse our rows; errors stop the plan.</summary>
    /// <param name="forWriting">Whether rows are to be written: then nobody else may be at work in the database.</param>
    IReadOnlyList<Finding> Check(bool forWriting);

    /// <summary>Says what this destination has against rows before they are written: values that its columns cannot hold, names that it finds equal (N2).</summary>
    /// <returns>Errors, which stop the plan.</returns>
    IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables);

    /// <summary>The time as a datetime column of this destination keeps it: SQL Server's has three hundred steps a second.</summary>
    DateTime TimeAsStored(DateTime time);

    /// <summary>Reads the run row; null when no run of ours has left its tables here.</summary>
    RunRecord? ReadRun();

    /// <summary>Reads the id maps of earlier runs.</summary>
    Decisions ReadDecisions();

    /// <summary>Reads the rights that earlier runs of ours wrote and have not removed.</summary>
    IEnumerable<AccessRow> ReadAccess();

    /// <summary>Reads up to which chatId earlier passes took each channelId, by channelId.</summary>
    IReadOnlyDictionary<long, long> ReadWatermarks();

    /// <summary>Reads the ranges of the current pass and how far they are.</summary>
    IReadOnlyList<RangeProgress> ReadRanges();

    /// <summary>Reads the books of a pass, by source table; 0 for all passes together.</summary>
    IReadOnlyDictionary<string, Book> ReadBooks(int pass);

    /// <summary>Lists the keys of open rejections of one source table.</summary>
    IEnumerable<string> ReadRejectedKeys(string table);

    /// <summary>Reads a page of open rejections in the order of their numbers, without the values of their rows: there may be as many as messages.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">The number after which to begin.</param>
    /// <param name="most">How many at most.</param>
    IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most);

    /// <summary>Reads one open rejection with the values of its row; null when there is none of this number.</summary>
    StoredRejection? ReadRejection(long id);

    /// <summary>Counts open rejections by table and rule, in this order.</summary>
    IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter);

    /// <summary>Reads the findings of the current pass.</summary>
    IReadOnlyList<Finding> ReadFindings();

    /// <summary>Reads the event log, in order.</summary>
    IReadOnlyList<EventEntry> ReadEvents();

    /// <summary>Adds to the event log what no other transaction records; what its last entry says already is not said twice.</summary>
    void Record(EventNote note, long epoch);

    /// <summary>Writes a placeholder for an unknown author, unless there is one already, and its id map entry (T20).</summary>
    /// <returns>Its destination prinID.</returns>
    int AddPlaceholder(int sourceId, Principal row, long epoch);

    /// <summary>Takes over a pass whose ranges are complete, to replay rejections: raises the epoch and opens the run again.</summary>
    /// <remarks>When the run was finished, only what is written from here on raises the revision again (M4).</remarks>
    /// <param name="run">The run row to store, its epoch already raised.</param>
    /// <param name="expectedEpoch">The epoch read before planning.</param>
    /// <param name="note">What the event log takes.</param>
    void BeginReplay(RunRecord run, long expectedEpoch, EventNote note);

    /// <summary>Writes rows that were rejected, closes their rejections and moves the books of their range.</summary>
    /// <remarks>
    /// A rejection is closed in the transaction that writes its row, so one that is gone was replayed before: its row is left out. What is
    /// rejected still stays open, with what is wrong now. The batch itself is not changed, so that it can be tried again.
    /// </remarks>
    ReplayResult Replay(ReplayBatch batch, long epoch);

    /// <summary>Removes our own tables; what remains is a plain Persistent Chat database.</summary>
    void RemoveOwnTables(long epoch);

    /// <summary>Makes a place where writing can be measured without touching a table of the product; what an earlier, killed measurement left is removed first.</summary>
    /// <remarks>A run that begins, and <see cref="RemoveOwnTables"/>, remove such a left-over, too.</remarks>
    IScratch MakeScratch();
}

/// <summary>Changes of one destination table; cells in the order of its documented columns.</summary>
/// <param name="Table">The destination table.</param>
/// <param name="Inserts">New rows.</param>
/// <param name="Updates">Rows with a known key and new values.</param>
public sealed record TableChanges(Table Table, IReadOnlyList<object?[]> Inserts, IReadOnlyList<object?[]> Updates);

/// <summary>Everything that the start of a pass writes, in one transaction.</summary>
public sealed record PassStart
{
    /// <summary>The epoch read before planning; null when there was no run. Another one means that someone was faster.</summary>
    public required long? ExpectedEpoch { get; init; }

    /// <summary>The run row to store, its epoch already raised.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>Principals, add-ins and nodes, in this order.</summary>
    public required IReadOnlyList<TableChanges> Tables { get; init; }

    /// <summary>Scope rows to write.</summary>
    public required IReadOnlyList<AccessRow> NewScopes { get; init; }

    /// <summary>Rights to remove because the rules no longer give them (B6).</summary>
    public required IReadOnlyList<AccessRow> StaleAccess { get; init; }

    /// <summary>Affiliations to remove because the source no longer gives them, in destination ids.</summary>
    public IReadOnlyList<(int Principal, int AffiliatedTo)> StaleAffiliations { get; init; } = [];

    /// <summary>Decisions to store, with the digests of the rows as written.</summary>
    public required Decisions Decisions { get; init; }

    /// <summary>The ranges of a new pass; null when the pass goes on with the ranges it has.</summary>
    public required IReadOnlyList<Checkpoints.Range>? Ranges { get; init; }

    /// <summary>Books of the directory tables.</summary>
    public required IReadOnlyDictionary<string, Book> Books { get; init; }

    /// <summary>All findings of the plan.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Rejected rows of the directory tables; they replace those of earlier passes.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }

    /// <summary>What the event log takes.</summary>
    public required EventNote Note { get; init; }
}

/// <summary>Everything that the end of a pass writes, in one transaction.</summary>
public sealed record PassEnd
{
    /// <summary>The epoch of this run.</summary>
    public required long Epoch { get; init; }

    /// <summary>Migrated rooms (destination nodeID) with the legacy counter, null where there is none; null when the level leaves messages out.</summary>
    public required IReadOnlyDictionary<int, long?>? LastChatIds { get; init; }

    /// <summary>Migrated principals (destination prinID) with the legacy counter; null when invitations are not carried.</summary>
    public required IReadOnlyDictionary<int, long?>? LastInviteIds { get; init; }

    /// <summary>Whether tblSystemRevision is raised when this pass wrote a row.</summary>
    public required bool RaiseRevision { get; init; }

    /// <summary>Books of the counter tables.</summary>
    public required IReadOnlyDictionary<string, Book> Books { get; init; }

    /// <summary>Rejected rows of the counter tables.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }

    /// <summary>When the pass ended, UTC.</summary>
    public required DateTime Ended { get; init; }

    /// <summary>What the event log takes.</summary>
    public required EventNote Note { get; init; }
}
