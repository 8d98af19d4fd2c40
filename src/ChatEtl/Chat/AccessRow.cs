namespace ChatEtl.Chat;

/// <summary>A right at the destination, in destination ids: a row of tblPrincipalRole or, with <see cref="ScopeType"/>, of tblScopePrincipal.</summary>
/// <param name="Node">Destination nodeID.</param>
/// <param name="Principal">Destination prinID.</param>
/// <param name="Type">Destination rtypeID, <see cref="ScopeType"/> or <see cref="DeniedScopeType"/>.</param>
/// <param name="UpdatedBy">Destination prinID of who changed it last (U1, U2).</param>
public readonly record struct AccessRow(int Node, int Principal, int Type, int UpdatedBy)
{
    /// <summary>Stands for a scope row that allows.</summary>
    public const int ScopeType = -1;

    /// <summary>Stands for a scope row that denies; only from a 2013 source (S5).</summary>
    public const int DeniedScopeType = -2;
}
