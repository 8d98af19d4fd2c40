using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Comparing;

/// <summary>Which changes of access are listed one by one; all are counted.</summary>
/// <param name="Limit">How many of each kind at most; 0 for all.</param>
/// <param name="WithLosses">Whether losses that a rule explains are listed too.</param>
public sealed record AccessListing(long Limit, bool WithLosses);

/// <summary>
/// Proves that nobody gains access: who can see, join, read, post to and manage each room before and after, person by person, from the two
/// directories alone.
/// </summary>
/// <remarks>
/// Nothing of the rules' code is used, and nothing the run stored but to pair merged rooms and to explain losses. Rooms are taken one by one, so
/// that memory holds a few sets of people and those of groups. docs/access.md has the readings.
/// </remarks>
public sealed class AccessProof
{
    private readonly ChatDirectory _destination;
    private readonly AccessPeople _people;
    private readonly AccessSide _here;
    private readonly AccessSide _there;
    private readonly AccessScopes _hereScopes;
    private readonly AccessScopes _thereScopes;
    private readonly AccessRooms _hereRooms;
    private readonly AccessRooms _thereRooms;
    private readonly AccessPairs _pairs;
    private readonly AccessEvaluator _narrow;
    private readonly AccessEvaluator _wide;
    private readonly AccessEvaluator _after;
    private readonly AccessCounterfactual _asThere;
    private readonly AccessLosses _losses;
    private readonly AccessGains _gains;
    private readonly AccessProofReport _report = new();
    private readonly Dictionary<AccessChangeKind, long> _listed = [];
    private readonly PersonBits _changed;

    /// <summary>Names both sides.</summary>
    /// <param name="source">The source's directory.</param>
    /// <param name="destination">The destination's.</param>
    /// <param name="rules">The configured rules, to explain losses and to pair rooms by name.</param>
    /// <param name="decisions">The decisions stored at the destination; none when it has none any more.</param>
    public AccessProof(ChatDirectory source, ChatDirectory destination, RuleOptions rules, Decisions decisions)
    {
        _destination = destination;
        _people = new AccessPeople(source, destination);
        var people = _people.Count;
        (_here, _there) = (new AccessSide(source, _people.OfSource, people), new AccessSide(destination, _people.OfDestination, people));
        (_hereScopes, _thereScopes) = (new AccessScopes(_here, people, unreadableLimits: true), new AccessScopes(_there, people, unreadableLimits: false));
        (_hereRooms, _thereRooms) = (new AccessRooms(_here, _hereScopes, isSource: true), new AccessRooms(_there, _thereScopes, isSource: false));
        _pairs = new AccessPairs(source, destination, _hereRooms, rules, decisions);
        (_narrow, _wide, _after) = (new AccessEvaluator(_here, people, isWide: false), new AccessEvaluator(_here, people, isWide: true), new AccessEvaluator(_there, people, isWide: true));
        _asThere = new AccessCounterfactual(_here, _there, people);
        _losses = new AccessLosses(_here, _there, _pairs, _wide, rules, people);
        _gains = new AccessGains(_here, _there);
        _changed = new PersonBits(people);
        _report.People = _here.Directory.Principals.Select((row, i) => (row, Number: _people.OfSource[i])).Concat(destination.Principals.Select((row, i) => (row, Number: _people.OfDestination[i])))
            .Where(person => AccessSide.IsPerson(person.row.Type)).Select(person => person.Number).Distinct().LongCount();
        _report.Entries = source.Roles.Count + source.Scopes.Count + destination.Roles.Count + destination.Scopes.Count;
    }

    /// <summary>Judges every room and category of the source.</summary>
    /// <param name="onChange">Gets the changes to be listed as they are found, on the calling thread.</param>
    /// <param name="listing">Which those are.</param>
    /// <param name="cancellationToken">Looked at between rooms.</param>
    public AccessProofReport Run(Action<AccessChange> onChange, AccessListing listing, CancellationToken cancellationToken)
    {
        var people = _people.Count;
        var (before, widest, after, scratch) = (new AccessSets(people), new AccessSets(people), new AccessSets(people), new AccessSets(people));
        foreach (var pair in _pairs.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = Open(pair);
            _narrow.Evaluate(room.Here, room.HereScope, before);
            var most = before;
            if (_here.HasFederated || room.Here.MayBeSeen != room.Here.IsSeen)
            {
                _wide.Evaluate(room.Here, room.HereScope, widest);
                most = widest;
            }

            if (room.There is { } there)
            {
                _after.Evaluate(there, room.ThereScope!, after);
            }
            else
            {
                after.Clear();
            }

            if (Subtract(after, before, scratch))
            {
                Gain(room, scratch, before, after, onChange, listing);
            }

            if (Subtract(most, after, scratch))
            {
                Lose(room, scratch, most, after, onChange, listing);
            }
        }

        var found = _pairs.All.Select(pair => pair.There?.Id).ToHashSet();
        _report.RoomsOnlyThere = _destination.Nodes.Count(node => !node.IsCategory && !found.Contains(node.Id));
        return _report;
    }

