namespace ChatEtl.Comparing;

/// <summary>Asks what the source's own entries would give with the destination's people and group memberships: so a difference of directory data is told from a gain.</summary>
internal sealed class AccessCounterfactual(AccessSide here, AccessSide there, int people)
{
    private readonly AccessEvaluator _evaluator = new(there, people, isWide: true);
    private readonly AccessSets _sets = new(people);
    private IReadOnlyList<AccessEntry>? _inherited;
    private List<AccessEntry> _mappedInherited = [];
    private AccessScope? _scope;
    private AccessScope? _mappedScope;

    /// <summary>Evaluates a room of the source at the destination, in the narrow reading; valid until the next call.</summary>
    public AccessSets Evaluate(AccessCase room)
    {
        if (!ReferenceEquals(_inherited, room.Here.Inherited))
        {
            (_inherited, _mappedInherited) = (room.Here.Inherited, Mapped(room.Here.Inherited));
        }

        if (!ReferenceEquals(_scope, room.HereScope))
        {
            _scope = room.HereScope;
            _mappedScope = new AccessScope(there, people, _scope.IsLimited, [.. Places(_scope.Allowed)], [.. Places(_scope.Denied)]);
        }

        var mapped = room.Here with { Inherited = _mappedInherited, Own = Mapped(room.Here.Own), MayBeSeen = room.Here.IsSeen };
        _evaluator.Evaluate(mapped, _mappedScope!, _sets);
        return _sets;
    }

    private List<AccessEntry> Mapped(IReadOnlyList<AccessEntry> entries) => [.. entries
        .Where(entry => !AccessSide.IsFederated(here.RowAt(entry.Place)!.Type))
        .Select(entry => entry with { Place = MappedPlace(entry.Place) })
        .Where(entry => there.IsActive(entry.Place))];

    private IEnumerable<int> Places(IEnumerable<int> places) => places.Select(MappedPlace).Where(place => place >= 0);

    private int MappedPlace(int place) => here.RowAt(place) is null ? -1 : there.PlaceOfNumber(here.Numbers[place]);
}
