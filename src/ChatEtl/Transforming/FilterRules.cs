using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>Which nodes go and which rule leaves the others out (T6, T26, N5, F1, F2).</summary>
internal static class FilterRules
{
    /// <summary>Judges every node; unknown paths are errors, skipped disabled rooms are listed with their message counts.</summary>
    public static Selection Select(PlanInput input, NodeTree tree, Notes notes)
    {
        var chosen = ChosenPlaces(input.Rules, tree, notes);
        var taken = new bool[tree.Nodes.Length];
        var holdsRooms = new bool[tree.Nodes.Length];
        var roomsBelow = new bool[tree.Nodes.Length];
        for (var place = 0; place < tree.Nodes.Length; place++)
        {
            if (!tree.Nodes[place].IsCategory && chosen[place] && TakesDisabled(input, tree.Nodes[place], notes))
            {
                taken[place] = true;
                holdsRooms[tree.ParentOf(place)] = true;
            }
        }

        foreach (var place in tree.TopDown.Reverse())
        {
            roomsBelow[place] |= taken[place];
            roomsBelow[tree.ParentOf(place)] |= roomsBelow[place];
            if (tree.Nodes[place].IsCategory && place != tree.Root && chosen[place])
            {
                taken[place] = holdsRooms[place] || input.Rules.EmptyCategories == KeepOrDrop.Keep || WasCreated(input, tree.Nodes[place]);
            }
        }

        return new Selection(tree, input.Rules.Level, chosen, taken, roomsBelow, holdsRooms[tree.Root]);
    }

    /// <summary>Whether each node lies in or under a path of the filter (F1); unknown paths are errors.</summary>
    public static bool[] ChosenPlaces(RuleOptions rules, NodeTree tree, Notes notes)
    {
        if (rules.Categories.Count == 0)
        {
            return tree.Descend(true, static (_, _) => true);
        }

        var paths = rules.Categories.ToHashSet(EqualNames.Comparer);
        var known = new HashSet<string>([rules.RootRoomsCategory], EqualNames.Comparer);
        var chosen = tree.Descend(false, (place, above) =>
        {
            if (!tree.Nodes[place].IsCategory)
            {
                return tree.ParentOf(place) == tree.Root ? paths.Contains(rules.RootRoomsCategory) : above;
            }

            var path = tree.FullPath(place, rules.NameSeparator);
            known.Add(path);
            return above || paths.Contains(path);
        });
        foreach (var path in paths.Where(p => !known.Contains(p)))
        {
            notes.Error("T26", Notes.Nodes, "", $"The filter names the category \"{path}\", which the source does not have; correct the path.");
        }

        return chosen;
    }

    private static bool TakesDisabled(PlanInput input, Node room, Notes notes)
    {
        if (!room.Disabled || input.Rules.DisabledRooms == DisabledRooms.Keep)
        {
            return true;
        }

        if (WasCreated(input, room))
        {
            notes.Warning("T6", room, $"Room {room.Id} was migrated earlier and is disabled now; it stays, disabled.");
            return true;
        }

        if (input.Rules.Level >= Level.Rooms)
        {
            notes.Warning("T6", room, $"Room {room.Id} is disabled and left out with {input.Facts.CountInSource(room.Id)} messages; enable it or set disabledRooms to keep if it is wanted.");
        }

        return false;
    }

    private static bool WasCreated(PlanInput input, Node node) =>
        input.Earlier.Nodes.TryGetValue(node.Id, out var decision) && decision.Origin == Origin.Created;
}

/// <summary>Which nodes go; nodes by place.</summary>
internal sealed class Selection(NodeTree tree, Level level, bool[] chosen, bool[] taken, bool[] roomsBelow, bool hasRootRooms)
{
    /// <summary>Whether rooms are migrated at this level (F2).</summary>
    public bool HasRooms => level >= Level.Rooms;

    /// <summary>Whether categories are migrated at this level (F2).</summary>
    public bool HasCategories => level >= Level.Categories;

    /// <summary>Whether rooms directly under the root are taken, so that they need a category (N4).</summary>
    public bool NeedsRootRoomsCategory => hasRootRooms && HasCategories;

    /// <summary>Places of the migrated nodes in order of nodeID; never the root.</summary>
    public IEnumerable<int> Migrated => Enumerable.Range(0, tree.Nodes.Length).Where(IsMigrated);

    /// <summary>Whether a node is migrated.</summary>
    public bool IsMigrated(int place) => SkippedBy(place).Length == 0;

    /// <summary>Whether a migrated room lies in the node or below it (R3).</summary>
    public bool HasRoomsBelow(int place) => roomsBelow[place];

    /// <summary>Whether the filter's paths leave a node and everything below it out (T26).</summary>
    public bool IsOutside(int place) => place != tree.Root && !chosen[place] && !roomsBelow[place];

    /// <summary>The rule that leaves a node out, or empty when it is migrated.</summary>
    public string SkippedBy(int place)
    {
        if (place == tree.Root)
        {
            return "T1";
        }

        var isCategory = tree.Nodes[place].IsCategory;
        if (!chosen[place] || !(isCategory ? HasCategories : HasRooms))
        {
            return "T26";
        }

        return taken[place] ? "" : isCategory ? "T1" : "T6";
    }
}
