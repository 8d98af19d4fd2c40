using System.Data.SqlTypes;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>A Persistent Chat database on SQL Server as a destination.</summary>
/// <remarks>
/// Every writer has a connection of its own. A batch is one transaction: rows by bulk load, rejections and the range's checkpoint. The lock on
/// the checkpoint's row, taken first, makes a newer run wait for a batch in hand, and a repetition wait for a commit whose outcome is unknown.
/// </remarks>
/// <param name="end">The database.</param>
/// <param name="load">How it is loaded.</param>
/// <param name="time">The clock.</param>
public sealed class SqlServerDestination(SqlServerEnd end, SqlServerLoad load, TimeProvider time) : IChatDestination
{
    private readonly SqlServerSessions _sessions = new(end);
    private readonly Lock _placeholders = new();
    private IReadOnlyDictionary<string, DestinationTable>? _tables;
    private SqlServerBatchWriter? _writer;

    /// <summary>The tables of the destination that small rows pass through a stage to.</summary>
    private static IEnumerable<Table> Staged => ChatSchema.Written.Where(table => table.Name is not ("tblChat" or "tblLastChatId" or "tblLastInviteId"));

    /// <inheritdoc/>
    public string Description => end.Description;

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => SqlServerFaults.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => SqlServerFaults.Explain(exception);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(bool forWriting) => Read(connection =>
    {
        _tables = DestinationTable.ReadAll(end, connection, ChatSchema.Written);
        return new DestinationCheck(end, connection, load).Run(_tables.Values, forWriting);
    });

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => Read(connection =>
        new RowCheck(end, connection, Table).Run(tables));

    /// <inheritdoc/>
    public DateTime TimeAsStored(DateTime time) =>
        time < SqlDateTime.MinValue.Value || time > SqlDateTime.MaxValue.Value ? time : DateTime.SpecifyKind(new SqlDateTime(time).Value, time.Kind);

    /// <inheritdoc/>
    public RunRecord? ReadRun() => Read(connection => Tables.ReadRun(end, connection, null));

    /// <inheritdoc/>
    public Decisions ReadDecisions() => ReadOwn(connection => Tables.ReadDecisions(end, connection, null), Decisions.None);

