using ChatEtl.Chat;
using ChatEtl.Comparing;

namespace ChatEtl.Tests.Comparing;

/// <summary>Who may do what in one room, asked person by person in the slow and simple way; the table of docs/access.md in code.</summary>
/// <param name="side">The directory.</param>
/// <param name="isSource">Whether the source's narrower reading of unknown values holds.</param>
/// <param name="isWide">Whether people of partner organisations count.</param>
internal sealed class AccessReference(ChatDirectory side, bool isSource, bool isWide)
{
    private readonly bool _isLegacy = side.Generation != Generation.Lync2013;
    private readonly Dictionary<int, Node> _nodes = side.Nodes.ToDictionary(node => node.Id);
    private readonly Dictionary<int, string> _roles = side.RoleTypes.ToDictionary(type => type.Id, type => type.Description);

    /// <summary>The rights of everyone who has any.</summary>
    public Dictionary<Guid, AccessRights> Of(Node node)
    {
        var rights = new Dictionary<Guid, AccessRights>();
        foreach (var rows in side.Principals.Where(IsPerson).GroupBy(person => person.Guid))
        {
            var isDenied = rows.Any(person => IsDenied(person.Id, node));
            var mine = isDenied ? AccessRights.None : rows.Select(person => Of(person, node)).Aggregate(AccessRights.None, (all, some) => all | some);
            if (mine != AccessRights.None)
            {
                rights[rows.Key] = mine;
            }
        }

        return rights;
    }

    private AccessRights Of(Principal person, Node node)
    {
        if (person.Disabled != 0 || (!isWide && IsFederated(person)))
        {
            return AccessRights.None;
        }

        if (node.IsCategory)
        {
            return MayCreate(person, node) ? AccessRights.Create : AccessRights.None;
        }

        var (isMember, isManager) = (Has(person, node, "Member"), Has(person, node, "Manager"));
        var isVoiced = node.Behaviour == 5 && Has(person, node, "Voiced");
        var rights = isManager ? AccessRights.Manage : AccessRights.None;
        if (node.Disabled)
        {
            return rights;
        }

        var visibility = Path(node).Select(id => _isLegacy || id == node.Id ? _nodes[id].Visibility : null).FirstOrDefault(value => value is not null) ?? 3;
        var isInScope = IsAllowed(person.Id, node);
        var isOpen = !_isLegacy && visibility == 6 && isInScope;
        if (isMember || isManager || isVoiced || isOpen)
        {
            rights |= AccessRights.See | AccessRights.Join | AccessRights.Read;
        }

        if (node.Behaviour == 5 ? isVoiced : isMember || isManager || isOpen)
        {
            rights |= AccessRights.Post;
        }

        var isVisible = isSource ? visibility == 3 || (visibility == 6 && !_isLegacy) : visibility != 2;
        return isVisible && isInScope && (isWide || !IsForcedPrivate(node)) ? rights | AccessRights.See : rights;
    }

    private bool MayCreate(Principal person, Node node)
    {
        if (!_isLegacy)
        {
            return side.Roles.Any(role => role.Node == node.Id && Gives(role, "Creator", person, node));
        }

        var allowed = Path(node).Select(id => _nodes[id].RestrictChildCreate).FirstOrDefault(value => value is not null) == true;
        return allowed && Has(person, node, "Member");
    }

    private bool Has(Principal person, Node node, string role)
    {
        var path = _isLegacy ? Path(node) : [node.Id];
        var members = _isLegacy ? path.IndexOf(RoleDefiner(node)) + 1 : 1;
        var counting = role switch { "Member" => path.Take(members), "Manager" => path, _ => [node.Id] };
        return side.Roles.Any(row => counting.Contains(row.Node) && Gives(row, role, person, node));
    }

    private bool Gives(Role row, string role, Principal person, Node node) =>
        _roles[row.Type] == role && side.Principals.FirstOrDefault(entry => entry.Id == row.Principal) is { Disabled: 0 } entry
        && (isWide || !IsFederated(entry)) && BelongsTo(person.Id, entry.Id) && IsAllowed(entry.Id, node) && !IsDenied(entry.Id, node);

    private bool IsAllowed(int id, Node node) => Scopes(node).All(row => row.Denied) || Scopes(node).Any(row => !row.Denied && BelongsTo(id, row.Principal));

    private bool IsDenied(int id, Node node) => Scopes(node).Any(row => row.Denied && BelongsTo(id, row.Principal));

    private List<Scope> Scopes(Node node)
    {
        var definer = _isLegacy
            ? node.ScopeDefiner ?? Path(node).FirstOrDefault(id => side.Scopes.Any(row => row.Node == id), 1)
            : node.IsCategory ? node.Id : node.Parent;
        return [.. side.Scopes.Where(row => row.Node == definer)];
    }

    private bool BelongsTo(int id, int group)
    {
        var groups = new HashSet<int> { id };
        while (side.Affiliations.Rows.Where(row => groups.Contains(row.Principal)).Select(row => row.AffiliatedTo).Any(groups.Add))
        {
        }

        return groups.Contains(group);
    }

    private int RoleDefiner(Node node) => node.RoleDefiner
        ?? Path(node).Select(id => (int?)id).FirstOrDefault(id => _nodes[id!.Value].OverrideMember == true)
        ?? Path(node).FirstOrDefault(id => side.Roles.Any(row => row.Node == id && _roles[row.Type] == "Member"), 1);

    private bool IsForcedPrivate(Node node) => _isLegacy && Path(node).Skip(1).Any(id =>
        _nodes[id].Inheritance && Path(_nodes[id]).Select(above => _nodes[above].Visibility).FirstOrDefault(value => value is not null) == 2);

    private List<int> Path(Node node) => node.Parent == node.Id ? [node.Id] : [node.Id, .. Path(_nodes[node.Parent!.Value])];

    private static bool IsPerson(Principal row) => row.Type is 4 or 5 or 6 or 7;

    private static bool IsFederated(Principal row) => row.Type is 6 or 7 or 11;
}
