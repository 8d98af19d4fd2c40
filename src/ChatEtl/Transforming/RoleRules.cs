using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>Marks what became of a source role row.</summary>
[Flags]
internal enum RoleMarks : byte
{
    /// <summary>No rule asked for it.</summary>
    None = 0,

    /// <summary>A destination row comes from it.</summary>
    Written = 1,

    /// <summary>Left out by T17.</summary>
    OutOfScope = 2,

    /// <summary>Left out by E6 or E7.</summary>
    Dropped = 4,

    /// <summary>Equal to another row after mapping (E7).</summary>
    Twin = 8,

    /// <summary>Its principal has no place at the destination.</summary>
    Unmapped = 16,
}

/// <summary>The roles of one destination node while they are gathered; used again for the next.</summary>
/// <param name="marks">Marks of all source rows, or null when nobody asks.</param>
internal sealed class RoleHarvest(RoleMarks[]? marks)
{
    /// <summary>The chosen source row, and the place it stands on, by destination principal and kind.</summary>
    public Dictionary<(int Principal, RoleKind Kind), (int Row, int Place)> Chosen { get; } = [];

    /// <summary>Rows left out by T17.</summary>
    public int OutOfScope { get; private set; }

    /// <summary>Forgets the last node.</summary>
    public void Clear()
    {
        Chosen.Clear();
        OutOfScope = 0;
    }

    /// <summary>Notes what became of a row.</summary>
    public void Mark(int row, RoleMarks mark)
    {
        OutOfScope += mark == RoleMarks.OutOfScope ? 1 : 0;
        if (marks is not null)
        {
            marks[row] |= mark;
        }
    }
}

