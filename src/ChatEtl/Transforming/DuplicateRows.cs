using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>E7: rows that become equal because two source principals share one guid are written once.</summary>
/// <remarks>
/// Such principals are few, so the losing rows are found in one look ahead over the table and kept by key; which row wins does not depend
/// on batches, ranges or resumes.
/// </remarks>
public static class DuplicateRows
{
    /// <summary>Source prinIDs that share their destination row with another one.</summary>
    public static HashSet<int> SharedPrincipals(DirectoryPlan plan) =>
        [.. plan.Decisions.Principals.Values.GroupBy(decision => decision.DestinationId).Where(group => group.Skip(1).Any()).SelectMany(group => group).Select(decision => decision.SourceId)];

    /// <summary>Of invitations to the same room the highest invID wins, then the first in key order.</summary>
    public static Func<object?[], bool> Invitations(DirectoryPlan plan, Table source, Func<IEnumerable<object?[]>> rows) => Losers(
        plan, source, rows, ["prinID"], SmallTableRules.Invitations(plan, source), kept => (kept[0]!, kept[2]!, 0L), kept => (long)kept[1]!);

    /// <summary>Of affiliations of equal key the first in key order wins; all rows between two that are one are the one self row.</summary>
    public static Func<object?[], bool> Affiliations(DirectoryPlan plan, Table source, Func<IEnumerable<object?[]>> rows) => Losers(
        plan, source, rows, ["principalID", "affiliationID"], SmallTableRules.Affiliations(plan, source), kept => (kept[0]!, kept[1]!, (long)kept[2]!), _ => 0);

    private static Func<object?[], bool> Losers(
        DirectoryPlan plan, Table source, Func<IEnumerable<object?[]>> rows, string[] principalColumns, RowTransform transform,
        Func<object?[], (object, object, long)> key, Func<object?[], long> rank)
    {
        var shared = SharedPrincipals(plan);
        var columns = principalColumns.Select(source.Ordinal).ToArray();
        if (shared.Count == 0)
        {
            return static _ => false;
        }

        var losers = new HashSet<string>(StringComparer.Ordinal);
        var winners = new Dictionary<(object, object, long), (long Rank, object?[] Cells)>();
        foreach (var cells in rows().Where(cells => columns.Any(column => Cells.TryInteger(cells[column], int.MinValue, int.MaxValue, out var id) && shared.Contains((int)id))))
        {
            if (transform.Of(cells).Cells is not { } kept)
            {
                continue;
            }

            if (!winners.TryGetValue(key(kept), out var best))
            {
                winners[key(kept)] = (rank(kept), cells);
            }
            else if (rank(kept) > best.Rank || (rank(kept) == best.Rank && Precedes(source, cells, best.Cells)))
            {
                losers.Add(Cells.Key(source, best.Cells));
                winners[key(kept)] = (rank(kept), cells);
            }
            else
            {
                losers.Add(Cells.Key(source, cells));
            }
        }

        return cells => losers.Count > 0 && losers.Contains(Cells.Key(source, cells));
    }

    private static bool Precedes(Table source, object?[] left, object?[] right)
    {
        foreach (var column in source.Key.Select(source.Ordinal))
        {
            Cells.TryInteger(left[column], long.MinValue, long.MaxValue, out var a);
            Cells.TryInteger(right[column], long.MinValue, long.MaxValue, out var b);
            if (a != b)
            {
                return a < b;
            }
        }

        return false;
    }
}
