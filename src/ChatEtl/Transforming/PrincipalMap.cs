using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The decided principals; rows are named by their place in order of prinID.</summary>
internal sealed class PrincipalMap
{
    private readonly PlanInput _input;
    private readonly PrincipalDecision?[] _decided;
    private readonly bool[] _dropsAccess;
    private readonly Dictionary<int, int> _places;
    private readonly Lazy<ILookup<int, int>> _byDestination;

    /// <summary>Indexes the decisions.</summary>
    public PrincipalMap(PlanInput input, Principal[] rows, PrincipalDecision?[] decided, DestinationView there)
    {
        _input = input;
        Rows = rows;
        _decided = decided;
        _places = new Dictionary<int, int>(rows.Length);
        _dropsAccess = new bool[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            _places.Add(rows[i].Id, i);
            _dropsAccess[i] = decided[i] is { } decision && LosesAccess(rows[i], decision, there);
        }

        WithoutAccess = Enumerable.Range(0, rows.Length).Where(DropsAccess).Select(i => rows[i].Id).ToHashSet();
        HasTwins = decided.Where(d => d is not null).GroupBy(d => d!.DestinationId).Any(g => g.Skip(1).Any());
        _byDestination = new(() => Enumerable.Range(0, rows.Length).Where(i => decided[i] is not null).ToLookup(i => decided[i]!.DestinationId, i => rows[i].Id));
        SystemId = there.Principals.FirstOrDefault(p => p.Type == PrincipalTypes.SystemUser)?.Id
            ?? CreatedRows().Where(p => p.Row.Type == PrincipalTypes.SystemUser).Select(p => (int?)p.Decision.DestinationId).Min();
        Rejected = Unreadable().Concat(Enumerable.Range(0, rows.Length).Where(i => decided[i] is null).Select(i => rows[i].Id)).ToHashSet();
    }

    /// <summary>The source rows in order of prinID.</summary>
    public IReadOnlyList<Principal> Rows { get; }

    /// <summary>Whether two source rows map to one destination row.</summary>
    public bool HasTwins { get; }

    /// <summary>The destination's system principal (U1), or null when there is none.</summary>
    public int? SystemId { get; }

    /// <summary>Source prinIDs that exist but are not carried (E8).</summary>
    public IReadOnlySet<int> Rejected { get; }

    /// <summary>Source prinIDs whose roles and scope rows are left out (E6, E7).</summary>
    public IReadOnlySet<int> WithoutAccess { get; }

    /// <summary>Place of a prinID, or -1.</summary>
    public int PlaceOf(int sourceId) => _places.GetValueOrDefault(sourceId, -1);

    /// <summary>The decision about a place; null when rejected.</summary>
    public PrincipalDecision? DecisionOf(int place) => _decided[place];

    /// <summary>Whether roles and scope rows of the principal are left out (E6, E7).</summary>
    public bool DropsAccess(int place) => _dropsAccess[place];

    /// <summary>Destination prinID of a source prinID; null when it maps to nothing.</summary>
    public int? Map(int? sourceId) => sourceId is { } id && _places.TryGetValue(id, out var place) ? _decided[place]?.DestinationId : null;

    /// <summary>Destination prinID of a source prinID, else the system principal (U1).</summary>
    public int MapOrSystem(int? sourceId) => Map(sourceId) ?? SystemId ?? 0;

    /// <summary>Source prinIDs that map to a destination prinID.</summary>
    public IEnumerable<int> SourcesOf(int destinationId) => _byDestination.Value[destinationId];

    /// <summary>Earlier and new decisions together.</summary>
    public IReadOnlyDictionary<int, PrincipalDecision> Decisions()
    {
        var all = new Dictionary<int, PrincipalDecision>(_input.Earlier.Principals);
        foreach (var decision in _decided)
        {
            if (decision is not null)
            {
                all[decision.SourceId] = decision;
            }
        }

        foreach (var rejected in Rejected)
        {
            all.Remove(rejected);
        }

        return all;
    }

    /// <summary>Wanted rows of the principals we create, in order of destination id.</summary>
    public IReadOnlyList<Principal> Wanted() =>
        [.. CreatedRows().Select(p => RowOf(p.Row, p.Decision.DestinationId)).OrderBy(p => p.Id)];

    private static bool LosesAccess(Principal row, PrincipalDecision decision, DestinationView there) =>
        !PrincipalRules.IsActive(row)
        && (decision.Origin == Origin.Duplicate
            || (there.Principal(decision.DestinationId) is { Disabled: 0 } found && (decision.Origin == Origin.Reused || IsChangedThere(found, decision))));

    /// <summary>Whether the row we created was changed at the destination since, so that it is left as it is (B6).</summary>
    private static bool IsChangedThere(Principal found, PrincipalDecision decision) => decision is { Origin: Origin.Created, Digest.Length: > 0 }
        && decision.Digest != RowDigest.Format(RowDigest.OfCells(PersistentRows.Of(found)));

    private IEnumerable<(Principal Row, PrincipalDecision Decision)> CreatedRows()
    {
        for (var i = 0; i < Rows.Count; i++)
        {
            if (_decided[i] is { Origin: Origin.Created } decision)
            {
                yield return (Rows[i], decision);
            }
        }
    }

    private Principal RowOf(Principal row, int destinationId) => row with
    {
        Id = destinationId,
        DisplayName = _input.IsLegacy ? row.Name : row.DisplayName,
        Disabled = PrincipalRules.IsFederated(row) || (_input.IsLegacy && row.Disabled != 0) ? (short)1 : row.Disabled,
        Type = PrincipalRules.TypeOf(row.Type),
        AddedBy = Map(row.AddedBy),
        UpdatedBy = Map(row.UpdatedBy),
    };

    private IEnumerable<int> Unreadable()
    {
        foreach (var rejection in _input.Source.Rejections.Where(r => r.Table.Equals(Notes.Principals, StringComparison.OrdinalIgnoreCase)))
        {
            if (int.TryParse(rejection.Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && !_places.ContainsKey(id))
            {
                yield return id;
            }
        }
    }
}
