using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The four roles, by what they are called (T18).</summary>
internal enum RoleKind : byte
{
    /// <summary>None of the four.</summary>
    None,

    /// <summary>Takes part.</summary>
    Member,

    /// <summary>Manages.</summary>
    Manager,

    /// <summary>Presents in an auditorium.</summary>
    Voiced,

    /// <summary>Creates rooms in a category; 2013 only.</summary>
    Creator,
}

/// <summary>Role types of one database, by description and never by number (T18, R8).</summary>
internal sealed class RoleKinds
{
    private static readonly RoleKind[] All = [RoleKind.Member, RoleKind.Manager, RoleKind.Voiced, RoleKind.Creator];
    private readonly Dictionary<int, RoleKind> _kinds = [];
    private readonly Dictionary<RoleKind, int> _types = [];

    /// <summary>Reads the types; two of one description are an error.</summary>
    public RoleKinds(ChatDirectory directory, string side, Notes notes)
    {
        var seen = new HashSet<string>(EqualNames.Comparer);
        foreach (var type in directory.RoleTypes)
        {
            if (!seen.Add(type.Description))
            {
                notes.Error("T18", "tblRoleType", Notes.Key(type.Id), $"The {side} has more than one role type \"{type.Description.TrimEnd(' ')}\"; keep one.");
            }

            var kind = Array.Find(All, k => EqualNames.Comparer.Equals(k.ToString(), type.Description));
            _kinds[type.Id] = kind;
            if (kind != RoleKind.None)
            {
                _types.TryAdd(kind, type.Id);
            }
        }
    }

    /// <summary>The role a type id stands for.</summary>
    public RoleKind Of(int type) => _kinds.GetValueOrDefault(type);

    /// <summary>The type id of a role, or null when this database has none.</summary>
    public int? TypeOf(RoleKind kind) => _types.TryGetValue(kind, out var type) ? type : null;
}
