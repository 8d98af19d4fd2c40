using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using ChatEtl.Writing;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>Writes what begins and ends a pass: directory, decisions, ranges, books, counters. The caller holds the transaction.</summary>
internal sealed class SqlServerPassWriter(SqlServerWriteSession session, Func<string, DestinationTable> tableOf)
{
    /// <summary>The number behind the highest prinID or, where that is the last one there is, the lowest free one.</summary>
    private const string FreePrincipal = """
        SELECT CASE WHEN COALESCE(MAX(prinID), 0) < 2147483647 THEN CASE WHEN COALESCE(MAX(prinID), 0) < 0 THEN 0 ELSE COALESCE(MAX(prinID), 0) END + 1 ELSE (
            SELECT MIN(p.prinID) + 1 FROM dbo.tblPrincipal AS p
            WHERE p.prinID > 0 AND p.prinID < 2147483647 AND NOT EXISTS (SELECT * FROM dbo.tblPrincipal AS n WHERE n.prinID = CAST(p.prinID AS bigint) + 1)) END
        FROM dbo.tblPrincipal
        """;

    private static readonly string[] BookColumns = ["pass", "source_table", "rows_read", "written", "reused", "rejected", "derived", "skipped"];

    public void BeginPass(PassStart start)
    {
        var run = start.Run;
        var wrote = start.Ranges is null && session.Rows("SELECT wrote FROM chatetl.run", row => row.GetBoolean(0)).FirstOrDefault();
        session.Run("DELETE FROM chatetl.finding WHERE pass = @p0", run.Pass);
        session.Run("DELETE FROM chatetl.book WHERE pass = @p0", run.Pass);
        session.Run("DELETE FROM chatetl.rejection WHERE range_id = 0");
        foreach (var changes in start.Tables)
        {
            wrote |= changes.Inserts.Count + changes.Updates.Count > 0;
            WriteTable(changes);
        }

        wrote |= WriteAccess(start);
        WriteDecisions(start.Decisions);
        if (start.Ranges is not null)
        {
            WriteRanges(start);
        }

        session.Run("UPDATE chatetl.range SET epoch = @p0, updated = '' WHERE pass = @p1", run.Epoch, run.Pass);
        session.Run("DELETE FROM chatetl.run");
        session.Run(
            """
            INSERT INTO chatetl.run (id, format, fingerprint, state, epoch, pass, last_pass, started, updated, owner_name, wrote)
            VALUES (1, @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
            """,
            run.Format, run.Fingerprint.ToJson(), run.State.ToString(), run.Epoch, run.Pass, run.LastPass, Tables.FormatTime(run.Started), Tables.FormatTime(run.Updated),
            run.Owner, wrote);
        WriteBooks(start.Books, run.Pass);
        session.Load(
            "chatetl.finding", ["pass", "rule_id", "severity", "source_table", "source_key", "message"],
            [.. start.Findings.Select(finding => new object?[] { run.Pass, finding.Rule, finding.Severity.ToString(), finding.Table, finding.Key, finding.Message })]);
        session.WriteRejections(start.Rejections, run.Pass, 0);
        Record(start.Note, run.Epoch);
    }

    public void BeginReplay(RunRecord run, EventNote note)
    {
        session.Run("DELETE FROM chatetl.rejection WHERE range_id = 0 AND source_table IN ('tblLastChatId', 'tblLastInviteId')");
        session.Run(
            "UPDATE chatetl.range SET epoch = @p0, wrote = CASE WHEN (SELECT state FROM chatetl.run) = @p1 THEN 0 ELSE wrote END WHERE pass = @p2",
            run.Epoch, nameof(RunState.Finished), run.Pass);
        session.Run(
            "UPDATE chatetl.run SET wrote = CASE WHEN state = @p0 THEN 0 ELSE wrote END, state = @p1, epoch = @p2, updated = @p3, owner_name = @p4",
            nameof(RunState.Finished), run.State.ToString(), run.Epoch, Tables.FormatTime(run.Updated), run.Owner);
        Record(note, run.Epoch);
    }

