using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>One pass over all rooms and categories: what became of every source role row, and what to say about it (B1, T12 to T18, R3, R4, R7).</summary>
internal sealed class RoleBooks(
    PlanInput input, NodeTree tree, Selection selection, NodeMap nodes, PrincipalMap principals, RoleTable table, RoleRules rules,
    DestinationView there, Inheritance inheritance, Notes notes)
{
    private readonly RoleMarks[] _marks = new RoleMarks[table.Count];
    private readonly HashSet<RoleKind> _needed = [];
    private long _rowsWanted;

    /// <summary>Counts every row once.</summary>
    public void Close()
    {
        var harvest = new RoleHarvest(_marks);
        foreach (var place in rules.Places)
        {
            CheckDefiner(place);
            rules.Collect(place, harvest);
            _rowsWanted += harvest.Chosen.Count;
            Report(place, harvest);
        }

        foreach (var kind in _needed.Where(k => there.Kinds.TypeOf(k) is null))
        {
            notes.Error("T18", "tblRoleType", "", $"The destination has no role type \"{kind}\", which rows of this plan need; add it.");
        }

        if (selection.HasRooms && input.IsLegacy)
        {
            ReportCategories();
        }

        CloseBook();
    }

    private void CheckDefiner(int place)
    {
        var node = tree.Nodes[place];
        if (inheritance.RoleDefinerOf(place) < 0)
        {
            notes.Error("T13", node, $"{(node.IsCategory ? "Category" : "Room")} {node.Id} names the roleDefinerId {node.RoleDefiner}, which is neither the node nor above it; repair it.");
        }
    }

    private void Report(int place, RoleHarvest harvest)
    {
        var members = 0;
        foreach (var (_, kind) in harvest.Chosen.Keys)
        {
            _needed.Add(kind);
            members += kind == RoleKind.Member ? 1 : 0;
        }

        var node = tree.Nodes[place];
        var name = $"{(node.IsCategory ? "Category" : "Room")} {node.Id}";
        if (harvest.OutOfScope > 0)
        {
            notes.Warning("T17", node, $"{name}: {harvest.OutOfScope} roles of principals outside the category's scope gave no access and are left out; widen the scope if they are wanted.");
        }

        if (node.IsCategory)
        {
            return;
        }

        if (members == 0 && !HasMembersThere(place))
        {
            notes.Warning("T13", node, $"{name} is left without any member; give it one, or check what 2013 makes of an empty list.");
        }

        if (input.IsLegacy && !rules.IsAuditorium(place) && CountOn(place, RoleKind.Voiced) is > 0 and var presenters)
        {
            notes.Warning("T14", node, $"{name} is no auditorium; its {presenters} presenters are left out.");
        }
    }

    private bool HasMembersThere(int room) =>
        !nodes.IsOurs(room) && there.RolesOf(nodes[room]!.DestinationId).Any(r => there.Kinds.Of(r.Type) == RoleKind.Member);

    private int CountOn(int place, RoleKind kind)
    {
        var rows = 0;
        foreach (var row in table.RowsOf(place))
        {
            rows += table.KindOf(row) == kind ? 1 : 0;
        }

        return rows;
    }

    private void ReportCategories()
    {
        for (var place = 0; place < tree.Nodes.Length; place++)
        {
            var node = tree.Nodes[place];
            if (!node.IsCategory || selection.IsOutside(place))
            {
                continue;
            }

            var (managers, presenters) = (CountOn(place, RoleKind.Manager), CountOn(place, RoleKind.Voiced));
            if (managers > 0 && !selection.HasRoomsBelow(place))
            {
                notes.Warning("T12", node, $"Category {node.Id} has {managers} managers but no migrated room; they are left out.");
            }
            else if (managers > 0 && place == tree.Root)
            {
                notes.Warning("T12", node, $"{managers} managers of the root become managers of every room; remove those who should not.");
            }

            if (presenters > 0)
            {
                notes.Warning("T14", node, $"Category {node.Id} has {presenters} presenters, which only an auditorium can have; they are left out.");
            }
        }
    }

    private void CloseBook()
    {
        var book = notes.Book(Notes.Roles);
        long lost = 0;
        for (var place = -1; place < tree.Nodes.Length; place++)
        {
            foreach (var row in table.RowsOf(place))
            {
                if (_marks[row].HasFlag(RoleMarks.Written))
                {
                    book.Written++;
                }
                else if (SkippedFirst(row, place) is { } skipped)
                {
                    book.Skip(skipped);
                }
                else if (Fault(row, place) is { } fault)
                {
                    notes.Reject(RejectedRows.Of(table[row], fault.Rule, fault.Reason));
                }
                else
                {
                    var rule = SkippedBy(row, place);
                    book.Skip(rule);
                    lost += rule == "T17" ? 1 : 0;
                }
            }
        }

        book.Derived = Math.Max(0, _rowsWanted - book.Written);
        if (input.Rules.OutOfScope == OutOfScope.Drop && lost * 2 > book.Read)
        {
            notes.Error("T17", Notes.Roles, "", $"{lost} of {book.Read} roles, more than half, are out of scope; directory data (tblPrincipalAffiliations) is probably missing. Repair it, or set outOfScope to keep.");
        }
    }

    /// <summary>What is skipped before a row is judged at all (S1, F2).</summary>
    private string? SkippedFirst(int row, int place)
    {
        if (!selection.HasCategories || (!selection.HasRooms && !_marks[row].HasFlag(RoleMarks.Unmapped) && _marks[row] == RoleMarks.None))
        {
            return "T26";
        }

        if (place < 0)
        {
            return null;
        }

        var isSkippedRoom = !tree.Nodes[place].IsCategory && !selection.IsMigrated(place);
        return isSkippedRoom ? selection.SkippedBy(place) : selection.IsOutside(place) ? "T26" : null;
    }

    private (string Rule, string Reason)? Fault(int row, int place)
    {
        var (role, principal) = (table[row], table.PrincipalOf(row));
        if (place < 0)
        {
            return ("B2", $"node {role.Node} does not exist");
        }

        if (table.KindOf(row) == RoleKind.None)
        {
            return ("T18", $"role type {role.Type} is none of Member, Manager, Voiced, Creator");
        }

        if (principal >= 0 && principals.DecisionOf(principal) is not null)
        {
            return null;
        }

        return principals.Rejected.Contains(role.Principal)
            ? ("T11", $"principal {role.Principal} is rejected")
            : ("B2", $"principal {role.Principal} does not exist");
    }

    private string SkippedBy(int row, int place)
    {
        if (_marks[row].HasFlag(RoleMarks.OutOfScope))
        {
            return "T17";
        }

        if (_marks[row] != RoleMarks.None)
        {
            return "T11";
        }

        if (!input.IsLegacy)
        {
            return place == tree.Root ? "T1" : "T5";
        }

        return table.KindOf(row) switch
        {
            RoleKind.Manager => "T12",
            RoleKind.Voiced => "T14",
            RoleKind.Creator => "T15",
            _ => "T13",
        };
    }
}
