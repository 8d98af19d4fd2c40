using ChatEtl.Chat;

namespace ChatEtl.Tests.Support;

/// <summary>Builds a small directory in few words. Node 1 is the root, principal 1 the system principal.</summary>
internal sealed class DirectoryBuilder
{
    public const int Member = 1;
    public const int Manager = 2;
    public const int Voiced = 3;
    public const int Creator = 4;

    private readonly Generation _generation;
    private readonly List<Principal> _principals = [];
    private readonly List<Node> _nodes = [];
    private readonly List<Role> _roles = [];
    private readonly List<Scope> _scopes = [];
    private readonly List<AddIn> _addIns = [];
    private readonly List<RoleType> _roleTypes = [];
    private readonly List<Rejection> _rejections = [];
    private readonly List<Finding> _problems = [];
    private readonly Dictionary<string, long> _rowsRead = new(StringComparer.OrdinalIgnoreCase);
    private readonly AffiliationGraph _affiliations = new();
    private readonly int _firstRoleType;

    private DirectoryBuilder(Generation generation, int firstRoleType)
    {
        _generation = generation;
        _firstRoleType = firstRoleType;
    }

    /// <summary>A 2010 source with a root and a system principal; role types are 1, 2, 3.</summary>
    public static DirectoryBuilder Legacy() => new DirectoryBuilder(Generation.Lync2010, 1).RoleTypes("Member", "Manager", "Voiced").WithBasics(0);

    /// <summary>A 2013 source; role types are 1, 2, 3, 4.</summary>
    public static DirectoryBuilder Persistent() =>
        new DirectoryBuilder(Generation.Lync2013, 1).RoleTypes("Member", "Manager", "Voiced", "Creator").WithBasics(0);

    /// <summary>An empty 2013 destination; role types are 11, 12, 13, 14.</summary>
    public static DirectoryBuilder Destination() =>
        new DirectoryBuilder(Generation.Lync2013, 11).RoleTypes("Member", "Manager", "Voiced", "Creator").WithBasics(9000);

    /// <summary>Neither root nor principals nor role types.</summary>
    public static DirectoryBuilder Bare(Generation generation = Generation.Lync2010) => new(generation, 1);

    public static Guid PrincipalGuid(int id) => new(id, 1, 0, new byte[8]);

    public static Guid NodeGuid(int id) => new(id, 2, 0, new byte[8]);

    public DirectoryBuilder Person(int id, Func<Principal, Principal>? with = null) => Add(id, PrincipalTypes.User, with);

    public DirectoryBuilder Group(int id, Func<Principal, Principal>? with = null) => Add(id, PrincipalTypes.Group, with);

    public DirectoryBuilder System(int id, Func<Principal, Principal>? with = null) => Add(id, PrincipalTypes.SystemUser, with);

    public DirectoryBuilder People(params int[] ids)
    {
        foreach (var id in ids)
        {
            Person(id);
        }

        return this;
    }

    public DirectoryBuilder Category(int id, string name, int parent = 1, Func<Node, Node>? with = null) => Add(id, name, parent, isCategory: true, with);

    public DirectoryBuilder Room(int id, string name, int parent = 1, Func<Node, Node>? with = null) => Add(id, name, parent, isCategory: false, with);

    /// <summary>Changes the last node, principal or root already added.</summary>
    public DirectoryBuilder ChangeNode(int id, Func<Node, Node> with)
    {
        var at = _nodes.FindIndex(n => n.Id == id);
        _nodes[at] = with(_nodes[at]);
        return this;
    }

    public DirectoryBuilder ChangePrincipal(int id, Func<Principal, Principal> with)
    {
        var at = _principals.FindIndex(n => n.Id == id);
        _principals[at] = with(_principals[at]);
        return this;
    }

    public DirectoryBuilder RemoveNode(int id)
    {
        _nodes.RemoveAll(n => n.Id == id);
        return this;
    }

