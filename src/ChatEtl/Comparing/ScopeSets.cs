using System.IO.Hashing;
using System.Runtime.InteropServices;
using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Who is in the scope of a category: everyone when nothing allows anyone in particular, and never the denied.</summary>
internal sealed class ScopeSet(HashSet<int>? allowed, HashSet<int> denied)
{
    /// <summary>Whether the scope names nobody and so lets everyone in who is not denied.</summary>
    public bool IsUnlimited => allowed is null;

    public bool Contains(int principal) => (allowed is null || allowed.Contains(principal)) && !denied.Contains(principal);

    public bool Denies(int principal) => denied.Contains(principal);
}

/// <summary>The scopes of one database, expanded through its own affiliations (R7), a few at a time.</summary>
/// <remarks>Many categories share one scope, and rooms are asked category by category, so a few sets held are enough.</remarks>
internal sealed class ScopeSets
{
    private const int Held = 16;

    private readonly ChatDirectory _directory;
    private readonly RowsByNode<Scope> _rows;
    private readonly HashSet<int> _unreadable;
    private readonly Dictionary<int, UInt128> _keys = [];
    private readonly Dictionary<UInt128, ScopeSet> _sets = [];

    public ScopeSets(ChatDirectory directory)
    {
        _directory = directory;
        _rows = new RowsByNode<Scope>(directory.Scopes, scope => scope.Node);
        _unreadable = [.. RejectedNodes.Of(directory, "tblScopePrincipal").Select(row => row.Node)];
    }

    /// <summary>Whether a node has scope rows, those that cannot be read included (R1).</summary>
    public bool HasRows(int node) => _unreadable.Contains(node) || _rows.Of(node).Any();

    /// <summary>The scope rows of a node.</summary>
    public IEnumerable<Scope> RowsOf(int node) => _rows.Of(node);

    /// <summary>The scope that a node's rows make.</summary>
    public ScopeSet Of(int node)
    {
        if (!_keys.TryGetValue(node, out var key))
        {
            int[] content = [_unreadable.Contains(node) ? 1 : 0, .. _rows.Of(node).SelectMany(row => new[] { row.Principal, row.Denied ? 1 : 0 })];
            _keys[node] = key = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(content.AsSpan()));
        }

        if (!_sets.TryGetValue(key, out var set))
        {
            if (_sets.Count == Held)
            {
                _sets.Clear();
            }

            _sets[key] = set = Expand(node);
        }

        return set;
    }

    private ScopeSet Expand(int node)
    {
        var graph = _directory.Affiliations;
        var allowed = _rows.Of(node).Where(row => !row.Denied).Select(row => row.Principal).ToList();
        var denied = graph.MembersOf(_rows.Of(node).Where(row => row.Denied).Select(row => row.Principal));
        var isLimited = allowed.Count > 0 || (_unreadable.Contains(node) && _directory.Generation != Generation.Lync2013);
        return new ScopeSet(isLimited ? graph.MembersOf(allowed) : null, denied);
    }
}

/// <summary>Rows that could not be read and yet tell where a right was defined (R1): their node and type, as far as the key shows them.</summary>
internal static class RejectedNodes
{
    public static IEnumerable<(int Node, int? Type)> Of(ChatDirectory directory, string table)
    {
        foreach (var rejection in directory.Rejections.Where(row => row.Table == table))
        {
            var parts = rejection.Key.Split('/');
            if (Cells.TryInteger(parts[0], int.MinValue, int.MaxValue, out var node))
            {
                yield return ((int)node, Cells.TryInteger(parts[^1], int.MinValue, int.MaxValue, out var type) ? (int)type : null);
            }
        }
    }
}
