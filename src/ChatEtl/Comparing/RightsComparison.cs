using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Roles and scope rows: on nodes we created exactly the wanted set, on reused and merged ones at least the wanted rows.</summary>
internal sealed class RightsComparison(ChatDirectory destination, DirectoryPlan plan, DifferenceLog log)
{
    private const string Roles = "tblPrincipalRole";
    private const string Scopes = "tblScopePrincipal";

    private readonly HashSet<int> _created = [.. plan.Nodes.Select(node => node.Id)];

    /// <summary>Compares both tables.</summary>
    public void Run()
    {
        CompareScopes();
        CompareRoles();
        foreach (var row in destination.Rejections.Where(row => row.Table is Roles or Scopes))
        {
            log.Extra(row.Table, row.Key, "The row cannot be read: " + row.Reason);
        }
    }

    private void CompareRoles()
    {
        var sources = plan.RoleNodes
            .Where(plan.Decisions.Nodes.ContainsKey)
            .ToLookup(source => plan.Decisions.Nodes[source].DestinationId);
        var found = new RowsByNode<Role>(destination.Roles, role => role.Node);
        foreach (var node in _created.Union(sources.Select(group => group.Key)).Order())
        {
            var wanted = sources[node].SelectMany(plan.RolesOf)
                .Select(row => new Right(row.Principal, row.Type, row.UpdatedBy, false)).ToList();
            wanted.Sort(Order);
            Compare(Roles, node, wanted, found.Of(node).Select(row => new Right(row.Principal, row.Type, row.UpdatedBy, false)));
        }
    }

    private void CompareScopes()
    {
        var wanted = plan.Scopes.ToLookup(row => row.Node);
        var found = new RowsByNode<Scope>(destination.Scopes, scope => scope.Node);
        foreach (var node in _created.Union(wanted.Select(group => group.Key)).Order())
        {
            var rows = wanted[node].Select(row => new Right(row.Principal, 0, row.UpdatedBy, row.Type == AccessRow.DeniedScopeType)).ToList();
            rows.Sort(Order);
            Compare(Scopes, node, rows, found.Of(node).Select(row => new Right(row.Principal, 0, row.UpdatedBy, row.Denied)));
        }
    }

    /// <summary>Merges two lists in order of (principal, type); several source nodes of one destination node may want the same row.</summary>
    private void Compare(string table, int node, List<Right> wanted, IEnumerable<Right> found)
    {
        var figures = log.Of(table);
        var isOurs = _created.Contains(node);
        var next = 0;
        foreach (var there in found)
        {
            for (; next < wanted.Count && Order(wanted[next], there) < 0; next = After(wanted, next))
            {
                figures.Expected++;
                log.Missing(table, Key(wanted[next]), "The right is not there.");
            }

            if (next < wanted.Count && Order(wanted[next], there) == 0)
            {
                figures.Expected++;
                Judge(wanted[next], there);
                next = After(wanted, next);
            }
            else if (isOurs)
            {
                log.Extra(table, Key(there), "The rules do not give this right.");
            }
        }

        for (; next < wanted.Count; next = After(wanted, next))
        {
            figures.Expected++;
            log.Missing(table, Key(wanted[next]), "The right is not there.");
        }

        string Key(Right right) => table == Roles
            ? string.Create(CultureInfo.InvariantCulture, $"{node}/{right.Principal}/{right.Type}")
            : string.Create(CultureInfo.InvariantCulture, $"{node}/{right.Principal}");

        void Judge(Right want, Right have)
        {
            var columns = new List<string>();
            if (isOurs && want.IsDenied != have.IsDenied)
            {
                columns.Add("scopeIsDenied");
            }

            if (isOurs && want.UpdatedBy != have.UpdatedBy)
            {
                columns.Add(table == Roles ? "prinRoleUpdatedBy" : "scopeUpdatedBy");
            }

            if (columns.Count == 0)
            {
                figures.Equal++;
            }
            else
            {
                log.Different(table, Key(want), string.Join(", ", columns), string.Create(
                    CultureInfo.InvariantCulture, $"Changed by {have.UpdatedBy}, expected {want.UpdatedBy}; denied {have.IsDenied}, expected {want.IsDenied}."));
            }
        }
    }

    private static int After(List<Right> rows, int at)
    {
        var next = at + 1;
        while (next < rows.Count && Order(rows[next], rows[at]) == 0)
        {
            next++;
        }

        return next;
    }

    private static int Order(Right left, Right right) =>
        left.Principal != right.Principal ? left.Principal.CompareTo(right.Principal) : left.Type.CompareTo(right.Type);

    private readonly record struct Right(int Principal, int Type, int? UpdatedBy, bool IsDenied);
}

/// <summary>Finds the rows of one node in a list that is in order of nodes.</summary>
internal sealed class RowsByNode<T>
{
    private readonly IReadOnlyList<T> _rows;
    private readonly Dictionary<int, (int First, int Count)> _places = [];

    public RowsByNode(IReadOnlyList<T> rows, Func<T, int> nodeOf)
    {
        _rows = rows;
        for (var i = 0; i < rows.Count; i++)
        {
            var node = nodeOf(rows[i]);
            var (first, count) = _places.GetValueOrDefault(node, (i, 0));
            _places[node] = (first, count + 1);
        }
    }

    /// <summary>The rows of a node, in their order.</summary>
    public IEnumerable<T> Of(int node)
    {
        var (first, count) = _places.GetValueOrDefault(node);
        for (var i = first; i < first + count; i++)
        {
            yield return _rows[i];
        }
    }
}
