using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Who becomes whom (T11, E1, E5 to E8).</summary>
internal static class PrincipalRules
{
    /// <summary>Decides every row of tblPrincipal, at every level (E8).</summary>
    public static PrincipalMap Decide(PlanInput input, DestinationView there, Notes notes)
    {
        var rows = input.Source.Principals.OrderBy(p => p.Id).ToArray();
        var decided = new PrincipalDecision?[rows.Length];
        var winners = Winners(rows, input.Earlier);
        var matches = new Matches(there, notes);
        var free = new FreeIds([.. there.Principals.Select(p => p.Id), .. input.Earlier.Principals.Values.Select(d => d.DestinationId)]);
        for (var i = 0; i < rows.Length; i++)
        {
            if (!IsCarried(rows[i].Type))
            {
                notes.Reject(RejectedRows.Of(rows[i], "T11", $"principal type {rows[i].Type} has no place at the destination", input.IsLegacy));
            }
            else if (input.Earlier.Principals.TryGetValue(rows[i].Id, out var earlier))
            {
                decided[i] = earlier;
            }
            else if (winners[rows[i].Guid] == i)
            {
                decided[i] = matches.Find(rows[i]) is { } match
                    ? new PrincipalDecision(rows[i].Id, match.Id, Origin.Reused, input.Destination.Affiliations.HasRows(match.Id))
                    : new PrincipalDecision(rows[i].Id, free.Next(), Origin.Created, HadAffiliations: false);
            }
        }

        MapLosers(rows, decided, winners, notes);
        var map = new PrincipalMap(input, rows, decided, there);
        Report(input, map, there, notes);
        return map;
    }

    /// <summary>Whether rows of a type have a place in 2013.</summary>
    public static bool IsCarried(short type) => type is >= PrincipalTypes.SystemUser and <= PrincipalTypes.FederatedGroup;

    /// <summary>Whether the principal belongs to a partner organisation or to MindAlign: carried as disabled (T11).</summary>
    public static bool IsFederated(Principal row) =>
        row.Type is PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser or PrincipalTypes.FederatedGroup;

    /// <summary>Whether the principal has access in the source at all.</summary>
    public static bool IsActive(Principal row) => row.Disabled == 0 && !IsFederated(row);

    /// <summary>The type a source type becomes.</summary>
    public static short TypeOf(short type) => type switch
    {
        PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser => PrincipalTypes.User,
        PrincipalTypes.FederatedGroup => PrincipalTypes.Group,
        _ => type,
    };

    /// <summary>The row that wins among those of one guid: one already decided as such, else the lowest prinID (T11, E1).</summary>
    private static Dictionary<Guid, int> Winners(Principal[] rows, Decisions earlier)
    {
        var winners = new Dictionary<Guid, int>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            if (IsCarried(rows[i].Type) && !winners.TryAdd(rows[i].Guid, i) && WasWinner(i) && !WasWinner(winners[rows[i].Guid]))
            {
                winners[rows[i].Guid] = i;
            }
        }

        return winners;

        bool WasWinner(int i) => earlier.Principals.TryGetValue(rows[i].Id, out var decision) && decision.Origin is Origin.Created or Origin.Reused;
    }

    private static void MapLosers(Principal[] rows, PrincipalDecision?[] decided, Dictionary<Guid, int> winners, Notes notes)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (!IsCarried(rows[i].Type) || winners[rows[i].Guid] == i)
            {
                continue;
            }

            var winner = decided[winners[rows[i].Guid]]!;
            decided[i] ??= winner with { SourceId = rows[i].Id, Origin = Origin.Duplicate, Digest = "" };
            notes.Warning("T11", Notes.Principals, Notes.Key(rows[i].Id), $"Principal {rows[i].Id} has the same guid as {winner.SourceId} and is carried as that one; check which row is right.");
        }
    }

    private static void Report(PlanInput input, PrincipalMap map, DestinationView there, Notes notes)
    {
        var book = notes.Book(Notes.Principals);
        var personUris = there.Principals.Where(p => p.Type == PrincipalTypes.User).ToLookup(p => p.Uri, EqualNames.Comparer);
        for (var i = 0; i < map.Rows.Count; i++)
        {
            var (row, decision) = (map.Rows[i], map.DecisionOf(i));
            var key = Notes.Key(row.Id);
            switch (decision?.Origin)
            {
                case Origin.Created:
                    book.Written++;
                    break;
                case Origin.Duplicate:
                    book.Skip("T11");
                    break;
                case Origin.Reused or Origin.Merged or Origin.Placeholder:
                    book.Reused++;
                    break;
                default:
                    continue;
            }

            if (decision.Origin == Origin.Placeholder)
            {
                notes.Warning("T20", Notes.Principals, key, $"Principal {row.Id} was unknown in an earlier run and stays the disabled placeholder {decision.DestinationId}; enable that one by hand if it should have access.");
            }

            if (IsFederated(row))
            {
                notes.Warning("T11", Notes.Principals, key, $"Principal {row.Id} is federated: its messages are kept, its access ends; 2013 has no federation.");
            }

            if (map.DropsAccess(i) && decision.Origin is Origin.Reused or Origin.Created)
            {
                notes.Warning("T11", Notes.Principals, key, $"Principal {row.Id} is disabled or federated in the source but active at the destination ({decision.DestinationId}); its roles and scope rows are not written.");
            }

            if (decision.Origin == Origin.Created && TypeOf(row.Type) == PrincipalTypes.User && !input.Earlier.Principals.ContainsKey(row.Id)
                && personUris[row.Uri].FirstOrDefault() is { } namesake)
            {
                notes.Warning("T11", Notes.Principals, key, $"Principal {row.Id} has the prinUri of the destination's {namesake.Id} but another guid and is inserted beside it; check whether they are one person.");
            }
        }
    }

    /// <summary>Finds the destination's row of a principal: by guid, system principals also by prinUri (E5).</summary>
    private sealed class Matches(DestinationView there, Notes notes)
    {
        private readonly Dictionary<Guid, Principal> _byGuid = First(there.Principals, p => p.Guid, EqualityComparer<Guid>.Default);

        private readonly Dictionary<string, Principal> _systemByUri =
            First(there.Principals.Where(p => p.Type == PrincipalTypes.SystemUser), p => p.Uri, EqualNames.Comparer);

        public Principal? Find(Principal row)
        {
            if (!_byGuid.TryGetValue(row.Guid, out var match))
            {
                return row.Type == PrincipalTypes.SystemUser ? _systemByUri.GetValueOrDefault(row.Uri) : null;
            }

            if (HoldsOthers(match.Type) != HoldsOthers(row.Type))
            {
                notes.Error("T11", Notes.Principals, Notes.Key(row.Id), $"Principal {row.Id} (type {row.Type}) has the guid of the destination's {match.Id} (type {match.Type}); a person and a group cannot be one, repair either.");
            }

            return match;
        }

        private static bool HoldsOthers(short type) => TypeOf(type) is PrincipalTypes.Domain or PrincipalTypes.Group or PrincipalTypes.Folder;

        private static Dictionary<TKey, Principal> First<TKey>(IEnumerable<Principal> rows, Func<Principal, TKey> key, IEqualityComparer<TKey> equal)
            where TKey : notnull
        {
            var first = new Dictionary<TKey, Principal>(equal);
            foreach (var row in rows)
            {
                first.TryAdd(key(row), row);
            }

            return first;
        }
    }
}
