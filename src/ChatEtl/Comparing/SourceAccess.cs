using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Who could read the rooms of the source, from its directory alone and without the rules' code.</summary>
/// <remarks>
/// Legacy family: Member on the path from the role definer (R1), Manager on the path from the root, Voiced on an auditorium itself; active and
/// in the scope of the scope definer. 2013: roles of the room itself, the category's scope, and everyone in it for an open room (S5).
/// </remarks>
internal sealed class SourceAccess
{
    private const short Auditorium = 5;
    private const short Open = 6;

    private readonly bool _isLegacy;
    private readonly Dictionary<int, Node> _nodes;
    private readonly Dictionary<int, Principal> _principals;
    private readonly RowsByNode<Role> _roles;
    private readonly RoleNames _names;
    private readonly HashSet<ulong> _members = [];
    private readonly HashSet<ulong> _managers = [];
    private readonly HashSet<ulong> _voiced = [];
    private readonly HashSet<int> _withMembers = [];
    private readonly HashSet<int> _seen = [];
    private List<int> _path = [];
    private int _memberNodes;
    private Node _room = null!;

    public SourceAccess(ChatDirectory source)
    {
        _isLegacy = source.Generation != Generation.Lync2013;
        _nodes = source.Nodes.GroupBy(node => node.Id).ToDictionary(group => group.Key, group => group.First());
        _principals = source.Principals.GroupBy(principal => principal.Id).ToDictionary(group => group.Key, group => group.First());
        _roles = new RowsByNode<Role>(source.Roles, role => role.Node);
        _names = new RoleNames(source);
        Scopes = new ScopeSets(source);
        foreach (var role in source.Roles)
        {
            if (_names.IsMember(role.Type))
            {
                _members.Add(Pair(role.Node, role.Principal));
                _withMembers.Add(role.Node);
            }
            else if (_names.IsManager(role.Type))
            {
                _managers.Add(Pair(role.Node, role.Principal));
            }
            else if (_names.IsVoiced(role.Type))
            {
                _voiced.Add(Pair(role.Node, role.Principal));
            }
        }

        _withMembers.UnionWith(RejectedNodes.Of(source, "tblPrincipalRole").Where(row => row.Type is { } type && _names.IsMember(type)).Select(row => row.Node));
    }

    /// <summary>The source's scopes.</summary>
    public ScopeSets Scopes { get; }

    /// <summary>The node whose scope rows hold for the chosen room.</summary>
    public int ScopeNode { get; private set; }

    /// <summary>The scope of the chosen room.</summary>
    public ScopeSet Scope { get; private set; } = new(null, []);

    /// <summary>Whether everyone in scope reads the chosen room.</summary>
    public bool IsOpen => !_isLegacy && _room.Visibility == Open;

    private bool IsAuditorium => (_room.Behaviour ?? 4) == Auditorium;

    /// <summary>Chooses the room that is asked about next; false when the source has no such room.</summary>
    public bool Choose(int room)
    {
        if (!_nodes.TryGetValue(room, out var node))
        {
            return false;
        }

        _room = node;
        _path = [room];
        if (_isLegacy)
        {
            for (var at = node; at.Parent is { } parent && parent != at.Id && _nodes.TryGetValue(parent, out at!) && _path.Count <= _nodes.Count;)
            {
                _path.Add(parent);
            }

            _memberNodes = _path.IndexOf(RoleDefiner()) + 1;
            ScopeNode = node.ScopeDefiner is { } definer and not 0 ? definer : Nearest(Scopes.HasRows);
        }
        else
        {
            _memberNodes = 1;
            ScopeNode = node.Parent ?? room;
        }

        Scope = Scopes.Of(ScopeNode);
        return true;
    }

    /// <summary>Whether a principal could read the chosen room; federated people could, but are to lose it (T11).</summary>
    public bool Reads(int principal, bool orFederated)
    {
        if (!IsActive(principal) || (!orFederated && IsFederated(principal)) || !Scope.Contains(principal))
        {
            return false;
        }

        if (IsOpen || (IsAuditorium && _voiced.Contains(Pair(_room.Id, principal))))
        {
            return true;
        }

        for (var i = 0; i < _path.Count; i++)
        {
            if (_managers.Contains(Pair(_path[i], principal)) || (i < _memberNodes && _members.Contains(Pair(_path[i], principal))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Everyone with a role that reads the chosen room, federated people included, each once.</summary>
    public IEnumerable<int> Readers()
    {
        _seen.Clear();
        for (var i = 0; i < _path.Count; i++)
        {
            foreach (var role in _roles.Of(_path[i]))
            {
                var reads = _names.IsManager(role.Type) || (i < _memberNodes && _names.IsMember(role.Type))
                    || (i == 0 && IsAuditorium && _names.IsVoiced(role.Type));
                if (reads && IsActive(role.Principal) && Scope.Contains(role.Principal) && _seen.Add(role.Principal))
                {
                    yield return role.Principal;
                }
            }
        }
    }

    /// <summary>Whether a principal comes from a partner organisation (T11).</summary>
    public bool IsFederated(int principal) => _isLegacy && _principals.TryGetValue(principal, out var found)
        && found.Type is PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser or PrincipalTypes.FederatedGroup;

    private bool IsActive(int principal) => _principals.TryGetValue(principal, out var found) && found.Disabled == 0;

    private int RoleDefiner()
    {
        if (_room.RoleDefiner is { } definer and not 0)
        {
            return definer;
        }

        var overriding = _path.FindIndex(node => _nodes[node].OverrideMember == true);
        return overriding >= 0 ? _path[overriding] : Nearest(_withMembers.Contains);
    }

    private int Nearest(Predicate<int> hasRows)
    {
        var found = _path.FindIndex(hasRows);
        return found >= 0 ? _path[found] : _path[^1];
    }

    /// <summary>Both ids in one number, scattered: the hash of a plain pair is node xor principal, and millions of pairs would share few hashes.</summary>
    private static ulong Pair(int node, int principal) => unchecked((((ulong)(uint)node << 32) | (uint)principal) * 0x9E3779B97F4A7C15UL);
}
