using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using SQLitePCL;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>Writes one batch: rows, rejections and the step of the range's checkpoint. The caller holds the lock and the transaction.</summary>
internal sealed class SqliteBatchWriter(SqliteWriteSession session)
{
    /// <summary>Messages of one INSERT: fewer statements to start and end, still few enough to bind at a glance.</summary>
    private const int RowsAStatement = 64;

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];
    private static readonly Table Roles = ChatSchema.Persistent["tblPrincipalRole"];

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
            session.WriteRejection(rejection, batch.RangeId);
        }

        return MoveCheckpoint(batch, epoch, book, digest) && session.Run("UPDATE chatetl_run SET updated = ?1, wrote = max(wrote, ?2)", now, inserted > 0) == 1;
    }

    private unsafe int WriteMessages(MessageBatch batch, Book book, List<Rejection> refused, ref UInt128 digest)
    {
        var (many, one) = (session.InsertStatement(Chat, "", RowsAStatement), session.InsertStatement(Chat, ""));
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

    private int WriteRows(RowBatch batch, Book book, List<Rejection> refused)
    {
        var roles = batch.Table.Name == Roles.Name;
        var inserted = 0;
        foreach (var row in batch.Rows)
        {
            if (session.Insert(batch.Table, row.Cells, "ON CONFLICT DO NOTHING", out var changed) is { } fault)
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
                    session.Run("INSERT OR IGNORE INTO chatetl_access (node_id, principal_id, type_id) VALUES (?1, ?2, ?3)", row.Cells[0], row.Cells[1], row.Cells[2]);
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
}
