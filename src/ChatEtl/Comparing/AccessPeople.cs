using ChatEtl.Chat;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Who is who on both sides: one number for each directory object, by prinGuid, system identities also by prinUri (T11, E5).</summary>
/// <remarks>Source rows of one guid are one object and have one number. Groups have numbers too; only people ever stand in a set.</remarks>
internal sealed class AccessPeople
{
    private readonly List<Principal> _first = [];

    /// <summary>Numbers the principals of both sides.</summary>
    public AccessPeople(ChatDirectory source, ChatDirectory destination)
    {
        var byGuid = new Dictionary<Guid, int>(source.Principals.Count);
        OfSource = [.. source.Principals.Select(row => NumberOf(row, byGuid))];
        Known = _first.Count;
        var systems = source.Principals.Where(row => row.Type == PrincipalTypes.SystemUser).GroupBy(row => row.Uri, EqualNames.Comparer)
            .ToDictionary(rows => rows.Key, rows => byGuid[rows.First().Guid], EqualNames.Comparer);
        OfDestination = new int[destination.Principals.Count];
        for (var i = 0; i < OfDestination.Length; i++)
        {
            var row = destination.Principals[i];
            OfDestination[i] = row.Type == PrincipalTypes.SystemUser && !byGuid.ContainsKey(row.Guid) && systems.TryGetValue(row.Uri, out var system)
                ? system
                : NumberOf(row, byGuid);
        }
    }

    /// <summary>How many numbers there are.</summary>
    public int Count => _first.Count;

    /// <summary>Numbers below this are known to the source.</summary>
    public int Known { get; }

    /// <summary>The number of each source row, in the order of the directory.</summary>
    public IReadOnlyList<int> OfSource { get; }

    /// <summary>The number of each destination row.</summary>
    public int[] OfDestination { get; }

    /// <summary>The first row that has a number: the source's where it has one.</summary>
    public Principal this[int number] => _first[number];

    private int NumberOf(Principal row, Dictionary<Guid, int> byGuid)
    {
        if (!byGuid.TryGetValue(row.Guid, out var number))
        {
            byGuid.Add(row.Guid, number = _first.Count);
            _first.Add(row);
        }

        return number;
    }
}
