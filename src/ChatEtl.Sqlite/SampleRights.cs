using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>The roles of a sample pool; nearly all within scope, with a handful of planted ones outside and of the wrong kind.</summary>
internal sealed class SampleRights
{
    private readonly SampleWorld _world;
    private readonly SamplePeople _people;
    private readonly RoleIds _ids;
    private readonly Dictionary<int, Candidates> _candidates = [];

    private SampleRights(SampleWorld world, SamplePeople people)
    {
        _world = world;
        _people = people;
        _ids = world.RoleIds;
    }

    public static void Add(SampleWorld world, SamplePeople people)
    {
        var rights = new SampleRights(world, people);
        if (world.IsLegacy)
        {
            rights.AddRoot();
        }

        foreach (var node in world.Nodes.Where(n => n.Id != SampleWorld.RootNode))
        {
            if (node.IsCategory)
            {
                rights.AddCategory(node);
            }
            else
            {
                rights.AddRoom(node);
            }
        }

        if (world.IsLegacy)
        {
            rights.AddMisplaced();
        }
    }

    private void AddRoot()
    {
        var root = _world.Nodes[0];
        _world.AddRole(root, _people.Staff[0].Id, _ids.Manager);
        _world.AddRole(root, _people.Staff[1].Id, _ids.Manager);
        _world.AddRole(root, _people.Staff[2].Id, _ids.Member);
    }

    private void AddCategory(Node category)
    {
        var candidates = CandidatesFor(category);
        if (!_world.IsLegacy)
        {
            if (_world.Chance(0.7))
            {
                _world.AddRole(category, _world.Any(candidates.People), _ids.Creator);
                _world.AddRole(category, _world.Any(candidates.People), _ids.Creator);
            }

            return;
        }

        if (candidates.Groups.Count > 0 && (category.OverrideMember == true || _world.Chance(0.5)))
        {
            _world.AddRole(category, _world.Any(candidates.Groups), _ids.Member);
        }

        for (var i = _world.Random.Next(5); i > 0; i--)
        {
            _world.AddRole(category, _world.Any(candidates.People), _ids.Member);
        }

        if (_world.Chance(0.4) || string.Equals(category.Name, "Archive", StringComparison.Ordinal))
        {
            _world.AddRole(category, _world.Any(candidates.Staff), _ids.Manager);
        }
    }

    private void AddRoom(Node room)
    {
        if (string.Equals(room.Name, SampleRooms.Deserted, StringComparison.Ordinal))
        {
            return;
        }

        var candidates = CandidatesFor(room);
        var isBig = string.Equals(room.Name, SampleRooms.Giant, StringComparison.Ordinal);
        if (isBig || !_world.IsLegacy || room.OverrideMember == true || _world.Chance(0.7))
        {
            for (var i = isBig ? 40 : 2 + _world.Random.Next(1 + _world.Random.Next(12)); i > 0; i--)
            {
                _world.AddRole(room, _world.Any(candidates.People), _ids.Member);
            }
        }

        if (candidates.Groups.Count > 0 && _world.Chance(0.2))
        {
            _world.AddRole(room, _world.Any(candidates.Groups), _ids.Member);
        }

        if (_world.Chance(0.7))
        {
            _world.AddRole(room, _world.Any(candidates.Staff), _ids.Manager);
        }

        if (room.Behaviour == 5)
        {
            AddPresenters(room, candidates);
        }
    }

    private void AddPresenters(Node room, Candidates candidates)
    {
        // One presenter who is a member, and at least one who in all likelihood is none.
        var presenter = _world.Any(candidates.People);
        _world.AddRole(room, presenter, _ids.Member);
        _world.AddRole(room, presenter, _ids.Voiced);
        for (var i = 1 + _world.Random.Next(2); i > 0; i--)
        {
            var other = _world.Any(candidates.Staff);
            _world.AddRole(room, other, _ids.Voiced);
            if (!_world.IsLegacy)
            {
                _world.AddRole(room, other, _ids.Member);
            }
        }
    }

    /// <summary>Rights that give nothing, as in old pools: out of scope, presenters of no auditorium, people who left.</summary>
    private void AddMisplaced()
    {
        var rooms = _world.Rooms.ToList();
        var outsider = _people.Federated.First(p => _people.Federated.IndexOf(p) % 2 == 1);
        foreach (var room in rooms.Where(r => r.Behaviour == 4 && !r.Disabled).Take(3))
        {
            _world.AddRole(room, outsider.Id, _ids.Member);
        }

        if (rooms.Find(r => r.ScopeDefiner != SampleWorld.RootNode) is { } narrow)
        {
            var inside = CandidatesFor(narrow).People.ToHashSet();
            _world.AddRole(narrow, _people.Staff.First(p => !inside.Contains(p.Id)).Id, _ids.Member);
        }

        _world.AddRole(rooms[0], _people.Staff[3].Id, _ids.Voiced);
        _world.AddRole(_world.Nodes[1], _people.Staff[4].Id, _ids.Voiced);
        _world.AddRole(rooms[0], _people.All.First(p => p.Disabled == 1 && p.Type == PrincipalTypes.User).Id, _ids.Member);
    }

    private Candidates CandidatesFor(Node node)
    {
        var definer = _world.IsLegacy ? node.ScopeDefiner!.Value : node.IsCategory ? node.Id : node.Parent!.Value;
        if (!_candidates.TryGetValue(definer, out var found))
        {
            found = FindCandidates(definer);
            _candidates.Add(definer, found);
        }

        return found;
    }

    private Candidates FindCandidates(int definer)
    {
        var rows = _world.Scopes.Where(s => s.Node == definer).ToList();
        var inScope = _world.Affiliations.MembersOf(rows.Where(s => !s.Denied).Select(s => s.Principal));
        inScope.ExceptWith(_world.Affiliations.MembersOf(rows.Where(s => s.Denied).Select(s => s.Principal)));
        return new Candidates(
            [.. _people.All.Where(p => p.Disabled == 0 && inScope.Contains(p.Id)).Select(p => p.Id)],
            [.. _people.Staff.Where(p => inScope.Contains(p.Id)).Select(p => p.Id)],
            [.. _people.Groups.Where(p => inScope.Contains(p.Id)).Select(p => p.Id)]);
    }

    /// <summary>Who may have a role under one scope.</summary>
    private sealed record Candidates(List<int> People, List<int> Staff, List<int> Groups);
}
