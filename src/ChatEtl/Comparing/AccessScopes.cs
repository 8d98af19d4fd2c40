using System.IO.Hashing;
using System.Runtime.InteropServices;
using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Who is in a scope: everyone affiliated to an allowed entry, or everyone when it names none, without those affiliated to a denied one.</summary>
internal sealed class AccessScope
{
    private readonly ulong[]? _allowed;
    private readonly ulong[]? _denied;

    /// <summary>Expands a scope.</summary>
    /// <param name="side">Where its entries are.</param>
    /// <param name="people">How many numbers there are.</param>
    /// <param name="isLimited">Whether only the allowed are in it.</param>
    /// <param name="allowed">Places of the allowed.</param>
    /// <param name="denied">Places of the denied.</param>
    public AccessScope(AccessSide side, int people, bool isLimited, IReadOnlyList<int> allowed, IReadOnlyList<int> denied)
    {
        IsLimited = isLimited;
        (Allowed, Denied) = (allowed, denied);
        (People, Federated) = (new PersonBits(people), new PersonBits(people));
        if (isLimited)
        {
            _allowed = Reach(side, allowed, People, Federated);
        }
        else
        {
            People.CopyFrom(side.Active);
            Federated.CopyFrom(side.ActiveFederated);
        }

        if (denied.Count > 0)
        {
            DeniedPeople = new PersonBits(people);
            _denied = Reach(side, denied, DeniedPeople, DeniedPeople);
            People.ExceptWith(DeniedPeople);
            Federated.ExceptWith(DeniedPeople);
        }
    }

    /// <summary>Whether only the allowed are in it.</summary>
    public bool IsLimited { get; }

    /// <summary>Places of the allowed entries.</summary>
    public IReadOnlyList<int> Allowed { get; }

    /// <summary>Places of the denied entries.</summary>
    public IReadOnlyList<int> Denied { get; }

    /// <summary>Active people in scope, those of partner organisations left out.</summary>
    public PersonBits People { get; }

    /// <summary>Active people of partner organisations in scope.</summary>
    public PersonBits Federated { get; }

    /// <summary>Everyone denied; null when nobody is.</summary>
    public PersonBits? DeniedPeople { get; }

    /// <summary>Whether a role of the entry at a place counts (T17).</summary>
    public bool Admits(int place) => (_allowed is null || Has(_allowed, place)) && !(_denied is not null && Has(_denied, place));

    private static bool Has(ulong[] places, int place) => (places[place >> 6] >> (place & 63) & 1) != 0;

    private static ulong[] Reach(AccessSide side, IReadOnlyList<int> places, PersonBits people, PersonBits federated)
    {
        var reached = new ulong[(side.Places >> 6) + 1];
        foreach (var place in side.Reach(places))
        {
            reached[place >> 6] |= 1UL << (place & 63);
            if (side.RowAt(place) is { Disabled: 0 } row && AccessSide.IsPerson(row.Type))
            {
                (AccessSide.IsFederated(row.Type) ? federated : people).Add(side.Numbers[place]);
            }
        }

        return reached;
    }
}

/// <summary>The scopes of one side; equal ones are expanded once, a few are held.</summary>
internal sealed class AccessScopes
{
    private const int Held = 16;

    private readonly AccessSide _side;
    private readonly int _people;
    private readonly RowsByNode<Scope> _rows;
    private readonly HashSet<int> _unreadable = [];
    private readonly Dictionary<UInt128, AccessScope> _scopes = [];
    private readonly Dictionary<int, UInt128> _keys = [];

    /// <summary>Indexes the scope rows.</summary>
    /// <param name="side">The side.</param>
    /// <param name="people">How many numbers there are.</param>
    /// <param name="unreadableLimits">Whether a row that cannot be read limits a scope: the narrower reading, for the source.</param>
    public AccessScopes(AccessSide side, int people, bool unreadableLimits)
    {
        (_side, _people) = (side, people);
        _rows = new RowsByNode<Scope>(side.Directory.Scopes, row => row.Node);
        if (unreadableLimits)
        {
            _unreadable.UnionWith(RejectedNodes.Of(side.Directory, "tblScopePrincipal").Select(row => row.Node));
        }
    }

    /// <summary>Whether a node has scope rows, those that cannot be read included (R1).</summary>
    public bool HasRows(int node) => _unreadable.Contains(node) || _rows.Of(node).Any();

    /// <summary>The scope that a node's rows make.</summary>
    public AccessScope Of(int node)
    {
        if (!_keys.TryGetValue(node, out var key))
        {
            int[] content = [_unreadable.Contains(node) ? 1 : 0, .. _rows.Of(node).SelectMany(row => new[] { row.Principal, row.Denied ? 1 : 0 })];
            _keys[node] = key = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(content.AsSpan()));
        }

        if (!_scopes.TryGetValue(key, out var scope))
        {
            if (_scopes.Count == Held)
            {
                _scopes.Clear();
            }

            var rows = _rows.Of(node).ToList();
            _scopes[key] = scope = new AccessScope(
                _side, _people, rows.Exists(row => !row.Denied) || _unreadable.Contains(node), Places(rows, denied: false), Places(rows, denied: true));
        }

        return scope;
    }

    private List<int> Places(List<Scope> rows, bool denied) =>
        [.. rows.Where(row => row.Denied == denied).Select(row => _side.PlaceOf(row.Principal)).Where(place => place >= 0)];
}
