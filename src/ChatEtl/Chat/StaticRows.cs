using System.Security.Cryptography;
using System.Text;

namespace ChatEtl.Chat;

/// <summary>A row of a database that is being made; columns that are not given take NULL or a neutral value.</summary>
/// <param name="Table">The table.</param>
/// <param name="Cells">Its columns by name.</param>
public sealed record NewRow(string Table, params IReadOnlyList<(string Column, object? Value)> Cells)
{
    /// <summary>The value of one column of the row.</summary>
    public object? ValueOf(Column column)
    {
        foreach (var (name, value) in Cells)
        {
            if (string.Equals(name, column.Name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return column switch
        {
            { Nullable: true } => null,
            { Type: ColumnType.Text } => "",
            { Type: ColumnType.DateTime } => new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            { Type: ColumnType.Guid } => Guid.Empty,
            _ => 0L,
        };
    }
}

/// <summary>Rows that setup writes into a new database and nobody changes: types, values, role types; and those of an empty 2013 database.</summary>
public static class StaticRows
{
    /// <summary>The prinUri of the system principal; the same in every database we make (T11).</summary>
    public const string SystemUri = "sys:system";

    /// <summary>nodeID of the root.</summary>
    public const int RootNode = 1;

    /// <summary>prinID of the system principal.</summary>
    public const int SystemPrincipal = 1;

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

    /// <summary>Rows of tblPrincipalType, tblEnumAttribute and tblEnumValue.</summary>
    public static IEnumerable<NewRow> TypesAndValues(Generation generation)
    {
        foreach (var (id, name, isSystem, isUser, isFederated) in PrincipalTypeRows)
        {
            if (generation != Generation.Lync2013 || !isFederated)
            {
                yield return new NewRow(
                    "tblPrincipalType", ("ptypeID", (long)id), ("ptypeDesc", name), ("ptypeIsSystemUser", Bit(isSystem)), ("ptypeIsUser", Bit(isUser)),
                    ("ptypeIsFederated", Bit(isFederated)));
            }
        }

        yield return new NewRow("tblEnumAttribute", ("attributeID", 1L), ("attributeName", "Visibility"));
        yield return new NewRow("tblEnumAttribute", ("attributeID", 2L), ("attributeName", "Behavior"));
        yield return Value(2, 1, "private");
        yield return Value(3, 1, "scope");
        yield return Value(4, 2, "normal");
        yield return Value(5, 2, "auditorium");
        if (generation == Generation.Lync2013)
        {
            yield return Value(6, 1, "open");
        }

        static NewRow Value(long id, long attribute, string value) => new("tblEnumValue", ("valueID", id), ("attributeID", attribute), ("attributeValue", value));
    }

    /// <summary>Rows of tblRoleType with these ids.</summary>
    public static IEnumerable<NewRow> RoleTypes(RoleIds ids)
    {
        yield return Role(ids.Member, "Member", MemberSet, honorsOverride: true);
        yield return Role(ids.Manager, "Manager", ManagerSet, honorsOverride: false);
        yield return Role(ids.Voiced, "Voiced", VoicedSet, honorsOverride: false);
        if (ids.Creator > 0)
        {
            yield return Role(ids.Creator, "Creator", CreatorSet, honorsOverride: false);
        }

        static NewRow Role(long id, string name, long permissions, bool honorsOverride) => new(
            "tblRoleType", ("rtypeID", id), ("rtypeDesc", name), ("rtypeAllowedPermSet", permissions), ("honorsOverride", Bit(honorsOverride)), ("honorsScope", Bit(true)));
    }

    /// <summary>All rows of an empty Persistent Chat 2013 database: what setup leaves behind.</summary>
    /// <param name="root">nodeGuid of the root; the other guids follow from it.</param>
    public static IEnumerable<NewRow> EmptyPool(Guid root) =>
    [
        .. TypesAndValues(Generation.Lync2013),
        .. RoleTypes(RoleIds.Provisioned),
        new NewRow("tblSystemRevision", ("sysRevision", 1L)),
        new NewRow("tblConfig", ("configLabel", "pool"), ("configContent", "<configuration/>"), ("configPoolID", Derive(root, "pool"))),
        new NewRow(
            "tblPrincipal", ("prinID", (long)SystemPrincipal), ("prinGuid", Derive(root, "system")), ("prinUri", SystemUri), ("prinName", "System"),
            ("prinDisplayName", "System"), ("prinTypeID", (long)PrincipalTypes.SystemUser)),
        new NewRow(
            "tblNode", ("nodeID", (long)RootNode), ("nodeGuid", root), ("parentID", (long)RootNode), ("nodeType", 1L), ("nodeName", "Root"), ("nodeDesc", ""),
            ("invite", 1L), ("logged", 1L), ("filePost", 1L), ("behavior", 4L), ("visibility", 3L), ("nodeAddedBy", (long)SystemPrincipal),
            ("nodeUpdatedBy", (long)SystemPrincipal)),
    ];

    /// <summary>A guid that follows from another one and a name, so that equal calls make equal databases.</summary>
    public static Guid Derive(Guid from, string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{from:D}/{name}"), digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }

    private static long Bit(bool value) => value ? 1 : 0;
}

/// <summary>Ids of the role types in one database; no two databases need agree (T18).</summary>
/// <param name="Member">May read and write.</param>
/// <param name="Manager">May change the room.</param>
/// <param name="Voiced">May speak in an auditorium.</param>
/// <param name="Creator">May create rooms; 0 in the legacy family.</param>
public readonly record struct RoleIds(int Member, int Manager, int Voiced, int Creator)
{
    /// <summary>The ids a sample pool has.</summary>
    public static RoleIds OfSample(Generation generation) => new(1, 3, 2, generation == Generation.Lync2013 ? 4 : 0);

    /// <summary>The ids a provisioned destination has: all of them others than a sample's.</summary>
    public static RoleIds Provisioned { get; } = new(Member: 3, Manager: 2, Voiced: 4, Creator: 1);
}
