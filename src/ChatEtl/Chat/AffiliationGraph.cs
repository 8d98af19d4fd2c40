namespace ChatEtl.Chat;

/// <summary>Who is affiliated to whom (tblPrincipalAffiliations), and everyone who belongs to a set of principals (R7).</summary>
/// <remarks>Holds 8 bytes a row, and a set of principals once <see cref="HasRows"/> was asked. Cycles are allowed. Safe for concurrent reading once the first question was asked.</remarks>
public sealed class AffiliationGraph
{
    private readonly List<(int Principal, int AffiliatedTo)> _rows = [];
    private readonly Lock _sorting = new();
    private readonly HashSet<int> _selfAffiliated = [];
    private HashSet<int>? _affiliated;
    private bool _sorted;

    /// <summary>Number of affiliations, self-affiliations left out.</summary>
    public int Count => _rows.Count;

    /// <summary>All affiliations but those to oneself.</summary>
    public IReadOnlyList<(int Principal, int AffiliatedTo)> Rows => _rows;

    /// <summary>Adds one row; of a self-affiliation only that it exists is remembered.</summary>
    public void Add(int principal, int affiliatedTo)
    {
        if (principal != affiliatedTo)
        {
            _rows.Add((principal, affiliatedTo));
            _affiliated = null;
            _sorted = false;
        }
        else
        {
            _selfAffiliated.Add(principal);
        }
    }

    /// <summary>Whether the principal has affiliation rows of its own, a self-affiliation included (M7).</summary>
    public bool HasRows(int principal)
    {
        if (_selfAffiliated.Contains(principal))
        {
            return true;
        }

        lock (_sorting)
        {
            _affiliated ??= [.. _rows.Select(r => r.Principal)];
            return _affiliated.Contains(principal);
        }
    }

    /// <summary>The given principals and everyone affiliated to one of them, directly or through others.</summary>
    public HashSet<int> MembersOf(IEnumerable<int> principals)
    {
        Sort();
        var members = new HashSet<int>();
        var open = new Stack<int>();
        foreach (var principal in principals)
        {
            if (members.Add(principal))
            {
                open.Push(principal);
            }
        }

        while (open.TryPop(out var group))
        {
            for (var i = FirstOf(group); i < _rows.Count && _rows[i].AffiliatedTo == group; i++)
            {
                if (members.Add(_rows[i].Principal))
                {
                    open.Push(_rows[i].Principal);
                }
            }
        }

        return members;
    }

    private void Sort()
    {
        lock (_sorting)
        {
            if (!_sorted)
            {
                _rows.Sort(static (a, b) => a.AffiliatedTo.CompareTo(b.AffiliatedTo));
                _sorted = true;
            }
        }
    }

    private int FirstOf(int group)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rows[middle].AffiliatedTo < group)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
