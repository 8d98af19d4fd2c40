using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>What became of the scope of one room or category: which of its rows are not at the destination, and by which rule.</summary>
internal sealed class AccessScopeLosses
{
    private readonly AccessSide _here;
    private readonly AccessSide _there;
    private readonly bool _stood;
    private readonly string? _skippedBy;
    private readonly HashSet<int> _allowedThere = [];

    /// <summary>Compares the rows.</summary>
    /// <param name="here">The source.</param>
    /// <param name="there">The destination.</param>
    /// <param name="room">The room or category.</param>
    /// <param name="stood">Whether the category stood at the destination before us and so keeps its own scope (E2).</param>
    /// <param name="skippedBy">The rule that leaves the room out, or null.</param>
    public AccessScopeLosses(AccessSide here, AccessSide there, AccessCase room, bool stood, string? skippedBy)
    {
        (_here, _there, _stood, _skippedBy) = (here, there, stood, skippedBy);
        if (room.ThereScope is not { } scope)
        {
            return;
        }

        _allowedThere = [.. scope.Allowed];
        var denied = room.HereScope.Denied.Select(Mapped).ToHashSet();
        DenialReason = scope.Denied.All(denied.Contains) ? null : stood ? "T17" : skippedBy ?? AccessLosses.Unexplained;
        Reason = stood ? "T17"
            : scope.IsLimited && !room.HereScope.IsLimited ? skippedBy ?? AccessLosses.Unexplained
            : room.HereScope.Allowed.Select(ReasonOf).Append(DenialReason).Contains(AccessLosses.Unexplained, StringComparer.Ordinal) ? AccessLosses.Unexplained
            : DenialReason;
    }

    /// <summary>Why someone in the source's scope is not in the destination's; null when all its rows are there or left out by a rule.</summary>
    public string? Reason { get; }

    /// <summary>Why someone is denied there; null when the source denied the same entries.</summary>
    public string? DenialReason { get; }

    /// <summary>Why an allowed entry of the source is not allowed at the destination; null when it is.</summary>
    public string? ReasonOf(int place)
    {
        var mapped = Mapped(place);
        if (mapped >= 0 && _allowedThere.Contains(mapped))
        {
            return null;
        }

        return _stood ? "T5"
            : _here.RowAt(place) is not { } row || row.Type is < PrincipalTypes.SystemUser or > PrincipalTypes.FederatedGroup ? "T16"
            : row.Disabled != 0 || AccessSide.IsFederated(row.Type) ? "T11"
            : _skippedBy ?? AccessLosses.Unexplained;
    }

    private int Mapped(int place) => _here.RowAt(place) is null ? -1 : _there.PlaceOfNumber(_here.Numbers[place]);
}
