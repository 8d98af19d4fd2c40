namespace ChatEtl.Chat;

/// <summary>A row of tblPrincipal: a person, group, container, domain or system identity.</summary>
public sealed record Principal
{
    /// <summary>prinID.</summary>
    public required int Id { get; init; }

    /// <summary>prinGuid; the directory object's own guid, by which principals are matched (T11).</summary>
    public required Guid Guid { get; init; }

    /// <summary>prinUri.</summary>
    public required string Uri { get; init; }

    /// <summary>prinName: the display name in the legacy family, the common name in 2013.</summary>
    public string? Name { get; init; }

    /// <summary>prinDisplayName; 2013 only.</summary>
    public string? DisplayName { get; init; }

    /// <summary>prinCompanyName.</summary>
    public string? CompanyName { get; init; }

    /// <summary>prinEmail.</summary>
    public string? Email { get; init; }

    /// <summary>prinADPath.</summary>
    public string? AdPath { get; init; }

    /// <summary>prinADUserPrincipalName.</summary>
    public string? UserPrincipalName { get; init; }

    /// <summary>prinDisabled: 0 active, 1 disabled, 2 (2013 only) deleted.</summary>
    public short Disabled { get; init; }

    /// <summary>prinTypeID; see <see cref="PrincipalTypes"/>.</summary>
    public required short Type { get; init; }

    /// <summary>prinAddedBy; null when unknown.</summary>
    public int? AddedBy { get; init; }

    /// <summary>prinAddedOn, ticks.</summary>
    public long AddedOn { get; init; }

    /// <summary>prinUpdatedBy; null when unknown.</summary>
    public int? UpdatedBy { get; init; }

    /// <summary>prinUpdatedOn, ticks.</summary>
    public long UpdatedOn { get; init; }

    /// <summary>prinVerifiedOn, UTC; the beginning of 1900 when not told (U1).</summary>
    public DateTime VerifiedOn { get; init; } = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);
}

/// <summary>Values of prinTypeID (L10 gg558633, L13 Gg558633).</summary>
public static class PrincipalTypes
{
    /// <summary>A system identity.</summary>
    public const short SystemUser = 4;

    /// <summary>A person.</summary>
    public const short User = 5;

    /// <summary>A MindAlign leftover; legacy only.</summary>
    public const short ExternalUser = 6;

    /// <summary>A person of a partner organisation; legacy only.</summary>
    public const short FederatedUser = 7;

    /// <summary>A directory domain.</summary>
    public const short Domain = 8;

    /// <summary>A group.</summary>
    public const short Group = 9;

    /// <summary>A container or organisational unit.</summary>
    public const short Folder = 10;

    /// <summary>A partner organisation's group; legacy only.</summary>
    public const short FederatedGroup = 11;
}

/// <summary>A row of tblNode: the root, a category or a room.</summary>
public sealed record Node
{
    /// <summary>nodeID.</summary>
    public required int Id { get; init; }

    /// <summary>nodeGuid; links in messages and the file store refer to it, so it never changes.</summary>
    public required Guid Guid { get; init; }

    /// <summary>parentID; the root names itself. Null only in a broken source (B2).</summary>
    public int? Parent { get; init; }

    /// <summary>nodeType: true for a category, false for a room.</summary>
    public required bool IsCategory { get; init; }

    /// <summary>nodeName.</summary>
    public required string Name { get; init; }

    /// <summary>nodeDesc.</summary>
    public string Description { get; init; } = "";

    /// <summary>topic; legacy only, empty when missing.</summary>
    public string Topic { get; init; } = "";

    /// <summary>invite; null inherits.</summary>
    public bool? Invite { get; init; }

    /// <summary>logged; null inherits.</summary>
    public bool? Logged { get; init; }

    /// <summary>filePost; null inherits.</summary>
    public bool? FilePost { get; init; }

    /// <summary>disabled.</summary>
    public bool Disabled { get; init; }

    /// <summary>inheritance: the children of this category must take its settings; legacy only.</summary>
    public bool Inheritance { get; init; }

    /// <summary>overrideMember: membership is redefined here; legacy only, null when the column is missing.</summary>
    public bool? OverrideMember { get; init; }

    /// <summary>restrictChildCreate: despite its name true allows; legacy only, null inherits.</summary>
    public bool? RestrictChildCreate { get; init; }

