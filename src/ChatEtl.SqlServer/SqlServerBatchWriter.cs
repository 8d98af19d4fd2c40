using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>Writes batches: rows, rejections and the step of the range's checkpoint in one transaction.</summary>
/// <remarks>
/// The whole batch goes in by one bulk load. Only when the server refuses that, rows are told apart: messages whose key is taken are looked
/// up, what else is refused is found by halving in transactions that are undone; then the rest goes in. Safe for concurrent use on different ranges.
/// </remarks>
internal sealed class SqlServerBatchWriter(SqlServerSessions sessions, Func<string, DestinationTable> tableOf, SqlServerLoad load, TimeProvider time)
{
    /// <summary>So many trials of unknown faults without one that goes through, and it is not the rows.</summary>
    private const int MostFailures = 32;

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];
    private static readonly Table Roles = ChatSchema.Persistent["tblPrincipalRole"];

    /// <summary>Ranges that have met messages of their keys: their next batches are looked up before they are tried.</summary>
    private readonly ConcurrentDictionary<int, bool> _contested = new();

    /// <summary>Writes a batch, unless its range does not stand where the batch begins; the checkpoint now stored.</summary>
    /// <exception cref="TakenOverException">Another run has the epoch.</exception>
    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        var verdict = Storable(batch);
        if (!_contested.ContainsKey(batch.RangeId))
        {
            try
            {
                return Commit(batch, epoch, verdict);
            }
            catch (Exception exception) when (SqlServerFaults.IsRowFault(exception))
            {
                if (SqlServerFaults.IsKeyTaken(exception))
                {
                    _contested[batch.RangeId] = true;
                }
            }
        }

        if (batch is MessageBatch messages)
        {
            LookUp(messages, verdict);
        }

        try
        {
            return Commit(batch, epoch, verdict);
        }
        catch (Exception exception) when (SqlServerFaults.IsRowFault(exception))
        {
            Sift(batch, verdict, [], [.. verdict.Kept], exception);
        }

        return Commit(batch, epoch, verdict.Settle());
    }

    private RangeCheckpoint Commit(Batch batch, long epoch, BatchVerdict verdict) => sessions.Use(session =>
    {
        session.Begin();
        var (stored, storedEpoch, pass) = Tables.ReadCheckpoint(session.End, session.Connection, session.Transaction, batch.RangeId, "WITH (UPDLOCK, ROWLOCK)");
        if (storedEpoch != epoch)
        {
            throw new TakenOverException(epoch, storedEpoch);
        }

        if (stored.Position != batch.From || stored.Done)
        {
            // The batch is in already, or begins elsewhere: the stored row decides.
            session.Rollback();
            return stored;
        }

        var book = new Book();
        book.Add(stored.Book);
        book.Add(batch.Book);
        book.Rejected += verdict.Refused.Count;
        book.Reused += verdict.Reused;
        var lookalikes = new List<Rejection>();
        var changed = Load(session, batch, verdict.Kept, book, lookalikes);
        session.WriteRejections([.. batch.Rejections, .. verdict.Refused, .. lookalikes], pass, batch.RangeId);
        var after = new RangeCheckpoint(
            batch.RangeId, batch.To, batch.EndsRange, book, stored.Bytes + batch.Bytes,
            RowDigest.Add(stored.Digest, RowDigest.Subtract(batch.Digest, verdict.RefusedDigest)));
        if (!Move(session, batch.From, after, epoch, changed > 0))
        {
            session.Rollback();
            session.CheckEpoch(epoch);
            return Tables.ReadCheckpoint(session.End, session.Connection, null, batch.RangeId).Checkpoint;
        }

        session.Commit();
        return after;
    });

    /// <summary>The one row that must be hit: it parts this run from a newer one, and a batch from its repetition.</summary>
    private bool Move(SqlServerWriteSession session, string from, RangeCheckpoint after, long epoch, bool wrote)
    {
        using var span = Spans.Start(Spans.Checkpoint);
        return session.Run(
            """
            UPDATE chatetl.range
            SET next_key = @p0, done = @p1, rows_read = @p2, written = @p3, reused = @p4, rejected = @p5, derived = @p6, skipped = @p7, bytes = @p8, digest = @p9,
                updated = @p10, wrote = CASE WHEN wrote = 1 OR @p11 = 1 THEN 1 ELSE 0 END
            WHERE range_id = @p12 AND next_key = @p13 AND done = 0 AND epoch = @p14
            """,
            after.Position, after.Done, after.Book.Read, after.Book.Written, after.Book.Reused, after.Book.Rejected, after.Book.Derived,
            Tables.FormatSkipped(after.Book), after.Bytes, RowDigest.Format(after.Digest), Tables.FormatTime(time.GetUtcNow().UtcDateTime), wrote, after.RangeId, from, epoch) == 1;
    }

    /// <summary>Loads rows of a batch and keeps its books; how many rows were inserted or changed.</summary>
    private int Load(SqlServerWriteSession session, Batch batch, IReadOnlyList<int> rows, Book book, List<Rejection> lookalikes)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        if (batch is MessageBatch messages)
        {
            book.Written += rows.Count;
            LoadMessages(session, messages, rows);
            return rows.Count;
        }

        var small = (RowBatch)batch;
        var staged = new StagedRows(session, tableOf(small.Table.Name), rows.Select(row => small.Rows[row].Cells));
        var changed = 0;
        if (small.Table.Name == Roles.Name)
        {
            // The plan keeps the books of roles: one source row may give many of these, and many may give one.
            changed = UpdateRoles(session, staged);
            SqlServerPassWriter.Remember(session, staged, "prinRoleNodeID", "prinRolePrinID", $"s.{staged.Column("prinRoleTypeID")}");
            changed += staged.InsertMissing();
        }
        else
        {
            changed = staged.InsertMissing();
            if (changed < rows.Count)
            {
                lookalikes.AddRange(staged.Lookalikes().Select(i => small.Rows[rows[i]]).Select(row => new Rejection(
                    small.Table.Name, row.SourceKey, "N2", "The destination has another row whose key its collation finds equal.", row.SourceValues())));
            }

            book.Written += changed;
            book.Rejected += lookalikes.Count;
            book.Reused += rows.Count - changed - lookalikes.Count;
        }

        staged.Clear();
        return changed;
    }

    private void LoadMessages(SqlServerWriteSession session, MessageBatch batch, IReadOnlyList<int> rows)
    {
        var table = tableOf(Chat.Name);
        using var reader = new BatchDataReader(batch, Sorted(batch, rows));
        session.Load(
            TableName(Chat.Name), table.DocumentedNames, reader, table.KeepsIdentity,
            load.TableLock switch
            {
                BulkHint.On => true,
                BulkHint.Off => false,
                _ => load.Writers == 1 && (table.ClusteredKey.Count == 0 || table.IsEmpty),
            },
            load.OrderHint switch
            {
                BulkHint.Off => null,
                BulkHint.On => KeyOf(table),
                _ => table.ClusteredKey.SequenceEqual(Chat.Key, StringComparer.OrdinalIgnoreCase) ? KeyOf(table) : null,
            });

        static string[] KeyOf(DestinationTable table) => [.. Chat.Key.Select(column => table.Find(column)!.Name)];
    }

    /// <summary>In the order of the destination's key: new rooms get their numbers in the source's order, so there is mostly nothing to sort.</summary>
    private static IReadOnlyList<int> Sorted(MessageBatch batch, IReadOnlyList<int> rows)
    {
        for (var i = 1; i < rows.Count; i++)
        {
            if (Compare(rows[i - 1], rows[i]) > 0)
            {
                var sorted = rows.ToArray();
                Array.Sort(sorted, Compare);
                return sorted;
            }
        }

        return rows;

        int Compare(int left, int right) =>
            batch.Room[left] != batch.Room[right] ? batch.Room[left].CompareTo(batch.Room[right]) : batch.Id[left].CompareTo(batch.Id[right]);
    }

    /// <summary>Brings roles that an earlier pass of ours wrote up to date (B6, U2); others are left alone.</summary>
    private static int UpdateRoles(SqlServerWriteSession session, StagedRows staged)
    {
        var (node, principal, type, by) = (staged.Column("prinRoleNodeID"), staged.Column("prinRolePrinID"), staged.Column("prinRoleTypeID"), staged.Column("prinRoleUpdatedBy"));
        return session.Run(
            $"""
            UPDATE t SET {by} = s.{by} {staged.Joined} WHERE (t.{by} <> s.{by} OR t.{by} IS NULL)
                AND EXISTS (SELECT * FROM chatetl.access AS a WHERE a.node_id = s.{node} AND a.principal_id = s.{principal} AND a.type_id = s.{type})
            """);
    }

    /// <summary>All rows, but those whose rtf the column's code page does not have: the server would put question marks in their place.</summary>
    private BatchVerdict Storable(Batch batch)
    {
        var verdict = new BatchVerdict(batch.Count);
        if (batch is MessageBatch messages)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                if (messages.RtfLength[row] > 0 && !Ascii.IsValid(messages.Rtf(row)) && !tableOf(Chat.Name).Find("rtf")!.Keeps(WideText.Decode(messages.Rtf(row))))
                {
                    verdict.Refuse(messages, row, "M2", "The destination's column rtf does not have all characters of the text.");
                }
            }
        }

        return verdict.Settle();
    }

    /// <summary>Tells rows whose key is taken, at the destination or by a row before them: by an equal message, which is reused, or by another one.</summary>
    private void LookUp(MessageBatch batch, BatchVerdict verdict)
    {
        foreach (var room in verdict.Kept.GroupBy(row => batch.Room[row]).ToList())
        {
            var rows = room.ToLookup(row => batch.Id[row]);
            foreach (var copies in rows.Where(copies => copies.Skip(1).Any()))
            {
                foreach (var copy in copies.Skip(1))
                {
                    Judge(copy, AreEqual(batch, copies.First(), copy));
                }
            }

            sessions.Use(session => session.Rows(
                "SELECT chatId, chatDate, userId, isAlert, content, rtf FROM dbo.tblChat WHERE channelId = @p0 AND chatId BETWEEN @p1 AND @p2",
                stored =>
                {
                    foreach (var row in rows[stored.GetInt64(0)].Take(1))
                    {
                        Judge(row, IsStored(batch, row, stored));
                    }

                    return true;
                },
                room.Key, room.Min(row => batch.Id[row]), room.Max(row => batch.Id[row])).Count());
        }

        verdict.Settle();

        void Judge(int row, bool isEqual)
        {
            if (isEqual)
            {
                verdict.Reuse(row);
            }
            else
            {
                verdict.Refuse(batch, row, "T19", "The destination holds another message of the same key.");
            }
        }
    }

    private static bool AreEqual(MessageBatch batch, int left, int right) =>
        batch.Date[left] == batch.Date[right] && batch.Author[left] == batch.Author[right] && batch.Alert[left] == batch.Alert[right]
        && batch.RtfLength[left] == batch.RtfLength[right] && batch.Texts(left).SequenceEqual(batch.Texts(right));

    private static bool IsStored(MessageBatch batch, int row, SqlDataReader stored) =>
        stored.GetInt64(1) == batch.Date[row] && stored.GetInt32(2) == batch.Author[row] && stored.GetBoolean(3) == batch.Alert[row]
        && stored.GetString(4) == WideText.Decode(batch.Content(row)) && stored.IsDBNull(5) == (batch.RtfLength[row] < 0)
        && (stored.IsDBNull(5) || stored.GetString(5) == WideText.Decode(batch.Rtf(row)));

    /// <summary>Finds the refused rows among these, by halving: each half is tried together with the rows that are known to go in.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="verdict">Gets the refused rows.</param>
    /// <param name="good">Rows that go in together; grows by those of <paramref name="rows"/> that do.</param>
    /// <param name="rows">Rows that the server refuses together with the good ones.</param>
    /// <param name="fault">Why it did.</param>
    private void Sift(Batch batch, BatchVerdict verdict, List<int> good, int[] rows, Exception fault)
    {
        if (good.Count == 0 && !SqlServerFaults.IsKnownRowFault(fault) && (rows.Length == 1 || verdict.Failures > MostFailures))
        {
            // The server takes no row at all, for a reason that is none of theirs as far as we know.
            ExceptionDispatchInfo.Throw(fault);
        }

        if (rows.Length == 1)
        {
            // A fault of an unknown number must be met twice: it may have been the moment's and not the row's.
            if (!SqlServerFaults.IsKnownRowFault(fault) && Trial(batch, verdict, [.. good, .. rows]) is null)
            {
                good.AddRange(rows);
                return;
            }

            verdict.Refuse(batch, rows[0], $"The destination refuses the row. {SqlServerFaults.Explain(fault)}");
            return;
        }

        var (left, right) = (rows[..(rows.Length / 2)], rows[(rows.Length / 2)..]);
        var leftFault = Trial(batch, verdict, [.. good, .. left]);
        if (leftFault is null)
        {
            good.AddRange(left);
            Sift(batch, verdict, good, right, fault);
            return;
        }

        Sift(batch, verdict, good, left, leftFault);
        if (Trial(batch, verdict, [.. good, .. right]) is { } rightFault)
        {
            Sift(batch, verdict, good, right, rightFault);
        }
        else
        {
            good.AddRange(right);
        }
    }

    /// <summary>Loads rows in a transaction that is undone; the fault if they are refused.</summary>
    private Exception? Trial(Batch batch, BatchVerdict verdict, IReadOnlyList<int> rows)
    {
        try
        {
            sessions.Use(session =>
            {
                session.Begin();
                var loaded = Load(session, batch, rows, new Book(), []);
                session.Rollback();
                return loaded;
            });
            return null;
        }
        catch (Exception exception) when (SqlServerFaults.IsRowFault(exception))
        {
            verdict.Failures++;
            return exception;
        }
    }
}
