using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>What an entry is in a room or category.</summary>
internal enum AccessRole
{
    /// <summary>A member.</summary>
    Member,

    /// <summary>A manager.</summary>
    Manager,

    /// <summary>A presenter.</summary>
    Voiced,

    /// <summary>One who may create rooms.</summary>
    Creator,
}

/// <summary>A role that counts in a room.</summary>
/// <param name="Role">Which.</param>
/// <param name="Place">Whose, by place on that side.</param>
/// <param name="Node">The node on which it stands.</param>
internal readonly record struct AccessEntry(AccessRole Role, int Place, int Node);

/// <summary>A room or category of one side as its own database tells it: what decides who may do what, before anyone is expanded.</summary>
internal sealed record AccessRoom
{
    /// <summary>The node.</summary>
    public required Node Node { get; init; }

    /// <summary>Entries of nodes above it; the same list for all rooms that inherit the same.</summary>
    public required IReadOnlyList<AccessEntry> Inherited { get; init; }

    /// <summary>Entries of the node itself.</summary>
    public required IReadOnlyList<AccessEntry> Own { get; init; }

    /// <summary>The node whose scope rows hold.</summary>
    public required int ScopeNode { get; init; }

    /// <summary>Whether nobody can find or enter it (JJ215883).</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Whether only presenters post.</summary>
    public bool IsAuditorium { get; init; }

    /// <summary>Whether all in scope join (visibility 6).</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether all in scope see its name, in the narrower reading (S3).</summary>
    public bool IsSeen { get; init; }

    /// <summary>Whether all in scope see its name, in the wider reading.</summary>
    public bool MayBeSeen { get; init; }
}

/// <summary>Reads what decides the access to rooms and categories out of one directory, without the rules' code.</summary>
/// <remarks>
/// Legacy family: members from the role definer down (R1), managers from the root down, presenters of an auditorium itself, the scope of the
/// scope definer. 2013: the roles of the room itself and the scope of its category. Rooms are best asked for parent by parent.
/// </remarks>
internal sealed class AccessRooms
{
    private const short Private = 2;
    private const short Scoped = 3;
    private const short Open = 6;
    private const short Auditorium = 5;

    private readonly AccessSide _side;
    private readonly AccessScopes _scopes;
    private readonly bool _isLegacy;
    private readonly bool _isSource;
    private readonly Dictionary<int, Node> _nodes;
    private readonly Dictionary<int, AccessRole> _types = [];
    private readonly RowsByNode<Role> _roles;
    private readonly HashSet<int> _withMembers;
    private (int Parent, int MemberNodes) _heldFor = (int.MinValue, -1);
    private List<AccessEntry> _held = [];

    /// <summary>Indexes a side.</summary>
    public AccessRooms(AccessSide side, AccessScopes scopes, bool isSource)
    {
        (_side, _scopes, _isSource) = (side, scopes, isSource);
        var directory = side.Directory;
        _isLegacy = directory.Generation != Generation.Lync2013;
        _nodes = directory.Nodes.GroupBy(node => node.Id).ToDictionary(nodes => nodes.Key, nodes => nodes.First());
        foreach (var type in directory.RoleTypes)
        {
            foreach (var role in Enum.GetValues<AccessRole>())
            {
                if (role.ToString().Equals(type.Description.TrimEnd(' '), StringComparison.OrdinalIgnoreCase))
                {
                    _types.TryAdd(type.Id, role);
                }
            }
        }

        _roles = new RowsByNode<Role>(directory.Roles, row => row.Node);
        _withMembers = _isLegacy ? NodesWithMembers(directory) : [];
    }

    /// <summary>The node of an id; null when there is none.</summary>
    public Node? NodeOf(int id) => _nodes.GetValueOrDefault(id);

    /// <summary>Ids from a node up to the root.</summary>
    public List<int> PathOf(Node node)
    {
        List<int> path = [node.Id];
        for (var at = node; at.Parent is { } parent && parent != at.Id && _nodes.TryGetValue(parent, out at!) && path.Count <= _nodes.Count;)
        {
            path.Add(parent);
        }

        return path;
    }

