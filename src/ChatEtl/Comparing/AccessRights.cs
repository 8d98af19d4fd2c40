namespace ChatEtl.Comparing;

/// <summary>What a person may do with a room or category; docs/access.md says what each means on either side.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sees the room in lists and searches.</summary>
    See = 1,

    /// <summary>Joins the room.</summary>
    Join = 2,

    /// <summary>Reads the room's messages.</summary>
    Read = 4,

    /// <summary>Posts to the room.</summary>
    Post = 8,

    /// <summary>Manages the room.</summary>
    Manage = 16,

    /// <summary>Creates rooms in the category.</summary>
    Create = 32,
}

/// <summary>Who has which right in one room or category.</summary>
internal sealed class AccessSets
{
    /// <summary>Place of the set of those who see.</summary>
    public const int See = 0;

    /// <summary>Place of the set of those who join and read: the same people on both sides.</summary>
    public const int Enter = 1;

    /// <summary>Place of the set of those who post.</summary>
    public const int Post = 2;

    /// <summary>Place of the set of those who manage.</summary>
    public const int Manage = 3;

    /// <summary>Place of the set of those who create rooms.</summary>
    public const int Create = 4;

    /// <summary>The rights that each set stands for.</summary>
    public static readonly IReadOnlyList<AccessRights> Rights =
        [AccessRights.See, AccessRights.Join | AccessRights.Read, AccessRights.Post, AccessRights.Manage, AccessRights.Create];

    private readonly PersonBits[] _sets;

    /// <summary>Empty sets.</summary>
    public AccessSets(int people) => _sets = [.. Rights.Select(_ => new PersonBits(people))];

    /// <summary>A set by its place.</summary>
    public PersonBits this[int set] => _sets[set];

    /// <summary>Empties all sets.</summary>
    public void Clear() => Array.ForEach(_sets, set => set.Clear());

    /// <summary>What one person may do.</summary>
    public AccessRights Of(int person)
    {
        var rights = AccessRights.None;
        for (var set = 0; set < _sets.Length; set++)
        {
            rights |= _sets[set].Contains(person) ? Rights[set] : AccessRights.None;
        }

        return rights;
    }
}
