using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

public sealed class SamplePoolTests : IDisposable
{
    /// <summary>Planted messages in what is no room have chatId 1.</summary>
    private const int MessagesPlantedElsewhere = 3;

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("pool.db");

    [Theory]
    [InlineData(Generation.OcsR2, false)]
    [InlineData(Generation.Lync2010, true)]
    [InlineData(Generation.Lync2013, true)]
    public void Equal_options_make_equal_bytes(Generation generation, bool plantedFaults)
    {
        var options = new SampleOptions { Path = Path, Generation = generation, Rooms = 60, Messages = 500, PlantedFaults = plantedFaults };

        SamplePool.Make(options);
        SamplePool.Make(options with { Path = _folder.File("again.db") });
        SamplePool.Make(options with { Path = _folder.File("other.db"), Seed = 2 });

        Assert.Equal(File.ReadAllBytes(Path), File.ReadAllBytes(_folder.File("again.db")));
        Assert.NotEqual(File.ReadAllBytes(Path), File.ReadAllBytes(_folder.File("other.db")));
    }

    [Fact]
    public void The_number_of_messages_changes_nothing_else()
    {
        SamplePool.Make(new SampleOptions { Path = Path, Messages = 100 });
        SamplePool.Make(new SampleOptions { Path = _folder.File("more.db"), Messages = 5000 });

        using var few = new PoolReader(Path);
        using var more = new PoolReader(_folder.File("more.db"));
        string[] tables = ["tblNode", "tblPrincipal", "tblPrincipalRole", "tblScopePrincipal", "tblPrincipalInvites", "tblPreference"];
        foreach (var table in tables)
        {
            Assert.Equal(few.Rows($"SELECT * FROM {table}"), more.Rows($"SELECT * FROM {table}"));
        }
    }

    [Theory]
    [InlineData(Generation.OcsR2, 200, 3000, 500, false)]
    [InlineData(Generation.Lync2010, 1, 5, 20, false)]
    [InlineData(Generation.Lync2010, 7, 0, 33, true)]
    [InlineData(Generation.Lync2010, 900, 1000, 2000, false)]
    [InlineData(Generation.Lync2013, 1, 5, 20, true)]
    [InlineData(Generation.Lync2013, 300, 3000, 500, false)]
    public void The_report_counts_what_is_in_the_file(Generation generation, int rooms, long messages, int people, bool plantedFaults)
    {
        var report = SamplePool.Make(new SampleOptions
        {
            Path = Path,
            Generation = generation,
            Rooms = rooms,
            Messages = messages,
            People = people,
            PlantedFaults = plantedFaults,
        });

        using var pool = new PoolReader(Path);
        Assert.Equal(ChatSchema.Of(generation).Tables.Select(t => t.Name), report.Rows.Keys, StringComparer.Ordinal);
        Assert.All(report.Rows, r => Assert.Equal(pool.Count($"SELECT count(*) FROM {r.Key}"), r.Value));
        Assert.Equal(rooms, report.Rooms);
        Assert.Equal(rooms, pool.Count("SELECT count(*) FROM tblNode WHERE nodeType = 0"));
        Assert.Equal(people, report.People);
        Assert.Equal(
            messages + (plantedFaults ? MessagesPlantedElsewhere : 0),
            pool.Count($"SELECT count(*) FROM tblChat WHERE chatID < {SampleFaults.FirstChatId}"));
        Assert.Equal("ok", pool.Value("PRAGMA integrity_check"));
        Assert.Equal("delete", pool.Value("PRAGMA journal_mode"));
        Assert.Equal(["pool.db"], _folder.FileNames());
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(2000, 7)]
    public void A_pool_without_planted_faults_flattens_under_the_default_rules(int rooms, int seed)
    {
        SamplePool.Make(new SampleOptions { Path = Path, Rooms = rooms, Messages = 0, Seed = seed });

        using var pool = new PoolReader(Path);
        var nodes = pool.Rows("SELECT nodeID, parentID, nodeType, nodeName, disabled FROM tblNode")
            .ToDictionary(
                r => (long)r[0]!, r => (Parent: (long)r[1]!, IsCategory: (long)r[2]! == 1, Name: (string)r[3]!, Disabled: (long)r[4]! == 1));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "General" };
        var longest = 0;
        foreach (var (id, node) in nodes.Where(n => n.Key != 1 && (n.Value.IsCategory || !n.Value.Disabled)))
        {
            var path = new Stack<string>([node.Name]);
            for (var above = node.Parent; above != 1; above = nodes[above].Parent)
            {
                path.Push(nodes[above].Name);
            }

            var flat = !node.IsCategory && path.Count <= 2 ? node.Name : string.Join(" - ", path);
            longest = Math.Max(longest, flat.Length);
            Assert.True(names.Add(flat.TrimEnd(' ')), $"{flat} of node {id} is taken.");
        }

