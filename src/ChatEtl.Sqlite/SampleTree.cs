using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Adds categories and rooms to a sample: names, ids and what a node takes from its parent.</summary>
internal sealed class SampleTree
{
    private readonly SampleWorld _world;
    private readonly SampleNames _names = new();
    private readonly Dictionary<int, string> _paths = new() { [SampleWorld.RootNode] = "" };
    private readonly HashSet<int> _topLevel = [];
    private int _lastId = SampleWorld.RootNode;
    private int _rooms;

    public SampleTree(SampleWorld world, SamplePeople people)
    {
        _world = world;
        People = people;
        AddAddIns();
        Root = AddRoot();
    }

    public SamplePeople People { get; }

    public Node Root { get; }

    /// <summary>Whether all rooms asked for are there; further ones are left out.</summary>
    public bool IsFull => _rooms >= _world.Options.Rooms;

    /// <summary>Takes an id now for a node that comes later.</summary>
    public int ReserveId()
    {
        // Deleted nodes leave gaps.
        _lastId += _lastId % 50 == 49 ? 4 : 1;
        return _lastId;
    }

    /// <summary>Adds a category.</summary>
    /// <param name="parent">The category above, or the root.</param>
    /// <param name="name">Its name, numbered when taken.</param>
    /// <param name="change">Sets what differs from the usual.</param>
    /// <param name="scope">Its own scope rows; null takes the parent's.</param>
    /// <param name="id">An id from <see cref="ReserveId"/>.</param>
    public Node Category(Node parent, string name, Func<Node, Node>? change = null, IEnumerable<Principal>? scope = null, int? id = null)
    {
        var path = _paths[parent.Id];
        var claimed = _names.Claim(path, name);
        var node = NewNode(id ?? ReserveId(), parent, claimed, isCategory: true);
        if (!_world.IsLegacy)
        {
            node = node with { Invite = true, Logged = true, FilePost = true };
        }

        node = Settle(parent, change?.Invoke(node) ?? node, scope is not null);
        _paths.Add(node.Id, path.Length == 0 ? claimed : $"{path}{SampleNames.Separator}{claimed}");
        if (parent.Id == SampleWorld.RootNode)
        {
            _topLevel.Add(node.Id);
        }

        foreach (var principal in scope ?? [])
        {
            _world.AddScope(node, principal.Id);
        }

        return node;
    }

    /// <summary>Adds a room, or nothing and null when there are enough.</summary>
    public Node? Room(Node parent, string name, Func<Node, Node>? change = null)
    {
        if (IsFull)
        {
            return null;
        }

        _rooms++;
        var node = NewNode(ReserveId(), parent, name, isCategory: false);
        node = change?.Invoke(node) ?? node;

        // Disabled rooms stay behind by default, so they may share a name.
        node = node.Disabled ? node : node with { Name = _names.Claim(PathForRoomsIn(parent), name) };
        return Settle(parent, node, hasScope: false);
    }

    /// <summary>Length of the flattened name of a room in that category, without the room's own.</summary>
    public int PrefixLength(Node category) =>
        PathForRoomsIn(category) is { Length: > 0 } path ? path.Length + SampleNames.Separator.Length : 0;

    private string PathForRoomsIn(Node parent) =>
        parent.Id == SampleWorld.RootNode || _topLevel.Contains(parent.Id) ? "" : _paths[parent.Id];

    private Node NewNode(int id, Node parent, string name, bool isCategory) => new()
    {
        Id = id,
        Guid = _world.NextGuid(),
        Parent = parent.Id,
        IsCategory = isCategory,
        Name = name,
        Behaviour = 4,
        Visibility = _world.IsLegacy ? null : 3,
        AddedBy = _world.Any(People.Staff).Id,
        AddedOn = _world.NextSetUpTime(),
        UpdatedBy = _world.Any(People.Staff).Id,
        UpdatedOn = _world.NextSetUpTime(),
    };

    private Node Settle(Node parent, Node node, bool hasScope)
    {
        if (_world.IsLegacy)
        {
            node = node with
            {
                OverrideMember = node.OverrideMember ?? false,
                ScopeDefiner = hasScope ? node.Id : parent.ScopeDefiner,
                RoleDefiner = node.OverrideMember == true ? node.Id : parent.RoleDefiner,
            };
        }

        _world.Nodes.Add(node);
        return node;
    }

    private Node AddRoot()
    {
        var root = new Node
        {
            Id = SampleWorld.RootNode,
            Guid = _world.NextGuid(),
            Parent = SampleWorld.RootNode,
            IsCategory = true,
            Name = "Root",
            Description = "",
            Invite = true,
            Logged = true,
            FilePost = true,
            OverrideMember = false,
            RestrictChildCreate = false,
            Behaviour = 4,
            Visibility = 3,
            ScopeDefiner = SampleWorld.RootNode,
            RoleDefiner = SampleWorld.RootNode,
            AddedBy = SampleWorld.SystemPrincipal,
            AddedOn = SampleWorld.Start.Ticks,
            UpdatedBy = SampleWorld.SystemPrincipal,
            UpdatedOn = SampleWorld.Start.Ticks,
        };
        _world.Nodes.Add(root);
        if (_world.IsLegacy)
        {
            _world.AddScope(root, People.Domain.Id);
            _world.AddScope(root, People.FederatedGroups[0].Id);
        }

        return root;
    }

    private void AddAddIns()
    {
        string[] names = ["Ticket board", "Who is on call", "図書館"];
        for (var i = 0; i < names.Length; i++)
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"https://apps.litwareinc.com/addin/{i + 1}?room=%ROOM%&lang=en");
            _world.AddIns.Add(new AddIn(_world.NextGuid(), names[i], url));
        }
    }
}
