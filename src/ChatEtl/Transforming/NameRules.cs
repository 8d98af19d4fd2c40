using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Which destination node a source node becomes and what it is called (T1 to T5, N1 to N4, E1, E4).</summary>
internal sealed class NameRules
{
    private readonly PlanInput _input;
    private readonly NodeTree _tree;
    private readonly Selection _selection;
    private readonly DestinationView _there;
    private readonly Notes _notes;
    private readonly NodeMap _map;
    private readonly NameSpace<Node> _names;
    private readonly FreeIds _free;

    private NameRules(PlanInput input, NodeTree tree, Selection selection, DestinationView there, Notes notes)
    {
        (_input, _tree, _selection, _there, _notes) = (input, tree, selection, there, notes);
        _map = new NodeMap(input, tree, there);
        _names = new NameSpace<Node>(input.Rules, ShortName.NodeLength, static (existing, isCategory) => existing.IsCategory == isCategory);
        _free = new FreeIds([.. input.Destination.Nodes.Select(n => n.Id), .. input.Earlier.Nodes.Values.Select(d => d.DestinationId)]);
    }

    /// <summary>Decides every migrated node in order of nodeID, the root-rooms category first.</summary>
    public static NodeMap Decide(
        PlanInput input, NodeTree tree, Selection selection, Inheritance inheritance, DestinationView there, Notes notes)
    {
        var rules = new NameRules(input, tree, selection, there, notes);
        rules.CheckGuids();
        rules.EnterTakenNames();
        rules.DecideRootRooms(inheritance);
        foreach (var place in selection.Migrated)
        {
            rules._map[place] = rules.DecideNode(place, rules.FullNameOf(place), tree.Nodes[place].Guid);
        }

        return rules._map;
    }

    private void CheckGuids()
    {
        var firsts = new Dictionary<Guid, int>();
        foreach (var node in _tree.Nodes)
        {
            if (!firsts.TryAdd(node.Guid, node.Id))
            {
                _notes.Error("T5", node, $"Node {node.Id} has the same nodeGuid as node {firsts[node.Guid]}; give one of them another.");
            }
        }
    }

    /// <summary>T1, T2: from legacy names only; a 2013 source keeps its names (S5).</summary>
    private string FullNameOf(int place)
    {
        var node = _tree.Nodes[place];
        if (place == _tree.Root)
        {
            return _input.Rules.RootRoomsCategory;
        }

        var isTopLevel = _tree.ParentOf(place) == _tree.Root || (!node.IsCategory && _tree.ParentOf(_tree.ParentOf(place)) == _tree.Root);
        return !_input.IsLegacy || isTopLevel ? node.Name : _tree.FullPath(place, _input.Rules.NameSeparator);
    }

    /// <summary>The name space before the first incoming name (N3): every destination node but the root, and all names decided earlier.</summary>
    private void EnterTakenNames()
    {
        var ours = _input.Earlier.Nodes.Values.Select(d => d.DestinationId).ToHashSet();
        var replaced = new HashSet<int>();
        var places = _selection.Migrated.ToList();
        if (_input.Earlier.Nodes.ContainsKey(_tree.Nodes[_tree.Root].Id))
        {
            places.Add(_tree.Root);
        }

        foreach (var place in places)
        {
            if (!_input.Earlier.Nodes.TryGetValue(_tree.Nodes[place].Id, out var decision))
            {
                if (_there.Node(_tree.Nodes[place].Guid) is { } same)
                {
                    ours.Add(same.Id);
                }
            }
            else if (KeepsName(decision, place))
            {
                _names.TakeForOurs(decision.Name);
                if (decision.Origin == Origin.Created)
                {
                    replaced.Add(decision.DestinationId);
                }
            }
            else
            {
                replaced.Add(decision.DestinationId);
            }
        }

        foreach (var node in _there.Nodes.Where(n => !replaced.Contains(n.Id)))
        {
            if (ours.Contains(node.Id))
            {
                _names.TakeForOurs(node.Name);
            }
            else
            {
                _names.TakeForExisting(node.Name, node);
            }
        }
    }

    private bool KeepsName(NodeDecision decision, int place) =>
        decision.Origin != Origin.Created || string.Equals(decision.FullName, FullNameOf(place), StringComparison.Ordinal);