    /// <summary>A room.</summary>
    public AccessRoom RoomOf(Node node)
    {
        var path = _isLegacy ? PathOf(node) : [node.Id];
        var memberNodes = _isLegacy ? path.IndexOf(RoleDefiner(node, path)) + 1 : 1;
        var visibility = _isLegacy ? path.Select(id => _nodes[id].Visibility).FirstOrDefault(value => value is not null) ?? Scoped : node.Visibility ?? 0;
        var isAuditorium = node.Behaviour == Auditorium;
        var isSeen = _isSource ? visibility == Scoped || (visibility == Open && !_isLegacy) : visibility != Private;
        return new AccessRoom
        {
            Node = node,
            Inherited = Inherited(node, path, memberNodes - 1),
            Own = [.. EntriesOf(node.Id).Where(entry => entry.Role switch
            {
                AccessRole.Member => memberNodes > 0,
                AccessRole.Voiced => isAuditorium,
                var role => role == AccessRole.Manager,
            })],
            ScopeNode = _isLegacy ? ScopeDefiner(node, path) : node.Parent ?? node.Id,
            IsDisabled = node.Disabled,
            IsAuditorium = isAuditorium,
            IsOpen = !_isLegacy && visibility == Open,
            IsSeen = isSeen && !(_isLegacy && IsForcedPrivate(path)),
            MayBeSeen = isSeen,
        };
    }

    /// <summary>A category: who may create rooms in it (T15).</summary>
    public AccessRoom CategoryOf(Node node)
    {
        var path = _isLegacy ? PathOf(node) : [node.Id];
        IEnumerable<AccessEntry> creators = EntriesOf(node.Id).Where(entry => entry.Role == AccessRole.Creator);
        if (_isLegacy)
        {
            var mayCreate = path.Select(id => _nodes[id].RestrictChildCreate).FirstOrDefault(value => value is not null) ?? false;
            creators = path.Take(mayCreate ? path.IndexOf(RoleDefiner(node, path)) + 1 : 0).SelectMany(EntriesOf)
                .Where(entry => entry.Role == AccessRole.Member).Select(entry => entry with { Role = AccessRole.Creator });
        }

        return new AccessRoom { Node = node, Inherited = [], Own = [.. creators], ScopeNode = _isLegacy ? ScopeDefiner(node, path) : node.Id };
    }

    private List<AccessEntry> Inherited(Node node, List<int> path, int memberNodes)
    {
        if (path.Count == 1)
        {
            return [];
        }

        if (_heldFor != (path[1], memberNodes))
        {
            _heldFor = (path[1], memberNodes);
            _held = [.. path.Skip(1).SelectMany((id, i) => EntriesOf(id).Where(entry =>
                entry.Role == AccessRole.Manager || (entry.Role == AccessRole.Member && i < memberNodes)))];
        }

        return _held;
    }

    private IEnumerable<AccessEntry> EntriesOf(int node)
    {
        foreach (var row in _roles.Of(node))
        {
            if (_types.TryGetValue(row.Type, out var role) && _side.PlaceOf(row.Principal) is var place && _side.IsActive(place))
            {
                yield return new AccessEntry(role, place, node);
            }
        }
    }

    /// <summary>S3: whether a category above forces its privacy on what is below it.</summary>
    private bool IsForcedPrivate(List<int> path)
    {
        short? resolved = null;
        for (var i = path.Count - 1; i > 0; i--)
        {
            resolved = _nodes[path[i]].Visibility ?? resolved;
            if (_nodes[path[i]].Inheritance && resolved == Private)
            {
                return true;
            }
        }

        return false;
    }

    private int RoleDefiner(Node node, List<int> path)
    {
        if (node.RoleDefiner is { } definer and not 0)
        {
            return definer;
        }

        var overriding = path.FindIndex(id => _nodes[id].OverrideMember == true);
        return overriding >= 0 ? path[overriding] : Nearest(path, _withMembers.Contains);
    }

    private int ScopeDefiner(Node node, List<int> path) => node.ScopeDefiner is { } definer and not 0 ? definer : Nearest(path, _scopes.HasRows);

    private static int Nearest(List<int> path, Predicate<int> hasRows)
    {
        var found = path.FindIndex(hasRows);
        return found >= 0 ? path[found] : path[^1];
    }

    /// <summary>Nodes with member rows; one that cannot be read counts, the narrower reading (R1).</summary>
    private HashSet<int> NodesWithMembers(ChatDirectory directory)
    {
        var nodes = directory.Roles.Where(row => _types.TryGetValue(row.Type, out var role) && role == AccessRole.Member).Select(row => row.Node).ToHashSet();
        nodes.UnionWith(RejectedNodes.Of(directory, "tblPrincipalRole")
            .Where(row => row.Type is not { } type || !_types.TryGetValue(type, out var role) || role == AccessRole.Member).Select(row => row.Node));
        return nodes;
    }
}
