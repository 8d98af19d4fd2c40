using System.IO.Hashing;
using System.Runtime.InteropServices;
using ChatEtl.Chat;

namespace ChatEtl.Planning;

/// <summary>A directory as digests of its rows, to tell later which of them changed.</summary>
/// <remarks>
/// One digest a row of tblNode, tblPrincipal, tblSiopWhiteList and tblRoleType; one a node for its roles and for its scope; one a principal
/// for its affiliations. prinVerifiedOn is left out: the directory sync writes it every night, and no rule asks for it.
/// </remarks>
/// <param name="Tables">Digests by table and key.</param>
public sealed record DirectoryState(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Tables)
{
    /// <summary>The state of a directory; of none it is empty.</summary>
    public static DirectoryState Of(ChatDirectory? directory)
    {
        if (directory is null)
        {
            return new DirectoryState(new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal));
        }

        var tables = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            ["tblNode"] = Sums(directory.Nodes, row => row.Id, row => RowDigest.OfCells(CellsOf(row))),
            ["tblPrincipal"] = Sums(directory.Principals, row => row.Id, row => RowDigest.OfCells(CellsOf(row))),
            ["tblPrincipalRole"] = Sums(directory.Roles, row => row.Node, row => Digest(row.Principal, row.Type, row.UpdatedBy ?? 0, row.UpdatedBy is null ? 0 : 1)),
            ["tblScopePrincipal"] = Sums(directory.Scopes, row => row.Node, row => Digest(row.Principal, row.Denied ? 1 : 0, row.UpdatedBy ?? 0, row.UpdatedBy is null ? 0 : 1)),
            ["tblPrincipalAffiliations"] = Sums(directory.Affiliations.Rows, row => row.Principal, row => Digest(row.AffiliatedTo)),
            ["tblSiopWhiteList"] = Sums(directory.AddIns, row => Cells.FormatGuid(row.Id), row => RowDigest.OfCells(PersistentRows.Of(row))),
            ["tblRoleType"] = Sums(directory.RoleTypes, row => row.Id, row => RowDigest.OfCells([(long)row.Id, row.Description])),
        };
        foreach (var rows in directory.Rejections.GroupBy(row => row.Table, StringComparer.OrdinalIgnoreCase))
        {
            tables[$"{rows.Key} (unreadable)"] = Sums(rows, row => row.Key, row => RowDigest.OfCells([row.Values]));
        }

        return new DirectoryState(tables);
    }

    /// <summary>Digest of everything that a plan wants written, whatever the order of its rows.</summary>
    public static string OutcomeOf(Transforming.DirectoryPlan plan)
    {
        var sum = UInt128.Zero;
        foreach (var row in plan.Principals.Select(row => PersistentRows.Of(row with { VerifiedOn = default })))
        {
            sum = RowDigest.Add(sum, RowDigest.OfCells(row));
        }

        foreach (var row in plan.Nodes.Select(PersistentRows.Of).Concat(plan.AddIns.Select(PersistentRows.Of)))
        {
            sum = RowDigest.Add(sum, RowDigest.OfCells(row));
        }

        foreach (var row in plan.Scopes.Concat(plan.RoleNodes.SelectMany(plan.RolesOf)))
        {
            sum = RowDigest.Add(sum, Digest(row.Node, row.Principal, row.Type, row.UpdatedBy));
        }

        return RowDigest.Format(sum);
    }

    /// <summary>The rows that came, went or changed since <paramref name="before"/>, by table and key.</summary>
    public IEnumerable<(string Table, string Key, string Change)> ChangesSince(DirectoryState before)
    {
        foreach (var table in Tables.Keys.Union(before.Tables.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (now, then) = (RowsOf(table), before.RowsOf(table));
            foreach (var (key, digest) in now)
            {
                if (!then.TryGetValue(key, out var earlier))
                {
                    yield return (table, key, "added");
                }
                else if (earlier != digest)
                {
                    yield return (table, key, "changed");
                }
            }

            foreach (var key in then.Keys.Where(key => !now.ContainsKey(key)))
            {
                yield return (table, key, "removed");
            }
        }
    }

    private IReadOnlyDictionary<string, string> RowsOf(string table) =>
        Tables.TryGetValue(table, out var rows) ? rows : new Dictionary<string, string>(StringComparer.Ordinal);

    private static Dictionary<string, string> Sums<T, TKey>(IEnumerable<T> rows, Func<T, TKey> key, Func<T, UInt128> digest)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, UInt128>();
        foreach (var row in rows)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key(row), out _);
            sum = RowDigest.Add(sum, digest(row));
        }

        return sums.ToDictionary(sum => Cells.Format(sum.Key), sum => RowDigest.Format(sum.Value), StringComparer.Ordinal);
    }

    private static UInt128 Digest(params ReadOnlySpan<int> values) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(values));

    private static object?[] CellsOf(Node row) =>
    [
        (long)row.Id, row.Guid, row.Parent, row.IsCategory, row.Name, row.Description, row.Topic, row.Invite, row.Logged, row.FilePost, row.Disabled, row.Inheritance,
        row.OverrideMember, row.RestrictChildCreate, row.Behaviour, row.Visibility, row.ScopeDefiner, row.RoleDefiner, row.AddIn, row.AddedBy, row.AddedOn,
        row.UpdatedBy, row.UpdatedOn, row.PurgedOn,
    ];

    private static object?[] CellsOf(Principal row) =>
    [
        (long)row.Id, row.Guid, row.Uri, row.Name, row.DisplayName, row.CompanyName, row.Email, row.AdPath, row.UserPrincipalName, row.Disabled, row.Type, row.AddedBy,
        row.AddedOn, row.UpdatedBy, row.UpdatedOn,
    ];
}
