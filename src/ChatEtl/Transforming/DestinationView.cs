using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The destination's directory as it stands, by what the rules ask of it.</summary>
internal sealed class DestinationView
{
    private readonly Dictionary<int, Principal> _principals = [];
    private readonly Dictionary<int, Node> _nodes = [];
    private readonly Dictionary<Guid, Node> _nodesByGuid = [];
    private readonly ILookup<int, Scope> _scopes;
    private readonly Lazy<ILookup<int, Role>> _roles;

    /// <summary>Indexes the directory; anything but one root is an error.</summary>
    public DestinationView(ChatDirectory directory, RoleKinds kinds, Notes notes)
    {
        Directory = directory;
        Kinds = kinds;
        foreach (var principal in directory.Principals.OrderBy(p => p.Id))
        {
            _principals.TryAdd(principal.Id, principal);
        }

        foreach (var node in directory.Nodes.OrderBy(n => n.Id))
        {
            _nodes.TryAdd(node.Id, node);
            _nodesByGuid.TryAdd(node.Guid, node);
        }

        _scopes = directory.Scopes.ToLookup(s => s.Node);
        _roles = new(() => directory.Roles.ToLookup(r => r.Node));
        var roots = directory.Nodes.Where(n => n.Parent == n.Id).ToList();
        RootId = roots.Count == 1 ? roots[0].Id : 0;
        if (roots.Count != 1)
        {
            notes.Error("B2", Notes.Nodes, "", $"The destination has {roots.Count} nodes that are their own parent; it must have exactly one root.");
        }
    }

    /// <summary>The directory itself.</summary>
    public ChatDirectory Directory { get; }

    /// <summary>Its role types.</summary>
    public RoleKinds Kinds { get; }

    /// <summary>nodeID of the root, parent of every category.</summary>
    public int RootId { get; }

    /// <summary>The principals in order of prinID.</summary>
    public IEnumerable<Principal> Principals => _principals.Values;

    /// <summary>All nodes but the root, in order of nodeID.</summary>
    public IEnumerable<Node> Nodes => _nodes.Values.Where(n => n.Id != RootId);

    /// <summary>A principal by prinID.</summary>
    public Principal? Principal(int id) => _principals.GetValueOrDefault(id);

    /// <summary>A node by nodeID.</summary>
    public Node? Node(int id) => _nodes.GetValueOrDefault(id);

    /// <summary>A node by nodeGuid.</summary>
    public Node? Node(Guid guid) => _nodesByGuid.GetValueOrDefault(guid);

    /// <summary>Scope rows of a node.</summary>
    public IEnumerable<Scope> ScopesOf(int nodeId) => _scopes[nodeId];

    /// <summary>Role rows of a node; asked for rooms that were there before us only.</summary>
    public IEnumerable<Role> RolesOf(int nodeId) => _roles.Value[nodeId];
}
