using ChatEtl.Chat;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>What must change at the destination so that its directory is as planned (B6); everything on the first pass, little later.</summary>
/// <param name="Tables">Principals, add-ins and nodes.</param>
/// <param name="NewScopes">Scope rows not yet written.</param>
/// <param name="StaleAccess">Rights that runs of ours wrote and the rules no longer give.</param>
/// <param name="StaleAffiliations">Affiliations of principals we created that the source no longer gives, in destination ids.</param>
/// <param name="Decisions">The plan's decisions with the digests of the rows as they then stand.</param>
/// <param name="Findings">Changes applied, and changes left alone because the destination's row was changed as well.</param>
internal sealed record DirectoryDiff(
    IReadOnlyList<TableChanges> Tables, IReadOnlyList<AccessRow> NewScopes, IReadOnlyList<AccessRow> StaleAccess,
    IReadOnlyList<(int Principal, int AffiliatedTo)> StaleAffiliations, Decisions Decisions, IReadOnlyList<Finding> Findings)
{
    /// <summary>Compares the plan with what runs of ours wrote before.</summary>
    /// <param name="plan">The wanted directory.</param>
    /// <param name="source">Who belongs to whom in the source; null when affiliations are not carried.</param>
    /// <param name="destination">The destination's directory as it stands.</param>
    /// <param name="earlier">Decisions of earlier runs, with digests of the rows they wrote.</param>
    /// <param name="written">Rights that earlier runs wrote.</param>
    public static DirectoryDiff Of(
        DirectoryPlan plan, AffiliationGraph? source, ChatDirectory destination, Decisions earlier, IEnumerable<AccessRow> written)
    {
        var findings = new List<Finding>();
        var principals = new Rows<int>(
            "tblPrincipal",
            earlier.Principals.Values.Where(d => d.Digest.Length > 0).DistinctBy(d => d.DestinationId).ToDictionary(d => d.DestinationId, d => d.Digest),
            destination.Principals.DistinctBy(row => row.Id).ToDictionary(row => row.Id, PersistentRows.Of),
            findings);
        var nodes = new Rows<int>(
            "tblNode",
            earlier.Nodes.Values.Where(d => d.Digest.Length > 0).DistinctBy(d => d.DestinationId).ToDictionary(d => d.DestinationId, d => d.Digest),
            destination.Nodes.DistinctBy(row => row.Id).ToDictionary(row => row.Id, PersistentRows.Of),
            findings);
        var addIns = new Rows<Guid>(
            "tblSiopWhiteList",
            earlier.AddIns.Values.Where(d => d.Digest.Length > 0).DistinctBy(d => d.DestinationId).ToDictionary(d => d.DestinationId, d => d.Digest),
            destination.AddIns.DistinctBy(row => row.Id).ToDictionary(row => row.Id, PersistentRows.Of),
            findings);
        foreach (var row in plan.Principals)
        {
            principals.Want(row.Id, PersistentRows.Of(row));
        }

        foreach (var row in plan.AddIns)
        {
            addIns.Want(row.Id, PersistentRows.Of(row));
        }

        foreach (var row in plan.Nodes)
        {
            nodes.Want(row.Id, PersistentRows.Of(row));
        }

        var before = written.ToList();
        var scopesBefore = before.Where(IsScope).Select(Key).ToHashSet();
        var changed = ChangedScopes(plan, destination, scopesBefore, findings);
        return new DirectoryDiff(
            [principals.Changes, addIns.Changes, nodes.Changes],
            [.. plan.Scopes.Where(row => !scopesBefore.Contains(Key(row))), .. changed],
            [.. Stale(plan, before, findings), .. changed],
            source is null ? [] : Gone(plan, source, destination, earlier, findings),
            new Decisions
            {
                Principals = plan.Decisions.Principals.ToDictionary(d => d.Key, d => d.Value with { Digest = d.Value.Origin == Origin.Created ? principals.DigestOf(d.Value.DestinationId) : "" }),
                Nodes = plan.Decisions.Nodes.ToDictionary(d => d.Key, d => d.Value with { Digest = d.Value.Origin == Origin.Created ? nodes.DigestOf(d.Value.DestinationId) : "" }),
                AddIns = plan.Decisions.AddIns.ToDictionary(d => d.Key, d => d.Value with { Digest = d.Value.Origin == Origin.Created ? addIns.DigestOf(d.Value.DestinationId) : "" }),
            },
            findings);
    }

    /// <summary>Scope rows of ours that another changed since (U1); they are written anew.</summary>
    private static List<AccessRow> ChangedScopes(
        DirectoryPlan plan, ChatDirectory destination, HashSet<(int Node, int Principal, int Type)> before, List<Finding> findings)
    {
        var wanted = plan.Scopes.Where(row => before.Contains(Key(row))).ToDictionary(row => (row.Node, row.Principal));
        var changed = new List<AccessRow>();
        foreach (var there in destination.Scopes)
        {
            if (wanted.TryGetValue((there.Node, there.Principal), out var row) && there.UpdatedBy != row.UpdatedBy)
            {
                changed.Add(row);
                findings.Add(new Finding(
                    "B6", Severity.Information, "tblScopePrincipal", $"{row.Node}/{row.Principal}",
                    "The row changed in the source since an earlier pass; the change is applied."));
            }
        }

        return changed;
    }

    /// <summary>A group that someone left would let them in again: nobody gains access, in later passes neither.</summary>
    private static List<(int Principal, int AffiliatedTo)> Gone(
        DirectoryPlan plan, AffiliationGraph source, ChatDirectory destination, Decisions earlier, List<Finding> findings)
    {
        var created = earlier.Principals.Values.Where(decision => decision.Origin == Origin.Created).Select(decision => decision.DestinationId).ToHashSet();
        if (created.Count == 0)
        {
            return [];
        }

        // Packed and sorted, because there may be millions.
        var given = new List<long>();
        foreach (var (who, whom) in source.Rows)
        {
            if (!plan.WithoutAccess.Contains(who) && plan.PrincipalIdOf(who) is { } principal && plan.PrincipalIdOf(whom) is { } group)
            {
                given.Add(Pack(principal, group));
            }
        }

        given.Sort();
        var stale = destination.Affiliations.Rows
            .Where(row => created.Contains(row.Principal) && given.BinarySearch(Pack(row.Principal, row.AffiliatedTo)) < 0).Distinct().ToList();
        findings.AddRange(stale.Select(row => new Finding(
            "B6", Severity.Information, "tblPrincipalAffiliations", $"{row.Principal}/{row.AffiliatedTo}",
            "The source no longer gives this affiliation of a principal that we created; the row is removed.")));
        return stale;

        static long Pack(int principal, int group) => ((long)principal << 32) | (uint)group;
    }

    private static List<AccessRow> Stale(DirectoryPlan plan, List<AccessRow> before, List<Finding> findings)
    {
        if (before.Count == 0)
        {
            return [];
        }

        var wanted = plan.Scopes.Select(Key).ToHashSet();
        foreach (var node in plan.RoleNodes)
        {
            wanted.UnionWith(plan.RolesOf(node).Select(Key));
        }

        var stale = before.Where(row => !wanted.Contains(Key(row))).ToList();
        findings.AddRange(stale.Select(row => new Finding(
            "B6", Severity.Information, IsScope(row) ? "tblScopePrincipal" : "tblPrincipalRole", $"{row.Node}/{row.Principal}/{row.Type}",
            "The source no longer gives this right; the row that an earlier pass wrote is removed.")));
        return stale;
    }

    private static bool IsScope(AccessRow row) => row.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType;

    private static (int Node, int Principal, int Type) Key(AccessRow row) => (row.Node, row.Principal, row.Type);

    private sealed class Rows<TKey>(string table, Dictionary<TKey, string> written, Dictionary<TKey, object?[]> present, List<Finding> findings)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, string> _digests = new(written);
        private readonly List<object?[]> _inserts = [];
        private readonly List<object?[]> _updates = [];

        public TableChanges Changes => new(ChatSchema.Persistent[table], _inserts, _updates);

        public string DigestOf(TKey key) => _digests.GetValueOrDefault(key, "");

        public void Want(TKey key, object?[] cells)
        {
            var digest = Digest(cells);
            if (!written.TryGetValue(key, out var before))
            {
                _inserts.Add(cells);
                _digests[key] = digest;
            }
            else if (before != digest)
            {
                var untouched = present.TryGetValue(key, out var now) && Digest(now) == before;
                findings.Add(new Finding(
                    "B6", untouched ? Severity.Information : Severity.Warning, table, Cells.Format(key),
                    untouched
                        ? "The row changed in the source since an earlier pass; the change is applied."
                        : "The row changed in the source and at the destination since an earlier pass; the destination's row is left as it is."));
                if (untouched)
                {
                    _updates.Add(cells);
                    _digests[key] = digest;
                }
            }
        }

        private static string Digest(object?[] cells) => RowDigest.Format(RowDigest.OfCells(cells));
    }
}
