using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>What becomes of a scope row, whatever category it serves.</summary>
internal enum ScopeFate
{
    /// <summary>Its principal has a place at the destination.</summary>
    Written,

    /// <summary>Left out, its principal must not gain access (E6, E7).</summary>
    Dropped,

    /// <summary>Its principal is missing or rejected (B2, E8).</summary>
    Rejected,
}

/// <summary>The source's scope rows by node, with what becomes of each.</summary>
internal sealed class ScopeTable
{
    private readonly PlanInput _input;
    private readonly NodeTree _tree;
    private readonly PrincipalMap _principals;
    private readonly List<int>?[] _rows;
    private readonly HashSet<int> _unreadable = [];

    /// <summary>Sorts the rows by node.</summary>
    public ScopeTable(PlanInput input, NodeTree tree, PrincipalMap principals)
    {
        (_input, _tree, _principals) = (input, tree, principals);
        _rows = new List<int>?[tree.Nodes.Length];
        for (var row = 0; row < input.Source.Scopes.Count; row++)
        {
            if (tree.PlaceOf(input.Source.Scopes[row].Node) is >= 0 and var place)
            {
                (_rows[place] ??= []).Add(row);
            }
        }

        foreach (var rejection in input.Source.Rejections.Where(r => r.Table.Equals(Notes.Scopes, StringComparison.OrdinalIgnoreCase)))
        {
            if (int.TryParse(rejection.Key.Split('/')[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var node))
            {
                _unreadable.Add(node);
            }
        }
    }

    /// <summary>The rows that stand on a node, as numbers of rows, in key order.</summary>
    public IReadOnlyList<int> RowsOf(int place) => _rows[place] ?? [];

    /// <summary>A row.</summary>
    public Scope this[int row] => _input.Source.Scopes[row];

    /// <summary>Whether a node has rows that cannot be read.</summary>
    public bool HasUnreadable(int place) => _unreadable.Contains(_tree.Nodes[place].Id);

    /// <summary>What becomes of a row. Denials are written even where E6 drops: leaving one out could only widen access.</summary>
    public ScopeFate FateOf(int row)
    {
        var place = _principals.PlaceOf(this[row].Principal);
        if (place < 0 || _principals.DecisionOf(place) is null)
        {
            return ScopeFate.Rejected;
        }

        return _principals.DropsAccess(place) && !this[row].Denied ? ScopeFate.Dropped : ScopeFate.Written;
    }
}
