using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>The principals of a sample pool: a domain, folders, groups, people, federated ones, and who belongs to whom.</summary>
/// <remarks>Order of ids: system, domain, folders, groups, federated groups, people.</remarks>
internal sealed class SamplePeople
{
    private const string DomainDn = "DC=litwareinc,DC=com";
    private static readonly string[] FolderNames = ["Staff", "Engineering", "Sales", "営業", "Контракторы"];

    private readonly SampleWorld _world;

    public SamplePeople(SampleWorld world)
    {
        _world = world;
        AddSystem();
        Domain = AddGroup("litwareinc.com", PrincipalTypes.Domain, DomainDn);
        AddFolders();
        AddGroups();
        AddFederatedGroups();
        AddPeople();
    }

    /// <summary>The domain that is the scope of the root.</summary>
    public Principal Domain { get; }

    public List<Principal> Folders { get; } = [];

    public List<Principal> Groups { get; } = [];

    /// <summary>Two partner organisations; the first is in the scope of the root, the second is not.</summary>
    public List<Principal> FederatedGroups { get; } = [];

    /// <summary>Active people of the own organisation.</summary>
    public List<Principal> Staff { get; } = [];

    /// <summary>People of partner organisations, by turns of the first and the second.</summary>
    public List<Principal> Federated { get; } = [];

    /// <summary>Everyone who can write, disabled and federated people included.</summary>
    public List<Principal> All { get; } = [];

    private static string ToDomain(int n) => n == 0 ? "contoso.com" : "fabrikam.com";

    private void AddSystem() => Add(new Principal
    {
        Id = SampleWorld.SystemPrincipal,
        Guid = _world.NextGuid(),
        Uri = StaticRows.SystemUri,
        Name = "System",
        Type = PrincipalTypes.SystemUser,
    });

    private void AddFolders()
    {
        foreach (var name in FolderNames)
        {
            // The second and third lie in the first, so that belonging to the domain takes several steps.
            var parent = Folders.Count is 1 or 2 ? Folders[0] : Domain;
            var folder = AddGroup(name, PrincipalTypes.Folder, $"OU={name},{parent.AdPath}");
            _world.Affiliations.Add(folder.Id, parent.Id);
            Folders.Add(folder);
        }
    }

    private void AddGroups()
    {
        var count = Math.Max(6, _world.Options.People / 25);
        for (var i = 0; i < count; i++)
        {
            var folder = Folders[i % Folders.Count];
            var name = string.Create(CultureInfo.InvariantCulture, $"{SampleNames.Room(_world)}_{i + 1}");
            var group = AddGroup(name, PrincipalTypes.Group, $"CN={name},{folder.AdPath}");
            _world.Affiliations.Add(group.Id, folder.Id);
            Groups.Add(group);
        }

        // A group in a group, and two that hold each other: directories allow both.
        _world.Affiliations.Add(Groups[2].Id, Groups[0].Id);
        _world.Affiliations.Add(Groups[3].Id, Groups[4].Id);
        _world.Affiliations.Add(Groups[4].Id, Groups[3].Id);
    }

    private void AddFederatedGroups()
    {
        for (var i = 0; i < 2; i++)
        {
            FederatedGroups.Add(AddGroup(ToDomain(i), _world.IsLegacy ? PrincipalTypes.FederatedGroup : PrincipalTypes.Group, path: null));
        }
    }

    private void AddPeople()
    {
        for (var i = 0; i < _world.Options.People; i++)
        {
            if (i % 30 is 4 or 5)
            {
                Federated.Add(AddFederatedPerson(i, organisation: i % 30 == 4 ? 0 : 1));
            }
            else
            {
                AddStaff(i);
            }
        }
    }

    private Principal AddFederatedPerson(int i, int organisation)
    {
        var person = AddPerson(i, ToDomain(organisation), path: null, type: PrincipalTypes.FederatedUser, disabled: 0);
        _world.Affiliations.Add(person.Id, FederatedGroups[organisation].Id);
        return person;
    }

    private void AddStaff(int i)
    {
        var folder = Folders[i % Folders.Count];

        // The eighth person has left; later a few more.
        var disabled = i == 7 || i % 97 == 96;
        var type = i == 9 ? PrincipalTypes.ExternalUser : PrincipalTypes.User;
        var person = AddPerson(i, "litwareinc.com", folder.AdPath, type, disabled ? (short)1 : (short)0);
        _world.Affiliations.Add(person.Id, folder.Id);
        var groups = Enumerable.Range(0, _world.Random.Next(4)).Select(_ => _world.Random.Next(Groups.Count)).Append(i % Groups.Count);
        foreach (var group in groups.Distinct())
        {
            _world.Affiliations.Add(person.Id, Groups[group].Id);
        }

        if (!disabled && type == PrincipalTypes.User)
        {
            Staff.Add(person);
        }
    }

    private Principal AddPerson(int i, string domain, string? path, short type, short disabled)
    {
        var name = SampleNames.Person(_world);
        var isForeign = type is PrincipalTypes.FederatedUser or PrincipalTypes.ExternalUser;
        var account = string.Create(CultureInfo.InvariantCulture, $"user{i + 1:00000}@{domain}");
        var number = (i + 1).ToString("00000", CultureInfo.InvariantCulture);
        var person = Add(new Principal
        {
            Id = _world.Principals.Count + 1,
            Guid = _world.NextGuid(),
            Uri = $"sip:{account}",
            Name = _world.IsLegacy ? name : $"user{number}",
            DisplayName = name,
            CompanyName = i % 3 == 0 ? "Litware, Inc." : null,
            Email = i % 4 == 0 ? null : account,
            AdPath = path is null ? null : $"CN={name} {number},{path}",
            UserPrincipalName = path is null ? null : account,
            Disabled = !_world.IsLegacy && isForeign ? (short)1 : !_world.IsLegacy && disabled == 1 && i % 2 == 0 ? (short)2 : disabled,
            Type = !_world.IsLegacy && isForeign ? PrincipalTypes.User : type,
            AddedBy = SampleWorld.SystemPrincipal,
            AddedOn = _world.NextSetUpTime(),
            UpdatedBy = i % 5 == 0 ? null : SampleWorld.SystemPrincipal,
            UpdatedOn = _world.NextSetUpTime(),
            VerifiedOn = SampleWorld.Start.AddHours(i % 1000).AddMilliseconds(i % 999),
        });
        All.Add(person);
        return person;
    }

    private Principal AddGroup(string name, short type, string? path)
    {
        var guid = _world.NextGuid();
        return Add(new Principal
        {
            Id = _world.Principals.Count + 1,
            Guid = guid,
            Uri = $"ma-grp:{guid:D}@u.g",
            Name = name,
            AdPath = path,
            Type = type,
            AddedBy = SampleWorld.SystemPrincipal,
            AddedOn = _world.NextSetUpTime(),
            UpdatedBy = SampleWorld.SystemPrincipal,
            UpdatedOn = _world.NextSetUpTime(),
            VerifiedOn = SampleWorld.Start,
        });
    }

    private Principal Add(Principal principal)
    {
        _world.Principals.Add(principal);
        return principal;
    }
}
