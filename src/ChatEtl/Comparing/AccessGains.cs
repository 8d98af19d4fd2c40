using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Says of a right at the destination through which entry it comes, and what stood against it in the source.</summary>
internal sealed class AccessGains(AccessSide here, AccessSide there)
{
    private const AccessRights Entering = AccessRights.Join | AccessRights.Read;

    /// <summary>The entry that gives a person rights, with the groups it leads through.</summary>
    /// <param name="side">The side.</param>
    /// <param name="room">The room on that side.</param>
    /// <param name="scope">Its scope.</param>
    /// <param name="person">The person's number.</param>
    /// <param name="rights">The rights asked about; the strongest is told of.</param>
    public static string Through(AccessSide side, AccessRoom room, AccessScope scope, int person, AccessRights rights)
    {
        foreach (var entry in room.Own.Concat(room.Inherited).Where(entry => Gives(entry.Role, room, rights) && scope.Admits(entry.Place)))
        {
            if (Chain(side, entry.Place, person) is { } chain)
            {
                var inherited = entry.Node == room.Node.Id ? "" : $" on node {entry.Node}";
                return chain.Length == 0 ? $"{entry.Role}{inherited}" : $"{entry.Role}{inherited} through {chain}";
            }
        }

        if (!scope.IsLimited)
        {
            return "everyone in scope: the scope names nobody";
        }

        var path = scope.Allowed.Select(place => Chain(side, place, person)).FirstOrDefault(found => found is not null);
        return path is null ? "" : path.Length == 0 ? "in scope" : $"in scope through {path}";
    }

    /// <summary>What stood against a right in the source.</summary>
    /// <param name="room">Both sides.</param>
    /// <param name="people">Who is who.</param>
    /// <param name="person">The person's number.</param>
    /// <param name="rights">The rights gained.</param>
    /// <param name="byMembership">Whether the source's own entries give them with the destination's group memberships.</param>
    public string Against(AccessCase room, AccessPeople people, int person, AccessRights rights, bool byMembership) =>
        person >= people.Known ? "only the destination knows the person"
        : !AccessSide.IsPerson(people[person].Type) ? "not a person in the source"
        : !here.Active.Contains(person) ? here.ActiveFederated.Contains(person) ? "of a partner organisation in the source, which 2013 does not let in (T11)"
            : "disabled in the source, active at the destination"
        : byMembership ? "the source's entries give it with the group memberships of the destination: the memberships differ"
        : room.Here.IsDisabled ? "the room is disabled in the source"
        : rights == AccessRights.See && !room.Here.IsSeen ? "only members see the room in the source"
        : !room.HereScope.People.Contains(person) ? "not in the scope of the room in the source"
        : (rights & Entering) == AccessRights.None && room.Here.IsAuditorium ? "no entry of the source gives it: the room is an auditorium"
        : "no entry of the source gives it";

    /// <summary>The entry at the destination.</summary>
    public string Through(AccessCase room, int person, AccessRights rights) => Through(there, room.There!, room.ThereScope!, person, rights);

    private static bool Gives(AccessRole role, AccessRoom room, AccessRights rights) => role switch
    {
        AccessRole.Creator => rights.HasFlag(AccessRights.Create),
        AccessRole.Manager => rights.HasFlag(AccessRights.Manage) || ((rights & (Entering | AccessRights.See)) != AccessRights.None && !rights.HasFlag(AccessRights.Post))
            || (rights.HasFlag(AccessRights.Post) && !room.IsAuditorium),
        AccessRole.Voiced => room.IsAuditorium && !rights.HasFlag(AccessRights.Manage),
        _ => !rights.HasFlag(AccessRights.Manage) && !(room.IsAuditorium && rights.HasFlag(AccessRights.Post)),
    };

    /// <summary>Empty for the person itself, the groups in between otherwise; null when the person does not belong to the entry.</summary>
    private static string? Chain(AccessSide side, int place, int person) => side.ChainTo(place, person) is not { } chain ? null
        : string.Join(", ", chain.SkipLast(1).Select(link => side.RowAt(link) is { } row ? $"\"{row.DisplayName ?? row.Name ?? row.Uri}\"" : "an unknown principal"));
}
