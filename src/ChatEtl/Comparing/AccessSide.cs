using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>The people an entry stands for: itself, or everyone affiliated to it, as far as they are active on that side.</summary>
/// <param name="Plain">Numbers of active people.</param>
/// <param name="Federated">Numbers of active people of partner organisations.</param>
internal sealed record AccessHolder(int[] Plain, int[] Federated);

/// <summary>The principals of one side by place, and who belongs to whom there (transitive, cycles allowed).</summary>
/// <remarks>Places are those of the directory's rows; ids without a row, through which chains may lead, come after them. Not safe for concurrent use.</remarks>
internal sealed class AccessSide
{
    private readonly Dictionary<int, int> _places;
    private readonly int[] _firsts;
    private readonly int[] _members;
    private readonly int[] _visited;
    private readonly int[] _queue;
    private readonly int[] _placeOf;
    private readonly Dictionary<int, AccessHolder> _holders = [];
    private int _walk;

    /// <summary>Indexes a side.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="numbers">The number of each of its principals.</param>
    /// <param name="people">How many numbers there are.</param>
    public AccessSide(ChatDirectory directory, IReadOnlyList<int> numbers, int people)
    {
        Directory = directory;
        Numbers = numbers;
        _places = new Dictionary<int, int>(directory.Principals.Count);
        _placeOf = new int[people];
        Array.Fill(_placeOf, -1);
        for (var place = 0; place < directory.Principals.Count; place++)
        {
            _places.TryAdd(directory.Principals[place].Id, place);
            _placeOf[numbers[place]] = _placeOf[numbers[place]] < 0 ? place : _placeOf[numbers[place]];
        }

        (_firsts, _members) = Group(directory.Affiliations.Rows);
        _visited = new int[_places.Count];
        _queue = new int[_places.Count];
        HasFederated = directory.Principals.Any(row => IsFederated(row.Type));
        (Active, ActiveFederated) = (new PersonBits(people), new PersonBits(people));
        for (var place = 0; place < directory.Principals.Count; place++)
        {
            if (directory.Principals[place] is { Disabled: 0 } row && IsPerson(row.Type))
            {
                (IsFederated(row.Type) ? ActiveFederated : Active).Add(numbers[place]);
            }
        }
    }

    /// <summary>The directory.</summary>
    public ChatDirectory Directory { get; }

    /// <summary>The number of each row.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>How many places there are.</summary>
    public int Places => _places.Count;

    /// <summary>Whether any row is of a partner organisation.</summary>
    public bool HasFederated { get; }

    /// <summary>Active people, those of partner organisations left out.</summary>
    public PersonBits Active { get; }

    /// <summary>Active people of partner organisations.</summary>
    public PersonBits ActiveFederated { get; }

    /// <summary>Whether a type is one of a partner organisation or a leftover: 2013 has none (T11).</summary>
    public static bool IsFederated(short type) => type is PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser or PrincipalTypes.FederatedGroup;

    /// <summary>Whether a type is one person's, or the system's.</summary>
    public static bool IsPerson(short type) =>
        type is PrincipalTypes.SystemUser or PrincipalTypes.User or PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser;

    /// <summary>Place of a prinID, or -1 when nothing has it.</summary>
    public int PlaceOf(int id) => _places.GetValueOrDefault(id, -1);

    /// <summary>Place of the first row of a number, or -1.</summary>
    public int PlaceOfNumber(int number) => _placeOf[number];

    /// <summary>The row at a place; null for a mere link of a chain.</summary>
    public Principal? RowAt(int place) => place >= 0 && place < Directory.Principals.Count ? Directory.Principals[place] : null;

    /// <summary>Whether an entry at a place can give anything: its row is there and active.</summary>
    public bool IsActive(int place) => RowAt(place) is { Disabled: 0 };

    /// <summary>Those who belong to a place directly.</summary>
    public ReadOnlySpan<int> MembersOf(int place) => _members.AsSpan(_firsts[place]..(_firsts[place + 1]));

    /// <summary>The given places and all that belong to them, directly or through others; valid until the next call.</summary>
    public ReadOnlySpan<int> Reach(IEnumerable<int> places)
    {
        _walk++;
        var (read, found) = (0, 0);
        foreach (var place in places)
        {
            Visit(place, ref found);
        }

        while (read < found)
        {
            foreach (var member in MembersOf(_queue[read++]))
            {
                Visit(member, ref found);
            }
        }

        return _queue.AsSpan(0, found);
    }

    /// <summary>Takes the people an entry stands for into a set, those of partner organisations only on request.</summary>
    public void AddPeople(int place, bool withFederated, PersonBits to)
    {
        if (_firsts[place] == _firsts[place + 1])
        {
            if (RowAt(place) is { Disabled: 0 } row && IsPerson(row.Type) && (withFederated || !IsFederated(row.Type)))
            {
                to.Add(Numbers[place]);
            }

            return;
        }

        var holder = HolderAt(place);
        to.Add(holder.Plain);
        if (withFederated)
        {
            to.Add(holder.Federated);
        }
    }

    /// <summary>The people an entry stands for; those of groups are remembered.</summary>
    public AccessHolder HolderAt(int place)
    {
        if (_firsts[place] == _firsts[place + 1])
        {
            return Collect([place]);
        }

        if (!_holders.TryGetValue(place, out var holder))
        {
            _holders.Add(place, holder = Collect(Reach([place])));
        }

        return holder;
    }

    /// <summary>The chain of places from an entry down to one of its people, both included; null when the person does not belong to it.</summary>
    public IReadOnlyList<int>? ChainTo(int place, int number)
    {
        var from = new Dictionary<int, int> { [place] = -1 };
        var open = new Queue<int>([place]);
        while (open.TryDequeue(out var at))
        {
            if (at < Directory.Principals.Count && Numbers[at] == number)
            {
                var chain = new List<int>();
                for (; at >= 0; at = from[at])
                {
                    chain.Add(at);
                }

                chain.Reverse();
                return chain;
            }

            foreach (var member in MembersOf(at))
            {
                if (from.TryAdd(member, at))
                {
                    open.Enqueue(member);
                }
            }
        }

        return null;
    }

    private AccessHolder Collect(ReadOnlySpan<int> places)
    {
        var (plain, federated) = (new List<int>(), new List<int>());
        foreach (var place in places)
        {
            if (RowAt(place) is { Disabled: 0 } row && IsPerson(row.Type))
            {
                (IsFederated(row.Type) ? federated : plain).Add(Numbers[place]);
            }
        }

        return new AccessHolder([.. plain], [.. federated]);
    }

    private void Visit(int place, ref int found)
    {
        if (_visited[place] != _walk)
        {
            _visited[place] = _walk;
            _queue[found++] = place;
        }
    }

    /// <summary>Sorts affiliations by what they lead to.</summary>
    private (int[] Firsts, int[] Members) Group(IReadOnlyList<(int Principal, int AffiliatedTo)> rows)
    {
        foreach (var (principal, affiliatedTo) in rows)
        {
            _places.TryAdd(principal, _places.Count);
            _places.TryAdd(affiliatedTo, _places.Count);
        }

        var firsts = new int[_places.Count + 2];
        foreach (var (_, affiliatedTo) in rows)
        {
            firsts[_places[affiliatedTo] + 2]++;
        }

        for (var i = 1; i < firsts.Length; i++)
        {
            firsts[i] += firsts[i - 1];
        }

        var members = new int[rows.Count];
        foreach (var (principal, affiliatedTo) in rows)
        {
            members[firsts[_places[affiliatedTo] + 1]++] = _places[principal];
        }

        return (firsts, members);
    }
}
