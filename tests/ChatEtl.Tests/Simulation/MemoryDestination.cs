using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Tests.Simulation;

/// <summary>A Persistent Chat database in memory as a destination; every call and every commit is a step. Honest, unless a defect is planted.</summary>
internal sealed class MemoryDestination(MemoryDatabase database, Steps steps, Defect defect = Defect.None) : IChatDestination
{
    private readonly Dictionary<int, RangeCheckpoint> _before = [];

    public string Description => "memory";

    private MemoryOwn Own => database.State.Own;

    public Remedy RemedyFor(Exception exception) => exception is TroubleException made ? made.Remedy : Remedy.None;

    public string Explain(Exception exception) => exception.Message;

    public IReadOnlyList<Finding> Check(bool forWriting) => steps.Step<IReadOnlyList<Finding>>(nameof(Check), () => []);

    public IReadOnlyList<Finding> Judge(IReadOnlyList<TableChanges> tables) => steps.Step<IReadOnlyList<Finding>>(nameof(Judge), () => []);

    public DateTime TimeAsStored(DateTime time) => time;

    public RunRecord? ReadRun() => steps.Step(nameof(ReadRun), () => Own.Run);

    public Decisions ReadDecisions() => steps.Step(nameof(ReadDecisions), () => defect == Defect.IdsRedrawn
        ? Decisions.None
        : new Decisions { Principals = new Dictionary<int, PrincipalDecision>(Own.Principals), Nodes = new Dictionary<int, NodeDecision>(Own.Nodes), AddIns = new Dictionary<Guid, AddInDecision>(Own.AddIns) });

    public IEnumerable<AccessRow> ReadAccess() => steps.Step(nameof(ReadAccess), () => Own.Access.Select(row => new AccessRow(row.Node, row.Principal, row.Type, 0)).ToList());

    public IReadOnlyDictionary<long, long> ReadWatermarks() => steps.Step(nameof(ReadWatermarks), () => new Dictionary<long, long>(Own.Watermarks));

    public IReadOnlyList<RangeProgress> ReadRanges() => steps.Step(nameof(ReadRanges), () =>
        Own.Ranges.Values.Where(range => range.Pass == Own.Run!.Pass).Select(range => new RangeProgress(range.Range, range.Checkpoint)).ToList());

    public RangeCheckpoint ReadCheckpoint(int rangeId) => steps.Step(nameof(ReadCheckpoint), () =>
        defect == Defect.BlindRetry && _before.TryGetValue(rangeId, out var before) ? before : Own.Ranges[rangeId].Checkpoint);

    public IReadOnlyDictionary<string, Book> ReadBooks(int pass) => steps.Step(nameof(ReadBooks), () => Books(database.State, pass));

    public IEnumerable<string> ReadRejectedKeys(string table) => steps.Step(nameof(ReadRejectedKeys), () =>
        Own.Rejections.Where(rejection => rejection.Row.Table.Equals(table, StringComparison.OrdinalIgnoreCase)).Select(rejection => rejection.Row.Key).ToList());

    public IReadOnlyList<StoredRejection> ReadRejections(RejectionFilter filter, long after, int most) =>
        steps.Step(nameof(ReadRejections), () => Own.Rejections.Where(rejection => rejection.Id > after).Take(most).ToList());

    public StoredRejection? ReadRejection(long id) => steps.Step(nameof(ReadRejection), () => Own.Rejections.Find(rejection => rejection.Id == id));

    public IReadOnlyList<RejectionCount> CountRejections(RejectionFilter filter) => steps.Step(nameof(CountRejections), () =>
        Own.Rejections.GroupBy(rejection => (rejection.Row.Table, rejection.Row.Rule, rejection.IsReplayable))
            .Select(same => new RejectionCount(same.Key.Table, same.Key.Rule, same.Key.IsReplayable, same.Count())).ToList());

