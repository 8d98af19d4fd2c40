using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Rows that setup writes into a new database and nobody changes: types, values, role types.</summary>
internal static class StaticRows
{
    /// <summary>The prinUri of the system principal; the same in every database we make (T11).</summary>
    public const string SystemUri = "sys:system";

    // Bit n of a permission set is taken as 1 << n (content-and-files.md, section 5): good for made-up rows, never relied on.
    private const long MemberSet = 0xF90;
    private const long ManagerSet = 0x2074;
    private const long VoicedSet = 0x1000;
    private const long CreatorSet = 0x10;

    private static readonly (short Id, string Name, bool IsSystem, bool IsUser, bool IsFederated)[] PrincipalTypeRows =
    [
        (1, "Any", false, false, false),
        (2, "AnyUser", false, true, false),
        (3, "AnyGroup", false, false, false),
        (PrincipalTypes.SystemUser, "SystemUser", true, true, false),
        (PrincipalTypes.User, "User", false, true, false),
        (PrincipalTypes.ExternalUser, "ExternalUser", false, true, true),
        (PrincipalTypes.FederatedUser, "FederatedUser", false, true, true),
        (PrincipalTypes.Domain, "DC", false, false, false),
        (PrincipalTypes.Group, "Group", false, false, false),
        (PrincipalTypes.Folder, "Folder", false, false, false),
        (PrincipalTypes.FederatedGroup, "FederatedGroup", false, false, true),
    ];

    /// <summary>Writes tblPrincipalType, tblEnumAttribute and tblEnumValue.</summary>
    public static void AddTypesAndValues(PoolFile pool, Generation generation)
    {
        foreach (var (id, name, isSystem, isUser, isFederated) in PrincipalTypeRows)
        {
            if (generation != Generation.Lync2013 || !isFederated)
            {
                pool.Add(
                    "tblPrincipalType",
                    ("ptypeID", id),
                    ("ptypeDesc", name),
                    ("ptypeIsSystemUser", isSystem),
                    ("ptypeIsUser", isUser),
                    ("ptypeIsFederated", isFederated));
            }
        }

        pool.Add("tblEnumAttribute", ("attributeID", 1), ("attributeName", "Visibility"));
        pool.Add("tblEnumAttribute", ("attributeID", 2), ("attributeName", "Behavior"));
        AddValue(2, 1, "private");
        AddValue(3, 1, "scope");
        AddValue(4, 2, "normal");
        AddValue(5, 2, "auditorium");
        if (generation == Generation.Lync2013)
        {
            AddValue(6, 1, "open");
        }

        void AddValue(int id, int attribute, string value) =>
            pool.Add("tblEnumValue", ("valueID", id), ("attributeID", attribute), ("attributeValue", value));
    }

    /// <summary>Writes tblRoleType with these ids.</summary>
    public static void AddRoleTypes(PoolFile pool, RoleIds ids)
    {
        Add(ids.Member, "Member", MemberSet, honorsOverride: true);
        Add(ids.Manager, "Manager", ManagerSet, honorsOverride: false);
        Add(ids.Voiced, "Voiced", VoicedSet, honorsOverride: false);
        if (ids.Creator > 0)
        {
            Add(ids.Creator, "Creator", CreatorSet, honorsOverride: false);
        }

        void Add(int id, string name, long permissions, bool honorsOverride) => pool.Add(
            "tblRoleType",
            ("rtypeID", id),
            ("rtypeDesc", name),
            ("rtypeAllowedPermSet", permissions),
            ("honorsOverride", honorsOverride),
            ("honorsScope", true));
    }
}

/// <summary>Ids of the role types in one database; no two databases need agree (T18).</summary>
/// <param name="Member">May read and write.</param>
/// <param name="Manager">May change the room.</param>
/// <param name="Voiced">May speak in an auditorium.</param>
/// <param name="Creator">May create rooms; 0 in the legacy family.</param>
internal readonly record struct RoleIds(int Member, int Manager, int Voiced, int Creator)
{
    /// <summary>The ids a sample pool has.</summary>
    public static RoleIds OfSample(Generation generation) => new(1, 3, 2, generation == Generation.Lync2013 ? 4 : 0);

    /// <summary>The ids a provisioned destination has: all of them others than a sample's.</summary>
    public static RoleIds Provisioned { get; } = new(Member: 3, Manager: 2, Voiced: 4, Creator: 1);
}
