using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Diagnostics;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>How far a comparison is.</summary>
/// <param name="Table">The destination table that is being compared.</param>
/// <param name="Rows">Rows of that table read from the destination so far; counted for messages only.</param>
public readonly record struct CompareProgress(string Table, long Rows);

/// <summary>Proves a migration row by row, by a second path: source and rules on one side, the destination as it stands on the other.</summary>
/// <remarks>
/// Uses neither ranges nor checkpoints nor the digests of writing. Writes nothing. Memory does not depend on the number of messages, invitations
/// or affiliations. Faults of a database are thrown as its driver threw them. One comparison at a time.
/// </remarks>
public sealed class Comparer
{
    private static readonly BatchLimits Batches = new(8192, 1 << 20);
    private static readonly BatchLimits Page = new(10_000, 8 << 20);
    private static readonly ChatSchema Persistent = ChatSchema.Persistent;

    private readonly IChatSource _source;
    private readonly SourceShape _shape;
    private readonly IChatSource _destination;
    private readonly ChatDirectory _sourceDirectory;
    private readonly ChatDirectory _destinationDirectory;
    private readonly DirectoryPlan _plan;
    private readonly RuleOptions _rules;
    private readonly Func<string, IEnumerable<string>> _rejectedKeys;
    private readonly Func<string, long> _reusedRows;
    private readonly bool _laterPass;

    /// <summary>Names both sides and what the rules give.</summary>
    /// <param name="source">The source.</param>
    /// <param name="destination">The destination, read as a 2013 database.</param>
    /// <param name="plan">
    /// Both directories, read just now, and what the rules make of the source's, with the decisions stored at the destination (placeholders included).
    /// After a later pass, invitations and preferences that changed since are kept as they were then (T22, T23), and an invitation may have
    /// outlived its source row.
    /// </param>
    /// <param name="rules">The rules of the run.</param>
    /// <param name="rejectedKeys">Lists the keys of open rejections of a source table, one for each rejection.</param>
    /// <param name="reusedRows">
    /// How many source rows of a table met an existing row at the destination in the first pass (<c>Book.Reused</c>); asked for tblPreference, where
    /// nothing else tells a kept row from a changed one. Null when none did.
    /// </param>
    public Comparer(
        IChatSource source, IChatSource destination, PassPlan plan, RuleOptions rules,
        Func<string, IEnumerable<string>> rejectedKeys, Func<string, long>? reusedRows = null)
    {
        _source = source;
        _destination = destination;
        (_shape, _sourceDirectory, _destinationDirectory, _plan) = (plan.Shape, plan.Source, plan.Destination, plan.Directory);
        _rules = rules;
        _rejectedKeys = rejectedKeys;
        _reusedRows = reusedRows ?? (static _ => 0);
        _laterPass = plan.Run is { Pass: > 1 };
    }

    /// <summary>Compares everything that the configured level includes (F2).</summary>
    /// <param name="onDifference">Gets each difference as it is met, on the calling thread.</param>
    /// <param name="onProgress">Told now and then how far it is, on the calling thread; may be null.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public CompareReport Run(Action<Difference> onDifference, Action<CompareProgress>? onProgress, CancellationToken cancellationToken)
    {
        var log = new DifferenceLog(onDifference);
        var shape = SourceShape.Detect(_destination.ReadShape(), Generation.Lync2013);
        var (access, rooms) = CompareDirectories(log, cancellationToken);
        CompareSmallTables(log, onProgress, cancellationToken);

        _plan.CollectLeftovers();
        var digest = _rules.Level >= Level.Content ? CompareMessages(log, shape, rooms, onProgress, cancellationToken) : "";
        return new CompareReport { Tables = log.Tables, Digest = digest, Access = access, Rooms = rooms.All(_source.CountMessages) };
    }

    private (AccessReport Access, RoomTallies Rooms) CompareDirectories(DifferenceLog log, CancellationToken cancellationToken)
    {
        using var span = Spans.Start(Spans.Compare, "tblNode");
        new DirectoryComparison(_destination, _plan, log, cancellationToken).Run();
        new RightsComparison(_destinationDirectory, _plan, log).Run();
        foreach (var rejected in _plan.Rejections.GroupBy(rejection => rejection.Table, StringComparer.OrdinalIgnoreCase))
        {
            var open = new OpenRejections(_rejectedKeys(rejected.Key));
            foreach (var rejection in rejected)
            {
                open.Judge(rejection.Table, rejection.Key, log);
            }
        }

        var access = new AccessComparison(_sourceDirectory, _destinationDirectory, _plan, log);
        var report = access.Run(cancellationToken);
        access.CountSkipped(_sourceDirectory.Nodes, cancellationToken);
        return (report, new RoomTallies(_sourceDirectory, _destinationDirectory, _plan, _rules));
    }

