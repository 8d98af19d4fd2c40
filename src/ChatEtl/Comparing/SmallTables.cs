using ChatEtl.Chat;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Invitations, affiliations and preferences (T22 to T24), and the counters of invitations (T21).</summary>
internal sealed class SmallTables(
    IChatSource source, SourceShape shape, IChatSource destination, DirectoryPlan plan, DifferenceLog log,
    Func<string, IEnumerable<string>> rejectedKeys, bool laterPass, CancellationToken cancellationToken)
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    private readonly HashSet<int> _created = [.. plan.Principals.Select(principal => principal.Id)];

    /// <summary>tblPreference.</summary>
    /// <param name="kept">Labels that the destination had before.</param>
    public void ComparePreferences(long kept)
    {
        var legacy = shape.Schema["tblPreference"];
        new PreferenceComparison(plan, legacy, Rejections(legacy), log, laterPass ? long.MaxValue : kept)
            .Run(() => Rows(source, legacy), () => Rows(destination, ChatSchema.Persistent["tblPreference"]));
    }

    /// <summary>tblPrincipalAffiliations.</summary>
    public void CompareAffiliations()
    {
        var legacy = shape.Schema["tblPrincipalAffiliations"];
        var table = ChatSchema.Persistent["tblPrincipalAffiliations"];
        var isDuplicate = DuplicateRows.Affiliations(plan, legacy, () => Rows(source, legacy));
        var transform = SmallTableRules.Affiliations(plan, legacy, isDuplicate);
        var principal = table.Ordinal("principalID");
        new KeyedComparison(legacy, table, cells => Contains(_created, cells[principal]), Rejections(legacy), log, mayKeep: laterPass)
            .Run(onRejected => Kept(legacy, transform, onRejected), () => Rows(destination, table), null);
    }

    /// <summary>tblPrincipalInvites and tblLastInviteId.</summary>
    public void CompareInvitations()
    {
        var legacy = shape.Schema["tblPrincipalInvites"];
        var table = ChatSchema.Persistent["tblPrincipalInvites"];
        var isDuplicate = DuplicateRows.Invitations(plan, legacy, () => Rows(source, legacy));
        var transform = SmallTableRules.Invitations(plan, legacy, isDuplicate);
        var (principal, node, number) = (table.Ordinal("prinID"), table.Ordinal("nodeID"), table.Ordinal("invID"));
        var rooms = plan.Nodes.Select(room => room.Id).ToHashSet();
        var counters = Counters();
        new KeyedComparison(
                legacy, table, cells => Contains(_created, cells[principal]) || Contains(rooms, cells[node]), Rejections(legacy), log,
                mayKeep: laterPass, mayOutlive: laterPass)
            .Run(onRejected => Kept(legacy, transform, onRejected), () => Rows(destination, table), Count);
        counters.Run(Rows(destination, ChatSchema.Persistent["tblLastInviteId"]));

        void Count(object?[] cells)
        {
            if (Cells.TryInteger(cells[principal], int.MinValue, int.MaxValue, out var who)
                && Cells.TryInteger(cells[number], int.MinValue, int.MaxValue, out var invitation))
            {
                counters.Raise((int)who, invitation);
            }
        }
    }

    private CounterComparison Counters()
    {
        var counters = new CounterComparison(ChatSchema.Persistent["tblLastInviteId"], log);
        foreach (var decision in plan.Decisions.Principals.Values.Where(decision => decision.Origin != Origin.Placeholder))
        {
            counters.Expect(decision.DestinationId, _created.Contains(decision.DestinationId));
        }

        var legacy = shape.Schema["tblLastInviteId"];
        var (principal, last) = (legacy.Ordinal("prinID"), legacy.Ordinal("lastInviteID"));
        foreach (var cells in Rows(source, legacy))
        {
            if (Cells.TryInteger(cells[principal], int.MinValue, int.MaxValue, out var who)
                && Cells.TryInteger(cells[last], int.MinValue, int.MaxValue, out var value)
                && plan.PrincipalIdOf((int)who) is { } id)
            {
                counters.Raise(id, value);
            }
        }

        return counters;
    }

    private IEnumerable<KeptRow> Kept(Table legacy, RowTransform transform, Action<string>? onRejected)
    {
        foreach (var cells in Rows(source, legacy))
        {
            var outcome = transform.Of(cells);
            if (outcome.Cells is { } kept)
            {
                yield return new KeptRow(kept, cells);
            }
            else if (outcome.Reason is not null)
            {
                onRejected?.Invoke(Cells.Key(legacy, cells));
            }
        }
    }

    private IEnumerable<object?[]> Rows(IChatSource side, Table table)
    {
        using var pages = new ReadAhead<RowPage>($"compare: {table.Name}", stop => side.ReadRows(table, "", Page, stop), cancellationToken);
        while (pages.TryTake(out var page))
        {
            foreach (var row in page.Rows)
            {
                yield return row;
            }
        }
    }

    private OpenRejections Rejections(Table table) => new(rejectedKeys(table.Name));

    private static bool Contains(HashSet<int> ids, object? cell) =>
        Cells.TryInteger(cell, int.MinValue, int.MaxValue, out var id) && ids.Contains((int)id);
}
