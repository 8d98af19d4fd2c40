using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>What stands around the rooms of a sample pool: invitations, preferences, add-ins, tables not carried (T27).</summary>
internal static class SampleSurroundings
{
    public static void Add(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        foreach (var addIn in world.AddIns)
        {
            pool.Add("tblSiopWhiteList", ("siopID", addIn.Id), ("siopName", addIn.Name), ("siopUrl", addIn.Url));
        }

        AddInvitations(world, people, pool);
        AddPreferences(people, pool);
        AddServers(world, pool);
        AddLeftovers(world, people, pool);
        if (world.IsLegacy)
        {
            AddLegacyConfiguration(world, people, pool);
        }
        else
        {
            pool.Add("tblConfig", ("configLabel", "pool"), ("configContent", "<configuration/>"), ("configPoolID", world.NextGuid()));
            pool.Add("tblActivePeers", ("aplServerID", 1), ("aplPeerID", 2));
            pool.Add("tblPrincipalMeta", ("prinID", people.Staff[0].Id), ("tryCount", 2), ("lastTry", SampleWorld.End));
            pool.Add("tblADCookie", ("prinGuid", people.Domain.Guid), ("adcContent", new byte[] { 0x4D, 0x53, 0x44, 0x53 }));
        }
    }

    private static void AddInvitations(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        var rooms = world.Rooms.ToList();
        foreach (var person in people.All.Where((_, i) => i % 3 == 0))
        {
            var invited = Enumerable.Range(0, 1 + world.Random.Next(4)).Select(_ => world.Any(rooms).Id).Distinct().ToList();
            for (var i = 0; i < invited.Count; i++)
            {
                pool.Add(
                    "tblPrincipalInvites",
                    ("prinID", person.Id),
                    ("invID", i + 1),
                    ("nodeID", invited[i]),
                    ("createdOn", SampleWorld.Start.AddMinutes(world.Random.Next(1_000_000)).AddMilliseconds(world.Random.Next(1000))));
            }

            pool.Add("tblLastInviteId", ("prinID", person.Id), ("lastInviteID", invited.Count + (person.Id % 4)));
        }
    }

    private static void AddPreferences(SamplePeople people, PoolFile pool)
    {
        foreach (var person in people.All.Where((_, i) => i % 2 == 0))
        {
            for (var version = 1; version <= 1 + (person.Id % 3); version++)
            {
                AddOne($"{person.Uri}|username.settings", version, $"djEuMA=={version.ToString(CultureInfo.InvariantCulture)}", person.Id);
            }
        }

        // One label in two spellings: the higher version wins, whichever spelling it has (M6).
        AddOne(people.Staff[0].Uri + "|username.rooms", 1, "bG93ZXI=", people.Staff[0].Id);
        AddOne(people.Staff[0].Uri.ToUpperInvariant() + "|username.rooms", 2, "VVBQRVI=", people.Staff[0].Id);
        AddOne(people.Staff[1].Uri + "|username.rooms", 1, null, people.Staff[1].Id);

        void AddOne(string label, int version, string? content, int by) => pool.Add(
            "tblPreference", ("prefLabel", label), ("prefSeqID", version), ("prefContent", content), ("lastModifiedBy", by));
    }

    private static void AddServers(SampleWorld world, PoolFile pool)
    {
        for (var i = 1; i <= 3; i++)
        {
            pool.Add(
                "tblServerIdentity",
                ("serverID", i),
                ("serverAddress", string.Create(CultureInfo.InvariantCulture, $"net.tcp://chat{i}.litwareinc.com:8011/")),
                ("serverType", i == 3 ? 4 : i),
                ("serverLastPingTime", i == 2 || !world.IsLegacy ? SampleWorld.End : null));
        }

        pool.Add("tblSystemRevision", ("sysRevision", 4711));
        pool.Add("tblAdminLock", ("lockExpiresTime", SampleWorld.Start), ("lockServerID", 2), ("lockActorID", SampleWorld.SystemPrincipal));
    }

    private static void AddLeftovers(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        foreach (var room in world.Rooms.Take(3))
        {
            pool.Add(
                "tblFileToken",
                ("fileToken", world.NextGuid().ToString("D")),
                ("fileTokenUserID", people.Staff[0].Id),
                ("fileTokenChannelID", room.Guid),
                (world.IsLegacy ? "fileTokenExpireTime" : "fileTokenExpireDate", SampleWorld.End));
        }

        foreach (var person in people.Staff.Take(5))
        {
            pool.Add("tblPrincipalMembers", ("prinID", people.Groups[0].Id), ("memberADPath", person.AdPath));
        }
    }

    private static void AddLegacyConfiguration(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        AddConfig("pool", 1, "<pool/>");
        AddConfig("webpool", 1, "<webpool repository='\\\\fs01\\old'/>");
        AddConfig("webpool", 2, "<webpool repository='\\\\fs01\\chat'/>");
        AddConfig("webservice", 1, "<webservice use='webpool'/>");
        AddConfig("ChannelServer-chat2", 1, null);
        pool.Add("tblVersion", ("versionId", 1), ("versionedOn", SampleWorld.Start), ("poolId", world.NextGuid()));
        pool.Add("tblPurgedRoles", ("purgedOn", SampleWorld.End), ("nodeId", 2), ("prinId", people.Staff[0].Id), ("roleId", 1));
        pool.Add("tblPurgedScoped", ("purgedOn", SampleWorld.End), ("nodeId", 2), ("prinId", people.Groups[0].Id));

        void AddConfig(string label, int version, string? content) => pool.Add(
            "tblConfig",
            ("configLabel", label),
            ("configSeqID", version),
            ("configContent", content),
            ("lastModifiedBy", SampleWorld.SystemPrincipal));
    }
}
