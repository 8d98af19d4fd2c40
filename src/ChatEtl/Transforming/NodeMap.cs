using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The decided categories and rooms; source nodes by place.</summary>
internal sealed class NodeMap(PlanInput input, NodeTree tree, DestinationView there)
{
    private readonly NodeDecision?[] _decided = new NodeDecision?[tree.Nodes.Length];

    /// <summary>Place of the category that takes the rooms directly under the root: the root itself or a top-level category (N4).</summary>
    public int RootRoomsPlace { get; set; } = tree.Root;

    /// <summary>Places that were decided in this plan or an earlier one and are migrated now, in order of place; the root stands for the root-rooms category.</summary>
    public IEnumerable<int> Places => Enumerable.Range(0, _decided.Length).Where(p => _decided[p] is not null);

    /// <summary>The decision about a place; null when it is not migrated.</summary>
    public NodeDecision? this[int place]
    {
        get => _decided[place];
        set => _decided[place] = value;
    }

    /// <summary>Whether a run of ours creates the destination's row.</summary>
    public bool IsOurs(int place) => _decided[place]?.Origin == Origin.Created;

    /// <summary>Whether an earlier run decided it (E1).</summary>
    public bool WasDecided(int place) => input.Earlier.Nodes.ContainsKey(tree.Nodes[place].Id);

    /// <summary>Place of the category a room goes into.</summary>
    public int CategoryOf(int room) => tree.ParentOf(room) == tree.Root ? RootRoomsPlace : tree.ParentOf(room);

    /// <summary>Destination nodeID of the category in which a room ends: a room that was there stays where it is (E2).</summary>
    public int DestinationCategoryOf(int room) =>
        !IsOurs(room) && _decided[room] is { } decision && there.Node(decision.DestinationId)?.Parent is { } parent
            ? parent
            : _decided[CategoryOf(room)]?.DestinationId ?? 0;

    /// <summary>Whether a room ends in its own category, as we create it.</summary>
    public bool EndsInOurCategory(int room) =>
        IsOurs(CategoryOf(room)) && _decided[CategoryOf(room)]!.DestinationId == DestinationCategoryOf(room);

    /// <summary>Earlier and new decisions together.</summary>
    public IReadOnlyDictionary<int, NodeDecision> Decisions()
    {
        var all = new Dictionary<int, NodeDecision>(input.Earlier.Nodes);
        foreach (var place in Places)
        {
            all[tree.Nodes[place].Id] = _decided[place]!;
        }

        return all;
    }
}
