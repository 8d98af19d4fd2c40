using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Makes a pool file with made-up people, rooms and messages that has every corner the rules speak of.</summary>
/// <remarks>
/// Without planted faults it migrates under the default rules: no plan errors, no rejections. Equal options make equal bytes.
/// The file appears under its name only when it is complete. Memory does not grow with the number of messages.
/// </remarks>
public static class SamplePool
{
    /// <summary>Makes the file.</summary>
    /// <exception cref="ArgumentException">The options are not valid; names everything that is wrong.</exception>
    /// <exception cref="IOException">The file exists and is not empty, or cannot be made.</exception>
    public static SampleReport Make(SampleOptions options)
    {
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        var shape = options.PlantedFaults ? ChatTableShape.Lenient : options.ChatTable;
        using var pool = PoolFile.Begin(options.Path, options.Generation, shape);
        var world = new SampleWorld(options);
        var people = ThinkOut(world);
        AddDirectory(world, pool);
        SampleSurroundings.Add(world, people, pool);
        new SampleMessages(world, people, pool).Write();
        if (options.PlantedFaults)
        {
            SampleFaults.Add(world, people, pool);
        }

        pool.Complete();
        return new SampleReport(
            options.Path, options.Generation, pool.Rows, world.Rooms.Count(), people.All.Count, pool.Messages.ContentBytes, Notes: []);
    }

    private static SamplePeople ThinkOut(SampleWorld world)
    {
        var people = new SamplePeople(world);
        var tree = new SampleTree(world, people);
        if (world.IsLegacy)
        {
            SampleRooms.AddLegacy(world, tree);
        }
        else
        {
            SampleRooms.AddPersistent(world, tree);
        }

        SampleRights.Add(world, people);
        return people;
    }

    private static void AddDirectory(SampleWorld world, PoolFile pool)
    {
        pool.Add(StaticRows.TypesAndValues(world.Options.Generation));
        pool.Add(StaticRows.RoleTypes(world.RoleIds));
        foreach (var principal in world.Principals)
        {
            DirectoryRows.Add(pool, principal);
            if (principal.Type != PrincipalTypes.SystemUser)
            {
                DirectoryRows.AddAffiliation(pool, principal.Id, principal.Id);
            }
        }

        foreach (var (principal, affiliatedTo) in world.Affiliations.Rows)
        {
            DirectoryRows.AddAffiliation(pool, principal, affiliatedTo);
        }

        foreach (var node in world.Nodes)
        {
            DirectoryRows.Add(pool, node);
        }

        foreach (var role in world.Roles)
        {
            DirectoryRows.Add(pool, role, world.RoleIds);
        }

        foreach (var scope in world.Scopes)
        {
            DirectoryRows.Add(pool, scope);
        }
    }
}