    public int AddPlaceholder(int sourceId, Principal row)
    {
        var known = session.Rows("SELECT prinID FROM dbo.tblPrincipal WHERE prinGuid = @p0 ORDER BY prinID", found => (int?)found.GetInt32(0), row.Guid).FirstOrDefault();
        var id = known ?? session.Rows(FreePrincipal, found => found.GetInt32(0)).Single();
        if (known is null)
        {
            Insert(tableOf("tblPrincipal"), [PersistentRows.Of(row with { Id = id })]);
            session.Run("UPDATE chatetl.run SET wrote = 1");
        }

        session.Run("DELETE FROM chatetl.principal WHERE source_id = @p0", sourceId);
        session.Run(
            "INSERT INTO chatetl.principal (source_id, destination_id, origin, had_affiliations, digest) VALUES (@p0, @p1, @p2, 0, '')",
            sourceId, id, Origin.Placeholder.ToString());
        return id;
    }

    public void Complete(PassEnd end)
    {
        if (Tables.ReadRun(session.End, session.Connection, session.Transaction) is { State: RunState.Finished })
        {
            // The commit of an earlier attempt was in, and its answer was lost.
            return;
        }

        var wrote = session.Rows(
            """
            SELECT pass, CASE WHEN wrote = 1 OR EXISTS (SELECT * FROM chatetl.range AS written WHERE written.pass = run.pass AND written.wrote = 1) THEN 1 ELSE 0 END
            FROM chatetl.run AS run
            """,
            row => (Pass: row.GetInt32(0), Any: row.GetInt32(1) == 1)).Single();
        var raised = Raise("tblLastChatId", "nodeID", "lastChatID", end.LastChatIds, "SELECT MAX(chatId) FROM dbo.tblChat WHERE channelId = c.id")
            | Raise("tblLastInviteId", "prinID", "lastInviteID", end.LastInviteIds, "SELECT MAX(invID) FROM dbo.tblPrincipalInvites WHERE prinID = c.id");
        if ((wrote.Any || raised) && end.RaiseRevision)
        {
            session.Execute("IF OBJECT_ID('dbo.tblSystemRevision') IS NOT NULL UPDATE dbo.tblSystemRevision SET sysRevision = sysRevision + 1");
        }

        WriteBooks(end.Books, wrote.Pass);
        session.WriteRejections(end.Rejections, wrote.Pass, 0);
        session.Run(
            "UPDATE chatetl.run SET state = @p0, updated = @p1, wrote = @p2", nameof(RunState.Finished), Tables.FormatTime(end.Ended), wrote.Any || raised);
        Record(end.Note, end.Epoch);
    }

    /// <summary>Adds an entry to the event log, unless an earlier attempt did; the login is the server's word, not ours.</summary>
    public void Record(EventNote note, long epoch)
    {
        var login = session.Rows("SELECT SUSER_SNAME()", row => row.IsDBNull(0) ? "" : row.GetString(0)).Single();
        var last = Tables.ReadEventsBackwards(session.End, session.Connection, session.Transaction, 1).FirstOrDefault();
        if (EventEntry.Following(last, note with { Who = $"{note.Who}, login {login}" }, epoch) is { } entry)
        {
            session.Run(
                "INSERT INTO chatetl.event (sequence, at, epoch, who, kind, detail, previous, hash) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7)",
                entry.Sequence, entry.At, entry.Epoch, entry.Who, entry.Kind, entry.Detail, entry.Previous, entry.Hash);
        }
    }

    private void WriteTable(TableChanges changes)
    {
        using var span = Spans.Start(Spans.DirectoryTable, changes.Table.Name);
        var table = tableOf(changes.Table.Name);
        Insert(table, changes.Inserts);
        if (changes.Updates.Count > 0)
        {
            var staged = new StagedRows(session, table, changes.Updates);
            staged.Update();
            staged.Clear();
        }
    }

