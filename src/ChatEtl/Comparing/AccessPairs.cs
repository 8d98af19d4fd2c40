using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>How a room of the source was found at the destination.</summary>
internal enum AccessMatch
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>By nodeGuid.</summary>
    Guid,

    /// <summary>By the decision stored at the destination: it was merged into another (T5).</summary>
    Decision,

    /// <summary>By its name alone.</summary>
    Name,
}

/// <summary>A room or category of the source and its counterpart.</summary>
/// <param name="Here">The source's node.</param>
/// <param name="There">The destination's; null when it has none.</param>
/// <param name="Match">How it was found.</param>
internal sealed record AccessPair(Node Here, Node? There, AccessMatch Match);

/// <summary>Pairs nodes by nodeGuid, then by stored decisions where there are any, then by name; knows which rule leaves a room out.</summary>
internal sealed class AccessPairs
{
    private readonly RuleOptions _rules;
    private readonly Decisions _decisions;
    private readonly AccessRooms _here;
    private readonly Dictionary<int, Node> _thereById;
    private readonly Dictionary<Guid, Node> _thereByGuid;
    private readonly ILookup<string, Node> _thereByName;
    private readonly HashSet<Guid> _guidsHere;
    private readonly HashSet<int> _created;
    private readonly Dictionary<int, AccessPair> _byThere = [];

    /// <summary>Indexes both sides.</summary>
    public AccessPairs(ChatDirectory source, ChatDirectory destination, AccessRooms here, RuleOptions rules, Decisions decisions)
    {
        (_here, _rules, _decisions) = (here, rules, decisions);
        _guidsHere = [.. source.Nodes.Select(node => node.Guid)];
        _thereById = First(destination.Nodes, node => node.Id);
        _thereByGuid = First(destination.Nodes.Where(node => node.Parent != node.Id), node => node.Guid);
        _thereByName = destination.Nodes.Where(node => node.Parent != node.Id && !_guidsHere.Contains(node.Guid)).ToLookup(node => node.Name, EqualNames.Comparer);
        _created = [.. decisions.Nodes.Values.Where(decision => decision.Origin == Origin.Created).Select(decision => decision.DestinationId)];
        All = [.. source.Nodes.Select(Pair).OrderBy(pair => pair.Here.Parent).ThenBy(pair => pair.Here.RoleDefiner).ThenBy(pair => pair.Here.Id)];
        foreach (var pair in All.Where(pair => pair.There is not null))
        {
            _byThere.TryAdd(pair.There!.Id, pair);
        }
    }

    /// <summary>Every room and category of the source, children of one parent together; the root stands for the root-rooms category (N4).</summary>
    public IReadOnlyList<AccessPair> All { get; }

    /// <summary>Whether the destination had the node before us and so keeps it as it was (T5, E2): by the decisions, else by when it says it was added.</summary>
    public bool Stood(AccessPair pair) => pair.There is { } there
        && (_decisions.Nodes.Count > 0 ? !_created.Contains(there.Id) : pair.Match is AccessMatch.Name or AccessMatch.Decision || there.AddedOn != pair.Here.AddedOn);

    /// <summary>Whether the category a destination room lies in stood there before us.</summary>
    public bool CategoryStood(Node there) => there.Parent is { } parent
        && (_decisions.Nodes.Count > 0 ? !_created.Contains(parent) : !_byThere.TryGetValue(parent, out var pair) || Stood(pair));

    /// <summary>The rule by which a room or category is left out, as far as its own row and the configured rules tell; null when none is seen.</summary>
    public string? SkippedBy(Node node)
    {
        if (node.Parent == node.Id)
        {
            return "T1";
        }

        if (_rules.Level < (node.IsCategory ? Level.Categories : Level.Rooms) || !IsChosen(node))
        {
            return "T26";
        }

        return node.IsCategory ? _rules.EmptyCategories == KeepOrDrop.Drop ? "T1" : null
            : node.Disabled && _rules.DisabledRooms == DisabledRooms.Skip ? "T6" : null;
    }

    private AccessPair Pair(Node here)
    {
        var isRoot = here.Parent == here.Id;
        if (!isRoot && _thereByGuid.TryGetValue(here.Guid, out var there) && there.IsCategory == here.IsCategory)
        {
            return new AccessPair(here, there, AccessMatch.Guid);
        }

        if (_decisions.Nodes.TryGetValue(here.Id, out var decision) && _thereById.TryGetValue(decision.DestinationId, out there) && there.IsCategory == here.IsCategory)
        {
            return new AccessPair(here, there, AccessMatch.Decision);
        }

        // Where a run's decisions are, a node without one was not migrated; nor was one that a rule leaves out.
        if (_decisions.Nodes.Count > 0 || (!isRoot && SkippedBy(here) is not null))
        {
            return new AccessPair(here, null, AccessMatch.None);
        }

        var namesakes = _thereByName[isRoot ? _rules.RootRoomsCategory : FullName(here)].Where(node => node.IsCategory == here.IsCategory).Take(2).ToList();
        return namesakes.Count == 1 ? new AccessPair(here, namesakes[0], AccessMatch.Name) : new AccessPair(here, null, AccessMatch.None);
    }

    /// <summary>The name that T1 and T2 give.</summary>
    private string FullName(Node node)
    {
        var path = _here.PathOf(node);
        return !node.IsCategory && path.Count <= 3 ? node.Name : Name(path);
    }

    /// <summary>T26: whether a path of the filter, or one above it, is the node's.</summary>
    private bool IsChosen(Node node)
    {
        if (_rules.Categories.Count == 0)
        {
            return true;
        }

        var path = _here.PathOf(node);
        if (!node.IsCategory)
        {
            path.RemoveAt(0);
        }

        if (path.Count == 1)
        {
            return _rules.Categories.Contains(_rules.RootRoomsCategory, EqualNames.Comparer);
        }

        return Enumerable.Range(0, path.Count - 1).Any(above => _rules.Categories.Contains(Name(path[above..]), EqualNames.Comparer));
    }

    private string Name(List<int> path) => string.Join(_rules.NameSeparator, path.SkipLast(1).Reverse().Select(id => _here.NodeOf(id)!.Name));

    private static Dictionary<TKey, Node> First<TKey>(IEnumerable<Node> nodes, Func<Node, TKey> key)
        where TKey : notnull
    {
        var first = new Dictionary<TKey, Node>();
        foreach (var node in nodes)
        {
            first.TryAdd(key(node), node);
        }

        return first;
    }
}
