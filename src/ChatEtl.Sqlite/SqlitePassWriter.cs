using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using ChatEtl.Writing;
using static ChatEtl.Sqlite.SqliteDatabase;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>Writes what begins and ends a pass: directory, decisions, ranges, books, counters. The caller holds the lock and the transaction.</summary>
internal sealed class SqlitePassWriter(SqliteWriteSession session)
{
    private static readonly Table Scopes = ChatSchema.Persistent["tblScopePrincipal"];
    private static readonly Table Principals = ChatSchema.Persistent["tblPrincipal"];

    /// <summary>The number behind the highest prinID or, where that is the last one there is, the lowest free one.</summary>
    private const string FreePrincipal = """
        SELECT CASE WHEN coalesce(max(prinID), 0) < 2147483647 THEN max(coalesce(max(prinID), 0), 0) + 1 ELSE (
            SELECT min(p.prinID) + 1 FROM tblPrincipal AS p
            WHERE p.prinID > 0 AND NOT EXISTS (SELECT 1 FROM tblPrincipal AS n WHERE n.prinID = p.prinID + 1)) END
        FROM tblPrincipal
        """;

    public void BeginPass(PassStart start)
    {
        var run = start.Run;
        var wrote = start.Ranges is null && Tables.Rows(session.Connection, "SELECT wrote FROM chatetl_run").Select(row => row.Integer(0)).FirstOrDefault() == 1;
        session.Run("DELETE FROM chatetl_finding WHERE pass = ?1", run.Pass);
        session.Run("DELETE FROM chatetl_book WHERE pass = ?1", run.Pass);
        session.Run("DELETE FROM chatetl_rejection WHERE range_id = 0");
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

        session.Run("UPDATE chatetl_range SET epoch = ?1 WHERE pass = ?2", run.Epoch, run.Pass);
        session.Run(
            "INSERT OR REPLACE INTO chatetl_run (id, format, fingerprint, state, epoch, pass, last_pass, started, updated, owner, wrote) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            run.Format, run.Fingerprint.ToJson(), run.State.ToString(), run.Epoch, run.Pass, run.LastPass, Stamp(run.Started), Stamp(run.Updated), run.Owner, wrote);
        WriteBooks(start.Books, run.Pass);
        foreach (var finding in start.Findings)
        {
            session.Run(
                "INSERT INTO chatetl_finding (pass, rule, severity, source_table, source_key, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                run.Pass, finding.Rule, finding.Severity.ToString(), finding.Table, finding.Key, finding.Message);
        }

        foreach (var rejection in start.Rejections)
        {
            session.WriteRejection(rejection, 0);
        }

        Record(start.Note, run.Epoch);
    }

    public void BeginReplay(RunRecord run, EventNote note)
    {
        session.Run("DELETE FROM chatetl_rejection WHERE range_id = 0 AND source_table IN ('tblLastChatId', 'tblLastInviteId')");
        session.Run("UPDATE chatetl_range SET epoch = ?1 WHERE pass = ?2", run.Epoch, run.Pass);
        session.Run(
            "UPDATE chatetl_run SET wrote = CASE WHEN state = ?1 THEN 0 ELSE wrote END, state = ?2, epoch = ?3, updated = ?4, owner = ?5",
            nameof(RunState.Finished), run.State.ToString(), run.Epoch, Stamp(run.Updated), run.Owner);
        Record(note, run.Epoch);
    }

    public int AddPlaceholder(int sourceId, Principal row)
    {
        var known = Tables.Rows(session.Connection, "SELECT prinID FROM tblPrincipal WHERE upper(prinGuid) = ?1 ORDER BY prinID", Cells.FormatGuid(row.Guid))
            .Select(found => (int?)found.Integer(0)).FirstOrDefault();
        var id = known ?? (int)Tables.Rows(session.Connection, FreePrincipal).Select(found => found.Integer(0)).First();
        if (known is null)
        {
            session.Insert(Principals, PersistentRows.Of(row with { Id = id }), "");
            session.Run("UPDATE chatetl_run SET wrote = 1");
        }

        session.Run(
            "INSERT OR REPLACE INTO chatetl_principal (source_id, destination_id, origin, had_affiliations, digest) VALUES (?1, ?2, ?3, 0, '')",
            sourceId, id, Origin.Placeholder.ToString());
        return id;
    }

    public void Complete(PassEnd end)
    {
        if (Tables.ReadRun(session.Connection) is { State: RunState.Finished })
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

        var pass = (int)Tables.Rows(session.Connection, "SELECT pass FROM chatetl_run").Select(row => row.Integer(0)).First();
        wrote |= Tables.Rows(session.Connection, "SELECT wrote FROM chatetl_run").Select(row => row.Integer(0)).First() == 1;
        if (wrote && end.RaiseRevision && Tables.Rows(session.Connection, "SELECT 1 FROM sqlite_master WHERE lower(name) = 'tblsystemrevision'").Any())
        {
            session.Run("UPDATE tblSystemRevision SET sysRevision = sysRevision + 1");
        }

        WriteBooks(end.Books, pass);
        foreach (var rejection in end.Rejections)
        {
            session.WriteRejection(rejection, 0);
        }

        session.Run("UPDATE chatetl_run SET state = ?1, updated = ?2, wrote = ?3", nameof(RunState.Finished), Stamp(end.Ended), wrote);
        Record(end.Note, end.Epoch);
    }

    /// <summary>Adds an entry to the event log, unless an earlier attempt did.</summary>
    public void Record(EventNote note, long epoch)
    {
        if (EventEntry.Following(Tables.ReadEventsBackwards(session.Connection).FirstOrDefault(), note, epoch) is { } entry)
        {
            session.Run(
                "INSERT INTO chatetl_event (sequence, at, epoch, who, kind, detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                entry.Sequence, entry.At, entry.Epoch, entry.Who, entry.Kind, entry.Detail, entry.Previous, entry.Hash);
        }
    }

    private void WriteTable(TableChanges changes)
    {
        using var span = Spans.Start(Spans.DirectoryTable, changes.Table.Name);
        foreach (var row in changes.Inserts)
        {
            session.Insert(changes.Table, row, "");
        }

        var key = changes.Table.Key.Select(changes.Table.Ordinal).ToList();
        var sql = $"UPDATE {Quote(changes.Table.Name)} SET {string.Join(", ", changes.Table.Columns.Select((column, i) => $"{Quote(column.Name)} = ?{i + 1}"))} "
            + $"WHERE {string.Join(" AND ", key.Select(i => $"{Quote(changes.Table.Columns[i].Name)} = ?{i + 1}"))}";
        foreach (var row in changes.Updates)
        {
            session.Run(sql, row);
        }
    }

    private bool WriteAccess(PassStart start)
    {
        foreach (var stale in start.StaleAccess)
        {
            if (stale.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType)
            {
                session.Run("DELETE FROM tblScopePrincipal WHERE scopeNodeID = ?1 AND scopePrinID = ?2", stale.Node, stale.Principal);
            }
            else
            {
                session.Run("DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = ?1 AND prinRolePrinID = ?2 AND prinRoleTypeID = ?3", stale.Node, stale.Principal, stale.Type);
            }

            session.Run("DELETE FROM chatetl_access WHERE node_id = ?1 AND principal_id = ?2 AND type_id = ?3", stale.Node, stale.Principal, stale.Type);
        }

        foreach (var scope in start.NewScopes)
        {
            if (session.Insert(Scopes, [scope.Node, scope.Principal, scope.Type == AccessRow.DeniedScopeType, scope.UpdatedBy], "ON CONFLICT DO NOTHING", out var changed) is { } fault)
            {
                throw fault;
            }

            if (changed == 1)
            {
                session.Run("INSERT OR IGNORE INTO chatetl_access (node_id, principal_id, type_id) VALUES (?1, ?2, ?3)", scope.Node, scope.Principal, scope.Type);
            }
        }

        foreach (var (principal, group) in start.StaleAffiliations)
        {
            session.Run("DELETE FROM tblPrincipalAffiliations WHERE principalID = ?1 AND affiliationID = ?2", principal, group);
        }

        return start.NewScopes.Count + start.StaleAccess.Count + start.StaleAffiliations.Count > 0;
    }

    private void WriteDecisions(Decisions decisions)
    {
        foreach (var principal in decisions.Principals.Values)
        {
            session.Run(
                "INSERT OR REPLACE INTO chatetl_principal (source_id, destination_id, origin, had_affiliations, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
                principal.SourceId, principal.DestinationId, principal.Origin.ToString(), principal.HadAffiliations, principal.Digest);
        }

        foreach (var node in decisions.Nodes.Values)
        {
            session.Run(
                "INSERT OR REPLACE INTO chatetl_node (source_id, destination_id, origin, is_category, full_name, name, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                node.SourceId, node.DestinationId, node.Origin.ToString(), node.IsCategory, node.FullName, node.Name, node.Digest);
        }

        foreach (var addIn in decisions.AddIns.Values)
        {
            session.Run(
                "INSERT OR REPLACE INTO chatetl_addin (source_id, destination_id, origin, name, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
                addIn.SourceId, addIn.DestinationId, addIn.Origin.ToString(), addIn.Name, addIn.Digest);
        }
    }

    private void WriteRanges(PassStart start)
    {
        session.Run("DELETE FROM chatetl_segment");
        session.Run("DELETE FROM chatetl_rejection WHERE source_table IN ('tblPrincipalInvites', 'tblPrincipalAffiliations', 'tblPreference', 'tblPrincipalRole') AND range_id <> 0");
        foreach (var range in start.Ranges!)
        {
            session.Run(
                """
                INSERT INTO chatetl_range (range_id, pass, stream, next_key, done, epoch, rows_read, written, reused, rejected, derived, skipped, bytes, digest)
                VALUES (?1, ?2, ?3, '', 0, ?4, 0, 0, 0, 0, 0, '{}', 0, ?5)
                """,
                range.Id, start.Run.Pass, range.Stream, start.Run.Epoch, RowDigest.Format(UInt128.Zero));
            for (var i = 0; i < range.Segments.Count; i++)
            {
                var segment = range.Segments[i];
                session.Run(
                    "INSERT INTO chatetl_segment (range_id, ordinal, channel_id, from_id, up_to_id) VALUES (?1, ?2, ?3, ?4, ?5)",
                    range.Id, i, segment.Room, segment.From, segment.UpTo);
                session.Run(
                    "INSERT INTO chatetl_watermark (channel_id, up_to_id) VALUES (?1, ?2) ON CONFLICT (channel_id) DO UPDATE SET up_to_id = max(up_to_id, excluded.up_to_id)",
                    segment.Room, segment.UpTo);
            }
        }
    }

    private void WriteBooks(IReadOnlyDictionary<string, Book> books, int pass)
    {
        foreach (var (table, book) in books)
        {
            session.Run(
                "INSERT OR REPLACE INTO chatetl_book (pass, source_table, rows_read, written, reused, rejected, derived, skipped) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                pass, table, book.Read, book.Written, book.Reused, book.Rejected, book.Derived, Tables.FormatSkipped(book));
        }
    }

    /// <summary>Sets one counter to the largest of the legacy value, the highest number in use and what is there (T21, M4).</summary>
    private bool Raise(string table, string keyColumn, string column, int key, long? legacy, string highestSql)
    {
        var existing = Tables.Rows(session.Connection, $"SELECT {column} FROM {table} WHERE {keyColumn} = ?1", key).Select(row => row.Integer(0)).ToList();
        var highest = Tables.Rows(session.Connection, highestSql, key).Select(row => row.Cell(0) as long?).FirstOrDefault();
        var candidates = existing.Select(value => (long?)value).Append(legacy).Append(highest).Where(value => value is not null).ToList();
        if (candidates.Count == 0 || (existing.Count == 1 && existing[0] == candidates.Max()))
        {
            return false;
        }

        session.Run($"DELETE FROM {table} WHERE {keyColumn} = ?1", key);
        session.Run($"INSERT INTO {table} ({keyColumn}, {column}) VALUES (?1, ?2)", key, candidates.Max());
        return true;
    }

    private static string Stamp(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);
}
