using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;
using ChatEtl.Writing;
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

    private const int RejectionsAStatement = 1_000;

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];

    private readonly SqlServerRowLoader _loader = new(tableOf, load);

    /// <summary>Ranges that have met messages of their keys: their next batches are looked up before they are tried.</summary>
    private readonly ConcurrentDictionary<int, bool> _contested = new();

    /// <summary>Writes a batch, unless its range does not stand where the batch begins; the checkpoint now stored.</summary>
    /// <exception cref="TakenOverException">Another run has the epoch.</exception>
    public RangeCheckpoint Write(Batch batch, long epoch) => Write(batch, batch.RangeId, verdict => Commit(batch, epoch, verdict));

    /// <summary>Writes rows that were rejected, closes their rejections and moves the books of their range.</summary>
    /// <exception cref="TakenOverException">Another run has the epoch.</exception>
    public ReplayResult Replay(ReplayBatch replay, long epoch) => Write(replay.Rows, replay.RangeId, verdict => Commit(replay, epoch, verdict));

    /// <summary>Commits what goes in of a batch: all of it at once or, when the server refuses that, all but what is refused.</summary>
    private T Write<T>(Batch batch, int rangeId, Func<BatchVerdict, T> commit)
        where T : class
    {
        var verdict = Storable(batch);
        Exception? fault = null;
        if (!_contested.ContainsKey(rangeId))
        {
            (var done, fault) = Try(verdict);
            if (done is not null)
            {
                return done;
            }

            if (SqlServerFaults.IsKeyTaken(fault!))
            {
                _contested[rangeId] = true;
            }
        }

        var before = verdict.Kept.Count;
        if (batch is MessageBatch messages)
        {
            LookUp(messages, verdict);
        }

        // What the look-up leaves is tried as it stands; if it left all, that was tried already.
        if (fault is null || verdict.Kept.Count < before)
        {
            (var done, fault) = Try(verdict);
            if (done is not null)
            {
                return done;
            }
        }

        return Sift(batch, verdict, fault!, Try) ?? commit(verdict.Settle());

        (T? Done, Exception? Fault) Try(BatchVerdict what)
        {
            try
            {
                return (commit(what), null);
            }
            catch (Exception exception) when (SqlServerFaults.IsRowFault(exception))
            {
                return (null, exception);
            }
        }
    }

    private RangeCheckpoint Commit(Batch batch, long epoch, BatchVerdict verdict) => sessions.Use(session =>
    {
        session.Begin();
        var (stored, storedEpoch, pass) = Tables.LockCheckpoint(session, batch.RangeId);
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
        var (changed, lookalikes) = _loader.Load(session, batch, verdict.Kept);
        IReadOnlyList<Rejection> refused = [.. verdict.Refused.Select(row => row.Rejection), .. lookalikes.Select(row => row.Rejection)];
        book.Rejected += refused.Count;
        if (SqlServerRowLoader.IsRoles(batch))
        {
            // The plan keeps the books of roles, one source row may give many and many may give one: here only what it counted in vain is taken back.
            book.Written -= refused.Count;
        }
        else
        {
            book.Written += changed;
            book.Reused += verdict.Reused.Count + verdict.Kept.Count - changed - lookalikes.Count;
        }

        session.WriteRejections([.. batch.Rejections, .. refused], pass, batch.RangeId);
        var after = new RangeCheckpoint(
            batch.RangeId, batch.To, batch.EndsRange, book, stored.Bytes + batch.Bytes,
            RowDigest.Add(stored.Digest, RowDigest.Subtract(batch.Digest, verdict.RefusedDigest)));
        if (!Move(session, batch.From, after, epoch, changed > 0))
        {
            session.Rollback();
            session.CheckEpoch(epoch);
            return Tables.ReadCheckpoint(session.End, session.Connection, null, batch.RangeId);
        }

        session.Commit();
        return after;
    });

    /// <summary>The one row that must be hit: it parts this run from a newer one, and a batch from its repetition.</summary>
    private bool Move(SqlServerWriteSession session, string from, RangeCheckpoint after, long epoch, bool wrote)
    {
        using var span = Spans.Start(Spans.Checkpoint);
        var move = session.Prepared(
            """
            UPDATE chatetl.range
            SET next_key = @p0, done = @p1, rows_read = @p2, written = @p3, reused = @p4, rejected = @p5, derived = @p6, skipped = @p7, bytes = @p8, digest = @p9,
                updated = @p10, wrote = CASE WHEN wrote = 1 OR @p11 = 1 THEN 1 ELSE 0 END
            WHERE range_id = @p12 AND next_key = @p13 AND done = 0 AND epoch = @p14;
            SELECT @@ROWCOUNT
            """,
            after.Position, after.Done, after.Book.Read, after.Book.Written, after.Book.Reused, after.Book.Rejected, after.Book.Derived,
            Tables.FormatSkipped(after.Book), after.Bytes, RowDigest.Format(after.Digest), Tables.FormatTime(time.GetUtcNow().UtcDateTime), wrote, after.RangeId, from, epoch);
        return (int)move.ExecuteScalar() == 1;
    }

    private ReplayResult Commit(ReplayBatch replay, long epoch, BatchVerdict verdict) => sessions.Use(session =>
    {
        session.Begin();

        // From here on nobody else closes a rejection; an earlier attempt whose answer was lost has ended.
        session.CheckEpoch(epoch);
        var stored = Tables.ReadCheckpoint(session.End, session.Connection, session.Transaction, replay.RangeId);
        var open = Open(session, [.. replay.Ids, .. replay.Judged.Select(judged => judged.Id)], replay.RangeId);
        var kept = verdict.Kept.Where(row => open.Contains(replay.Ids[row])).ToList();
        var (changed, lookalikes) = _loader.Load(session, replay.Rows, kept);
        var still = verdict.Refused.Concat(lookalikes).Select(row => (Id: replay.Ids[row.Row], row.Rejection))
            .Concat(replay.Judged.Where(judged => judged.Rejection is not null).Select(judged => (judged.Id, Rejection: judged.Rejection!)))
            .Where(row => open.Contains(row.Id)).ToList();
        foreach (var (id, rejection) in still)
        {
            session.Run(
                "UPDATE chatetl.rejection SET rule_id = @p0, reason = @p1, source_values = CASE WHEN @p2 = N'' THEN source_values ELSE @p2 END WHERE rejection_id = @p3",
                rejection.Rule, rejection.Reason, rejection.Values, id);
        }

        var book = new Book();
        var written = kept.Except(lookalikes.Select(row => row.Row)).ToList();
        var reused = verdict.Reused.Where(row => open.Contains(replay.Ids[row])).ToList();
        book.Written = SqlServerRowLoader.IsRoles(replay.Rows) ? written.Count : changed;
        book.Reused = reused.Count + written.Count - book.Written;
        foreach (var judged in replay.Judged.Where(judged => judged.Rejection is null && open.Contains(judged.Id)))
        {
            book.Reused += judged.IsReused ? 1 : 0;
            book.Skip(judged.Rule, judged.IsReused ? 0 : 1);
        }

        var closed = open.Except(still.Select(row => row.Id)).ToList();
        foreach (var ids in closed.Chunk(RejectionsAStatement))
        {
            session.Run($"DELETE FROM chatetl.rejection WHERE rejection_id IN ({List(ids)})");
        }

        book.Rejected = -closed.Count;
        var digest = replay.Rows is MessageBatch messages ? written.Concat(reused).Select(messages.DigestOf).Aggregate(stored.Digest, RowDigest.Add) : stored.Digest;
        var sum = new Book();
        sum.Add(stored.Book);
        sum.Add(book);
        session.Run(
            "UPDATE chatetl.range SET written = @p0, reused = @p1, rejected = @p2, skipped = @p3, digest = @p4 WHERE range_id = @p5",
            sum.Written, sum.Reused, sum.Rejected, Tables.FormatSkipped(sum), RowDigest.Format(digest), replay.RangeId);
        session.Run(
            "UPDATE chatetl.run SET updated = @p0, wrote = CASE WHEN wrote = 1 OR @p1 = 1 THEN 1 ELSE 0 END", Tables.FormatTime(time.GetUtcNow().UtcDateTime), changed > 0);
        session.Commit();
        return new ReplayResult(book.Written, book.Reused, book.Skipped.Values.Sum(), still.Count);
    });

    /// <summary>Which of these rejections are open.</summary>
    private static HashSet<long> Open(SqlServerWriteSession session, IEnumerable<long> rejections, int rangeId) =>
    [
        .. rejections.Chunk(RejectionsAStatement).SelectMany(ids => session.Rows(
            $"SELECT rejection_id FROM chatetl.rejection WHERE range_id = @p0 AND rejection_id IN ({List(ids)})", row => row.GetInt64(0), rangeId).ToList()),
    ];

    private static string List(IEnumerable<long> ids) => string.Join(", ", ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));

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

    /// <summary>Finds the refused rows of a batch by halving, each half tried together with the rows that are known to go in.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="verdict">Gets the refused rows.</param>
    /// <param name="fault">Why the server refused all of them together.</param>
    /// <param name="commit">Commits the rows of a verdict, unless the server refuses them.</param>
    /// <returns>What the commit gave, when the last rows to be tried went in with it; null when it is still to be made.</returns>
    private T? Sift<T>(Batch batch, BatchVerdict verdict, Exception fault, Func<BatchVerdict, (T? Done, Exception? Fault)> commit)
        where T : class
    {
        var (rows, good, failures) = (verdict.Kept.ToArray(), new List<int>(), 0);
        T? done = null;
        Exception? unknown = null;
        Bisection.Run(rows.Length, fault, Attempt, Refuse);
        if (good.Count == 0 && unknown is not null)
        {
            // The server takes no row at all, for a reason that is none of theirs as far as we know.
            ExceptionDispatchInfo.Throw(unknown);
        }

        return done;

        Exception? Attempt(int first, int count)
        {
            Exception? refused;
            if (first + count == rows.Length)
            {
                // All other rows are settled: if these go in, it is for good.
                (done, refused) = commit(verdict.Settle());
            }
            else
            {
                refused = Trial(batch, [.. good, .. rows[first..(first + count)]]);
            }

            if (refused is null)
            {
                good.AddRange(rows[first..(first + count)]);
            }
            else if (++failures > MostFailures && good.Count == 0 && !SqlServerFaults.IsKnownRowFault(refused))
            {
                ExceptionDispatchInfo.Throw(refused);
            }

            return refused;
        }

        void Refuse(int row, Exception why)
        {
            if (!SqlServerFaults.IsKnownRowFault(why))
            {
                // A fault of an unknown number must be met twice: it may have been the moment's and not the row's.
                if (Trial(batch, [.. good, rows[row]]) is null)
                {
                    good.Add(rows[row]);
                    return;
                }

                unknown = why;
            }

            verdict.Refuse(batch, rows[row], $"The destination refuses the row. {SqlServerFaults.Explain(why)}");
        }
    }

    /// <summary>Loads rows in a transaction that is undone; the fault if they are refused.</summary>
    private Exception? Trial(Batch batch, IReadOnlyList<int> rows)
    {
        try
        {
            sessions.Use(session =>
            {
                session.Begin();
                var loaded = _loader.Load(session, batch, rows);
                session.Rollback();
                return loaded;
            });
            return null;
        }
        catch (Exception exception) when (SqlServerFaults.IsRowFault(exception))
        {
            return exception;
        }
    }
}