    private void CompareSmallTables(DifferenceLog log, Action<CompareProgress>? onProgress, CancellationToken cancellationToken)
    {
        using var span = Spans.Start(Spans.Compare, "tblPrincipalInvites");
        var tables = new SmallTables(_source, _shape, _destination, _plan, log, _rejectedKeys, _laterPass, cancellationToken);
        if (_rules.Preferences == CarryOrLeave.Carry)
        {
            onProgress?.Invoke(new CompareProgress("tblPreference", 0));
            tables.ComparePreferences(_reusedRows("tblPreference"));
        }

        if (_rules.Affiliations == CarryOrLeave.Carry)
        {
            onProgress?.Invoke(new CompareProgress("tblPrincipalAffiliations", 0));
            tables.CompareAffiliations();
        }

        if (_rules.Invitations == CarryOrLeave.Carry && _rules.Level >= Level.Rooms)
        {
            onProgress?.Invoke(new CompareProgress("tblPrincipalInvites", 0));
            tables.CompareInvitations();
        }
    }

    private string CompareMessages(
        DifferenceLog log, SourceShape shape, RoomTallies tallies, Action<CompareProgress>? onProgress, CancellationToken cancellationToken)
    {
        using var span = Spans.Start(Spans.Compare, "tblChat");
        var decided = _plan.Decisions.Nodes.Values
            .Where(node => !node.IsCategory)
            .Select(node => (node.SourceId, Route: _plan.RouteOf(node.SourceId)))
            .Where(room => room.Route.Fate == RoomFate.Migrated)
            .ToList();
        var migrated = decided.Select(room => room.Route.DestinationId).ToHashSet();
        var rows = 0L;
        onProgress?.Invoke(new CompareProgress("tblChat", 0));
        var comparison = new MessageComparison(migrated, tallies, new OpenRejections(_rejectedKeys("tblChat")), log, count =>
        {
            rows += count;
            onProgress?.Invoke(new CompareProgress("tblChat", rows));
        });
        var expected = new SourceMessages(_source, _plan, new MessageTransform(_plan, _rules, null), Batches, cancellationToken);
        var found = new DestinationMessages(_destination, migrated, OtherRooms(shape, migrated, cancellationToken), Batches, cancellationToken);
        using (var wanted = expected.Open(comparison.OnSourcePage))
        using (var there = found.Open(comparison.OnDestinationPage))
        {
            comparison.Run(wanted, there);
        }

        CompareCounters(log, decided, [found.Highest, comparison.Lost], cancellationToken);
        return RowDigest.Format(comparison.Digest);
    }

    /// <summary>Rooms of the destination that are not migrated: their messages are not ours to judge.</summary>
    private HashSet<int> OtherRooms(SourceShape shape, HashSet<int> migrated, CancellationToken cancellationToken)
    {
        var node = shape.Schema["tblNode"];
        var (id, type) = (node.Ordinal("nodeID"), node.Ordinal("nodeType"));
        var rooms = new HashSet<int>();
        foreach (var cells in _destination.ReadRows(node, "", Page, cancellationToken).SelectMany(page => page.Rows))
        {
            if (Cells.TryInteger(cells[type], 0, 0, out _) && Cells.TryInteger(cells[id], int.MinValue, int.MaxValue, out var room))
            {
                rooms.Add((int)room);
            }
        }

        rooms.ExceptWith(migrated);
        return rooms;
    }

    private void CompareCounters(
        DifferenceLog log, List<(int SourceId, RoomRoute Route)> rooms, IReadOnlyDictionary<int, long>[] highest, CancellationToken cancellationToken)
    {
        var created = _plan.Nodes.Select(node => node.Id).ToHashSet();
        var counters = new CounterComparison(Persistent["tblLastChatId"], log);
        foreach (var room in rooms.Select(room => room.Route.DestinationId))
        {
            counters.Expect(room, created.Contains(room));
        }

        foreach (var (room, id) in highest.SelectMany(inUse => inUse))
        {
            counters.Raise(room, id);
        }

        var legacy = _shape.Schema["tblLastChatId"];
        var (node, last) = (legacy.Ordinal("nodeID"), legacy.Ordinal("lastChatID"));
        foreach (var cells in _source.ReadRows(legacy, "", Page, cancellationToken).SelectMany(page => page.Rows))
        {
            if (Cells.TryInteger(cells[node], int.MinValue, int.MaxValue, out var room)
                && Cells.TryInteger(cells[last], long.MinValue, long.MaxValue, out var value)
                && _plan.RouteOf((int)room) is { Fate: RoomFate.Migrated } route)
            {
                counters.Raise(route.DestinationId, value);
            }
        }

        counters.Run(_destination.ReadRows(Persistent["tblLastChatId"], "", Page, cancellationToken).SelectMany(page => page.Rows));
    }
}
