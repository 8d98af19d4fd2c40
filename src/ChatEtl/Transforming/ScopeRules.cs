using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Scope rows of the categories we create (T16, R6, S5).</summary>
internal sealed class ScopeRules(
    PlanInput input, NodeTree tree, Inheritance inheritance, Selection selection, NodeMap nodes, PrincipalMap principals, ScopeTable table, Notes notes)
{
    private readonly bool[] _written = new bool[input.Source.Scopes.Count];
    private readonly bool[] _twin = new bool[input.Source.Scopes.Count];

    /// <summary>The wanted rows in key order; losing a whole scope is an error.</summary>
    public IReadOnlyList<AccessRow> Plan()
    {
        var wanted = new List<AccessRow>();
        if (selection.HasCategories)
        {
            foreach (var place in nodes.Places.Where(p => tree.Nodes[p].IsCategory && nodes.IsOurs(p)))
            {
                wanted.AddRange(RowsOf(place));
            }
        }

        foreach (var room in selection.Migrated.Where(p => !tree.Nodes[p].IsCategory))
        {
            CheckRoom(room);
        }

        CloseBook(wanted.Count);
        return [.. wanted.OrderBy(r => r.Node).ThenBy(r => r.Principal)];
    }

    private IEnumerable<AccessRow> RowsOf(int category)
    {
        var definer = inheritance.ScopeDefinerOf(category);
        if (definer < 0)
        {
            NoAncestor(category);
            return [];
        }

        var chosen = new Dictionary<int, int>();
        foreach (var row in table.RowsOf(definer).Where(r => table.FateOf(r) == ScopeFate.Written))
        {
            var principal = principals.Map(table[row].Principal)!.Value;
            if (!chosen.TryAdd(principal, row))
            {
                // Equal after mapping (E7): the first is written, but a denial beats it, the narrower reading.
                var wins = table[row].Denied && !table[chosen[principal]].Denied;
                _twin[wins ? chosen[principal] : row] = true;
                chosen[principal] = wins ? row : chosen[principal];
            }
        }

        foreach (var row in chosen.Values)
        {
            _written[row] = true;
        }

        CheckLosses(category, definer, chosen.Values);
        return chosen.Select(c => new AccessRow(
            nodes[category]!.DestinationId,
            c.Key,
            table[c.Value].Denied ? AccessRow.DeniedScopeType : AccessRow.ScopeType,
            principals.MapOrSystem(table[c.Value].UpdatedBy)));
    }

    /// <summary>R6: an empty set would open the category to everyone, a lost denial to those it names.</summary>
    private void CheckLosses(int category, int definer, IEnumerable<int> written)
    {
        var rows = table.RowsOf(definer);
        var allowed = rows.Any(r => !table[r].Denied) || table.HasUnreadable(definer);
        if (allowed && written.All(r => table[r].Denied))
        {
            notes.Error("T16", tree.Nodes[category], $"{Name(category)} loses every row of its scope, because the principals are missing or left out; this would open it to everyone. Repair the principals or the scope.");
        }

        if ((!input.IsLegacy && table.HasUnreadable(definer)) || LosesDenials(rows))
        {
            notes.Error("T16", tree.Nodes[category], $"{Name(category)} loses denials of its scope, which would let the denied in; repair those rows or principals.");
        }
    }

    /// <summary>Whether someone is denied only through a principal that is not carried, or whose affiliations are not.</summary>
    private bool LosesDenials(IReadOnlyList<int> rows)
    {
        var denied = rows.Where(r => table[r].Denied).Select(r => table[r].Principal).ToHashSet();
        return denied.Count > 0 && input.Source.Affiliations.MembersOf(denied).Any(IsLostLink);

        bool IsLostLink(int id) =>
            (principals.Map(id) is null || (!denied.Contains(id) && principals.WithoutAccess.Contains(id)))
            && input.Source.Affiliations.MembersOf([id]).Count > 1;
    }

    private void CheckRoom(int room)
    {
        var (own, category) = (inheritance.ScopeDefinerOf(room), inheritance.ScopeDefinerOf(tree.ParentOf(room)));
        if (own < 0)
        {
            NoAncestor(room);
        }
        else if (input.IsLegacy ? category >= 0 && own != category : table.RowsOf(room).Count > 0)
        {
            notes.Error("T16", tree.Nodes[room], $"Room {tree.Nodes[room].Id} has a scope of its own, which 2013 cannot hold; move the room into a category of that scope.");
        }
    }

    private void NoAncestor(int place) => notes.Error(
        "T16", tree.Nodes[place], $"{Name(place)} names the scopeDefinerId {tree.Nodes[place].ScopeDefiner}, which is neither the node nor above it; repair it.");

    private string Name(int place) => $"{(tree.Nodes[place].IsCategory ? "Category" : "Room")} {tree.Nodes[place].Id}";

    private void CloseBook(int rowsWanted)
    {
        var book = notes.Book(Notes.Scopes);
        for (var row = 0; row < _written.Length; row++)
        {
            var place = tree.PlaceOf(table[row].Node);
            if (_written[row])
            {
                book.Written++;
            }
            else if (!selection.HasCategories || (place >= 0 && selection.IsOutside(place)))
            {
                book.Skip("T26");
            }
            else if (place >= 0 && !tree.Nodes[place].IsCategory && !selection.IsMigrated(place))
            {
                book.Skip(selection.SkippedBy(place));
            }
            else if (place < 0)
            {
                notes.Reject(RejectedRows.Of(table[row], "T16", $"node {table[row].Node} does not exist", input.IsLegacy));
            }
            else if (table.FateOf(row) == ScopeFate.Rejected)
            {
                var reason = $"principal {table[row].Principal} " + (principals.Rejected.Contains(table[row].Principal) ? "is rejected" : "does not exist");
                notes.Reject(RejectedRows.Of(table[row], "T16", reason, input.IsLegacy));
            }
            else
            {
                book.Skip(table.FateOf(row) == ScopeFate.Dropped || _twin[row] ? "T11" : nodes[place] is { } node && node.Origin != Origin.Created ? "T5" : "T16");
            }
        }

        book.Derived = Math.Max(0, rowsWanted - book.Written);
    }
}
