using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Finds everyone who belongs to a set of source principals, as one bit each; 4 bytes an affiliation, fast enough for hundreds of scopes.</summary>
/// <remarks>Bits follow the places of <see cref="PrincipalMap"/>; ids without a row come after them, for chains that lead through them.</remarks>
internal sealed class MemberSearch
{
    private readonly PrincipalMap _principals;
    private readonly Dictionary<int, int> _strangers = [];
    private readonly int[] _firsts;
    private readonly int[] _members;

    /// <summary>Groups the affiliations by what they lead to.</summary>
    public MemberSearch(AffiliationGraph graph, PrincipalMap principals)
    {
        _principals = principals;
        foreach (var (principal, affiliatedTo) in graph.Rows)
        {
            Number(principal);
            Number(affiliatedTo);
        }

        _firsts = new int[principals.Rows.Count + _strangers.Count + 2];
        foreach (var (_, affiliatedTo) in graph.Rows)
        {
            _firsts[Number(affiliatedTo) + 2]++;
        }

        for (var i = 1; i < _firsts.Length; i++)
        {
            _firsts[i] += _firsts[i - 1];
        }

        _members = new int[graph.Rows.Count];
        foreach (var (principal, affiliatedTo) in graph.Rows)
        {
            _members[_firsts[Number(affiliatedTo) + 1]++] = Number(principal);
        }
    }

    /// <summary>The given principals and everyone affiliated to them, directly or through others.</summary>
    /// <param name="sourceIds">Source prinIDs.</param>
    /// <param name="joinsTwins">Whether source rows that become one principal count as one.</param>
    public ulong[] MembersOf(IEnumerable<int> sourceIds, bool joinsTwins)
    {
        var found = new ulong[(_firsts.Length >> 6) + 1];
        var open = new Stack<int>();
        foreach (var id in sourceIds)
        {
            if (_principals.PlaceOf(id) >= 0 || _strangers.ContainsKey(id))
            {
                Visit(Number(id));
            }
        }

        while (open.TryPop(out var group))
        {
            foreach (var member in _members.AsSpan(_firsts[group].._firsts[group + 1]))
            {
                Visit(member);
            }

            if (joinsTwins && _principals.HasTwins && group < _principals.Rows.Count && _principals.DecisionOf(group) is { } decision)
            {
                foreach (var twin in _principals.SourcesOf(decision.DestinationId))
                {
                    Visit(Number(twin));
                }
            }
        }

        return found;

        void Visit(int number)
        {
            var bit = 1UL << (number & 63);
            if ((found[number >> 6] & bit) == 0)
            {
                found[number >> 6] |= bit;
                open.Push(number);
            }
        }
    }

    private int Number(int id)
    {
        var place = _principals.PlaceOf(id);
        if (place < 0 && !_strangers.TryGetValue(id, out place))
        {
            place = _principals.Rows.Count + _strangers.Count;
            _strangers.Add(id, place);
        }

        return place;
    }
}