/// <summary>Which roles the destination's nodes get (T12 to T15, T17, R1 to R5, S5, U2); computed for one node at a time.</summary>
/// <remarks>Safe for concurrent use, each caller with its own <see cref="RoleHarvest"/>.</remarks>
internal sealed class RoleRules(
    PlanInput input, NodeTree tree, Inheritance inheritance, Selection selection, NodeMap nodes, PrincipalMap principals,
    RoleTable table, ScopeSets scopes, DestinationView there)
{
    /// <summary>Places that may get roles: migrated rooms and the categories we create, in order of nodeID (E2).</summary>
    public IReadOnlyList<int> Places { get; } = selection.HasCategories
        ? [.. nodes.Places.Where(p => !tree.Nodes[p].IsCategory || nodes.IsOurs(p))]
        : [];

    /// <summary>The wanted rows of a source node, by (principal, type).</summary>
    public IReadOnlyList<AccessRow> RolesOf(int nodeId)
    {
        var place = tree.PlaceOf(nodeId);
        if (place < 0 || nodes[place] is not { } decision || (tree.Nodes[place].IsCategory && !nodes.IsOurs(place)))
        {
            return [];
        }

        var harvest = new RoleHarvest(null);
        Collect(place, harvest);
        return [.. harvest.Chosen
            .Select(c => new AccessRow(
                decision.DestinationId, c.Key.Principal, there.Kinds.TypeOf(c.Key.Kind) ?? 0, principals.MapOrSystem(table[c.Value.Row].UpdatedBy)))
            .OrderBy(r => r.Principal).ThenBy(r => r.Type)];
    }

    /// <summary>Gathers the roles of one of <see cref="Places"/>.</summary>
    public void Collect(int place, RoleHarvest harvest)
    {
        harvest.Clear();
        var isCategory = tree.Nodes[place].IsCategory;
        var existing = isCategory || nodes.EndsInOurCategory(place) ? null : (int?)nodes.DestinationCategoryOf(place);
        var admits = scopes.Admission(inheritance.ScopeDefinerOf(place), existing);
        foreach (var (row, kind, at) in Candidates(place))
        {
            Offer(row, kind, at, admits, harvest);
        }

        if (input.IsLegacy && !isCategory)
        {
            MakePresentersMembers(harvest);
        }
    }

    /// <summary>Entries of the source that could read a room, by source prinID, before any affiliation (R4); null when everyone in scope could.</summary>
    public HashSet<int>? ReadersOf(int room)
    {
        if (inheritance.VisibilityOf(room) == Visibilities.Open)
        {
            return null;
        }

        var definer = inheritance.ScopeDefinerOf(room);
        var scope = definer < 0 ? PrincipalSet.Nobody : scopes.Source(definer);
        var readers = new HashSet<int>();
        foreach (var (row, kind, _) in Candidates(room))
        {
            var place = table.PrincipalOf(row);
            if (place >= 0 && kind != RoleKind.Creator && (kind != RoleKind.Voiced || IsAuditorium(room))
                && PrincipalRules.IsActive(principals.Rows[place]) && scope.Contains(place))
            {
                readers.Add(table[row].Principal);
            }
        }

        return readers;
    }

    /// <summary>Whether a room is an auditorium (T14).</summary>
    public bool IsAuditorium(int room) => tree.Nodes[room].Behaviour == Behaviours.Auditorium;

    /// <summary>Source rows that may grant something on a node, the nearest node first, and what they would grant there.</summary>
    private List<(int Row, RoleKind Kind, int At)> Candidates(int place)
    {
        var found = new List<(int, RoleKind, int)>();
        if (!input.IsLegacy)
        {
            AddOwn(place, found);
        }
        else if (tree.Nodes[place].IsCategory)
        {
            AddCreators(place, found);
        }
        else
        {
            AddInherited(place, found);
        }

        return found;
    }

    /// <summary>S5: the rows of the node itself, as they are.</summary>
    private void AddOwn(int place, List<(int Row, RoleKind Kind, int At)> found)
    {
        foreach (var row in table.RowsOf(place))
        {
            var kind = table.KindOf(row);
            if (place == tree.Root ? kind == RoleKind.Creator : kind != RoleKind.None && (selection.HasRooms || kind == RoleKind.Creator))
            {
                found.Add((row, kind, place));
            }
        }
    }

    /// <summary>T15, R5: members from the category's role definer down to itself.</summary>
    private void AddCreators(int place, List<(int Row, RoleKind Kind, int At)> found)
    {
        var definer = inheritance.RoleDefinerOf(place);
        if (input.Rules.Creators == Creators.None || inheritance.MayCreate[place] != true || definer < 0)
        {
            return;
        }

        foreach (var at in tree.PathUp(place))
        {
            foreach (var row in table.RowsOf(at))
            {
                if (table.KindOf(row) == RoleKind.Member)
                {
                    found.Add((row, RoleKind.Creator, at));
                }
            }

            if (at == definer)
            {
                break;
            }
        }
    }

    /// <summary>T12 to T14: managers from everywhere above, members from the role definer down, presenters of an auditorium itself.</summary>
    private void AddInherited(int room, List<(int Row, RoleKind Kind, int At)> found)
    {
        var definer = inheritance.RoleDefinerOf(room);
        var takesMembers = definer >= 0;
        foreach (var at in tree.PathUp(room))
        {
            foreach (var row in table.RowsOf(at))
            {
                var kind = table.KindOf(row);
                if (kind == RoleKind.Manager
                    || (kind == RoleKind.Member && takesMembers)
                    || (kind == RoleKind.Voiced && at == room && IsAuditorium(room)))
                {
                    found.Add((row, kind, at));
                }
            }

            takesMembers &= at != definer;
        }
    }

    private void Offer(int row, RoleKind kind, int at, Func<int, bool> admits, RoleHarvest harvest)
    {
        var place = table.PrincipalOf(row);
        if (place < 0 || principals.DecisionOf(place) is not { } decision)
        {
            harvest.Mark(row, RoleMarks.Unmapped);
        }
        else if (principals.DropsAccess(place))
        {
            harvest.Mark(row, RoleMarks.Dropped);
        }
        else if (!admits(place))
        {
            harvest.Mark(row, RoleMarks.OutOfScope);
        }
        else if (harvest.Chosen.TryAdd((decision.DestinationId, kind), (row, at)) || harvest.Chosen[(decision.DestinationId, kind)].Place != at)
        {
            harvest.Mark(row, RoleMarks.Written);
        }
        else
        {
            harvest.Mark(row, RoleMarks.Twin);
        }
    }

    /// <summary>T14: a presenter who is no member becomes one, told by the presenter's row (U2).</summary>
    private static void MakePresentersMembers(RoleHarvest harvest)
    {
        foreach (var ((principal, _), from) in harvest.Chosen.Where(c => c.Key.Kind == RoleKind.Voiced).ToList())
        {
            harvest.Chosen.TryAdd((principal, RoleKind.Member), from);
        }
    }
}
