using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Comparing;

/// <summary>One room or category on both sides, as far as it is expanded.</summary>
/// <param name="Pair">The nodes.</param>
/// <param name="Here">What the source tells.</param>
/// <param name="HereScope">The source's scope.</param>
/// <param name="There">What the destination tells; null when it has no such room.</param>
/// <param name="ThereScope">The destination's scope.</param>
internal sealed record AccessCase(AccessPair Pair, AccessRoom Here, AccessScope HereScope, AccessRoom? There, AccessScope? ThereScope);

/// <summary>Finds for every lost right the rule that says so, from the facts of both databases.</summary>
/// <remarks>Where one of the entries that gave a person its right is lost without a rule, the loss is unexplained, whatever became of the others.</remarks>
internal sealed class AccessLosses
{
    /// <summary>Stands where no rule is seen.</summary>
    public const string Unexplained = "unexplained";

    private static readonly AccessRole[][] Giving =
    [
        [AccessRole.Member, AccessRole.Manager, AccessRole.Voiced],
        [AccessRole.Member, AccessRole.Manager, AccessRole.Voiced],
        [AccessRole.Member, AccessRole.Manager],
        [AccessRole.Manager],
        [AccessRole.Creator],
    ];

    private readonly AccessSide _here;
    private readonly AccessSide _there;
    private readonly AccessPairs _pairs;
    private readonly AccessEvaluator _wide;
    private readonly RuleOptions _rules;
    private readonly int _people;
    private readonly PersonBits _gone;
    private readonly PersonBits _rest;
    private readonly PersonBits _taken;
    private readonly SortedDictionary<string, PersonBits> _found = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AccessSets> _byRule = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private AccessCase _case = null!;
    private AccessScopeLosses _scope = null!;
    private HashSet<(AccessRole Role, int Place)>? _entriesThere;
    private string? _skippedBy;
    private bool _stood;

    /// <summary>Names both sides.</summary>
    public AccessLosses(AccessSide here, AccessSide there, AccessPairs pairs, AccessEvaluator wide, RuleOptions rules, int people)
    {
        (_here, _there, _pairs, _wide, _rules, _people) = (here, there, pairs, wide, rules, people);
        (_rest, _taken) = (new PersonBits(people), new PersonBits(people));
        _gone = new PersonBits(people);
        _gone.CopyFrom(here.ActiveFederated);
        _gone.ExceptWith(here.Active);
        for (var number = 0; number < people; number++)
        {
            if (there.PlaceOfNumber(number) >= 0 && !there.Active.Contains(number))
            {
                _gone.Add(number);
            }
        }
    }

    /// <summary>The rules found for the last case, and who lost what by each.</summary>
    public IEnumerable<(string Rule, AccessSets Lost)> ByRule => _used.Order(StringComparer.Ordinal).Select(rule => (rule, _byRule[rule]));

    /// <summary>Explains what was lost in a room.</summary>
    public void Explain(AccessCase room, AccessSets lost)
    {
        _case = room;
        _entriesThere = null;
        _skippedBy = _pairs.SkippedBy(room.Pair.Here);
        _stood = _pairs.Stood(room.Pair);
        _scope = new AccessScopeLosses(_here, _there, room, room.There is { } there && (there.Node.IsCategory ? _stood : _pairs.CategoryStood(there.Node)), _skippedBy);
        foreach (var rule in _used)
        {
            _byRule[rule].Clear();
        }

        _used.Clear();
        for (var set = 0; set < AccessSets.Rights.Count; set++)
        {
            if (!lost[set].IsEmpty)
            {
                _rest.CopyFrom(lost[set]);
                Explain(set);
            }
        }
    }

    private void Explain(int set)
    {
        var (here, there) = (_case.Here, _case.There);
        if (there is null)
        {
            TakeRest(set, _skippedBy ?? Unexplained);
            return;
        }

        Take(set, "T11", _gone);
        if (_rest.IsEmpty)
        {
            return;
        }

        var isPost = set == AccessSets.Post;
        if (set <= AccessSets.Post && there.IsDisabled && !here.IsDisabled)
        {
            TakeRest(set, Kept);
        }
        else if (isPost && there.IsAuditorium && !here.IsAuditorium)
        {
            TakeRest(set, Kept);
        }
        else if (set == AccessSets.See && here.MayBeSeen)
        {
            ExplainScope(set, there.MayBeSeen, here.IsSeen ? Kept : "S3");
        }
        else if (here.IsOpen && (set == AccessSets.Enter || (isPost && !here.IsAuditorium)))
        {
            ExplainScope(set, there.IsOpen, Kept);
        }
        else
        {
            ExplainEntries(set);
        }
    }

