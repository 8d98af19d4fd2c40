using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>Rules T1 to T18, T25 and T26 over both directories: what the destination's directory shall hold.</summary>
public static class DirectoryRules
{
    /// <summary>Resolves the source directory against the destination's; writes nothing, throws nothing for bad data.</summary>
    /// <param name="source">The source directory, any generation.</param>
    /// <param name="destination">The destination's directory as it stands now.</param>
    /// <param name="rules">The configured rules.</param>
    /// <param name="earlier">Decisions of earlier runs (E1): their ids and names are kept.</param>
    /// <param name="facts">What must be known about both databases.</param>
    public static DirectoryPlan Plan(
        ChatDirectory source, ChatDirectory destination, RuleOptions rules, Decisions earlier, MessageFacts facts)
    {
        var input = new PlanInput(source, destination, rules, earlier, facts);
        var notes = new Notes(source, destination);
        var kinds = new RoleKinds(source, "source", notes);
        var there = new DestinationView(destination, new RoleKinds(destination, "destination", notes), notes);
        if (!StructureRules.Hold(source, notes))
        {
            return notes.Stopped();
        }

        var tree = new NodeTree(source.Nodes);
        var inheritance = new Inheritance(input, tree, kinds);
        var principals = PrincipalRules.Decide(input, there, notes);
        var selection = FilterRules.Select(input, tree, notes);
        var addIns = AddInRules.Decide(input, selection, notes);
        var nodes = NameRules.Decide(input, tree, selection, inheritance, there, notes);
        var wantedNodes = new SettingRules(input, tree, inheritance, nodes, principals, addIns, there, notes).Plan();

        var scopeTable = new ScopeTable(input, tree, principals);
        var scopes = new ScopeSets(input, principals, scopeTable, there);
        var wantedScopes = new ScopeRules(input, tree, inheritance, selection, nodes, principals, scopeTable, notes).Plan();

        var roleTable = new RoleTable(source.Roles, kinds, tree, principals);
        var roles = new RoleRules(input, tree, inheritance, selection, nodes, principals, roleTable, scopes, there);
        new ExistingItemRules(input, tree, inheritance, selection, nodes, principals, scopeTable, scopes, roles, there, notes).Check();
        new RoleBooks(input, tree, selection, nodes, principals, roleTable, roles, there, inheritance, notes).Close();
        CloseNodeBook(tree, selection, nodes, notes);
        CheckSystemPrincipal(principals, notes);

        return new DirectoryPlan
        {
            Findings = notes.Findings,
            Rejections = notes.Rejections,
            Books = notes.Books,
            Decisions = new Decisions { Principals = principals.Decisions(), Nodes = nodes.Decisions(), AddIns = addIns.Decisions },
            Principals = [.. principals.Wanted().Select(row => row with { VerifiedOn = facts.TimeAsStored(row.VerifiedOn) })],
            Nodes = [.. wantedNodes.Select(row => row.PurgedOn is { } time ? row with { PurgedOn = facts.TimeAsStored(time) } : row)],
            AddIns = addIns.Wanted,
            Scopes = wantedScopes,
            RoleNodes = [.. roles.Places.Select(p => tree.Nodes[p].Id)],
            RolesOf = roles.RolesOf,
            TimeAsStored = facts.TimeAsStored,
            RouteOf = id => Route(id, tree, selection, nodes),
            RejectedPrincipals = principals.Rejected,
            WithoutAccess = principals.WithoutAccess,
            SourceRootGuid = tree.Nodes[tree.Root].Guid,
            SystemPrincipalId = principals.SystemId ?? 0,
        };
    }

    private static void CheckSystemPrincipal(PrincipalMap principals, Notes notes)
    {
        if (principals.SystemId is null)
        {
            notes.Error("U1", Notes.Principals, "", "Neither side has a system principal (type 4), which must stand where an id maps to nothing; add it to the destination.");
        }
    }

    /// <summary>B1: the legacy root counts as skipped, a root-rooms category made from it as derived.</summary>
    private static void CloseNodeBook(NodeTree tree, Selection selection, NodeMap nodes, Notes notes)
    {
        var book = notes.Book(Notes.Nodes);
        for (var place = 0; place < tree.Nodes.Length; place++)
        {
            if (!selection.IsMigrated(place))
            {
                book.Skip(selection.SkippedBy(place));
            }
            else if (nodes.IsOurs(place))
            {
                book.Written++;
            }
            else
            {
                book.Reused++;
            }
        }

        book.Derived = nodes.IsOurs(tree.Root) ? 1 : 0;
    }

    private static RoomRoute Route(int nodeId, NodeTree tree, Selection selection, NodeMap nodes)
    {
        var place = tree.PlaceOf(nodeId);
        if (place < 0 || tree.Nodes[place].IsCategory)
        {
            return default;
        }

        return nodes[place] is { } decision
            ? new RoomRoute(RoomFate.Migrated, decision.DestinationId, "")
            : new RoomRoute(RoomFate.Skipped, 0, selection.SkippedBy(place));
    }
}
