using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Tests.Support;

/// <summary>Small directories by chance, with everything in them that the rules must survive; one seed, one pair.</summary>
internal sealed class RandomDirectories
{
    private const int FirstPrincipal = 2;
    private const int LastPrincipal = 9;
    private readonly Random _random;
    private readonly List<int> _categories = [1];
    private readonly List<int> _rooms = [];
    private readonly Dictionary<int, int> _parents = new() { [1] = 1 };

    public RandomDirectories(int seed)
    {
        _random = new Random(seed);
        IsLegacy = _random.Next(4) > 0;
        Source = IsLegacy ? DirectoryBuilder.Legacy() : DirectoryBuilder.Persistent();
        Destination = DirectoryBuilder.Destination();
        Rules = new RuleOptions
        {
            LongNames = LongNames.Shorten,
            NameCollisions = NameCollisions.Rename,
            ExistingNames = (ExistingNames)_random.Next(3),
            EmptyCategories = (KeepOrDrop)_random.Next(2),
            DisabledRooms = (DisabledRooms)_random.Next(2),
            OutOfScope = (OutOfScope)_random.Next(2),
            Level = _random.Next(8) == 0 ? (Level)_random.Next(5) : Level.All,
        };
        AddPrincipals();
        AddNodes();
        AddRolesAndScopes();
        AddExisting();
    }

    public bool IsLegacy { get; }

    public DirectoryBuilder Source { get; }

    public DirectoryBuilder Destination { get; }

    public RuleOptions Rules { get; }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private int Any(List<int> ids) => ids[_random.Next(ids.Count)];

    private int AnyPrincipal() => Chance(15) ? 77 : _random.Next(FirstPrincipal, LastPrincipal + 1);

    private void AddPrincipals()
    {
        for (var id = FirstPrincipal; id < LastPrincipal; id++)
        {
            short type = Chance(3) ? PrincipalTypes.Group : IsLegacy && Chance(8) ? PrincipalTypes.FederatedUser : Chance(30) ? (short)2 : PrincipalTypes.User;
            var disabled = (short)(Chance(6) ? 1 : 0);
            Source.Person(id, p => p with { Type = type, Disabled = disabled });
            if (Chance(3))
            {
                var (matched, there) = (id, (short)(Chance(3) ? 1 : 0));
                var kind = type == PrincipalTypes.Group ? PrincipalTypes.Group : PrincipalTypes.User;
                Destination.Person(100 + id, p => p with { Guid = DirectoryBuilder.PrincipalGuid(matched), Type = kind, Disabled = there });
            }
        }

        // The last one is a twin of an earlier person; it has no affiliations, so that only rules can join the two.
        Source.Person(LastPrincipal, p => p with { Guid = DirectoryBuilder.PrincipalGuid(Chance(2) ? 4 : LastPrincipal), Disabled = (short)_random.Next(2) });
        Destination.Person(150);
        for (var i = _random.Next(10); i > 0; i--)
        {
            Source.Affiliate(_random.Next(5, LastPrincipal), _random.Next(5, LastPrincipal));
        }
    }

    private void AddNodes()
    {
        string[] names = ["A", "a ", "B", "General", "A - B", "R", new string('n', 255)];
        var overrides = Chance(2);
        for (var id = 2; id < 12; id++)
        {
            var isCategory = id < 6;
            var parent = IsLegacy ? Any(_categories) : isCategory ? 1 : Any([.. _categories.Where(c => c > 1)]);
            _parents[id] = parent;
            (isCategory ? _categories : _rooms).Add(id);
            Node Change(Node n) => n with
            {
                Disabled = !isCategory && Chance(6),
                Behaviour = (short)(Chance(3) && !isCategory ? 5 : 4),
                Visibility = IsLegacy ? Chance(2) ? null : (short)_random.Next(2, 4) : Chance(4) ? (short)6 : (short)3,
                Invite = Chance(3) ? null : Chance(2),
                Inheritance = IsLegacy && isCategory && Chance(4),
                OverrideMember = IsLegacy && overrides ? Chance(3) : null,
                RestrictChildCreate = Chance(2) ? null : Chance(2),
                RoleDefiner = IsLegacy && Chance(3) ? Ancestor(id) : null,
            };
            var name = Chance(2) ? names[_random.Next(names.Length)] : "N" + id;
            if (isCategory)
            {
                Source.Category(id, name, parent, Change);
            }
            else
            {
                Source.Room(id, name, parent, Change);
            }
        }
    }

    private int Ancestor(int id)
    {
        while (!Chance(3) && id != 1)
        {
            id = _parents[id];
        }

        return id;
    }

    private void AddRolesAndScopes()
    {
        var seen = new HashSet<(int, int, int)>();
        for (var i = _random.Next(5, 30); i > 0; i--)
        {
            var node = Chance(20) ? 99 : Chance(3) ? Any(_categories) : Any(_rooms);
            var (principal, kind) = (AnyPrincipal(), _random.Next(1, IsLegacy ? 4 : 5));
            if (seen.Add((node, principal, kind)))
            {
                Source.Role(node, principal, kind, Chance(2) ? 3 : null);
            }
        }

        foreach (var category in _categories.Where(_ => Chance(2)))
        {
            foreach (var principal in Enumerable.Range(0, _random.Next(1, 5)).Select(_ => AnyPrincipal()).Distinct())
            {
                if (!IsLegacy && Chance(4))
                {
                    Source.Deny(category, principal);
                }
                else
                {
                    Source.Scope(category, principal);
                }
            }
        }
    }

    private void AddExisting()
    {
        if (Chance(2))
        {
            return;
        }

        Destination.Category(50, Chance(2) ? "A" : "General", 1, n => Chance(2) ? n with { Guid = DirectoryBuilder.NodeGuid(2) } : n);
        Destination.Room(51, Chance(2) ? "R" : "N7", 50, n => n with
        {
            Guid = Chance(2) ? DirectoryBuilder.NodeGuid(7) : n.Guid,
            Visibility = (short)(Chance(5) ? 6 : 3),
            Disabled = Chance(4),
        });
        List<int> there = [150, .. Destination.Build().Principals.Select(p => p.Id)];
        foreach (var principal in there.Distinct().Where(_ => Chance(4)))
        {
            Destination.Members(51, principal);
        }

        foreach (var principal in there.Distinct().Where(_ => Chance(3)))
        {
            Destination.Scope(50, principal);
        }
    }
}