    /// <summary>N4: a top-level category of that name, else the destination's, else a new one.</summary>
    private void DecideRootRooms(Inheritance inheritance)
    {
        var root = _tree.Nodes[_tree.Root];
        var name = _input.Rules.RootRoomsCategory;
        var decided = _input.Earlier.Nodes.ContainsKey(root.Id) && _selection.HasCategories;
        if (!decided && !_selection.NeedsRootRoomsCategory)
        {
            return;
        }

        var guid = UuidV5.Create(root.Guid, name.TrimEnd(' ').ToUpperInvariant());
        if (!decided)
        {
            foreach (var place in _selection.Migrated)
            {
                var node = _tree.Nodes[place];
                if (node.IsCategory && _tree.ParentOf(place) == _tree.Root && EqualNames.Comparer.Equals(node.Name, name))
                {
                    _map.RootRoomsPlace = place;
                    CheckScopeOfRootRooms(place, inheritance);
                    return;
                }
            }

            var existing = _there.Nodes.FirstOrDefault(n => n.IsCategory && EqualNames.Comparer.Equals(n.Name, name));
            if (existing is not null && _there.Node(guid) is null)
            {
                _names.TakeForOurs(existing.Name);
                _map[_tree.Root] = new NodeDecision(root.Id, existing.Id, Origin.Merged, IsCategory: true, name, existing.Name);
                return;
            }
        }

        _map[_tree.Root] = DecideNode(_tree.Root, name, guid);
    }

    private void CheckScopeOfRootRooms(int category, Inheritance inheritance)
    {
        var (own, root) = (inheritance.ScopeDefinerOf(category), inheritance.ScopeDefinerOf(_tree.Root));
        if (root < 0)
        {
            _notes.Error("T16", _tree.Nodes[_tree.Root], $"The root names the scopeDefinerId {_tree.Nodes[_tree.Root].ScopeDefiner}, which is not the root; repair it.");
        }

        if (own >= 0 && root >= 0 && own != root && !ScopeSet(own).SetEquals(ScopeSet(root)))
        {
            _notes.Error("T2", _tree.Nodes[category], $"Rooms under the root would go into category {_tree.Nodes[category].Id}, whose scope is not the root's; give rootRoomsCategory another name.");
        }

        HashSet<(int, bool)> ScopeSet(int definer) =>
            [.. _input.Source.Scopes.Where(s => s.Node == _tree.Nodes[definer].Id).Select(s => (s.Principal, s.Denied))];
    }

    private NodeDecision DecideNode(int place, string fullName, Guid guid)
    {
        var node = _tree.Nodes[place];
        if (_input.Earlier.Nodes.TryGetValue(node.Id, out var earlier))
        {
            return KeepsName(earlier, place)
                ? earlier with { FullName = fullName }
                : earlier with { FullName = fullName, Name = Choose(place, fullName).Name };
        }

        if (_there.Node(guid) is { } same)
        {
            if (same.IsCategory != node.IsCategory || same.Id == _there.RootId)
            {
                _notes.Error("T5", node, $"Node {node.Id} has the nodeGuid of the destination's node {same.Id}, which is of another kind; repair either.");
            }

            return new NodeDecision(node.Id, same.Id, Origin.Reused, node.IsCategory, fullName, same.Name);
        }

        var (name, merged) = Choose(place, fullName);
        if (merged is null)
        {
            return new NodeDecision(node.Id, _free.Next(), Origin.Created, node.IsCategory, fullName, name);
        }

        _notes.Warning("T5", node, $"{ItemName(place)} joins the destination's node {merged.Id} of equal name; links to it in old messages will miss.");
        return new NodeDecision(node.Id, merged.Id, Origin.Merged, node.IsCategory, fullName, merged.Name);
    }

    private (string Name, Node? Merged) Choose(int place, string fullName) =>
        _names.Choose(fullName, _tree.Nodes[place].IsCategory, ItemName(place), (rule, fails, message) =>
        {
            if (fails)
            {
                _notes.Error(rule, _tree.Nodes[place], message);
            }
            else
            {
                _notes.Warning(rule, _tree.Nodes[place], message);
            }
        });

    private string ItemName(int place) => place == _tree.Root
        ? "The category for rooms under the root"
        : $"{(_tree.Nodes[place].IsCategory ? "Category" : "Room")} {_tree.Nodes[place].Id}";
}
