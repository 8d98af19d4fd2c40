using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Writes directory entities as rows of a pool, whatever its generation.</summary>
internal static class DirectoryRows
{
    public static void Add(PoolFile pool, Principal principal) => pool.Add(
        "tblPrincipal",
        ("prinID", principal.Id),
        ("prinGuid", principal.Guid),
        ("prinUri", principal.Uri),
        ("prinName", principal.Name),
        ("prinDisplayName", principal.DisplayName),
        ("prinCompanyName", principal.CompanyName),
        ("prinEmail", principal.Email),
        ("prinADPath", principal.AdPath),
        ("prinADUserPrincipalName", principal.UserPrincipalName),
        ("prinDisabled", principal.Disabled),
        ("prinTypeID", principal.Type),
        ("prinAllowedPermSet", principal.Id % 9 == 0 ? 1 : 0),
        ("prinUseInheritedPerms", principal.Id % 9 != 0),
        ("prinAddedBy", principal.AddedBy),
        ("prinAddedOn", principal.AddedOn),
        ("prinUpdatedBy", principal.UpdatedBy),
        ("prinUpdatedOn", principal.UpdatedOn),
        ("prinVerifiedOn", principal.VerifiedOn));

    public static void Add(PoolFile pool, Node node) => pool.Add(
        "tblNode",
        ("nodeID", node.Id),
        ("nodeGuid", node.Guid),
        ("parentID", node.Parent),
        ("nodeType", node.IsCategory),
        ("nodeName", node.Name),
        ("nodeDesc", node.Description),
        ("topic", node.Topic),
        ("filestoreURI", node.Parent == node.Id ? "https://chat.litwareinc.com/MGCWebService/MGCWebService.asmx" : null),
        ("inheritance", node.Inheritance),
        ("scopeChange", node.IsCategory && node.ScopeDefiner == node.Id),
        ("overrideMember", node.OverrideMember ?? false),
        ("invite", node.Invite),
        ("logged", node.Logged),
        ("filePost", node.FilePost),
        ("disabled", node.Disabled),
        ("restrictChildCreate", node.RestrictChildCreate),
        ("behavior", node.Behaviour),
        ("visibility", node.Visibility),
        ("scopeDefinerId", node.ScopeDefiner),
        ("roleDefinerId", node.RoleDefiner),
        ("siopID", node.AddIn),
        ("nodeAddedBy", node.AddedBy),
        ("nodeAddedOn", node.AddedOn),
        ("nodeUpdatedBy", node.UpdatedBy),
        ("nodeUpdatedOn", node.UpdatedOn),
        ("purgedOn", node.PurgedOn));

    public static void Add(PoolFile pool, Role role, RoleIds ids) => pool.Add(
        "tblPrincipalRole",
        ("prinRoleNodeID", role.Node),
        ("prinRolePrinID", role.Principal),
        ("prinRoleTypeID", role.Type),
        ("prinRoleUpdatedBy", role.UpdatedBy),
        ("honorsOverride", role.Type == ids.Member),
        ("honorsScope", true));

    public static void Add(PoolFile pool, Scope scope) => pool.Add(
        "tblScopePrincipal",
        ("scopeNodeID", scope.Node),
        ("scopePrinID", scope.Principal),
        ("scopeIsDenied", scope.Denied),
        ("scopeUpdatedBy", scope.UpdatedBy));

    /// <summary>One affiliation; the one to oneself has index -1.</summary>
    public static void AddAffiliation(PoolFile pool, int principal, int affiliatedTo) => pool.Add(
        "tblPrincipalAffiliations",
        ("principalID", principal),
        ("affiliationID", affiliatedTo),
        ("index", principal == affiliatedTo ? -1 : 1),
        ("updatedBy", StaticRows.SystemPrincipal));
}