    /// <summary>The reason when a setting of a node differs: it stood there before us and was not overwritten (T5), or the room is left out.</summary>
    private string Kept => _stood ? "T5" : _skippedBy ?? Unexplained;

    /// <summary>Rights that everyone in scope had.</summary>
    private void ExplainScope(int set, bool isStillSo, string narrowedBy)
    {
        if (!isStillSo)
        {
            TakeRest(set, narrowedBy);
            return;
        }

        foreach (var place in _case.HereScope.Allowed)
        {
            Find(_scope.ReasonOf(place), _here.HolderAt(place));
        }

        TakeFound(set);
        TakeRest(set, _case.HereScope.IsLimited ? Unexplained : _scope.Reason ?? "T24");
    }

    private void ExplainEntries(int set)
    {
        var giving = set == AccessSets.Post && _case.Here.IsAuditorium ? [AccessRole.Voiced] : Giving[set];
        foreach (var entry in _case.Here.Own.Concat(_case.Here.Inherited))
        {
            if (giving.Contains(entry.Role) && _wide.Counts(entry, _case.HereScope))
            {
                Find(ReasonOf(entry), _here.HolderAt(entry.Place));
            }
        }

        TakeFound(set);
        TakeRest(set, Unexplained);
    }

    /// <summary>Why an entry of the source gives nothing at the destination; null when it stands there and counts.</summary>
    private string? ReasonOf(AccessEntry entry)
    {
        var row = _here.RowAt(entry.Place)!;
        if (AccessSide.IsFederated(row.Type) || row.Type is < PrincipalTypes.SystemUser or > PrincipalTypes.FederatedGroup)
        {
            return "T11";
        }

        var place = _there.PlaceOfNumber(_here.Numbers[entry.Place]);
        if (place < 0)
        {
            return _skippedBy ?? Unexplained;
        }

        if (!_there.IsActive(place))
        {
            return "T11";
        }

        if (!_case.ThereScope!.Admits(place))
        {
            return _scope.Reason ?? "T17";
        }

        _entriesThere ??= [.. _case.There!.Own.Select(own => (own.Role, own.Place))];
        return _entriesThere.Contains((entry.Role, place)) ? null
            : _skippedBy ?? (entry.Role != AccessRole.Creator ? Unexplained : _rules.Creators == Creators.None ? "T15" : Kept);
    }

    private void Find(string? reason, AccessHolder holder)
    {
        foreach (var person in holder.Plain.Concat(holder.Federated))
        {
            if (_rest.Contains(person))
            {
                // The entry stands there and does not reach the person: it is denied there, or no longer belongs to it.
                var rule = reason ?? (_case.ThereScope!.DeniedPeople is { } denied && denied.Contains(person) ? _scope.DenialReason ?? "T24" : "T24");
                if (!_found.TryGetValue(rule, out var people))
                {
                    _found[rule] = people = new PersonBits(_people);
                }

                people.Add(person);
            }
        }
    }

    private void TakeFound(int set)
    {
        if (_found.TryGetValue(Unexplained, out var unexplained))
        {
            Take(set, Unexplained, unexplained);
        }

        foreach (var (rule, people) in _found)
        {
            Take(set, rule, people);
            people.Clear();
        }
    }

    private void TakeRest(int set, string rule) => Take(set, rule, _rest);

    /// <summary>Books those of the rest who are among some people, and takes them out of the rest.</summary>
    private void Take(int set, string rule, PersonBits people)
    {
        if (!_byRule.TryGetValue(rule, out var sets))
        {
            _byRule[rule] = sets = new AccessSets(_people);
        }

        var taken = sets[set];
        var before = taken.Count;
        _taken.CopyFrom(_rest);
        _taken.IntersectWith(people);
        taken.UnionWith(_taken);
        _rest.ExceptWith(_taken);
        if (taken.Count > before)
        {
            _used.Add(rule);
        }
    }
}
