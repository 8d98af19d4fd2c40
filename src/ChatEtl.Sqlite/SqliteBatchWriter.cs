using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>Writes one batch: rows, rejections and the step of the range's checkpoint. The caller holds the lock and the transaction.</summary>
internal sealed class SqliteBatchWriter(SqliteWriteSession session)
{
    /// <summary>Rows of one INSERT: fewer statements to start and end, still few enough to bind at a glance.</summary>
    public const int RowsAStatement = 64;

    /// <summary>Node, principal and type: the first cells of a role, and what is remembered of it.</summary>
    private const int RememberedColumns = 3;

    private const string Remember = "INSERT OR IGNORE INTO chatetl_access (node_id, principal_id, type_id) VALUES ";

    private const string Touch = "UPDATE chatetl_run SET updated = ?1, wrote = max(wrote, ?2)";

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];
    private static readonly Table Roles = ChatSchema.Persistent["tblPrincipalRole"];

    private static readonly string RememberMany =
        Remember + string.Join(", ", Enumerable.Range(0, RowsAStatement).Select(row => $"(?{(row * RememberedColumns) + 1}, ?{(row * RememberedColumns) + 2}, ?{(row * RememberedColumns) + 3})"));

    /// <summary>Writes rows and rejections and moves the checkpoint; false when the range does not stand where the batch begins or the epoch is not ours.</summary>
    public bool Write(Batch batch, long epoch, string now)
    {
        var book = new Book();
        book.Add(batch.Book);
        var (digest, changes) = (batch.Digest, 0);
        var refused = new List<Rejection>();
        switch (batch)
        {
            case MessageBatch messages:
                changes = WriteMessages(messages, (row, fate) =>
                {
                    if (fate.IsReused)
                    {
                        book.Reused++;
                    }
                    else
                    {
                        digest = RowDigest.Subtract(digest, messages.DigestOf(row));
                        refused.Add(RejectionOf(messages, row, fate.Reason!));
                    }
                });
                book.Written += changes;
                break;
            case RowBatch rows:
                changes = WriteRows(rows, book, refused);
                break;
        }

        book.Rejected += refused.Count;
        foreach (var rejection in batch.Rejections.Concat(refused))
        {
            session.WriteRejection(rejection, batch.RangeId);
        }

        return MoveCheckpoint(batch, epoch, book, digest) && session.Run(Touch, now, changes > 0) == 1;
    }

    private int WriteRows(RowBatch batch, Book book, List<Rejection> refused)
    {
        // The plan keeps the books of roles, one source row may give many and many may give one: here only what it counted in vain is taken back.
        var roles = batch.Table.Name == Roles.Name;
        var changes = 0;
        for (var first = 0; first < batch.Count; first += RowsAStatement)
        {
            var rows = Math.Min(RowsAStatement, batch.Count - first);
            if (rows == RowsAStatement && AreInserted(batch, first))
            {
                changes += rows;
                book.Written += roles ? 0 : rows;
                continue;
            }

            // Too few for a statement of many, or one of them is not taken as it is: one by one.
            for (var row = first; row < first + rows; row++)
            {
                var fate = WriteRow(batch, row);
                changes += fate.Changes;
                if (fate.Reason is { } reason)
                {
                    refused.Add(RejectionOf(batch, row, reason));
                    book.Written -= roles ? 1 : 0;
                }
                else if (!roles)
                {
                    book.Written += fate.IsReused ? 0 : 1;
                    book.Reused += fate.IsReused ? 1 : 0;
                }
            }
        }

        return changes;
    }

    /// <summary>Inserts as many rows as a statement takes; false when none of them is in.</summary>
    private bool AreInserted(RowBatch batch, int first)
    {
        var insert = session.InsertStatement(batch.Table, "", RowsAStatement);
        Bind(insert, batch, first, batch.Table.Columns.Count);
        if (insert.WriteAll(RowsAStatement) is not null)
        {
            return false;
        }

        if (batch.Table.Name == Roles.Name)
        {
            var remember = session.Statement(RememberMany);
            Bind(remember, batch, first, RememberedColumns);
            if (remember.Write() is { } fault)
            {
                throw fault;
            }
        }

        return true;
    }

    private static void Bind(SqliteStatement insert, RowBatch batch, int first, int columns)
    {
        for (var i = 0; i < RowsAStatement * columns; i++)
        {
            insert.Bind(i + 1, batch.Rows[first + (i / columns)].Cells[i % columns]);
        }
    }

    /// <summary>Writes rows that were rejected, closes their rejections and moves the books of their range.</summary>
    public ReplayResult Replay(ReplayBatch replay, string now)
    {
        var (book, digest, changes, open) = (new Book(), UInt128.Zero, 0, 0L);
        foreach (var judged in replay.Judged)
        {
            if (judged.Rejection is { } still)
            {
                open += Reject(judged.Id, still);
            }
            else if (Close(judged.Id))
            {
                book.Reused += judged.IsReused ? 1 : 0;
                book.Skip(judged.Rule, judged.IsReused ? 0 : 1);
            }
        }

        for (var row = 0; row < replay.Ids.Count; row++)
        {
            var id = replay.Ids[row];
            if (!session.Any("SELECT 1 FROM chatetl_rejection WHERE rejection_id = ?1 AND range_id = ?2", id, replay.RangeId))
            {
                // Replayed before, by an attempt whose answer was lost.
                continue;
            }

            var fate = replay.Rows is MessageBatch messages ? WriteMessage(messages, row) : WriteRow((RowBatch)replay.Rows, row);
            if (fate.Reason is { } reason)
            {
                open += Reject(id, RejectionOf(replay.Rows, row, reason));
                continue;
            }

            Close(id);
            changes += fate.Changes;
            book.Written += fate.IsReused ? 0 : 1;
            book.Reused += fate.IsReused ? 1 : 0;
            digest = replay.Rows is MessageBatch chat ? RowDigest.Add(digest, chat.DigestOf(row)) : digest;
        }

        book.Rejected = -(book.Written + book.Reused + book.Skipped.Values.Sum());
        var stored = Tables.ReadCheckpoint(session.Connection, replay.RangeId);
        var sum = new Book();
        sum.Add(stored.Book);
        sum.Add(book);
        session.Run(
            "UPDATE chatetl_range SET written = ?1, reused = ?2, rejected = ?3, skipped = ?4, digest = ?5 WHERE range_id = ?6",
            sum.Written, sum.Reused, sum.Rejected, Tables.FormatSkipped(sum), RowDigest.Format(RowDigest.Add(stored.Digest, digest)), replay.RangeId);
        session.Run(Touch, now, changes > 0);
        return new ReplayResult(book.Written, book.Reused, book.Skipped.Values.Sum(), open);

        bool Close(long id) => session.Run("DELETE FROM chatetl_rejection WHERE rejection_id = ?1 AND range_id = ?2", id, replay.RangeId) == 1;

        int Reject(long id, Rejection still) => session.Run(
            """
            UPDATE chatetl_rejection SET rule = ?1, reason = ?2, source_values = CASE WHEN ?3 = '' THEN source_values ELSE ?3 END
            WHERE rejection_id = ?4 AND range_id = ?5
            """,
            still.Rule, still.Reason, still.Values, id, replay.RangeId);
    }

    private static Rejection RejectionOf(Batch batch, int row, string reason) => batch is MessageBatch messages
        ? MessageRejections.Of(messages, row, "T19", reason)
        : new Rejection(((RowBatch)batch).Table.Name, ((RowBatch)batch).Rows[row].SourceKey, "B2", reason, ((RowBatch)batch).Rows[row].SourceValues);

    private unsafe int WriteMessages(MessageBatch batch, Action<int, RowFate> settle)
    {
        using var pinned = batch.Text.AsMemory().Pin();
        var text = (byte*)pinned.Pointer;
        var inserted = 0;
        for (var first = 0; first < batch.Count; first += RowsAStatement)
        {
            var rows = Math.Min(RowsAStatement, batch.Count - first);
            var fault = rows == RowsAStatement ? Insert(batch, first, rows, text) : null;
            if (rows == RowsAStatement && fault is null)
            {
                inserted += rows;
            }
            else if (fault is null || SqliteFaults.IsKeyTaken(fault))
            {
                // Too few for a statement of many, or keys are taken, mostly by more than one message: one by one.
                for (var row = first; row < first + rows; row++)
                {
                    inserted += Settle(row, Insert(batch, row, 1, text));
                }
            }
            else
            {
                inserted += Bisect(batch, first, rows, text, fault, Settle);
            }
        }

        return inserted;

        int Settle(int row, SqliteException? fault)
        {
            var fate = FateOf(batch, row, fault);
            if (fate.Changes == 0)
            {
                settle(row, fate);
            }

            return fate.Changes;
        }
    }

    /// <summary>Finds the refused rows of a statement of many and writes the others.</summary>
    private unsafe int Bisect(MessageBatch batch, int first, int rows, byte* text, SqliteException fault, Func<int, SqliteException?, int> settle)
    {
        var inserted = 0;
        Bisection.Run(
            rows, fault,
            (row, count) =>
            {
                var refused = Insert(batch, first + row, count, text);
                inserted += refused is null ? count : 0;
                return refused;
            },
            (row, refused) => inserted += settle(first + row, refused));
        return inserted;
    }

    /// <summary>Writes one message.</summary>
    private unsafe RowFate WriteMessage(MessageBatch batch, int row)
    {
        using var pinned = batch.Text.AsMemory().Pin();
        return FateOf(batch, row, Insert(batch, row, 1, (byte*)pinned.Pointer));
    }

    /// <summary>Inserts some messages by one statement; the fault when none of them is in.</summary>
    public unsafe SqliteException? Insert(MessageBatch batch, int first, int rows, byte* text)
    {
        var insert = session.InsertStatement(Chat, "", rows);
        for (var i = 0; i < rows; i++)
        {
            Bind(insert, i * Chat.Columns.Count, batch, first + i, text);
        }

        return insert.WriteAll(rows);
    }

    private RowFate FateOf(MessageBatch batch, int row, SqliteException? fault) => fault switch
    {
        null => new RowFate(1, false, null),
        _ when !SqliteFaults.IsKeyTaken(fault) => new RowFate(0, false, $"The destination refuses the row: {fault.Message}."),
        _ when IsEqualToStored(batch, row) => new RowFate(0, true, null),
        _ => new RowFate(0, false, "The destination holds another message of the same key."),
    };

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
        var stored = session.Statement("SELECT chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = ?1 AND chatId = ?2");
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

    /// <summary>Writes one row of a small table.</summary>
    private RowFate WriteRow(RowBatch batch, int row)
    {
        var cells = batch.Rows[row].Cells;
        if (session.Insert(batch.Table, cells, "", out var changed) is { } fault && !SqliteFaults.IsKeyTaken(fault))
        {
            return new RowFate(0, false, $"The destination refuses the row: {fault.Message}.");
        }

        if (batch.Table.Name != Roles.Name)
        {
            return new RowFate(changed, changed == 0, null);
        }

        if (changed == 1)
        {
            session.Run(Remember + "(?1, ?2, ?3)", cells[0], cells[1], cells[2]);
            return new RowFate(1, false, null);
        }

        return new RowFate(UpdateRole(cells), false, null);
    }

    /// <summary>Brings a role that an earlier pass of ours wrote up to date (B6, U2); others are left alone.</summary>
    private int UpdateRole(object?[] cells) => session.Run(
        """
        UPDATE tblPrincipalRole SET prinRoleUpdatedBy = ?4
        WHERE prinRoleNodeID = ?1 AND prinRolePrinID = ?2 AND prinRoleTypeID = ?3 AND prinRoleUpdatedBy IS NOT ?4
            AND EXISTS (SELECT 1 FROM chatetl_access WHERE node_id = ?1 AND principal_id = ?2 AND type_id = ?3)
        """,
        cells);

    private bool MoveCheckpoint(Batch batch, long epoch, Book book, UInt128 digest)
    {
        using var span = Spans.Start(Spans.Checkpoint);
        var stored = Tables.ReadCheckpoint(session.Connection, batch.RangeId);
        var sum = new Book();
        sum.Add(stored.Book);
        sum.Add(book);
        return session.Run(
            """
            UPDATE chatetl_range
            SET next_key = ?1, done = ?2, rows_read = ?3, written = ?4, reused = ?5, rejected = ?6, derived = ?7, skipped = ?8, bytes = bytes + ?9, digest = ?10
            WHERE range_id = ?11 AND next_key = ?12 AND done = 0 AND epoch = ?13
            """,
            batch.To, batch.EndsRange, sum.Read, sum.Written, sum.Reused, sum.Rejected, sum.Derived, Tables.FormatSkipped(sum), batch.Bytes,
            RowDigest.Format(RowDigest.Add(stored.Digest, digest)), batch.RangeId, batch.From, epoch) == 1;
    }

    /// <summary>What became of a row.</summary>
    /// <param name="Changes">Destination rows inserted or changed.</param>
    /// <param name="IsReused">Whether the destination has the row already.</param>
    /// <param name="Reason">Why it is refused, else null.</param>
    private readonly record struct RowFate(int Changes, bool IsReused, string? Reason);
}