    public IReadOnlyList<Finding> ReadFindings() => steps.Step(nameof(ReadFindings), () => Own.Findings.Select(row => row.Finding).ToList());

    public IReadOnlyList<EventEntry> ReadEvents() => steps.Step(nameof(ReadEvents), () => Own.Events.ToList());

    public void Record(EventNote note, long epoch) => Transact(nameof(Record), state =>
    {
        CheckEpoch(state, epoch);
        Record(state.Own, note, epoch);
        return true;
    });

    public void Begin(PassStart start) => Transact(nameof(Begin), state =>
    {
        var own = state.Own;
        if (defect != Defect.SecondInstance && own.Run?.Epoch != start.ExpectedEpoch)
        {
            throw new TakenOverException(start.Run.Epoch, own.Run?.Epoch ?? 0);
        }

        var run = defect == Defect.SecondInstance ? start.Run with { Epoch = own.Run?.Epoch ?? start.Run.Epoch } : start.Run;
        own.Wrote = start.Ranges is null && own.Wrote;
        own.Findings.RemoveAll(row => row.Pass == run.Pass);
        own.Rejections.RemoveAll(rejection => rejection.RangeId == 0);
        foreach (var key in own.Books.Keys.Where(key => key.Pass == run.Pass).ToList())
        {
            own.Books.Remove(key);
        }

        foreach (var changes in start.Tables)
        {
            own.Wrote |= changes.Inserts.Count + changes.Updates.Count > 0;
            Demand(changes.Inserts.All(state.Write(changes.Table.Name).Insert), changes.Table);
            changes.Updates.ToList().ForEach(state.Write(changes.Table.Name).Replace);
        }

        WriteAccess(state, start);
        foreach (var principal in start.Decisions.Principals.Values)
        {
            own.Principals[principal.SourceId] = principal;
        }

        foreach (var node in start.Decisions.Nodes.Values)
        {
            own.Nodes[node.SourceId] = node;
        }

        foreach (var addIn in start.Decisions.AddIns.Values)
        {
            own.AddIns[addIn.SourceId] = addIn;
        }

        if (start.Ranges is not null)
        {
            WriteRanges(own, start.Ranges, run);
        }

        foreach (var range in own.Ranges.Values.Where(range => range.Pass == run.Pass).ToList())
        {
            own.Ranges[range.Range.Id] = range with { Epoch = run.Epoch, Checkpoint = range.Checkpoint with { Position = Shifted(range) } };
        }

        own.Run = run;
        WriteBooks(own, start.Books, run.Pass);
        own.Findings.AddRange(start.Findings.Select(finding => (run.Pass, finding)));
        Reject(own, start.Rejections, 0);
        Record(own, start.Note, run.Epoch);
        return true;
    });

    public RangeCheckpoint Write(Batch batch, long epoch)
    {
        if ((defect is Defect.CheckpointBeforeRows or Defect.SeparateTransaction) && batch is MessageBatch)
        {
            var rowsFirst = defect == Defect.SeparateTransaction;
            Transact(nameof(Write), state => Write(state, batch, epoch, rows: rowsFirst, checkpoint: !rowsFirst));
            return Transact("Write, second part", state => Write(state, batch, epoch, rows: !rowsFirst, checkpoint: rowsFirst));
        }

        if (defect == Defect.RejectionOutside)
        {
            Transact("Write, rejections", state =>
            {
                Reject(state.Own, batch.Rejections, batch.RangeId);
                return true;
            });
        }

        return Transact(nameof(Write), state => Write(state, batch, epoch, rows: true, checkpoint: true));
    }