    /// <summary>behavior: 4 normal, 5 auditorium; null counts as 4 (S4).</summary>
    public short? Behaviour { get; init; }

    /// <summary>visibility: 2 private, 3 scoped, 6 open (2013 only); null inherits.</summary>
    public short? Visibility { get; init; }

    /// <summary>scopeDefinerId; legacy only, null or 0 when not told (R1).</summary>
    public int? ScopeDefiner { get; init; }

    /// <summary>roleDefinerId; legacy only, null or 0 when not told (R1).</summary>
    public int? RoleDefiner { get; init; }

    /// <summary>siopID: the add-in of a room.</summary>
    public Guid? AddIn { get; init; }

    /// <summary>nodeAddedBy; null when unknown.</summary>
    public int? AddedBy { get; init; }

    /// <summary>nodeAddedOn, ticks.</summary>
    public long AddedOn { get; init; }

    /// <summary>nodeUpdatedBy; null when unknown.</summary>
    public int? UpdatedBy { get; init; }

    /// <summary>nodeUpdatedOn, ticks.</summary>
    public long UpdatedOn { get; init; }

    /// <summary>purgedOn; 2013 only.</summary>
    public DateTime? PurgedOn { get; init; }
}

/// <summary>A row of tblPrincipalRole.</summary>
/// <param name="Node">prinRoleNodeID.</param>
/// <param name="Principal">prinRolePrinID.</param>
/// <param name="Type">prinRoleTypeID; meaningful only with the same database's tblRoleType (T18).</param>
/// <param name="UpdatedBy">prinRoleUpdatedBy; null when unknown.</param>
public readonly record struct Role(int Node, int Principal, int Type, int? UpdatedBy);

/// <summary>A row of tblScopePrincipal.</summary>
/// <param name="Node">scopeNodeID.</param>
/// <param name="Principal">scopePrinID.</param>
/// <param name="Denied">scopeIsDenied; 2013 only, false in the legacy family.</param>
/// <param name="UpdatedBy">scopeUpdatedBy; null when unknown.</param>
public readonly record struct Scope(int Node, int Principal, bool Denied, int? UpdatedBy);

/// <summary>A row of tblSiopWhiteList.</summary>
/// <param name="Id">siopID.</param>
/// <param name="Name">siopName.</param>
/// <param name="Url">siopUrl.</param>
public sealed record AddIn(Guid Id, string Name, string Url);

/// <summary>A row of tblRoleType.</summary>
/// <param name="Id">rtypeID; differs between databases.</param>
/// <param name="Description">rtypeDesc: Member, Manager, Voiced or Creator (T18).</param>
public sealed record RoleType(int Id, string Description);

/// <summary>The small tables of one database, read whole.</summary>
/// <remarks>Rows that could not be read stand in <see cref="Rejections"/>, faults that stop a plan in <see cref="Problems"/>.</remarks>
public sealed class ChatDirectory
{
    /// <summary>The generation it was read as.</summary>
    public required Generation Generation { get; init; }

    /// <summary>tblPrincipal in order of prinID.</summary>
    public required IReadOnlyList<Principal> Principals { get; init; }

    /// <summary>tblNode in order of nodeID, the root included.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>tblPrincipalRole in key order.</summary>
    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>tblScopePrincipal in key order.</summary>
    public required IReadOnlyList<Scope> Scopes { get; init; }

    /// <summary>tblSiopWhiteList.</summary>
    public required IReadOnlyList<AddIn> AddIns { get; init; }

    /// <summary>tblRoleType.</summary>
    public required IReadOnlyList<RoleType> RoleTypes { get; init; }

    /// <summary>tblPrincipalAffiliations, for who belongs to whom.</summary>
    public required AffiliationGraph Affiliations { get; init; }

    /// <summary>Rows of these tables that cannot be carried because a value cannot be read.</summary>
    public IReadOnlyList<Rejection> Rejections { get; init; } = [];

    /// <summary>Faults found while reading that stop the plan (B2, B4).</summary>
    public IReadOnlyList<Finding> Problems { get; init; } = [];

    /// <summary>Rows read, by table.</summary>
    public IReadOnlyDictionary<string, long> RowsRead { get; init; } = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
}
