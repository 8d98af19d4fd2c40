using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The source's role rows grouped by node, 9 bytes a row beside the rows themselves; rows are named by their number.</summary>
internal sealed class RoleTable
{
    private readonly IReadOnlyList<Role> _rows;
    private readonly RoleKind[] _kinds;
    private readonly int[] _principals;
    private readonly int[] _firsts;
    private readonly int[] _order;

    /// <summary>Groups the rows once.</summary>
    public RoleTable(IReadOnlyList<Role> rows, RoleKinds kinds, NodeTree tree, PrincipalMap principals)
    {
        _rows = rows;
        _kinds = new RoleKind[rows.Count];
        _principals = new int[rows.Count];
        _firsts = new int[tree.Nodes.Length + 2]; // where place - 1 begins; the last is the end
        var places = new int[rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            _kinds[row] = kinds.Of(rows[row].Type);
            _principals[row] = principals.PlaceOf(rows[row].Principal);
            places[row] = tree.PlaceOf(rows[row].Node);
            _firsts[places[row] + 2]++;
        }

        for (var i = 1; i < _firsts.Length; i++)
        {
            _firsts[i] += _firsts[i - 1];
        }

        _order = new int[rows.Count];
        var next = _firsts.AsSpan().ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            _order[next[places[row] + 1]++] = row;
        }

        SortByPrincipal();
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>A row.</summary>
    public Role this[int row] => _rows[row];

    /// <summary>The rows on a node, by principal; place -1 stands for nodes that do not exist.</summary>
    public ReadOnlySpan<int> RowsOf(int place) => _order.AsSpan(_firsts[place + 1].._firsts[place + 2]);

    /// <summary>What a row grants.</summary>
    public RoleKind KindOf(int row) => _kinds[row];

    /// <summary>Place of a row's principal, or -1.</summary>
    public int PrincipalOf(int row) => _principals[row];

    /// <summary>Key order is by principal already; a source that is not in it is sorted, since the lowest prinID wins (U2).</summary>
    private void SortByPrincipal()
    {
        var byPrincipal = Comparer<int>.Create((a, b) => (_rows[a].Principal, a).CompareTo((_rows[b].Principal, b)));
        for (var place = 0; place < _firsts.Length - 1; place++)
        {
            var (first, end) = (_firsts[place], _firsts[place + 1]);
            for (var i = first + 1; i < end; i++)
            {
                if (_rows[_order[i - 1]].Principal > _rows[_order[i]].Principal)
                {
                    Array.Sort(_order, first, end - first, byPrincipal);
                    break;
                }
            }
        }
    }
}
