using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>What every source node inherits: resolved settings (T7, T8, T10, T15, S3) and definers (R1).</summary>
internal sealed class Inheritance
{
    private readonly PlanInput _input;
    private readonly NodeTree _tree;
    private readonly int[] _nearestOverride;
    private readonly int[] _nearestMember;
    private readonly int[] _nearestScope;
    private readonly int[] _nearestForcing;
    private readonly bool[] _forcedPrivate;

    /// <summary>Resolves everything once.</summary>
    public Inheritance(PlanInput input, NodeTree tree, RoleKinds kinds)
    {
        _input = input;
        _tree = tree;
        Invite = Resolve(n => n.Invite);
        Logged = Resolve(n => n.Logged);
        FilePost = Resolve(n => n.FilePost);
        MayCreate = Resolve(n => n.RestrictChildCreate);
        Visibility = Resolve(n => n.Visibility);

        var (members, scopes) = NodesWithRows(kinds);
        _nearestOverride = Nearest(p => tree.Nodes[p].OverrideMember == true);
        _nearestMember = Nearest(p => members.Contains(tree.Nodes[p].Id));
        _nearestScope = Nearest(p => scopes.Contains(tree.Nodes[p].Id));
        _nearestForcing = Nearest(p => tree.Nodes[p].Inheritance);
        _forcedPrivate = tree.Descend(
            false, (place, above) => above || (tree.Nodes[tree.ParentOf(place)].Inheritance && Visibility[tree.ParentOf(place)] == Visibilities.Private));
    }

    /// <summary>Resolved invite, by place; null when nothing is set up to the root.</summary>
    public bool?[] Invite { get; }

    /// <summary>Resolved logged.</summary>
    public bool?[] Logged { get; }

    /// <summary>Resolved filePost.</summary>
    public bool?[] FilePost { get; }

    /// <summary>Resolved restrictChildCreate: true allows (T15).</summary>
    public bool?[] MayCreate { get; }

    /// <summary>Resolved visibility, before S3.</summary>
    public short?[] Visibility { get; }

    /// <summary>A room's visibility at the destination (T10, S3).</summary>
    public short VisibilityOf(int room) => IsNarrowed(room) ? Visibilities.Private : Visibility[room] ?? Visibilities.Scoped;

    /// <summary>Whether an ancestor that forces its settings makes the room private (S3).</summary>
    public bool IsNarrowed(int room) =>
        _input.IsLegacy && _forcedPrivate[room] && (Visibility[room] ?? Visibilities.Scoped) == Visibilities.Scoped;

    /// <summary>Whether the node sets something that differs from what an ancestor forces (S3).</summary>
    public bool Defies(int place)
    {
        var node = _tree.Nodes[place];
        for (var up = place; up != _tree.Root;)
        {
            up = _nearestForcing[_tree.ParentOf(up)];
            if (up < 0)
            {
                return false;
            }

            if (Differs(node.Invite, Invite[up], true) || Differs(node.Logged, Logged[up], true) || Differs(node.FilePost, FilePost[up], true)
                || (node.IsCategory && Differs(node.RestrictChildCreate, MayCreate[up], false))
                || Differs(node.Visibility, Visibility[up], Visibilities.Scoped))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Place of the node where membership starts (R1), or -1 when the source names no ancestor-or-self.</summary>
    public int RoleDefinerOf(int place)
    {
        if (!_input.IsLegacy)
        {
            return place;
        }

        if (_tree.Nodes[place].RoleDefiner is { } named and not 0)
        {
            return AncestorNamed(named, place);
        }

        var found = _nearestOverride[place] >= 0 ? _nearestOverride[place] : _nearestMember[place];
        return found >= 0 ? found : _tree.Root;
    }

    /// <summary>Place of the node whose scope rows apply (R1, T16), or -1 when the source names no ancestor-or-self.</summary>
    public int ScopeDefinerOf(int place)
    {
        if (!_input.IsLegacy)
        {
            return _tree.Nodes[place].IsCategory ? place : _tree.ParentOf(place);
        }

        if (_tree.Nodes[place].ScopeDefiner is { } named and not 0)
        {
            return AncestorNamed(named, place);
        }

        return _nearestScope[place] >= 0 ? _nearestScope[place] : _tree.Root;
    }

    private static bool Differs<T>(T? own, T? forced, T nothingSet)
        where T : struct => own is { } value && !EqualityComparer<T>.Default.Equals(value, forced ?? nothingSet);

    private int AncestorNamed(int nodeId, int place)
    {
        var definer = _tree.PlaceOf(nodeId);
        return definer >= 0 && _tree.IsAtOrAbove(definer, place) ? definer : -1;
    }

    private T?[] Resolve<T>(Func<Node, T?> own)
        where T : struct => _tree.Descend(own(_tree.Nodes[_tree.Root]), (place, above) => own(_tree.Nodes[place]) ?? above);

    private int[] Nearest(Func<int, bool> here) =>
        _tree.Descend(here(_tree.Root) ? _tree.Root : -1, (place, above) => here(place) ? place : above);

    /// <summary>Rows that are rejected count too: leaving them out would move the definer up and widen access (R1).</summary>
    private (HashSet<int> Members, HashSet<int> Scopes) NodesWithRows(RoleKinds kinds)
    {
        var members = _input.Source.Roles.Where(r => kinds.Of(r.Type) == RoleKind.Member).Select(r => r.Node).ToHashSet();
        var scopes = _input.Source.Scopes.Select(s => s.Node).ToHashSet();
        foreach (var unreadable in _input.Source.Rejections)
        {
            var key = unreadable.Key.Split('/');
            if (!int.TryParse(key[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var node))
            {
                continue;
            }

            if (unreadable.Table.Equals(Notes.Scopes, StringComparison.OrdinalIgnoreCase))
            {
                scopes.Add(node);
            }
            else if (unreadable.Table.Equals(Notes.Roles, StringComparison.OrdinalIgnoreCase) && MayBeMember(key, kinds))
            {
                members.Add(node);
            }
        }

        return (members, scopes);
    }

    private static bool MayBeMember(string[] key, RoleKinds kinds) =>
        key.Length < 3
        || !int.TryParse(key[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var type)
        || kinds.Of(type) is RoleKind.Member or RoleKind.None;
}

/// <summary>Values of visibility (T10).</summary>
internal static class Visibilities
{
    /// <summary>Only members see the name.</summary>
    public const short Private = 2;

    /// <summary>All in scope see the name.</summary>
    public const short Scoped = 3;

    /// <summary>All in scope read; 2013 only.</summary>
    public const short Open = 6;
}

/// <summary>Values of behaviour (T10).</summary>
internal static class Behaviours
{
    /// <summary>Members write.</summary>
    public const short Normal = 4;

    /// <summary>Presenters write, members read.</summary>
    public const short Auditorium = 5;
}