    public DirectoryBuilder RemovePrincipal(int id)
    {
        _principals.RemoveAll(n => n.Id == id);
        return this;
    }

    public DirectoryBuilder Role(int node, int principal, int kind, int? updatedBy = null)
    {
        _roles.Add(new Role(node, principal, kind - 1 + _firstRoleType, updatedBy));
        return this;
    }

    public DirectoryBuilder Members(int node, params int[] principals)
    {
        foreach (var principal in principals)
        {
            Role(node, principal, Member);
        }

        return this;
    }

    public DirectoryBuilder Scope(int node, params int[] principals)
    {
        _scopes.AddRange(principals.Select(p => new Scope(node, p, Denied: false, UpdatedBy: null)));
        return this;
    }

    public DirectoryBuilder Deny(int node, params int[] principals)
    {
        _scopes.AddRange(principals.Select(p => new Scope(node, p, Denied: true, UpdatedBy: null)));
        return this;
    }

    public DirectoryBuilder ScopeBy(int node, int principal, int updatedBy)
    {
        _scopes.Add(new Scope(node, principal, Denied: false, updatedBy));
        return this;
    }

    public DirectoryBuilder Affiliate(int principal, int to)
    {
        _affiliations.Add(principal, to);
        return this;
    }

    public DirectoryBuilder AddIn(Guid id, string name, string url = "https://add-in.invalid/")
    {
        _addIns.Add(new AddIn(id, name, url));
        return this;
    }

    public DirectoryBuilder RoleTypes(params string[] descriptions)
    {
        _roleTypes.Clear();
        _roleTypes.AddRange(descriptions.Select((d, i) => new RoleType(i + _firstRoleType, d)));
        return this;
    }

    public DirectoryBuilder Unreadable(string table, string key)
    {
        _rejections.Add(new Rejection(table, key, "B4", "out of range", "{}"));
        return this;
    }

    public DirectoryBuilder Problem(string table, string key)
    {
        _problems.Add(new Finding("B2", Severity.Error, table, key, "NULL in a required column."));
        return this;
    }

    public DirectoryBuilder RowsRead(string table, long rows)
    {
        _rowsRead[table] = rows;
        return this;
    }

    public ChatDirectory Build() => new()
    {
        Generation = _generation,
        Principals = [.. _principals.OrderBy(p => p.Id)],
        Nodes = [.. _nodes.OrderBy(n => n.Id)],
        Roles = [.. _roles.OrderBy(r => (r.Node, r.Principal, r.Type))],
        Scopes = [.. _scopes.OrderBy(s => (s.Node, s.Principal))],
        AddIns = [.. _addIns],
        RoleTypes = [.. _roleTypes],
        Affiliations = _affiliations,
        Rejections = [.. _rejections],
        Problems = [.. _problems],
        RowsRead = _rowsRead,
    };

    private DirectoryBuilder WithBasics(int salt) => System(1, p => p with { Guid = PrincipalGuid(salt + 1) })
        .Category(1, "root", 1, n => n with { Guid = NodeGuid(salt + 1), Parent = 1 });

    private DirectoryBuilder Add(int id, short type, Func<Principal, Principal>? with)
    {
        var row = new Principal { Id = id, Guid = PrincipalGuid(id), Uri = $"sip:p{id}@chat.invalid", Name = $"P {id}", Type = type };
        _principals.Add(with is null ? row : with(row));
        return this;
    }

    private DirectoryBuilder Add(int id, string name, int parent, bool isCategory, Func<Node, Node>? with)
    {
        var row = new Node { Id = id, Guid = NodeGuid(id), Parent = parent, IsCategory = isCategory, Name = name, Behaviour = 4, Visibility = 3 };
        if (_generation != Generation.Lync2013 && id != 1)
        {
            row = row with { Visibility = null };
        }

        _nodes.Add(with is null ? row : with(row));
        return this;
    }
}
