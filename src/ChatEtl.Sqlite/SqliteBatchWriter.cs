using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static ChatEtl.Sqlite.SqliteDatabase;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>The statements of the one writing connection, prepared once. The caller holds the lock and the transaction.</summary>
internal sealed class SqliteBatchWriter(SqliteConnection connection) : IDisposable
{
    /// <summary>Messages of one INSERT: fewer statements to start and end, still few enough to bind at a glance.</summary>
    private const int RowsAStatement = 64;

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];
    private static readonly Table Roles = ChatSchema.Persistent["tblPrincipalRole"];
    private static readonly Table Scopes = ChatSchema.Persistent["tblScopePrincipal"];
    private static readonly Table Principals = ChatSchema.Persistent["tblPrincipal"];

    /// <summary>The number behind the highest prinID or, where that is the last one there is, the lowest free one.</summary>
    private const string FreePrincipal = """
        SELECT CASE WHEN coalesce(max(prinID), 0) < 2147483647 THEN max(coalesce(max(prinID), 0), 0) + 1 ELSE (
            SELECT min(p.prinID) + 1 FROM tblPrincipal AS p
            WHERE p.prinID > 0 AND NOT EXISTS (SELECT 1 FROM tblPrincipal AS n WHERE n.prinID = p.prinID + 1)) END
        FROM tblPrincipal
        """;

    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<(Table Table, string OnConflict, int Rows), SqliteStatement> _inserts = [];

    /// <summary>The tables of the destination that we write.</summary>
    public static IReadOnlyList<Table> WrittenTables { get; } =
    [
        .. new[]
        {
            "tblPrincipal", "tblSiopWhiteList", "tblNode", "tblScopePrincipal", "tblPrincipalRole", "tblPrincipalInvites", "tblLastInviteId",
            "tblLastChatId", "tblPreference", "tblPrincipalAffiliations", "tblChat",
        }.Select(name => ChatSchema.Persistent[name]),
    ];

    public SqliteConnection Connection => connection;

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle!) == 0)
        {
            Run("ROLLBACK");
        }
    }

    /// <summary>Throws when another run has raised the epoch.</summary>
    public void CheckEpoch(long epoch)
    {
        var stored = Tables.ReadRun(connection);
        if (stored?.Epoch != epoch)
        {
            throw new TakenOverException(epoch, stored?.Epoch ?? 0);
        }
    }

    /// <summary>Writes rows and rejections and moves the checkpoint; false when the range does not stand where the batch begins or the epoch is not ours.</summary>
    public bool Write(Batch batch, long epoch, string now)
    {
        var book = new Book();
        book.Add(batch.Book);
        var digest = batch.Digest;
        var refused = new List<Rejection>();
        var inserted = batch switch
        {
            MessageBatch messages => WriteMessages(messages, book, refused, ref digest),
            RowBatch rows => WriteRows(rows, book, refused),
            _ => 0,
        };
        book.Rejected += refused.Count;
        foreach (var rejection in batch.Rejections.Concat(refused))
        {
            WriteRejection(rejection, batch.RangeId);
        }

        return MoveCheckpoint(batch, epoch, book, digest) && Run("UPDATE chatetl_run SET updated = ?1, wrote = max(wrote, ?2)", now, inserted > 0) == 1;
    }

    public void BeginPass(PassStart start)
    {
        var run = start.Run;
        var wrote = start.Ranges is null && Tables.Rows(connection, "SELECT wrote FROM chatetl_run").Select(row => row.Integer(0)).FirstOrDefault() == 1;
        Run("DELETE FROM chatetl_finding WHERE pass = ?1", run.Pass);
        Run("DELETE FROM chatetl_book WHERE pass = ?1", run.Pass);
        Run("DELETE FROM chatetl_rejection WHERE range_id = 0");
        foreach (var table in start.Tables)
        {
            wrote |= table.Inserts.Count + table.Updates.Count > 0;
            WriteTable(table);
        }

        wrote |= WriteAccess(start);
        WriteDecisions(start.Decisions);
        if (start.Ranges is not null)
        {
            WriteRanges(start);
        }

        Run("UPDATE chatetl_range SET epoch = ?1 WHERE pass = ?2", run.Epoch, run.Pass);
        Run(
            "INSERT OR REPLACE INTO chatetl_run (id, format, fingerprint, state, epoch, pass, last_pass, started, updated, owner, wrote) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            run.Format, run.Fingerprint.ToJson(), run.State.ToString(), run.Epoch, run.Pass, run.LastPass, Stamp(run.Started), Stamp(run.Updated), run.Owner, wrote);
        WriteBooks(start.Books, run.Pass);
        foreach (var finding in start.Findings)
        {
            Run(
                "INSERT INTO chatetl_finding (pass, rule, severity, source_table, source_key, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                run.Pass, finding.Rule, finding.Severity.ToString(), finding.Table, finding.Key, finding.Message);
        }

        foreach (var rejection in start.Rejections)
        {
            WriteRejection(rejection, 0);
        }

        WriteEvent(run.Epoch, start.Ranges is null ? "resumed" : "pass begun", run.Owner, run.Updated);
    }

    public int AddPlaceholder(int sourceId, Principal row)
    {
        var known = Tables.Rows(connection, "SELECT prinID FROM tblPrincipal WHERE upper(prinGuid) = ?1 ORDER BY prinID", Cells.FormatGuid(row.Guid))
            .Select(found => (int?)found.Integer(0)).FirstOrDefault();
        var id = known ?? (int)Tables.Rows(connection, FreePrincipal).Select(found => found.Integer(0)).First();
        if (known is null)
        {
            Insert(Principals, PersistentRows.Of(row with { Id = id }), "");
            Run("UPDATE chatetl_run SET wrote = 1");
        }

        Run(
            "INSERT OR REPLACE INTO chatetl_principal (source_id, destination_id, origin, had_affiliations, digest) VALUES (?1, ?2, ?3, 0, '')",
            sourceId, id, Origin.Placeholder.ToString());
        return id;
    }

    public void Complete(PassEnd end)
    {
        if (Tables.ReadRun(connection) is { State: RunState.Finished })
        {
            // The commit of an earlier attempt was in, and its answer was lost.
            return;
        }

        var wrote = false;
        foreach (var (room, legacy) in end.LastChatIds ?? new Dictionary<int, long?>())
        {
            wrote |= Raise("tblLastChatId", "nodeID", "lastChatID", room, legacy, "SELECT chatId FROM tblChat WHERE channelId = ?1 ORDER BY chatId DESC LIMIT 1");
        }

        foreach (var (principal, legacy) in end.LastInviteIds ?? new Dictionary<int, long?>())
        {
            wrote |= Raise("tblLastInviteId", "prinID", "lastInviteID", principal, legacy, "SELECT max(invID) FROM tblPrincipalInvites WHERE prinID = ?1");
        }

        var pass = (int)Tables.Rows(connection, "SELECT pass FROM chatetl_run").Select(row => row.Integer(0)).First();
        wrote |= Tables.Rows(connection, "SELECT wrote FROM chatetl_run").Select(row => row.Integer(0)).First() == 1;
        if (wrote && end.RaiseRevision && Tables.Rows(connection, "SELECT 1 FROM sqlite_master WHERE lower(name) = 'tblsystemrevision'").Any())
        {
            Run("UPDATE tblSystemRevision SET sysRevision = sysRevision + 1");
        }

        WriteBooks(end.Books, pass);
        foreach (var rejection in end.Rejections)
        {
            WriteRejection(rejection, 0);
        }

        Run("UPDATE chatetl_run SET state = ?1, updated = ?2, wrote = ?3", nameof(RunState.Finished), Stamp(end.Ended), wrote);
        WriteEvent(end.Epoch, "pass finished", "", end.Ended);
    }

    /// <summary>Lets go of all prepared statements, so that tables can be dropped.</summary>
    public void Release()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _inserts.Clear();
    }

    public void Dispose() => Release();

    private unsafe int WriteMessages(MessageBatch batch, Book book, List<Rejection> refused, ref UInt128 digest)
    {
        var (many, one) = (InsertStatement(Chat, "", RowsAStatement), InsertStatement(Chat, ""));
        using var pinned = batch.Text.AsMemory().Pin();
        var text = (byte*)pinned.Pointer;
        var inserted = 0;
        var row = 0;
        while (row < batch.Count)
        {
            if (batch.Count - row >= RowsAStatement)
            {
                for (var i = 0; i < RowsAStatement; i++)
                {
                    Bind(many, i * Chat.Columns.Count, batch, row + i, text);
                }

                if (many.Write() is null)
                {
                    inserted += RowsAStatement;
                    row += RowsAStatement;
                    continue;
                }
            }

            // Too few are left, or one of many was refused and none of them is in: one by one.
            for (var end = Math.Min(batch.Count, row + RowsAStatement); row < end; row++)
            {
                Bind(one, 0, batch, row, text);
                if (one.Write() is not { } fault)
                {
                    inserted++;
                }
                else if (SqliteFaults.IsKeyTaken(fault) && IsEqualToStored(batch, row))
                {
                    book.Reused++;
                }
                else
                {
                    digest = RowDigest.Subtract(digest, batch.DigestOf(row));
                    refused.Add(MessageRejections.Of(batch, row, "T19", SqliteFaults.IsKeyTaken(fault)
                        ? "The destination holds another message of the same key."
                        : $"The destination refuses the row: {fault.Message}."));
                }
            }
        }

        book.Written += inserted;
        return inserted;
    }

    private static unsafe void Bind(SqliteStatement insert, int before, MessageBatch batch, int row, byte* text)
    {
        insert.Bind(before + 1, (long)batch.Room[row]);
        insert.Bind(before + 2, batch.Id[row]);
        insert.Bind(before + 3, batch.Date[row]);
        insert.Bind(before + 4, (long)batch.Author[row]);
        insert.Bind(before + 5, batch.Alert[row] ? 1L : 0L);
        insert.BindPinnedText(before + 6, text + batch.ContentStart[row], batch.ContentLength[row]);
        if (batch.RtfLength[row] < 0)
        {
            insert.BindNull(before + 7);
        }
        else
        {
            insert.BindPinnedText(before + 7, text + batch.ContentStart[row] + batch.ContentLength[row], batch.RtfLength[row]);
        }
    }

    private bool IsEqualToStored(MessageBatch batch, int row)
    {
        var stored = Statement("SELECT chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = ?1 AND chatId = ?2");
        stored.Bind(1, (long)batch.Room[row]);
        stored.Bind(2, batch.Id[row]);
        try
        {
            return stored.Step()
                && stored.Cell(0) is long date && date == batch.Date[row]
                && stored.Cell(1) is long author && author == batch.Author[row]
                && stored.Cell(2) is long alert && alert == (batch.Alert[row] ? 1 : 0)
                && stored.TypeOf(3) == raw.SQLITE_TEXT && stored.TryUtf8(3, out var content) && content.SequenceEqual(batch.Content(row))
                && (stored.TypeOf(4) == raw.SQLITE_NULL) == (batch.RtfLength[row] < 0)
                && stored.TryUtf8(4, out var rtf) && rtf.SequenceEqual(batch.Rtf(row));
        }
        finally
        {
            stored.Reset();
        }
    }

    private int WriteRows(RowBatch batch, Book book, List<Rejection> refused)
    {
        var roles = batch.Table.Name == Roles.Name;
        var inserted = 0;
        foreach (var row in batch.Rows)
        {
            if (Insert(batch.Table, row.Cells, "ON CONFLICT DO NOTHING", out var changed) is { } fault)
            {
                refused.Add(new Rejection(batch.Table.Name, row.SourceKey, "B2", $"The destination refuses the row: {fault.Message}.", row.SourceValues()));
                continue;
            }

            inserted += changed;
            if (roles)
            {
                // The plan keeps the books of roles: one source row may give many of these, and many may give one.
                if (changed == 1)
                {
                    Run("INSERT OR IGNORE INTO chatetl_access (node_id, principal_id, type_id) VALUES (?1, ?2, ?3)", row.Cells[0], row.Cells[1], row.Cells[2]);
                }
                else
                {
                    inserted += UpdateRole(row.Cells);
                }
            }
            else if (changed == 1)
            {
                book.Written++;
            }
            else
            {
                book.Reused++;
            }
        }

        return inserted;
    }

    /// <summary>Brings a role that an earlier pass of ours wrote up to date (B6, U2); others are left alone.</summary>
    private int UpdateRole(object?[] cells) => Run(
        """
        UPDATE tblPrincipalRole SET prinRoleUpdatedBy = ?4
        WHERE prinRoleNodeID = ?1 AND prinRolePrinID = ?2 AND prinRoleTypeID = ?3 AND prinRoleUpdatedBy IS NOT ?4
            AND EXISTS (SELECT 1 FROM chatetl_access WHERE node_id = ?1 AND principal_id = ?2 AND type_id = ?3)
        """,
        cells);

    private bool MoveCheckpoint(Batch batch, long epoch, Book book, UInt128 digest)
    {
        var stored = Tables.ReadCheckpoint(connection, batch.RangeId);
        var sum = new Book();
        sum.Add(stored.Book);
        sum.Add(book);
        return Run(
            """
            UPDATE chatetl_range
            SET next_key = ?1, done = ?2, rows_read = ?3, written = ?4, reused = ?5, rejected = ?6, derived = ?7, skipped = ?8, bytes = bytes + ?9, digest = ?10
            WHERE range_id = ?11 AND next_key = ?12 AND done = 0 AND epoch = ?13
            """,
            batch.To, batch.EndsRange, sum.Read, sum.Written, sum.Reused, sum.Rejected, sum.Derived, Tables.FormatSkipped(sum), batch.Bytes,
            RowDigest.Format(RowDigest.Add(stored.Digest, digest)), batch.RangeId, batch.From, epoch) == 1;
    }

    private void WriteTable(TableChanges changes)
    {
        foreach (var row in changes.Inserts)
        {
            Insert(changes.Table, row, "");
        }

        var key = changes.Table.Key.Select(changes.Table.Ordinal).ToList();
        var sql = $"UPDATE {Quote(changes.Table.Name)} SET {string.Join(", ", changes.Table.Columns.Select((column, i) => $"{Quote(column.Name)} = ?{i + 1}"))} "
            + $"WHERE {string.Join(" AND ", key.Select(i => $"{Quote(changes.Table.Columns[i].Name)} = ?{i + 1}"))}";
        foreach (var row in changes.Updates)
        {
            Run(sql, row);
        }
    }

    private bool WriteAccess(PassStart start)
    {
        foreach (var stale in start.StaleAccess)
        {
            if (stale.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType)
            {
                Run("DELETE FROM tblScopePrincipal WHERE scopeNodeID = ?1 AND scopePrinID = ?2", stale.Node, stale.Principal);
            }
            else
            {
                Run("DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = ?1 AND prinRolePrinID = ?2 AND prinRoleTypeID = ?3", stale.Node, stale.Principal, stale.Type);
            }

            Run("DELETE FROM chatetl_access WHERE node_id = ?1 AND principal_id = ?2 AND type_id = ?3", stale.Node, stale.Principal, stale.Type);
        }

        foreach (var scope in start.NewScopes)
        {
            if (Insert(Scopes, [scope.Node, scope.Principal, scope.Type == AccessRow.DeniedScopeType, scope.UpdatedBy], "ON CONFLICT DO NOTHING", out var changed) is { } fault)
            {
                throw fault;
            }

            if (changed == 1)
            {
                Run("INSERT OR IGNORE INTO chatetl_access (node_id, principal_id, type_id) VALUES (?1, ?2, ?3)", scope.Node, scope.Principal, scope.Type);
            }
        }

        foreach (var (principal, group) in start.StaleAffiliations)
        {
            Run("DELETE FROM tblPrincipalAffiliations WHERE principalID = ?1 AND affiliationID = ?2", principal, group);
        }

        return start.NewScopes.Count + start.StaleAccess.Count + start.StaleAffiliations.Count > 0;
    }

    private void WriteDecisions(Decisions decisions)
    {
        foreach (var principal in decisions.Principals.Values)
        {
            Run(
                "INSERT OR REPLACE INTO chatetl_principal (source_id, destination_id, origin, had_affiliations, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
                principal.SourceId, principal.DestinationId, principal.Origin.ToString(), principal.HadAffiliations, principal.Digest);
        }

        foreach (var node in decisions.Nodes.Values)
        {
            Run(
                "INSERT OR REPLACE INTO chatetl_node (source_id, destination_id, origin, is_category, full_name, name, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                node.SourceId, node.DestinationId, node.Origin.ToString(), node.IsCategory, node.FullName, node.Name, node.Digest);
        }

        foreach (var addIn in decisions.AddIns.Values)
        {
            Run(
                "INSERT OR REPLACE INTO chatetl_addin (source_id, destination_id, origin, name, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
                addIn.SourceId, addIn.DestinationId, addIn.Origin.ToString(), addIn.Name, addIn.Digest);
        }
    }

    private void WriteRanges(PassStart start)
    {
        Run("DELETE FROM chatetl_segment");
        Run("DELETE FROM chatetl_rejection WHERE source_table IN ('tblPrincipalInvites', 'tblPrincipalAffiliations', 'tblPreference')");
        foreach (var range in start.Ranges!)
        {
            Run(
                """
                INSERT INTO chatetl_range (range_id, pass, stream, next_key, done, epoch, rows_read, written, reused, rejected, derived, skipped, bytes, digest)
                VALUES (?1, ?2, ?3, '', 0, ?4, 0, 0, 0, 0, 0, '{}', 0, ?5)
                """,
                range.Id, start.Run.Pass, range.Stream, start.Run.Epoch, RowDigest.Format(UInt128.Zero));
            for (var i = 0; i < range.Segments.Count; i++)
            {
                var segment = range.Segments[i];
                Run(
                    "INSERT INTO chatetl_segment (range_id, ordinal, channel_id, from_id, up_to_id) VALUES (?1, ?2, ?3, ?4, ?5)",
                    range.Id, i, segment.Room, segment.From, segment.UpTo);
                Run(
                    "INSERT INTO chatetl_watermark (channel_id, up_to_id) VALUES (?1, ?2) ON CONFLICT (channel_id) DO UPDATE SET up_to_id = max(up_to_id, excluded.up_to_id)",
                    segment.Room, segment.UpTo);
            }
        }
    }

    private void WriteBooks(IReadOnlyDictionary<string, Book> books, int pass)
    {
        foreach (var (table, book) in books)
        {
            Run(
                "INSERT OR REPLACE INTO chatetl_book (pass, source_table, rows_read, written, reused, rejected, derived, skipped) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                pass, table, book.Read, book.Written, book.Reused, book.Rejected, book.Derived, Tables.FormatSkipped(book));
        }
    }

    private void WriteRejection(Rejection rejection, int rangeId) => Run(
        """
        INSERT INTO chatetl_rejection (pass, range_id, source_table, source_key, rule, reason, source_values)
        VALUES (coalesce((SELECT pass FROM chatetl_run), 1), ?1, ?2, ?3, ?4, ?5, ?6)
        """,
        rangeId, rejection.Table, rejection.Key, rejection.Rule, rejection.Reason, rejection.Values);

    private void WriteEvent(long epoch, string kind, string detail, DateTime at) =>
        Run("INSERT INTO chatetl_event (at, epoch, kind, detail) VALUES (?1, ?2, ?3, ?4)", Stamp(at), epoch, kind, detail);

    /// <summary>Sets one counter to the largest of the legacy value, the highest number in use and what is there (T21, M4).</summary>
    private bool Raise(string table, string keyColumn, string column, int key, long? legacy, string highestSql)
    {
        var existing = Tables.Rows(connection, $"SELECT {column} FROM {table} WHERE {keyColumn} = ?1", key).Select(row => row.Integer(0)).ToList();
        var highest = Tables.Rows(connection, highestSql, key).Select(row => row.Cell(0) as long?).FirstOrDefault();
        var candidates = existing.Select(value => (long?)value).Append(legacy).Append(highest).Where(value => value is not null).ToList();
        if (candidates.Count == 0 || (existing.Count == 1 && existing[0] == candidates.Max()))
        {
            return false;
        }

        Run($"DELETE FROM {table} WHERE {keyColumn} = ?1", key);
        Run($"INSERT INTO {table} ({keyColumn}, {column}) VALUES (?1, ?2)", key, candidates.Max());
        return true;
    }

    private void Insert(Table table, object?[] cells, string onConflict)
    {
        if (Insert(table, cells, onConflict, out _) is { } fault)
        {
            throw fault;
        }
    }

    private SqliteException? Insert(Table table, object?[] cells, string onConflict, out int changed)
    {
        var insert = InsertStatement(table, onConflict);
        for (var i = 0; i < cells.Length; i++)
        {
            insert.Bind(i + 1, cells[i]);
        }

        var fault = insert.Write();
        changed = fault is null ? insert.Changes : 0;
        return fault;
    }

    private SqliteStatement InsertStatement(Table table, string onConflict, int rows = 1)
    {
        if (!_inserts.TryGetValue((table, onConflict, rows), out var insert))
        {
            var columns = table.Columns.Count;
            var values = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", table.Columns.Select((_, i) => $"?{(row * columns) + i + 1}"))})");
            _inserts[(table, onConflict, rows)] = insert = Statement(
                $"INSERT INTO {Quote(table.Name)} ({string.Join(", ", table.Columns.Select(column => Quote(column.Name)))}) VALUES {string.Join(", ", values)} {onConflict}");
        }

        return insert;
    }

    private int Run(string sql, params object?[] parameters)
    {
        var statement = Statement(sql);
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Bind(i + 1, parameters[i]);
        }

        return statement.Write() is { } fault ? throw fault : statement.Changes;
    }

    private SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = new SqliteStatement(connection, sql);
        }

        return statement;
    }

    private static string Stamp(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);
}