    private void Insert(DestinationTable table, IReadOnlyList<object?[]> rows) =>
        session.Load(TableName(table.Table.Name), table.DocumentedNames, rows, table.KeepsIdentity);

    private bool WriteAccess(PassStart start)
    {
        foreach (var stale in start.StaleAccess)
        {
            if (stale.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType)
            {
                session.Run("DELETE FROM dbo.tblScopePrincipal WHERE scopeNodeID = @p0 AND scopePrinID = @p1", stale.Node, stale.Principal);
            }
            else
            {
                session.Run(
                    "DELETE FROM dbo.tblPrincipalRole WHERE prinRoleNodeID = @p0 AND prinRolePrinID = @p1 AND prinRoleTypeID = @p2", stale.Node, stale.Principal, stale.Type);
            }

            session.Run("DELETE FROM chatetl.access WHERE node_id = @p0 AND principal_id = @p1 AND type_id = @p2", stale.Node, stale.Principal, stale.Type);
        }

        if (start.NewScopes.Count > 0)
        {
            var scopes = new StagedRows(session, tableOf("tblScopePrincipal"), start.NewScopes.Select(PersistentRows.Of));
            Remember(session, scopes, "scopeNodeID", "scopePrinID", $"CASE WHEN s.{scopes.Column("scopeIsDenied")} = 1 THEN {AccessRow.DeniedScopeType} ELSE {AccessRow.ScopeType} END");
            scopes.InsertMissing();
            scopes.Clear();
        }

        foreach (var (principal, group) in start.StaleAffiliations)
        {
            session.Run("DELETE FROM dbo.tblPrincipalAffiliations WHERE principalID = @p0 AND affiliationID = @p1", principal, group);
        }

        return start.NewScopes.Count + start.StaleAccess.Count + start.StaleAffiliations.Count > 0;
    }

    /// <summary>Remembers the rights that are about to be inserted as written by us.</summary>
    public static void Remember(SqlServerWriteSession session, StagedRows rows, string node, string principal, string type) => session.Run(
        $"""
        INSERT INTO chatetl.access (node_id, principal_id, type_id) SELECT s.{rows.Column(node)}, s.{rows.Column(principal)}, {type} {rows.Missing}
            AND NOT EXISTS (SELECT * FROM chatetl.access AS a WHERE a.node_id = s.{rows.Column(node)} AND a.principal_id = s.{rows.Column(principal)} AND a.type_id = {type})
        """);

    /// <summary>Stores the decisions over those of earlier runs.</summary>
    private void WriteDecisions(Decisions decisions)
    {
        var stored = Tables.ReadDecisions(session.End, session.Connection, session.Transaction);
        Replace(
            "principal", ["source_id", "destination_id", "origin", "had_affiliations", "digest"], stored.Principals, decisions.Principals,
            row => [row.SourceId, row.DestinationId, row.Origin.ToString(), row.HadAffiliations, row.Digest]);
        Replace(
            "node", ["source_id", "destination_id", "origin", "is_category", "full_name", "name", "digest"], stored.Nodes, decisions.Nodes,
            row => [row.SourceId, row.DestinationId, row.Origin.ToString(), row.IsCategory, row.FullName, row.Name, row.Digest]);
        Replace(
            "addin", ["source_id", "destination_id", "origin", "name", "digest"], stored.AddIns, decisions.AddIns,
            row => [row.SourceId, row.DestinationId, row.Origin.ToString(), row.Name, row.Digest]);
    }

    /// <summary>Writes a map anew, where one of its entries is new or has another value.</summary>
    private void Replace<TKey, T>(
        string table, IReadOnlyList<string> columns, IReadOnlyDictionary<TKey, T> stored, IReadOnlyDictionary<TKey, T> changes, Func<T, object?[]> cells)
        where TKey : notnull
    {
        var merged = new Dictionary<TKey, T>(stored);
        foreach (var (key, value) in changes)
        {
            merged[key] = value;
        }

        if (merged.Count > stored.Count || changes.Any(change => !Equals(stored[change.Key], change.Value)))
        {
            session.Run($"DELETE FROM {Tables.Name(table)}");
            session.Load(Tables.Name(table), columns, [.. merged.Values.Select(cells)]);
        }
    }