    /// <inheritdoc/>
    public IEnumerable<AccessRow> ReadAccess() => StreamOwn(
        "SELECT node_id, principal_id, type_id FROM chatetl.access", row => new AccessRow(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), 0));

    /// <inheritdoc/>
    public IReadOnlyDictionary<long, long> ReadWatermarks() => ReadOwn(connection => Tables.ReadWatermarks(end, connection, null), []);

    /// <inheritdoc/>
    public IReadOnlyList<RangeProgress> ReadRanges() => ReadOwn(connection => Tables.ReadRanges(end, connection, null), []);

    /// <inheritdoc/>
    public RangeCheckpoint ReadCheckpoint(int rangeId) => Read(connection => Tables.ReadCheckpoint(end, connection, null, rangeId));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => ReadOwn(connection => Tables.ReadBooks(end, connection, null, pass), []);

    /// <inheritdoc/>
    public IEnumerable<string> ReadRejectedKeys(string table) =>
        StreamOwn("SELECT source_key FROM chatetl.rejection WHERE source_table = @p0", row => row.GetString(0), table);

    /// <inheritdoc/>
    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        ReadOwn<IReadOnlyList<StoredRejection>>(connection => [.. Tables.ReadRejections(end, connection, filter, after, most)], []);

    /// <inheritdoc/>
    public StoredRejection? ReadRejection(long id) => ReadOwn(connection => Tables.ReadRejection(end, connection, id), null);

    /// <inheritdoc/>
    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) =>
        ReadOwn<IReadOnlyList<RejectionCount>>(connection => [.. Tables.CountRejections(end, connection, filter)], []);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> ReadFindings() =>
    [
        .. StreamOwn(
            "SELECT rule_id, severity, source_table, source_key, message FROM chatetl.finding WHERE pass = (SELECT pass FROM chatetl.run) ORDER BY finding_id",
            row => new Finding(row.GetString(0), Enum.Parse<Severity>(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4))),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventEntry> ReadEvents() =>
        ReadOwn<IReadOnlyList<EventEntry>>(connection => [.. Tables.ReadEventsBackwards(end, connection, null, int.MaxValue).Reverse()], []);

    /// <inheritdoc/>
    public void Record(EventNote note, long epoch) => _sessions.Transact(session =>
    {
        session.CheckEpoch(epoch);
        new SqlServerPassWriter(session, Table).Record(note, epoch);
        return true;
    });

    /// <inheritdoc/>
    public void Begin(PassStart start)
    {
        // Before the transaction: a reading connection would wait for its tables.
        var staged = Staged.Select(table => Table(table.Name)).ToList();
        _sessions.Use(SqlServerScratchTable.Remove);
        _sessions.Transact(session => Begin(session, start, staged));
    }

    private bool Begin(SqlServerWriteSession session, PassStart start, IReadOnlyList<DestinationTable> staged)
    {
        // Two first runs at once: neither finds a row to lock.
        const string TakeLock = "DECLARE @got int; EXEC @got = sp_getapplock 'chatetl', 'Exclusive', 'Transaction', @p0; SELECT @got";
        if (session.Rows(TakeLock, row => row.GetInt32(0), (int)end.LockTimeout.TotalMilliseconds).Single() < 0)
        {
            throw new TimeoutException("Another run of ChatEtl is beginning in this database.");
        }

        Tables.Create(session, staged);
        var stored = Tables.ReadRun(end, session.Connection, session.Transaction);
        if (stored is not null && stored.Epoch == start.Run.Epoch && stored.Owner == start.Run.Owner && stored.Updated == start.Run.Updated)
        {
            // An earlier attempt was in, and its answer was lost.
            return false;
        }

        if (stored?.Epoch != start.ExpectedEpoch)
        {
            throw new TakenOverException(start.Run.Epoch, stored?.Epoch ?? 0);
        }

        if (start.ExpectedEpoch is { } expected)
        {
            session.CheckEpoch(expected);
        }

        new SqlServerPassWriter(session, Table).BeginPass(start);
        return true;
    }

    /// <inheritdoc/>
    public RangeCheckpoint Write(Batch batch, long epoch) => Write(epoch, writer => writer.Write(batch, epoch));

    /// <inheritdoc/>
    public void BeginReplay(RunRecord run, long expectedEpoch, EventNote note) => _sessions.Transact(session =>
    {
        session.CheckEpoch(expectedEpoch);
        new SqlServerPassWriter(session, Table).BeginReplay(run, note);
        return true;
    });

    /// <inheritdoc/>
    public ReplayResult Replay(ReplayBatch batch, long epoch) => Write(epoch, writer => writer.Replay(batch, epoch));

    /// <inheritdoc/>
    public int AddPlaceholder(int sourceId, Principal row, long epoch)
    {
        lock (_placeholders)
        {
            return _sessions.Transact(session =>
            {
                session.CheckEpoch(epoch);
                return new SqlServerPassWriter(session, Table).AddPlaceholder(sourceId, row);
            });
        }
    }

    /// <inheritdoc/>
    public void Complete(PassEnd end) => _sessions.Transact(session =>
    {
        session.CheckEpoch(end.Epoch);
        new SqlServerPassWriter(session, Table).Complete(end);
        return true;
    });

    /// <inheritdoc/>
    public void RemoveOwnTables(long epoch)
    {
        _sessions.Use(SqlServerScratchTable.Remove);
        _sessions.Transact(session =>
        {
            session.CheckEpoch(epoch);
            Tables.Drop(session, Staged);
            return true;
        });
    }

    /// <inheritdoc/>
    public IScratch MakeScratch() => SqlServerScratchTable.Make(end, Table("tblChat"), load);

    /// <inheritdoc/>
    public void Dispose() => _sessions.Dispose();

    private T Write<T>(long epoch, Func<SqlServerBatchWriter, T> write)
    {
        try
        {
            return write(LazyInitializer.EnsureInitialized(ref _writer, () => new SqlServerBatchWriter(_sessions, Table, load, time)));
        }
        catch (SqlException exception) when (RemedyFor(exception) == Remedy.None && ReadRun() is null)
        {
            // Another run has finished and removed our tables.
            throw new TakenOverException(epoch, 0);
        }
    }

    private DestinationTable Table(string name) =>
        LazyInitializer.EnsureInitialized(ref _tables, () => Read(connection => DestinationTable.ReadAll(end, connection, ChatSchema.Written)))[name];

    private T ReadOwn<T>(Func<SqlConnection, T> read, T otherwise) => Read(connection => Tables.Exist(end, connection, null) ? read(connection) : otherwise);

    /// <summary>Rows of a table of ours one by one: rejections may be as many as messages.</summary>
    private IEnumerable<T> StreamOwn<T>(string sql, Func<SqlDataReader, T> read, params object?[] parameters)
    {
        using var connection = OpenForReading(end, readOnlyIntent: false);
        if (!Tables.Exist(end, connection, null))
        {
            yield break;
        }

        foreach (var row in Rows(end, connection, null, sql, read, parameters))
        {
            yield return row;
        }
    }

    private T Read<T>(Func<SqlConnection, T> read)
    {
        using var connection = OpenForReading(end, readOnlyIntent: false);
        return read(connection);
    }
}