        Assert.Equal(256, longest);
        Assert.Equal(0, pool.Count("""
            SELECT count(*) FROM tblNode AS room JOIN tblNode AS category ON category.nodeID = room.parentID
            WHERE room.nodeType = 0 AND room.scopeDefinerId <> category.scopeDefinerId
            """));
    }

    [Fact]
    public void Nothing_in_a_pool_without_planted_faults_refers_to_something_missing()
    {
        SamplePool.Make(new SampleOptions { Path = Path });

        using var pool = new PoolReader(Path);
        foreach (var (table, column, parent, key) in ((string, string, string, string)[])
        [
            ("tblNode", "parentID", "tblNode", "nodeID"),
            ("tblNode", "scopeDefinerId", "tblNode", "nodeID"),
            ("tblNode", "roleDefinerId", "tblNode", "nodeID"),
            ("tblNode", "nodeAddedBy", "tblPrincipal", "prinID"),
            ("tblNode", "siopID", "tblSiopWhiteList", "siopID"),
            ("tblPrincipal", "prinTypeID", "tblPrincipalType", "ptypeID"),
            ("tblPrincipalAffiliations", "principalID", "tblPrincipal", "prinID"),
            ("tblPrincipalAffiliations", "affiliationID", "tblPrincipal", "prinID"),
            ("tblPrincipalRole", "prinRoleNodeID", "tblNode", "nodeID"),
            ("tblPrincipalRole", "prinRolePrinID", "tblPrincipal", "prinID"),
            ("tblPrincipalRole", "prinRoleTypeID", "tblRoleType", "rtypeID"),
            ("tblScopePrincipal", "scopeNodeID", "tblNode", "nodeID"),
            ("tblScopePrincipal", "scopePrinID", "tblPrincipal", "prinID"),
            ("tblPrincipalInvites", "prinID", "tblPrincipal", "prinID"),
            ("tblPrincipalInvites", "nodeID", "tblNode", "nodeID"),
            ("tblPreference", "lastModifiedBy", "tblPrincipal", "prinID"),
            ("tblLastChatId", "nodeID", "tblNode", "nodeID"),
            ("tblChat", "channelID", "tblNode", "nodeID"),
            ("tblChat", "userId", "tblPrincipal", "prinID"),
        ])
        {
            Assert.Equal(0, pool.Count($"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {parent})"));
        }
    }

    [Fact]
    public void Messages_of_a_room_are_in_order_with_gaps_and_one_room_has_three_tenths_of_all()
    {
        SamplePool.Make(new SampleOptions { Path = Path, Messages = 20_000 });

        using var pool = new PoolReader(Path);
        Assert.Equal(0, pool.Count("""
            SELECT count(*) FROM (
                SELECT chatDate - lag(chatDate) OVER (PARTITION BY channelID ORDER BY chatID) AS step FROM tblChat) WHERE step <= 0
            """));
        Assert.True(pool.Count("""
            SELECT count(*) FROM (
                SELECT chatID - lag(chatID) OVER (PARTITION BY channelID ORDER BY chatID) AS step FROM tblChat) WHERE step > 1
            """) > 10);
        Assert.InRange(pool.Count("SELECT count(*) AS n FROM tblChat GROUP BY channelID ORDER BY n DESC"), 5_900, 6_400);
        Assert.True(pool.Count("SELECT count(*) FROM (SELECT 1 FROM tblChat GROUP BY channelID HAVING count(*) < 20)") > 50);
        Assert.InRange(pool.Count("SELECT sum(length(CAST(content AS BLOB))) / count(*) FROM tblChat WHERE length(content) < 99999"), 70, 110);
    }

    [Fact]
    public void A_failure_on_the_way_leaves_no_file()
    {
        var pool = PoolFile.Begin(Path, Generation.Lync2010);
        pool.Messages.Write(1, 1, 1, 1, isAlert: false, "hello"u8);

        Assert.ThrowsAny<Exception>(() => pool.Messages.Write(1, 1, 1, 1, isAlert: false, "the same key again"u8));
        pool.Dispose();

        Assert.Empty(_folder.FileNames());
    }

    [Fact]
    public void The_file_has_its_name_only_when_it_is_complete()
    {
        using var pool = PoolFile.Begin(Path, Generation.Lync2010);
        Assert.False(File.Exists(Path));

        pool.Complete();

        Assert.Equal(["pool.db"], _folder.FileNames());
    }

    [Fact]
    public void A_file_that_someone_else_made_meanwhile_is_not_overwritten()
    {
        using (var pool = PoolFile.Begin(Path, Generation.Lync2010))
        {
            File.WriteAllText(Path, "theirs");
            Assert.Throws<IOException>(pool.Complete);
        }

        Assert.Equal("theirs", File.ReadAllText(Path));
        Assert.Equal(["pool.db"], _folder.FileNames());
    }

    [Fact]
    public void A_file_that_exists_is_refused_and_left_as_it_was()
    {
        File.WriteAllText(Path, "precious");

        var refusal = Assert.Throws<IOException>(() => SamplePool.Make(new SampleOptions { Path = Path }));

        Assert.Contains("exists and is not empty", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [Fact]
    public void Options_that_make_no_sense_are_all_named()
    {
        var options = new SampleOptions { Path = Path, Rooms = 0, Messages = -1, People = 3 };

        var refusal = Assert.Throws<ArgumentException>(() => SamplePool.Make(options));

        Assert.Equal(3, options.Validate().Count);
        Assert.All(options.Validate(), problem => Assert.Contains(problem, refusal.Message, StringComparison.Ordinal));
        Assert.Empty(_folder.FileNames());
    }

    public void Dispose() => _folder.Dispose();
}
