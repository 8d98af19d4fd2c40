namespace ChatEtl.Chat;

/// <summary>Rows of the 2013 tables as cells, in the order of <see cref="ChatSchema.Persistent"/>.</summary>
public static class PersistentRows
{
    /// <summary>A row of tblPrincipal; pool and policy stay NULL (T11).</summary>
    public static object?[] Of(Principal row) =>
    [
        (long)row.Id, row.Guid, row.Uri, row.Name, row.DisplayName, row.CompanyName, row.Email, row.AdPath, row.UserPrincipalName, (long)row.Disabled,
        (long)row.Type, null, null, Long(row.AddedBy), row.AddedOn, Long(row.UpdatedBy), row.UpdatedOn, row.VerifiedOn,
    ];

    /// <summary>A row of tblNode.</summary>
    public static object?[] Of(Node row) =>
    [
        (long)row.Id, row.Guid, Long(row.Parent), Bit(row.IsCategory), row.Name, row.Description, Bit(row.Invite), Bit(row.Logged), Bit(row.FilePost),
        Bit(row.Disabled), (long)(row.Behaviour ?? 4), (long)(row.Visibility ?? 3), row.AddIn, Long(row.AddedBy), row.AddedOn, Long(row.UpdatedBy),
        row.UpdatedOn, row.PurgedOn,
    ];

    /// <summary>A row of tblSiopWhiteList.</summary>
    public static object?[] Of(AddIn row) => [row.Id, row.Name, row.Url];

    /// <summary>A row of tblPrincipalRole or, by its type, of tblScopePrincipal.</summary>
    public static object?[] Of(AccessRow row) => row.Type is AccessRow.ScopeType or AccessRow.DeniedScopeType
        ? [(long)row.Node, (long)row.Principal, Bit(row.Type == AccessRow.DeniedScopeType), (long)row.UpdatedBy]
        : [(long)row.Node, (long)row.Principal, (long)row.Type, (long)row.UpdatedBy];

    private static object? Long(int? value) => value is { } number ? (long)number : null;

    private static object? Bit(bool? value) => value is { } bit ? (bit ? 1L : 0L) : null;
}
