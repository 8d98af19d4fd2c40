using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Faults in the shape of the source that stop a plan (B2), all of them listed.</summary>
internal static class StructureRules
{
    /// <summary>Lists every fault; true when there is none.</summary>
    public static bool Hold(ChatDirectory source, Notes notes)
    {
        foreach (var id in Repeated(source.Principals.Select(p => p.Id)))
        {
            notes.Error("B2", Notes.Principals, Notes.Key(id), $"prinID {id} occurs more than once; keep one row.");
        }

        return Hold(source.Nodes, notes);
    }

    /// <summary>Lists every fault of the tree; true when nothing stops the plan.</summary>
    public static bool Hold(IReadOnlyList<Node> nodes, Notes notes)
    {
        foreach (var id in Repeated(nodes.Select(n => n.Id)))
        {
            notes.Error("B2", Notes.Nodes, Notes.Key(id), $"nodeID {id} occurs more than once; keep one row.");
        }

        CheckRoots(nodes, notes);
        CheckParents(nodes, notes);
        return !notes.HasErrors;
    }

    private static void CheckRoots(IReadOnlyList<Node> all, Notes notes)
    {
        var roots = all.Where(n => n.Parent == n.Id).Select(n => n.Id).Distinct().ToList();
        if (roots.Count == 0)
        {
            notes.Error("B2", Notes.Nodes, "", "No node is its own parent, so there is no root; repair the tree.");
        }

        if (roots.Count > 1)
        {
            foreach (var root in roots)
            {
                notes.Error("B2", Notes.Nodes, Notes.Key(root), $"Node {root} is its own parent, as {roots.Count - 1} other nodes are; there must be one root.");
            }
        }
    }

    private static void CheckParents(IReadOnlyList<Node> all, Notes notes)
    {
        var nodes = new Dictionary<int, Node>();
        foreach (var node in all)
        {
            nodes.TryAdd(node.Id, node);
        }

        foreach (var node in all)
        {
            if (node.Parent is not { } parent)
            {
                notes.Error("B2", node, $"Node {node.Id} has no parentID; give it a parent.");
            }
            else if (!nodes.TryGetValue(parent, out var above))
            {
                notes.Error("B2", node, $"Node {node.Id} has the parent {parent}, which does not exist; give it another.");
            }
            else if (!above.IsCategory)
            {
                notes.Error("B2", node, $"Node {node.Id} has the room {parent} as its parent; only a category may hold nodes.");
            }
        }

        CheckCycles(nodes, notes);
    }

    private static void CheckCycles(Dictionary<int, Node> nodes, Notes notes)
    {
        var seenFrom = new Dictionary<int, int>();
        foreach (var start in nodes.Values)
        {
            var node = start;
            while (seenFrom.TryAdd(node.Id, start.Id))
            {
                if (node.Parent is not { } parent || parent == node.Id || !nodes.TryGetValue(parent, out var above))
                {
                    break;
                }

                node = above;
                if (seenFrom.TryGetValue(node.Id, out var from) && from == start.Id)
                {
                    ListCycle(node, nodes, notes);
                    break;
                }
            }
        }
    }

    private static void ListCycle(Node first, Dictionary<int, Node> nodes, Notes notes)
    {
        var node = first;
        do
        {
            notes.Error("B2", node, $"Node {node.Id} is its own ancestor (its parent is {node.Parent}); break the cycle.");
            node = nodes[node.Parent!.Value];
        }
        while (node.Id != first.Id);
    }

    private static IEnumerable<int> Repeated(IEnumerable<int> ids) => ids.GroupBy(id => id).Where(g => g.Skip(1).Any()).Select(g => g.Key);
}