    public int AddPlaceholder(int sourceId, Principal row, long epoch) => Transact(nameof(AddPlaceholder), state =>
    {
        CheckEpoch(state, epoch);
        var table = state.Write("tblPrincipal");
        var known = defect == Defect.PlaceholderTwice ? null : table.Rows.Find(cells => Equals(cells[1], row.Guid));
        var id = known is null ? (int)table.Rows.Max(cells => (long)cells[0]!) + 1 : (int)(long)known[0]!;
        if (known is null)
        {
            Demand(table.Insert(PersistentRows.Of(row with { Id = id })), table.Definition);
            state.Own.Wrote = true;
        }

        if (defect != Defect.PlaceholderTwice)
        {
            state.Own.Principals[sourceId] = new PrincipalDecision(sourceId, id, Origin.Placeholder, false);
        }

        return id;
    });

    public void BeginReplay(RunRecord run, long expectedEpoch, EventNote note) => throw new NotSupportedException("The simulation replays nothing.");

    public ReplayResult Replay(ReplayBatch batch, long epoch) => throw new NotSupportedException("The simulation replays nothing.");

    public void Complete(PassEnd end) => Transact(nameof(Complete), state =>
    {
        CheckEpoch(state, end.Epoch);
        var own = state.Own;
        if (own.Run!.State == RunState.Finished)
        {
            return true;
        }

        var raised = false;
        if (defect != Defect.CounterNotSaved)
        {
            foreach (var (room, legacy) in end.LastChatIds ?? new Dictionary<int, long?>())
            {
                raised |= Raise(state.Write("tblLastChatId"), room, legacy, state.Read("tblChat").Rows.Where(row => (long)row[0]! == room).Select(row => (long?)(long)row[1]!).Max());
            }

            foreach (var (principal, legacy) in end.LastInviteIds ?? new Dictionary<int, long?>())
            {
                raised |= Raise(state.Write("tblLastInviteId"), principal, legacy, Highest(state.Read("tblPrincipalInvites"), principal));
            }
        }

        own.Wrote |= raised;
        if (own.Wrote && end.RaiseRevision)
        {
            var revision = state.Write("tblSystemRevision").Rows;
            revision[0] = [(long)revision[0][0]! + 1];
        }

        WriteBooks(own, end.Books, own.Run.Pass);
        Reject(own, end.Rejections, 0);
        own.Run = own.Run with { State = RunState.Finished, Updated = end.Ended };
        Record(own, end.Note, end.Epoch);
        return true;
    });

    public void RemoveOwnTables(long epoch) => throw new NotSupportedException("The simulation does not finish.");

    public IScratch MakeScratch() => steps.Step(nameof(MakeScratch), () => new MemoryScratch(database, steps));

    public void Dispose()
    {
    }

    /// <summary>The books of a pass or, with 0, of all.</summary>
    public static Dictionary<string, Book> Books(MemoryState state, int pass)
    {
        var books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase);
        foreach (var (table, book) in state.Own.Books.Where(book => pass is 0 || book.Key.Pass == pass).Select(book => (book.Key.Table, book.Value))
            .Concat(state.Own.Ranges.Values.Where(range => pass is 0 || range.Pass == pass).Select(range => (Streams.TableOf(range.Range.Stream), range.Checkpoint.Book))))
        {
            books.TryAdd(table, new Book());
            books[table].Add(book);
        }