    private static bool Subtract(AccessSets from, AccessSets others, AccessSets into)
    {
        var differs = false;
        for (var set = 0; set < AccessSets.Rights.Count; set++)
        {
            into[set].CopyFrom(from[set]);
            into[set].ExceptWith(others[set]);
            differs |= !into[set].IsEmpty;
        }

        return differs;
    }

    private AccessCase Open(AccessPair pair)
    {
        var isCategory = pair.Here.IsCategory;
        if (isCategory)
        {
            _report.Categories++;
        }
        else
        {
            _report.Rooms++;
            _report.RoomsByDecision += pair.Match == AccessMatch.Decision ? 1 : 0;
        }

        if (pair.Match == AccessMatch.Name && !isCategory)
        {
            _report.FoundByName(pair.Here.Guid, pair.Here.Name);
        }

        var here = isCategory ? _hereRooms.CategoryOf(pair.Here) : _hereRooms.RoomOf(pair.Here);
        var there = pair.There is not { } node ? null : isCategory ? _thereRooms.CategoryOf(node) : _thereRooms.RoomOf(node);
        return new AccessCase(pair, here, _hereScopes.Of(here.ScopeNode), there, there is null ? null : _thereScopes.Of(there.ScopeNode));
    }

    private void Gain(AccessCase room, AccessSets gained, AccessSets before, AccessSets after, Action<AccessChange> onChange, AccessListing listing)
    {
        var sameEntries = _asThere.Evaluate(room);
        var newcomers = new AccessSets(_people.Count);
        for (var set = 0; set < AccessSets.Rights.Count; set++)
        {
            foreach (var person in gained[set].People().Where(person => person >= _people.Known && sameEntries[set].Contains(person)))
            {
                newcomers[set].Add(person);
            }

            gained[set].ExceptWith(newcomers[set]);
        }

        Book(_report.Gains, AccessChangeKind.Gain, gained);
        Book(_report.Newcomers, AccessChangeKind.Newcomer, newcomers);

        void Book(AccessFigures figures, AccessChangeKind kind, AccessSets changed)
        {
            Count(figures, changed);
            foreach (var (person, rights) in Listed(kind, changed, listing))
            {
                var byMembership = (rights & ~sameEntries.Of(person)) == AccessRights.None;
                onChange(Change(
                    kind, room, person, rights, before, after, "", _gains.Through(room, person, rights), _gains.Against(room, _people, person, rights, byMembership)));
            }
        }
    }

    private void Lose(AccessCase room, AccessSets lost, AccessSets before, AccessSets after, Action<AccessChange> onChange, AccessListing listing)
    {
        _losses.Explain(room, lost);
        foreach (var (rule, people) in _losses.ByRule)
        {
            var isExplained = rule != AccessLosses.Unexplained;
            Count(_report.LossesBy(rule), people);
            if (isExplained && !listing.WithLosses)
            {
                continue;
            }

            foreach (var (person, rights) in Listed(isExplained ? AccessChangeKind.Loss : AccessChangeKind.Unexplained, people, listing))
            {
                onChange(Change(
                    isExplained ? AccessChangeKind.Loss : AccessChangeKind.Unexplained, room, person, rights, before, after, isExplained ? rule : "",
                    AccessGains.Through(_here, room.Here, room.HereScope, person, rights),
                    isExplained ? $"rule {rule}" : room.There is null ? "the destination has no such room, and no rule is seen that leaves it out" : "no rule is seen that says so"));
            }
        }
    }

    private static void Count(AccessFigures figures, AccessSets changed)
    {
        var rooms = 0;
        for (var set = 0; set < AccessSets.Rights.Count; set++)
        {
            var people = changed[set].Count;
            figures.Add(AccessSets.Rights[set], people);
            rooms |= people > 0 ? 1 : 0;
        }

        figures.Rooms += rooms;
    }

    /// <summary>The people to be listed with what changed for them, as far as the limit allows; the others are counted.</summary>
    private IEnumerable<(int Person, AccessRights Rights)> Listed(AccessChangeKind kind, AccessSets changed, AccessListing listing)
    {
        _changed.Clear();
        for (var set = 0; set < AccessSets.Rights.Count; set++)
        {
            _changed.UnionWith(changed[set]);
        }

        var listed = _listed.GetValueOrDefault(kind);
        var left = listing.Limit == 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, listing.Limit - listed);
        var people = _changed.People().Take(left).ToList();
        _listed[kind] = listed + people.Count;
        _report.Unlisted += _changed.Count - people.Count;
        return people.Select(person => (person, changed.Of(person)));
    }

    private AccessChange Change(
        AccessChangeKind kind, AccessCase room, int person, AccessRights rights, AccessSets before, AccessSets after, string rule, string through, string reason)
    {
        var (node, who) = (room.Pair.Here, _people[person]);
        var match = room.Pair.Match == AccessMatch.Name ? "; the room was found by its name alone" : "";
        return new AccessChange(
            kind, node.Guid, node.Name, room.Pair.There?.Id, who.Guid, who.Uri, rights, before.Of(person), after.Of(person), rule, through, reason + match);
    }
}
