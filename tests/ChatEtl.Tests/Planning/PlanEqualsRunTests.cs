using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Planning;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>What a plan says is what the run then does: books, ids, names, skipped rooms, unknown authors.</summary>
public sealed class PlanEqualsRunTests
{
    public static TheoryData<int, Generation, string> Pools => new()
    {
        { 1, Generation.Lync2010, "" },
        { 2, Generation.OcsR2, "" },
        { 3, Generation.Lync2013, "" },
        { 4, Generation.Lync2010, "keep disabled rooms" },
        { 5, Generation.OcsR2, "one category" },
        { 6, Generation.Lync2010, "messages since" },
        { 7, Generation.Lync2010, "placeholders" },
        { 8, Generation.Lync2010, "categories only" },
        { 9, Generation.OcsR2, "rooms only" },
        { 10, Generation.Lync2010, "leave the small tables" },
    };

    [Theory]
    [MemberData(nameof(Pools))]
    public async Task Predicted_books_and_decisions_are_those_of_the_run(int seed, Generation generation, string variation)
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true, generation: generation) with { Seed = seed });
        rehearsal.Options = rehearsal.Options with { Rules = RulesOf(variation) };

        var plan = rehearsal.Plan();
        var report = await rehearsal.RunAsync(plan.Kept());

        Assert.NotNull(plan.Books);
        Assert.Equal(Planned.Lines(report.Books), Planned.Lines(plan.Books), StringComparer.Ordinal);
        Assert.Empty(rehearsal.Compare());
        CheckDecisions(plan, rehearsal);
        CheckLists(plan, report.Books, rehearsal);
    }

    [Fact]
    public async Task A_plan_of_a_later_pass_counts_only_what_is_new()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        await rehearsal.RunAsync();
        var (room, last) = LargestRoom(rehearsal);
        rehearsal.ChangeSource($"""
            UPDATE tblNode SET disabled = 0 WHERE nodeType = 0 AND disabled = 1;
            INSERT INTO tblChat SELECT channelId, {last + 1}, chatDate, userId, 0, 'one more' FROM tblChat WHERE channelId = {room} AND chatId = {last};
            UPDATE tblPrincipal SET prinName = 'Renamed' WHERE prinID = (SELECT max(prinID) FROM tblPrincipal WHERE prinTypeID = 5);
            """);

        var plan = rehearsal.Plan();
        var report = await rehearsal.RunAsync(plan.Kept());

        Assert.Equal((PlanState.CatchesUp, 2, 2), (plan.State, plan.Terms.Pass, report.Pass));
        Assert.True(report.Books["tblChat"].Read > 1);
        Assert.Equal(Planned.Lines(report.Books), Planned.Lines(plan.Books!), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_plan_of_an_interrupted_pass_counts_what_is_done_and_what_is_left()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        await rehearsal.RunAsync(null, null, stop: new CancellationToken(canceled: true));

        var plan = rehearsal.Plan();
        var report = await rehearsal.RunAsync(plan.Kept());

        Assert.Equal((PlanState.GoesOn, 1), (plan.State, plan.Terms.Pass));
        Assert.True(report is { Complete: true, Resumed: true });
        Assert.Equal(Planned.Lines(report.Books), Planned.Lines(plan.Books!), StringComparer.Ordinal);
    }

    [Fact]
    public async Task After_finish_a_plan_finds_everything_there()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample());
        await rehearsal.RunAsync();
        using (var destination = new SqliteDestination(rehearsal.DestinationPath, TimeProvider.System))
        {
            destination.RemoveOwnTables(destination.ReadRun()!.Epoch);
        }

        var plan = rehearsal.Plan();
        var report = await rehearsal.RunAsync(plan.Kept());

        Assert.Equal(Planned.Lines(report.Books), Planned.Lines(plan.Books!), StringComparer.Ordinal);
        Assert.True(plan.Books!["tblChat"].Reused > 0);
        Assert.Equal(0, plan.Books["tblChat"].Written);
        Assert.NotEmpty(plan.Items("reused"));
        Assert.Empty(plan.Items("kept"));
    }

    private static RuleOptions RulesOf(string variation) => variation switch
    {
        "keep disabled rooms" => Rehearsal.Lenient with { DisabledRooms = DisabledRooms.Keep, Topics = Topics.Drop, Creators = Creators.None },
        "one category" => Rehearsal.Lenient with { Categories = ["Engineering"], EmptyCategories = KeepOrDrop.Drop },
        "messages since" => Rehearsal.Lenient with { MessagesSince = new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc), NameSeparator = " / " },
        "placeholders" => Rehearsal.Lenient with { UnknownAuthors = UnknownAuthors.Placeholder, OutOfScope = OutOfScope.Keep },
        "categories only" => Rehearsal.Lenient with { Level = Level.Categories },
        "rooms only" => Rehearsal.Lenient with { Level = Level.Rooms },
        "leave the small tables" => Rehearsal.Lenient with { Invitations = CarryOrLeave.Leave, Preferences = CarryOrLeave.Leave, Affiliations = CarryOrLeave.Leave },
        _ => Rehearsal.Lenient,
    };

    private static void CheckDecisions(MigrationPlan plan, Rehearsal rehearsal)
    {
        using var destination = new SqliteDestination(rehearsal.DestinationPath, TimeProvider.System);
        var (planned, made) = (plan.Terms.Decisions, destination.ReadDecisions());
        Assert.Equal(
            planned.Principals.Values.OrderBy(one => one.SourceId),
            made.Principals.Values.Where(one => one.Origin != Origin.Placeholder).OrderBy(one => one.SourceId).Select(one => one with { Digest = "" }));
        Assert.Equal(planned.Nodes.Values.OrderBy(one => one.SourceId), made.Nodes.Values.OrderBy(one => one.SourceId).Select(one => one with { Digest = "" }));
        Assert.Equal(planned.AddIns.Values.OrderBy(one => one.SourceId), made.AddIns.Values.OrderBy(one => one.SourceId).Select(one => one with { Digest = "" }));
        foreach (var node in planned.Nodes.Values)
        {
            Assert.Equal(node.Name, rehearsal.Ask($"SELECT nodeName FROM tblNode WHERE nodeID = {node.DestinationId}")[0][0]);
        }
    }

    private static void CheckLists(MigrationPlan plan, IReadOnlyDictionary<string, Book> books, Rehearsal rehearsal)
    {
        var chat = books[Streams.Messages];
        if (rehearsal.Options.Rules is { Level: >= Level.Content, MessagesSince: null })
        {
            Assert.Equal(chat.Skipped.Values.Sum(), plan.Items("skippedRooms").Sum(room => room.Rows));
        }

        if (rehearsal.Options.Rules is { Level: >= Level.Content, UnknownAuthors: UnknownAuthors.Reject })
        {
            Assert.Equal(
                rehearsal.Count("SELECT count(*) FROM chatetl_rejection WHERE source_table = 'tblChat' AND rule = 'T20'"), plan.Items("unknownAuthors").Sum(author => author.Rows));
        }

        Assert.All(plan.Items("renames").Where(item => item.Table == "tblNode"), item => Assert.True(plan.Terms.Decisions.Nodes[int.Parse(item.Key, null)].Name != item.Name));
        Assert.Equal(plan.Inventory!.Messages.Messages, (long)rehearsal.AskSource("SELECT count(*) FROM tblChat WHERE typeof(channelId) = 'integer' AND typeof(chatId) = 'integer'")[0][0]!);
    }

    private static (long Room, long Last) LargestRoom(Rehearsal rehearsal)
    {
        var row = rehearsal.AskSource("""
            SELECT c.channelId, max(c.chatId) FROM tblChat AS c JOIN tblNode AS n ON n.nodeID = c.channelId JOIN tblPrincipal AS p ON p.prinID = c.userId
            WHERE n.nodeType = 0 AND n.disabled = 0 GROUP BY 1 HAVING max(c.chatId) < 1000000 ORDER BY count(*) DESC LIMIT 1
            """)[0];
        return ((long)row[0]!, (long)row[1]!);
    }
}
