using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>When a room may go into what the destination already has, so that nobody gains access (E2, E3, E3a, E8a).</summary>
internal sealed class ExistingItemRules(
    PlanInput input, NodeTree tree, Inheritance inheritance, Selection selection, NodeMap nodes, PrincipalMap principals,
    ScopeTable scopeTable, ScopeSets scopes, RoleRules roles, DestinationView there, Notes notes)
{
    private readonly Dictionary<(int Definer, int Category), bool> _wider = [];

    /// <summary>Checks every migrated room once: what an earlier run decided stays decided (E1).</summary>
    public void Check()
    {
        foreach (var room in selection.Migrated.Where(p => !tree.Nodes[p].IsCategory && !nodes.WasDecided(p)))
        {
            if (nodes.IsOurs(room))
            {
                CheckVisibility(room);
            }
            else if (there.Node(nodes[room]!.DestinationId) is { IsCategory: false } existing)
            {
                CheckMessages(room, existing);
                CheckOpen(room, existing);
                CheckDisabled(room, existing);
                CheckEntries(room, existing);
            }
        }
    }

    /// <summary>E8a.</summary>
    private void CheckVisibility(int room)
    {
        if (inheritance.VisibilityOf(room) != Visibilities.Private && !nodes.EndsInOurCategory(room) && IsWider(room))
        {
            Refuse(room, $"would go into the existing category {nodes.DestinationCategoryOf(room)}, whose scope is wider, so that more people would see it; narrow that scope or make the room private");
        }
    }

    private void CheckMessages(int room, Node existing)
    {
        if (input.Facts.HoldsForeignMessages(tree.Nodes[room].Id, existing.Id))
        {
            Refuse(room, $"would join the existing room {existing.Id}, which holds messages of its own; rename either room or empty the existing one");
        }
    }

    private void CheckOpen(int room, Node existing)
    {
        if (existing.Visibility == Visibilities.Open && (inheritance.VisibilityOf(room) != Visibilities.Open || IsWider(room)))
        {
            Refuse(room, $"would join the existing room {existing.Id}, which is open to all in its scope; close it first");
        }
    }

    private void CheckDisabled(int room, Node existing)
    {
        if (tree.Nodes[room].Disabled && !existing.Disabled)
        {
            Refuse(room, $"is disabled but would join the existing room {existing.Id}, which is not; disable that one or set disabledRooms to skip");
        }
    }

    /// <summary>E3a: every active entry of the existing room must be a source reader or be affiliated to one.</summary>
    private void CheckEntries(int room, Node existing)
    {
        var entries = there.RolesOf(existing.Id)
            .Where(r => there.Kinds.Of(r.Type) is RoleKind.Member or RoleKind.Manager or RoleKind.Voiced && there.Principal(r.Principal) is { Disabled: 0 })
            .Select(r => r.Principal)
            .Distinct()
            .ToList();
        if (entries.Count == 0)
        {
            return;
        }

        var definer = inheritance.ScopeDefinerOf(room);
        var scope = definer < 0 ? PrincipalSet.Nobody : scopes.Source(definer);
        var readers = roles.ReadersOf(room);

        // Both closures are dear and seldom needed: nearly every entry is itself a reader.
        var expanded = new Lazy<HashSet<int>>(() => input.Source.Affiliations.MembersOf(readers ?? []));
        var affiliated = new Lazy<HashSet<int>>(() => input.Destination.Affiliations.MembersOf((readers ?? []).Select(r => principals.Map(r)).OfType<int>()));
        var strangers = entries.Where(e => !principals.SourcesOf(e).Any(CouldRead) && !BelongsThere(e)).ToList();
        if (strangers.Count > 0)
        {
            Refuse(room, $"would join the existing room {existing.Id}, where {strangers.Count} principals (first: {strangers[0]}) could read what they could not read before; remove them there");
        }

        bool CouldRead(int sourceId)
        {
            var place = principals.PlaceOf(sourceId);
            return PrincipalRules.IsActive(principals.Rows[place]) && scope.Contains(place)
                && (readers is null || readers.Contains(sourceId) || expanded.Value.Contains(sourceId));
        }

        // Whether someone whom only the destination knows is affiliated there to a source reader.
        bool BelongsThere(int destinationId) =>
            readers is not null && !principals.SourcesOf(destinationId).Any() && affiliated.Value.Contains(destinationId);
    }

    /// <summary>Whether the destination category's scope lets in anyone the source's does not; an empty scope is the widest.</summary>
    private bool IsWider(int room)
    {
        var definer = inheritance.ScopeDefinerOf(room);
        if (definer < 0)
        {
            return true;
        }

        var before = scopes.Source(definer);
        if (before.IsEveryone)
        {
            return false;
        }

        // Many rooms share a scope and a category, and the closures behind the answer are dear.
        var category = nodes.DestinationCategoryOf(room);
        if (!_wider.TryGetValue((definer, category), out var isWider))
        {
            var rows = there.ScopesOf(category).ToList();
            _wider[(definer, category)] = isWider = WidensAllowed(definer, rows) || WidensDenied(definer, rows);
        }

        return isWider;
    }

    private bool WidensAllowed(int definer, List<Scope> rows)
    {
        var own = scopeTable.RowsOf(definer).Where(r => !scopeTable[r].Denied).Select(r => scopeTable[r].Principal).ToList();
        if (own.Count == 0 && !scopeTable.HasUnreadable(definer))
        {
            return false;
        }

        var source = input.Source.Affiliations.MembersOf(own);
        var destination = input.Destination.Affiliations.MembersOf(own.Select(p => principals.Map(p)).OfType<int>());
        return rows.TrueForAll(r => r.Denied)
            || rows.Exists(r => !r.Denied && !(principals.SourcesOf(r.Principal).Any()
                ? principals.SourcesOf(r.Principal).Any(source.Contains)
                : destination.Contains(r.Principal)));
    }

    private bool WidensDenied(int definer, List<Scope> rows)
    {
        var denied = rows.Where(r => r.Denied).Select(r => r.Principal).ToHashSet();
        return scopeTable.RowsOf(definer).Any(r => scopeTable[r].Denied && !(principals.Map(scopeTable[r].Principal) is { } id && denied.Contains(id)));
    }

    private void Refuse(int room, string why) => notes.Error("T5", tree.Nodes[room], $"Room {tree.Nodes[room].Id} {why}.");
}
