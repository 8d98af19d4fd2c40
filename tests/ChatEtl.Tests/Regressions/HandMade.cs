using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;

namespace ChatEtl.Tests.Regressions;

/// <summary>A source and a destination made by hand: root 1, system principal 1, people 2 and 3, group 4, category 10, room 20 of two members and one message.</summary>
internal sealed class HandMade : IDisposable
{
    public const int Member = 1;

    public HandMade(Generation generation = Generation.Lync2010)
    {
        Source = new PlainPool(ChatSchema.Of(generation));
        AddBasics(Source, 0);
        AddBasics(Destination, 9000);
        Person(2);
        Person(3);
        Person(4, PrincipalTypes.Group);
        Node(10, 1, true, "Category");
        Node(20, 10, false, "Room");
        Role(20, 2);
        Role(20, 3);
        Message(20, 1, 2);
    }

    public PlainPool Source { get; }

    public PlainPool Destination { get; } = new(ChatSchema.Persistent);

    public RuleOptions Rules { get; set; } = new();

    public static Guid NodeGuid(int id) => new(id, 2, 0, new byte[8]);

    public static Guid PrincipalGuid(int id) => new(id, 1, 0, new byte[8]);

    public void Person(int id, short type = PrincipalTypes.User) => Source.Add(
        "tblPrincipal", ("prinID", id), ("prinGuid", PrincipalGuid(id)), ("prinUri", $"sip:{id}@x"), ("prinName", $"P{id}"), ("prinTypeID", type));

    public void Node(int id, int parent, bool isCategory, string name) => Source.Add(
        "tblNode", ("nodeID", id), ("nodeGuid", NodeGuid(id)), ("parentID", parent), ("nodeType", isCategory), ("nodeName", name), ("behavior", 4),
        ("visibility", 3), ("nodeAddedBy", 1), ("nodeUpdatedBy", 1));

    public void Role(int node, int principal, int updatedBy = 1) => Source.Add(
        "tblPrincipalRole", ("prinRoleNodeID", node), ("prinRolePrinID", principal), ("prinRoleTypeID", Member), ("prinRoleUpdatedBy", updatedBy));

    public void Message(int room, long id, int author) =>
        Source.Add("tblChat", ("channelId", room), ("chatId", id), ("chatDate", 633979008000000000), ("userId", author), ("content", "hello"));

    /// <summary>Destination nodeID of a source node.</summary>
    public long There(int node) => Destination.Number($"SELECT nodeID FROM tblNode WHERE nodeGuid = '{Cells.FormatGuid(NodeGuid(node))}'");

    /// <summary>Destination prinID of a source principal.</summary>
    public long Who(int principal) => Destination.Number($"SELECT prinID FROM tblPrincipal WHERE prinGuid = '{Cells.FormatGuid(PrincipalGuid(principal))}'");

    public async Task<RunReport> MigrateAsync(bool lastPass = false)
    {
        using var from = new SqliteSource(Source.Path);
        using var to = new SqliteDestination(Destination.Path, TimeProvider.System);
        using var reader = new SqliteSource(Destination.Path);
        return await new Migration(from, to, reader, new ChatEtlOptions { Rules = Rules }, "test", TimeProvider.System)
            .RunAsync(lastPass, CancellationToken.None, CancellationToken.None);
    }

    public IReadOnlyList<Difference> Compare()
    {
        using var from = new SqliteSource(Source.Path);
        using var to = new SqliteDestination(Destination.Path, TimeProvider.System);
        using var reader = new SqliteSource(Destination.Path);
        var plan = PassPlanner.Plan(from, new ExplainedDestination(to), reader, null, Rules, forWriting: false, CancellationToken.None);
        var differences = new List<Difference>();
        new Comparer(from, reader, plan, Rules, to.ReadRejectedKeys).Run(differences.Add, null, CancellationToken.None);
        return differences;
    }

    public void Dispose()
    {
        Source.Dispose();
        Destination.Dispose();
    }

    private static void AddBasics(PlainPool pool, int guids)
    {
        string[] roles = ["Member", "Manager", "Voiced", "Creator"];
        for (var i = 0; i < roles.Length; i++)
        {
            pool.Add("tblRoleType", ("rtypeID", i + 1), ("rtypeDesc", roles[i]));
        }

        pool.Add("tblPrincipal", ("prinID", 1), ("prinGuid", PrincipalGuid(guids + 1)), ("prinUri", "sys:system"), ("prinTypeID", PrincipalTypes.SystemUser));
        pool.Add("tblNode", ("nodeID", 1), ("nodeGuid", NodeGuid(guids + 1)), ("parentID", 1), ("nodeType", 1), ("nodeName", "Root"), ("behavior", 4), ("visibility", 3));
    }
}