        return books;
    }

    private static void Record(MemoryOwn own, EventNote note, long epoch)
    {
        if (EventEntry.Following(own.Events.LastOrDefault(), note, epoch) is { } entry)
        {
            own.Events.Add(entry);
        }
    }

    private static void Demand(bool holds, Table table)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"A key of {table.Name} is taken.");
        }
    }

    private static void WriteAccess(MemoryState state, PassStart start)
    {
        foreach (var stale in start.StaleAccess)
        {
            var isScope = stale.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType;
            state.Write(isScope ? "tblScopePrincipal" : "tblPrincipalRole").Delete(row =>
                (long)row[0]! == stale.Node && (long)row[1]! == stale.Principal && (isScope || (long)row[2]! == stale.Type));
            state.Own.Access.Remove((stale.Node, stale.Principal, stale.Type));
        }

        foreach (var scope in start.NewScopes)
        {
            if (state.Write("tblScopePrincipal").Insert(PersistentRows.Of(scope)))
            {
                state.Own.Access.Add((scope.Node, scope.Principal, scope.Type));
            }
        }

        foreach (var (principal, group) in start.StaleAffiliations)
        {
            state.Write("tblPrincipalAffiliations").Delete(row => (long)row[0]! == principal && (long)row[1]! == group);
        }

        state.Own.Wrote |= start.NewScopes.Count + start.StaleAccess.Count + start.StaleAffiliations.Count > 0;
    }

    private static void WriteBooks(MemoryOwn own, IReadOnlyDictionary<string, Book> books, int pass)
    {
        foreach (var (table, book) in books)
        {
            own.Books[(pass, table)] = book;
        }
    }

    private static void Reject(MemoryOwn own, IEnumerable<Rejection> rejections, int rangeId)
    {
        foreach (var rejection in rejections)
        {
            own.Rejections.Add(new StoredRejection(++own.LastRejection, own.Run!.Pass, rangeId, rejection));
        }
    }

    private static bool Raise(MemoryTable table, int key, long? legacy, long? highest)
    {
        var existing = table.Find([(long)key, null]) is { } row ? (long?)row[1] : null;
        var most = new[] { existing, legacy, highest }.Max();
        if (most is null || most == existing)
        {
            return false;
        }

        table.Delete(other => (long)other[0]! == key);
        return table.Insert([(long)key, most]);
    }

    private static long? Highest(MemoryTable invitations, int principal)
    {
        var (key, id) = (invitations.Definition.Ordinal("prinID"), invitations.Definition.Ordinal("invID"));
        return invitations.Rows.Where(row => (long)row[key]! == principal).Select(row => (long?)row[id]).Max();
    }

    private void WriteRanges(MemoryOwn own, IReadOnlyList<Range> ranges, RunRecord run)
    {
        own.Rejections.RemoveAll(rejection => rejection.RangeId != 0 && rejection.Row.Table is "tblPrincipalInvites" or "tblPrincipalAffiliations" or "tblPreference" or "tblPrincipalRole");
        foreach (var range in ranges)
        {
            var kept = defect == Defect.RangeEdge && range.Segments.Count > 0
                ? range with { Segments = [.. range.Segments.SkipLast(1), range.Segments[^1] with { UpTo = range.Segments[^1].UpTo - 1 }] }
                : range;
            own.Ranges[range.Id] = new MemoryRange(run.Pass, kept, new RangeCheckpoint(range.Id, "", false, new Book(), 0, UInt128.Zero), run.Epoch);
            foreach (var segment in range.Segments.Where(_ => defect != Defect.WatermarkNotStored))
            {
                own.Watermarks[segment.Room] = Math.Max(own.Watermarks.GetValueOrDefault(segment.Room, long.MinValue), segment.UpTo);
            }
        }
    }

    private RangeCheckpoint Write(MemoryState state, Batch batch, long epoch, bool rows, bool checkpoint)
    {
        var range = state.Own.Ranges[batch.RangeId];
        var stored = range.Checkpoint;
        if (defect is not (Defect.EpochNotChecked or Defect.SecondInstance) && range.Epoch != epoch)
        {
            throw new TakenOverException(epoch, range.Epoch);
        }

        if (stored.Done && defect == Defect.None)
        {
            throw new InvalidOperationException($"Range {batch.RangeId} is complete and yet gets another batch, to '{batch.To}'.");
        }

        if (checkpoint && defect != Defect.BlindRetry && (stored.Position != batch.From || stored.Done))
        {
            return stored;
        }

        var (book, digest) = (new Book(), batch.Digest);
        book.Add(stored.Book);
        if (checkpoint)
        {
            book.Add(batch.Book);
            if (defect == Defect.WrittenTwice && batch is MessageBatch)
            {
                book.Add(batch.Book);
            }
        }

        if (rows && !(defect == Defect.LostLastBatch && batch.EndsRange))
        {
            WriteRows(state, batch, book, ref digest);
        }
        else if (checkpoint && !rows)
        {
            book.Written += batch is MessageBatch ? batch.Count : 0;
        }

        if (checkpoint && defect is not (Defect.RejectionOutside or Defect.SilentDrop))
        {
            Reject(state.Own, batch.Rejections, batch.RangeId);
        }

        var after = checkpoint
            ? new RangeCheckpoint(batch.RangeId, batch.To, batch.EndsRange, book, stored.Bytes + batch.Bytes, RowDigest.Add(stored.Digest, digest))
            : stored;
        _before[batch.RangeId] = stored;
        state.Own.Ranges[batch.RangeId] = range with { Checkpoint = after };
        return after;
    }

    /// <summary>Where a resume begins: behind the last batch, unless a defect is planted.</summary>
    private string Shifted(MemoryRange range) => range is { Range.Stream: Streams.Messages, Checkpoint: { Done: false, Position.Length: > 0 } }
        && (defect is Defect.ResumesTooEarly or Defect.ResumesTooLate) && MessageKey.Parse(range.Checkpoint.Position) is var key
        ? (key with { Id = key.Id + (defect == Defect.ResumesTooLate ? 1 : -1) }).ToString()
        : range.Checkpoint.Position;

    private void WriteRows(MemoryState state, Batch batch, Book book, ref UInt128 digest)
    {
        if (batch is MessageBatch messages)
        {
            var table = state.Write("tblChat");
            for (var row = 0; row < messages.Count; row++)
            {
                object?[] cells =
                [
                    (long)messages.Room[row], messages.Id[row], messages.Date[row], (long)messages.Author[row], messages.Alert[row] ? 1L : 0L,
                    System.Text.Encoding.UTF8.GetString(messages.Content(row)), null,
                ];
                if (table.Find(cells) is null)
                {
                    table.Insert(cells);
                    book.Written++;
                }
                else
                {
                    book.Reused++;
                }

                state.Own.Wrote = true;
                if (defect == Defect.DigestOfSourceRow)
                {
                    digest = RowDigest.Add(RowDigest.Subtract(digest, messages.DigestOf(row)), RowDigest.OfMessage(
                        messages.SourceRoom[row], messages.Id[row], messages.Date[row], messages.SourceAuthor[row], messages.Alert[row], messages.Texts(row), -1));
                }
            }

            return;
        }

        var small = (RowBatch)batch;
        var isRole = small.Table.Name == "tblPrincipalRole";
        foreach (var row in small.Rows)
        {
            var inserted = state.Write(small.Table.Name).Insert(row.Cells);
            state.Own.Wrote |= inserted;
            if (isRole)
            {
                var right = ((int)(long)row.Cells[0]!, (int)(long)row.Cells[1]!, (int)(long)row.Cells[2]!);
                if (inserted)
                {
                    state.Own.Access.Add(right);
                }
                else if (state.Own.Access.Contains(right))
                {
                    state.Write(small.Table.Name).Replace(row.Cells);
                }
            }
            else
            {
                book.Written += inserted ? 1 : 0;
                book.Reused += inserted ? 0 : 1;
            }
        }
    }

    private void CheckEpoch(MemoryState state, long epoch)
    {
        if (defect is not (Defect.EpochNotChecked or Defect.SecondInstance) && state.Own.Run?.Epoch != epoch)
        {
            throw new TakenOverException(epoch, state.Own.Run?.Epoch ?? 0);
        }
    }

    /// <summary>One transaction: a fault before its commit leaves nothing of it, one behind it all of it.</summary>
    private T Transact<T>(string method, Func<MemoryState, T> change) => steps.Step(method, () =>
    {
        lock (database.Writing)
        {
            var changed = database.State.Clone();
            var result = change(changed);
            steps.Step("Commit of " + method, () => database.Commit(changed));
            return result;
        }
    });
}