    private void WriteRanges(PassStart start)
    {
        session.Run("DELETE FROM chatetl.segment");
        session.Run("DELETE FROM chatetl.rejection WHERE source_table IN ('tblPrincipalInvites', 'tblPrincipalAffiliations', 'tblPreference', 'tblPrincipalRole') AND range_id <> 0");
        session.Load(
            "chatetl.range",
            [
                "range_id", "pass", "stream", "next_key", "done", "epoch", "updated", "wrote", "rows_read", "written", "reused", "rejected", "derived", "skipped", "bytes", "digest",
            ],
            [
                .. start.Ranges!.Select(range => new object?[]
                {
                    range.Id, start.Run.Pass, range.Stream, "", false, start.Run.Epoch, "", false, 0L, 0L, 0L, 0L, 0L, "{}", 0L, RowDigest.Format(UInt128.Zero),
                }),
            ]);
        session.Load(
            "chatetl.segment", ["range_id", "ordinal", "channel_id", "from_id", "up_to_id"],
            [
                .. start.Ranges!.SelectMany(range => range.Segments.Select((segment, i) => new object?[] { range.Id, i, segment.Room, segment.From, segment.UpTo })),
            ]);
        var stored = Tables.ReadWatermarks(session.End, session.Connection, session.Transaction);
        var reached = start.Ranges!.SelectMany(range => range.Segments).GroupBy(segment => segment.Room)
            .ToDictionary(room => room.Key, room => Math.Max(room.Max(segment => segment.UpTo), stored.GetValueOrDefault(room.Key, long.MinValue)));
        Replace(
            "watermark", ["channel_id", "up_to_id"], stored.ToDictionary(room => room.Key, room => room), reached.ToDictionary(room => room.Key, room => room),
            room => [room.Key, room.Value]);
    }

    private void WriteBooks(IReadOnlyDictionary<string, Book> books, int pass)
    {
        foreach (var table in books.Keys)
        {
            session.Run("DELETE FROM chatetl.book WHERE pass = @p0 AND source_table = @p1", pass, table);
        }

        session.Load(
            "chatetl.book", BookColumns,
            [
                .. books.Select(book => new object?[]
                {
                    pass, book.Key, book.Value.Read, book.Value.Written, book.Value.Reused, book.Value.Rejected, book.Value.Derived, Tables.FormatSkipped(book.Value),
                }),
            ]);
    }

    /// <summary>Sets counters to the largest of the legacy value, the highest number in use and what is there (T21, M4); whether one changed.</summary>
    private bool Raise(string table, string key, string column, IReadOnlyDictionary<int, long?>? legacy, string highest)
    {
        if (legacy is null)
        {
            return false;
        }

        var (counters, existing) = (TableName(table), $"FROM {TableName(table)} WHERE {Quote(key)} = c.id");
        session.Load("chatetl.counter", ["id", "legacy"], [.. legacy.Select(counter => new object?[] { counter.Key, counter.Value })]);
        session.Run($"UPDATE c SET value = (SELECT MAX(known.value) FROM (SELECT c.legacy AS value UNION ALL {highest} UNION ALL SELECT MAX({Quote(column)}) {existing}) AS known) FROM chatetl.counter AS c");
        session.Run(
            $"""
            DELETE FROM chatetl.counter WHERE value IS NULL OR id IN (
                SELECT c.id FROM chatetl.counter AS c WHERE (SELECT COUNT(*) {existing}) = 1 AND (SELECT MAX({Quote(column)}) {existing}) = c.value)
            """);
        session.Run($"DELETE FROM {counters} WHERE {Quote(key)} IN (SELECT id FROM chatetl.counter)");
        var raised = session.Run($"INSERT INTO {counters} ({Quote(key)}, {Quote(column)}) SELECT id, value FROM chatetl.counter");
        session.Run("DELETE FROM chatetl.counter");
        return raised > 0;
    }
}
