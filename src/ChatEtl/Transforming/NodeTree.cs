using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The source's nodes as a tree; nodes are named by their place in order of nodeID.</summary>
/// <remarks>Only for nodes that passed <see cref="StructureRules"/>.</remarks>
internal sealed class NodeTree
{
    private readonly Dictionary<int, int> _places;
    private readonly int[] _parents;
    private readonly int[] _entered;
    private readonly int[] _left;
    private readonly string?[] _paths;

    /// <summary>Builds the tree.</summary>
    public NodeTree(IEnumerable<Node> nodes)
    {
        Nodes = [.. nodes.OrderBy(n => n.Id)];
        _places = new Dictionary<int, int>(Nodes.Length);
        for (var i = 0; i < Nodes.Length; i++)
        {
            _places.Add(Nodes[i].Id, i);
        }

        _parents = Array.ConvertAll(Nodes, n => _places[n.Parent!.Value]);
        Root = Array.FindIndex(Nodes, n => n.Parent == n.Id);
        _entered = new int[Nodes.Length];
        _left = new int[Nodes.Length];
        _paths = new string?[Nodes.Length];
        TopDown = Walk();
    }

    /// <summary>The nodes in order of nodeID.</summary>
    public Node[] Nodes { get; }

    /// <summary>Place of the root.</summary>
    public int Root { get; }

    /// <summary>All places, every parent before its children; the root first.</summary>
    public int[] TopDown { get; }

    /// <summary>Place of a nodeID, or -1.</summary>
    public int PlaceOf(int nodeId) => _places.GetValueOrDefault(nodeId, -1);

    /// <summary>Place of the parent; the root's is the root.</summary>
    public int ParentOf(int place) => _parents[place];

    /// <summary>Whether one node is the other or above it.</summary>
    public bool IsAtOrAbove(int upper, int lower) => _entered[upper] <= _entered[lower] && _left[lower] <= _left[upper];

    /// <summary>The node, its parent and so on up to the root.</summary>
    public IEnumerable<int> PathUp(int place)
    {
        for (; place != Root; place = _parents[place])
        {
            yield return place;
        }

        yield return Root;
    }

    /// <summary>Names of the ancestors below the root, outermost first, then its own, joined; empty for the root (T1).</summary>
    public string FullPath(int place, string separator)
    {
        if (place == Root)
        {
            return "";
        }

        return _paths[place] ??= string.Join(separator, PathUp(place).Where(p => p != Root).Select(p => Nodes[p].Name).Reverse());
    }

    /// <summary>A value for every node, from its parent's.</summary>
    /// <param name="atRoot">The root's value.</param>
    /// <param name="below">The value of a place, given its parent's.</param>
    public T[] Descend<T>(T atRoot, Func<int, T, T> below)
    {
        var values = new T[Nodes.Length];
        values[Root] = atRoot;
        foreach (var place in TopDown.AsSpan(1))
        {
            values[place] = below(place, values[_parents[place]]);
        }

        return values;
    }

    private int[] Walk()
    {
        var children = new List<int>?[Nodes.Length];
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (i != Root)
            {
                (children[_parents[i]] ??= []).Add(i);
            }
        }

        var order = new List<int>(Nodes.Length);
        var open = new Stack<(int Place, bool Done)>([(Root, false)]);
        var clock = 0;
        while (open.TryPop(out var step))
        {
            if (step.Done)
            {
                _left[step.Place] = clock++;
                continue;
            }

            _entered[step.Place] = clock++;
            order.Add(step.Place);
            open.Push((step.Place, true));
            foreach (var child in children[step.Place] ?? [])
            {
                open.Push((child, false));
            }
        }

        return [.. order];
    }
}
