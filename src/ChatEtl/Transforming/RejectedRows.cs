using System.Globalization;
using System.Text.Json.Nodes;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Directory rows that cannot be carried, with their values under the documented column names.</summary>
internal static class RejectedRows
{
    /// <summary>A row of tblPrincipal.</summary>
    public static Rejection Of(Principal row, string rule, string reason, bool legacy)
    {
        var values = new JsonObject
        {
            ["prinID"] = row.Id,
            ["prinGuid"] = row.Guid.ToString().ToUpperInvariant(),
            ["prinUri"] = row.Uri,
            ["prinName"] = row.Name,
        };
        if (!legacy)
        {
            values["prinDisplayName"] = row.DisplayName;
        }

        values["prinCompanyName"] = row.CompanyName;
        values["prinEmail"] = row.Email;
        values["prinADPath"] = row.AdPath;
        values["prinADUserPrincipalName"] = row.UserPrincipalName;
        values["prinDisabled"] = row.Disabled;
        values["prinTypeID"] = row.Type;
        values["prinAddedBy"] = row.AddedBy;
        values["prinAddedOn"] = row.AddedOn;
        values["prinUpdatedBy"] = row.UpdatedBy;
        values["prinUpdatedOn"] = row.UpdatedOn;
        values["prinVerifiedOn"] = row.VerifiedOn.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return new Rejection(Notes.Principals, Notes.Key(row.Id), rule, reason, values.ToJsonString());
    }

    /// <summary>A row of tblPrincipalRole.</summary>
    public static Rejection Of(Role row, string rule, string reason)
    {
        var values = new JsonObject
        {
            ["prinRoleNodeID"] = row.Node,
            ["prinRolePrinID"] = row.Principal,
            ["prinRoleTypeID"] = row.Type,
            ["prinRoleUpdatedBy"] = row.UpdatedBy,
        };
        return new Rejection(
            Notes.Roles, string.Create(CultureInfo.InvariantCulture, $"{row.Node}/{row.Principal}/{row.Type}"), rule, reason, values.ToJsonString());
    }

    /// <summary>A row of tblScopePrincipal.</summary>
    public static Rejection Of(Scope row, string rule, string reason, bool legacy)
    {
        var values = new JsonObject { ["scopeNodeID"] = row.Node, ["scopePrinID"] = row.Principal };
        if (!legacy)
        {
            values["scopeIsDenied"] = row.Denied ? 1 : 0;
        }

        values["scopeUpdatedBy"] = row.UpdatedBy;
        return new Rejection(
            Notes.Scopes, string.Create(CultureInfo.InvariantCulture, $"{row.Node}/{row.Principal}"), rule, reason, values.ToJsonString());
    }
}
