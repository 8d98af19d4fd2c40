using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>T22 to T24: invitations, preferences and affiliations, row by row.</summary>
public static class SmallTableRules
{
    private static readonly Func<object?[], bool> NoDuplicates = static _ => false;

    /// <summary>T22, M5: both ends mapped, invID carried.</summary>
    /// <param name="plan">Where rooms and principals go.</param>
    /// <param name="source">The source's tblPrincipalInvites.</param>
    /// <param name="isDuplicate">Whether a row loses against an equal one of the same principal (E7); null while that is not known.</param>
    public static RowTransform Invitations(DirectoryPlan plan, Table source, Func<object?[], bool>? isDuplicate = null)
    {
        var (principal, number, node, created) = (source.Ordinal("prinID"), source.Ordinal("invID"), source.Ordinal("nodeID"), source.Ordinal("createdOn"));
        isDuplicate ??= NoDuplicates;
        return new RowTransform(source, cells =>
        {
            var route = Int(cells[node]) is { } room ? plan.RouteOf(room) : default;
            if (route.Fate == RoomFate.Skipped)
            {
                return RowOutcome.Skip(route.Rule);
            }

            if (route.Fate == RoomFate.Unknown)
            {
                return RowOutcome.Reject("T22", $"No room has the nodeID {Cells.Format(cells[node])}.");
            }

            if (plan.PrincipalIdOf(Int(cells[principal])) is not { } who)
            {
                return RowOutcome.Reject("T22", $"No principal has the prinID {Cells.Format(cells[principal])}.");
            }

            if (Int(cells[number]) is not { } invitation || !Cells.TryDateTime(cells[created], out var time))
            {
                return RowOutcome.Reject("T22", "invID is no whole number in its range, or createdOn is no date and time.");
            }

            return isDuplicate(cells)
                ? RowOutcome.Skip("T11")
                : RowOutcome.Keep([(long)who, (long)invitation, (long)route.DestinationId, plan.TimeAsStored(time)]);
        });
    }

    /// <summary>T24, M7: both ends mapped; principals that the directory sync owns at the destination get none.</summary>
    /// <param name="plan">Where principals go.</param>
    /// <param name="source">The source's tblPrincipalAffiliations.</param>
    /// <param name="isDuplicate">Whether a row loses against an equal one of the same principals (E7); null while that is not known.</param>
    public static RowTransform Affiliations(DirectoryPlan plan, Table source, Func<object?[], bool>? isDuplicate = null)
    {
        var (from, to, index, by) = (source.Ordinal("principalID"), source.Ordinal("affiliationID"), source.Ordinal("index"), source.Ordinal("updatedBy"));
        var owned = plan.Decisions.Principals.Values.Where(decision => decision.HadAffiliations).Select(decision => decision.DestinationId).ToHashSet();
        isDuplicate ??= NoDuplicates;
        return new RowTransform(source, cells =>
        {
            var (fromId, toId) = (Int(cells[from]), Int(cells[to]));
            var who = plan.PrincipalIdOf(fromId);
            if (who is { } kept && owned.Contains(kept))
            {
                return RowOutcome.Skip("T24");
            }

            if (fromId is { } id && plan.WithoutAccess.Contains(id))
            {
                // Nobody gains access: its groups would bring back what its roles no longer give (E6, E7).
                return RowOutcome.Skip("T11");
            }

            if (who is null || plan.PrincipalIdOf(toId) is not { } whom)
            {
                return RowOutcome.Reject("T24", $"No principal has the id {Cells.Format(cells[who is null ? from : to])}.");
            }

            if (Int(cells[index]) is not { } place)
            {
                return RowOutcome.Reject("T24", "index is no whole number in its range.");
            }

            // Two source rows of one guid were affiliated to each other: that is the one self row (E7).
            place = who == whom && fromId != toId ? -1 : place;
            return isDuplicate(cells)
                ? RowOutcome.Skip("T11")
                : RowOutcome.Keep([(long)who, (long)whom, (long)place, (long)(plan.PrincipalIdOf(Int(cells[by])) ?? plan.SystemPrincipalId)]);
        });
    }

    /// <summary>T23, M6: of equal labels the highest prefSeqID, then the ordinally smallest label; a label the destination has is kept.</summary>
    /// <param name="plan">Where principals go.</param>
    /// <param name="source">The source's tblPreference.</param>
    /// <param name="chosen">The one row to carry of each label, by label as N2 compares.</param>
    /// <param name="existing">Labels the destination had when the stream began, as N2 compares.</param>
    public static RowTransform Preferences(
        DirectoryPlan plan, Table source, IReadOnlyDictionary<string, (int Number, string Label)> chosen, IReadOnlySet<string> existing)
    {
        var (label, number, content, by) = (source.Ordinal("prefLabel"), source.Ordinal("prefSeqID"), source.Ordinal("prefContent"), source.Ordinal("lastModifiedBy"));
        return new RowTransform(source, cells =>
        {
            if (cells[label] is not string name || name.Length > 255 || Int(cells[number]) is not { } version)
            {
                return RowOutcome.Reject("T23", "prefLabel is no text of at most 255 UTF-16 units, or prefSeqID no whole number in its range.");
            }

            if (!chosen.TryGetValue(name, out var best) || best != (version, name))
            {
                return RowOutcome.Skip("T23");
            }

            if (existing.Contains(name))
            {
                return RowOutcome.Reuse("T23");
            }

            if (cells[content] is not (null or string))
            {
                return RowOutcome.Reject("T23", "prefContent is no valid text.");
            }

            return plan.PrincipalIdOf(Int(cells[by])) is { } modifiedBy
                ? RowOutcome.Keep([name, (long)version, cells[content], (long)modifiedBy])
                : RowOutcome.Reject("T23", $"No principal has the lastModifiedBy {Cells.Format(cells[by])}.");
        });
    }

    /// <summary>Reads all labels and chooses the row of each (T23).</summary>
    public static Dictionary<string, (int Number, string Label)> ChoosePreferences(Table source, IEnumerable<object?[]> rows, IEqualityComparer<string> names)
    {
        var (label, number) = (source.Ordinal("prefLabel"), source.Ordinal("prefSeqID"));
        var chosen = new Dictionary<string, (int Number, string Label)>(names);
        foreach (var cells in rows)
        {
            if (cells[label] is not string name || Int(cells[number]) is not { } version)
            {
                continue;
            }

            if (!chosen.TryGetValue(name, out var best) || version > best.Number
                || (version == best.Number && StringComparer.Ordinal.Compare(name, best.Label) < 0))
            {
                chosen[name] = (version, name);
            }
        }

        return chosen;
    }

    private static int? Int(object? cell) => Cells.TryInteger(cell, int.MinValue, int.MaxValue, out var value) ? (int)value : null;
}
