using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using static ChatEtl.Sqlite.SqliteDatabase;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>A Persistent Chat database in an SQLite file as a destination.</summary>
/// <remarks>
/// One connection writes, guarded by a lock: SQLite has one session. A batch is one transaction: rows, rejections and the range's
/// checkpoint. See <see cref="SqliteDatabase.OpenForWriting"/> for why a power cut cannot part them.
/// </remarks>
public sealed class SqliteDestination : IChatDestination
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _writing = new();
    private SqliteConnection? _connection;
    private SqliteWriteSession? _session;
    private LogCopier? _copier;

    /// <summary>Names the file, which must exist; it is opened when first used.</summary>
    public SqliteDestination(string path, TimeProvider time)
    {
        _path = Path.GetFullPath(path);
        _time = time;
    }

    /// <inheritdoc/>
    public string Description => $"SQLite {_path}";

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => SqliteFaults.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => SqliteFaults.Explain(exception);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(bool forWriting) => Read(connection =>
    {
        var findings = new List<Finding>();
        if (WideEncodingOf(connection) is not null)
        {
            // Between UTF-8 and UTF-16 SQLite turns U+FFFE and U+FFFF into U+FFFD.
            findings.Add(new Finding(
                "M2", Severity.Error, "", "", "The destination keeps text as UTF-16, and SQLite would change some of it; take a database that keeps UTF-8."));
        }

        foreach (var table in ChatSchema.Written)
        {
            var found = Tables.Rows(connection, "SELECT name, \"notnull\", dflt_value IS NULL FROM pragma_table_info(?1)", table.Name)
                .Select(row => (Name: row.Text(0), Compulsory: row.Integer(1) == 1 && row.Integer(2) == 1)).ToList();
            if (found.Count == 0)
            {
                findings.Add(Surprise(table, $"The destination has no table {table.Name}: it is no Persistent Chat 2013 database."));
                continue;
            }

            findings.AddRange(table.Columns
                .Where(column => !found.Exists(name => name.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)))
                .Select(column => Surprise(table, $"The destination has no column {table.Name}.{column.Name}: it is no Persistent Chat 2013 database.")));
            findings.AddRange(found
                .Where(column => column.Compulsory && table.Ordinal(column.Name) < 0)
                .Select(column => Surprise(table, $"The destination's column {table.Name}.{column.Name} wants a value, and no document tells which.")));
        }

        return (IReadOnlyList<Finding>)findings;
    });

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => [];

    /// <inheritdoc/>
    public DateTime TimeAsStored(DateTime time) => time;

    /// <inheritdoc/>
    public RunRecord? ReadRun() => Read(Tables.ReadRun);

    /// <inheritdoc/>
    public Decisions ReadDecisions() => ReadOwn(Tables.ReadDecisions, Decisions.None);

    /// <inheritdoc/>
    public IEnumerable<AccessRow> ReadAccess() => ReadOwn(connection => Tables.ReadAccess(connection).ToList(), []);

    /// <inheritdoc/>
    public IReadOnlyDictionary<long, long> ReadWatermarks() => ReadOwn(Tables.ReadWatermarks, []);

    /// <inheritdoc/>
    public IReadOnlyList<RangeProgress> ReadRanges() => ReadOwn(Tables.ReadRanges, []);

    /// <inheritdoc/>
    public RangeCheckpoint ReadCheckpoint(int rangeId) => Read(connection => Tables.ReadCheckpoint(connection, rangeId));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => ReadOwn(connection => Tables.ReadBooks(connection, pass), []);

    /// <inheritdoc/>
    public IEnumerable<string> ReadRejectedKeys(string table) => StreamOwn(
        "SELECT source_key FROM chatetl_rejection WHERE source_table = ?1", row => row.Text(0), table);

    /// <inheritdoc/>
    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        ReadOwn<IReadOnlyList<StoredRejection>>(connection => [.. Tables.ReadRejections(connection, filter, after, most)], []);

    /// <inheritdoc/>
    public StoredRejection? ReadRejection(long id) => ReadOwn(connection => Tables.ReadRejection(connection, id), null);

    /// <inheritdoc/>
    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) =>
        ReadOwn<IReadOnlyList<RejectionCount>>(connection => [.. Tables.CountRejections(connection, filter)], []);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> ReadFindings() => ReadOwn<IReadOnlyList<Finding>>(
        connection =>
        [
            .. Tables.Rows(connection, "SELECT rule, severity, source_table, source_key, message FROM chatetl_finding WHERE pass = (SELECT pass FROM chatetl_run) ORDER BY finding_id")
                .Select(row => new Finding(row.Text(0), Enum.Parse<Severity>(row.Text(1)), row.Text(2), row.Text(3), row.Text(4))),
        ],
        []);

    /// <inheritdoc/>
    public IReadOnlyList<EventEntry> ReadEvents() =>
        ReadOwn<IReadOnlyList<EventEntry>>(connection => [.. Tables.ReadEventsBackwards(connection).Reverse()], []);

    /// <inheritdoc/>
    public void Record(EventNote note, long epoch)
    {
        Transact(session =>
        {
            session.CheckEpoch(epoch);
            new SqlitePassWriter(session).Record(note, epoch);
        });
        Sync();
    }

    /// <inheritdoc/>
    public void Begin(PassStart start)
    {
        SqliteScratch.Remove(_path);
        Transact(session =>
        {
            Execute(session.Connection, Tables.Create);
            var stored = Tables.ReadRun(session.Connection);
            if (stored?.Epoch != start.ExpectedEpoch)
            {
                throw new TakenOverException(start.Run.Epoch, stored?.Epoch ?? 0);
            }

            new SqlitePassWriter(session).BeginPass(start);
        });
    }

    /// <inheritdoc/>
    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        lock (_writing)
        {
            var session = Session();
            session.Begin();
            try
            {
                if (new SqliteBatchWriter(session).Write(batch, epoch, Now()))
                {
                    session.Commit();
                    (_copier ??= new LogCopier(_path)).Add(batch.Count, batch.Bytes);
                }
                else
                {
                    // Another run has the epoch, or the batch is in already: the stored row decides.
                    session.Rollback();
                    session.CheckEpoch(epoch);
                }
            }
            catch
            {
                session.Rollback();
                throw;
            }

            return Tables.ReadCheckpoint(session.Connection, batch.RangeId);
        }
    }

    /// <inheritdoc/>
    public int AddPlaceholder(int sourceId, Principal row, long epoch) => Transact(session =>
    {
        session.CheckEpoch(epoch);
        return new SqlitePassWriter(session).AddPlaceholder(sourceId, row);
    });

    /// <inheritdoc/>
    public void BeginReplay(RunRecord run, long expectedEpoch, EventNote note) => Transact(session =>
    {
        session.CheckEpoch(expectedEpoch);
        new SqlitePassWriter(session).BeginReplay(run, note);
    });

    /// <inheritdoc/>
    public ReplayResult Replay(ReplayBatch batch, long epoch) => Transact(session =>
    {
        session.CheckEpoch(epoch);
        return new SqliteBatchWriter(session).Replay(batch, Now());
    });

    /// <inheritdoc/>
    public void Complete(PassEnd end)
    {
        Transact(session =>
        {
            session.CheckEpoch(end.Epoch);
            new SqlitePassWriter(session).Complete(end);
        });
        Sync();
    }

    /// <inheritdoc/>
    public void RemoveOwnTables(long epoch)
    {
        SqliteScratch.Remove(_path);
        Transact(session =>
        {
            session.CheckEpoch(epoch);
            session.Release();
            foreach (var table in Tables.Names)
            {
                Execute(session.Connection, $"DROP TABLE IF EXISTS {table}");
            }
        });
        Sync();
    }

    /// <inheritdoc/>
    public IScratch MakeScratch() => SqliteScratch.Make(_path, _time);

    /// <inheritdoc/>
    /// <remarks>Waits for a batch that is being written. Who writes afterwards opens the file again.</remarks>
    public void Dispose()
    {
        lock (_writing)
        {
            _copier?.Dispose();
            _session?.Dispose();
            _connection?.Dispose();
            (_copier, _session, _connection) = (null, null, null);
        }
    }

    private static Finding Surprise(Table table, string message) => new("B2", Severity.Error, table.Name, "", message);

    private T ReadOwn<T>(Func<SqliteConnection, T> read, T otherwise) =>
        Read(connection => Tables.Exist(connection) ? read(connection) : otherwise);

    /// <summary>Rows of a table of ours one by one: rejections may be as many as messages.</summary>
    private IEnumerable<T> StreamOwn<T>(string sql, Func<SqliteStatement, T> read, params object?[] parameters)
    {
        using var connection = OpenForReading(_path);
        if (!Tables.Exist(connection))
        {
            yield break;
        }

        foreach (var row in Tables.Rows(connection, sql, parameters))
        {
            yield return read(row);
        }
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        RollBackLeftover(_path);
        using var connection = OpenForReading(_path);
        return read(connection);
    }

    private void Transact(Action<SqliteWriteSession> change) => Transact(session =>
    {
        change(session);
        return true;
    });

    private T Transact<T>(Func<SqliteWriteSession, T> change)
    {
        lock (_writing)
        {
            var session = Session();
            session.Begin();
            try
            {
                var result = change(session);
                session.Commit();
                return result;
            }
            catch
            {
                session.Rollback();
                throw;
            }
        }
    }

    /// <summary>Copies the log into the file and syncs both, so that what was reported as finished survives a power cut; then lets go of the cache.</summary>
    private void Sync()
    {
        lock (_writing)
        {
            _copier?.Dispose();
            _copier = null;
            var session = Session();
            Execute(session.Connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            session.CheckPlace();
            Dispose();
        }
    }

    private SqliteWriteSession Session()
    {
        _connection ??= OpenForWriting(_path);
        return _session ??= new SqliteWriteSession(_connection);
    }

    private string Now() => _time.GetUtcNow().UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
}
