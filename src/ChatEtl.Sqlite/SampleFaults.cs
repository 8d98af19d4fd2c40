using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Rows that cannot be carried, each rejected or reported with its reason, none of which stops a plan.</summary>
internal static class SampleFaults
{
    /// <summary>An id that no principal has.</summary>
    public const int MissingPrincipal = 9_000_001;

    /// <summary>An id that no node has.</summary>
    public const int MissingNode = 9_000_002;

    /// <summary>The first chatId of planted messages in a room: far above the others.</summary>
    public const long FirstChatId = 1_000_000_000_000;

    public static void Add(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        AddPrincipals(world, people, pool);
        AddRights(world, pool);
        AddReferences(world, people, pool);
        AddMessages(world, people, pool);
    }

    private static void AddPrincipals(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        // Two rows of one guid: the lower id wins (T11). A type that is never stored: rejected with what hangs on it (E8).
        var next = world.Principals.Count + 1;
        DirectoryRows.Add(pool, people.Staff[5] with { Id = next, Uri = "sip:twin@litwareinc.com", Name = "The twin" });
        DirectoryRows.Add(pool, people.Staff[6] with { Id = next + 1, Guid = world.NextGuid(), Uri = "sip:any@litwareinc.com", Type = 1 });
        DirectoryRows.Add(pool, new Role(FirstRoom(world).Id, next, world.RoleIds.Member, SampleWorld.SystemPrincipal), world.RoleIds);
        DirectoryRows.Add(pool, new Role(FirstRoom(world).Id, next + 1, world.RoleIds.Member, SampleWorld.SystemPrincipal), world.RoleIds);
        AddMessage(pool, FirstRoom(world).Id, FirstChatId, SampleWorld.End.Ticks, next, 0, "written by the twin");
        AddMessage(pool, FirstRoom(world).Id, FirstChatId + 1, SampleWorld.End.Ticks, next + 1, 0, "written by anyone");
    }

    private static void AddRights(SampleWorld world, PoolFile pool)
    {
        var room = FirstRoom(world).Id;
        var someone = world.Principals[^1].Id;
        DirectoryRows.Add(pool, new Role(room, MissingPrincipal, world.RoleIds.Member, SampleWorld.SystemPrincipal), world.RoleIds);
        DirectoryRows.Add(pool, new Role(MissingNode, someone, world.RoleIds.Member, SampleWorld.SystemPrincipal), world.RoleIds);
        DirectoryRows.Add(pool, new Role(room, someone, 99, SampleWorld.SystemPrincipal), world.RoleIds);
        DirectoryRows.Add(pool, new Scope(MissingNode, someone, false, SampleWorld.SystemPrincipal));

        // On a category that has other rows: one that lost all of them would stop the plan (R6).
        DirectoryRows.Add(pool, new Scope(world.Scopes[0].Node, MissingPrincipal, false, SampleWorld.SystemPrincipal));
    }

    private static void AddReferences(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        var (room, person) = (FirstRoom(world), people.Staff[0]);
        pool.Add("tblPrincipalInvites", ("prinID", person.Id), ("invID", 90), ("nodeID", MissingNode), ("createdOn", SampleWorld.End));
        pool.Add("tblPrincipalInvites", ("prinID", MissingPrincipal), ("invID", 91), ("nodeID", room.Id), ("createdOn", SampleWorld.End));
        pool.Add("tblPrincipalInvites", ("prinID", people.Staff[1].Id), ("invID", 92), ("nodeID", MissingNode), ("createdOn", "in May"));
        pool.Add("tblPreference", ("prefLabel", "sip:gone@litwareinc.com|x"), ("prefSeqID", 1), ("lastModifiedBy", MissingPrincipal));
        pool.Add("tblLastChatId", ("nodeID", MissingNode), ("lastChatID", 12));
        DirectoryRows.AddAffiliation(pool, person.Id, MissingPrincipal);
        DirectoryRows.AddAffiliation(pool, MissingPrincipal, people.Groups[0].Id);
    }

    private static void AddMessages(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        var room = FirstRoom(world).Id;
        var author = people.Staff[0].Id;
        var date = SampleWorld.End.Ticks;
        var chatId = FirstChatId + 10;
        Plant(date, MissingPrincipal, 0, "by an unknown author");
        Plant(date, MissingPrincipal, 1, "by the same unknown author");
        Plant(date, MissingPrincipal + 7, 0, "by another unknown author");
        Plant(date, author, 0, null);
        Plant("2012-05-12 09:00", author, 0, "text in the date");
        Plant(-1L, author, 0, "a date before time began");
        Plant(DateTime.MaxValue.Ticks + 1, author, 0, "a date after the end of time");
        Plant(null, author, 0, "no date");
        Plant(date, author, 7, "an alert of the seventh kind");
        Plant(date, author, null, "neither alert nor none");
        Plant(date, null, 0, "no author");
        Plant(date, long.MaxValue, 0, "an author out of range");
        Plant(date, author, 0, new RawText([(byte)'b', (byte)'a', (byte)'d', 0xFF, 0xFE, 0xC3]));
        Plant(date, author, 0, new RawText([0xED, 0xA0, 0xBD, (byte)'!']));
        Plant(date, author, 0, new byte[] { 0x00, 0x01, 0x02, 0x03 });

        // Unknown rooms: no node, the root, a category (M1).
        AddMessage(pool, MissingNode, 1, date, author, 0, "in an unknown room");
        AddMessage(pool, SampleWorld.RootNode, 1, date, author, 0, "in the root");
        AddMessage(pool, world.Nodes[1].Id, 1, date, author, 0, "in a category");
        if (world.Rooms.FirstOrDefault(r => r.Disabled) is { } disabled)
        {
            // Skipping comes before rejecting (S1).
            AddMessage(pool, disabled.Id, FirstChatId, date, MissingPrincipal, 0, "by an unknown author in a disabled room");
        }

        void Plant(object? when, object? who, object? alert, object? content) =>
            AddMessage(pool, room, chatId++, when, who, alert, content);
    }

    private static void AddMessage(
        PoolFile pool, int room, long chatId, object? date, object? author, object? alert, object? content) => pool.Add(
        "tblChat",
        ("channelID", room),
        ("chatID", chatId),
        ("chatDate", date),
        ("userId", author),
        ("isAlert", alert),
        ("content", content));

    private static Node FirstRoom(SampleWorld world) => world.Rooms.First(room => !room.Disabled);
}
