using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class E01DecidedOnceTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5, 6).Category(2, "A").Room(3, "R", 2).Room(4, "R", 2).Members(3, 5).Scope(2, 5, 6)
        .AddIn(DirectoryBuilder.NodeGuid(70), "Poll");

    private static readonly RuleOptions Rename = new() { NameCollisions = NameCollisions.Rename };

    [Fact]
    public void A_second_pass_keeps_ids_and_names_and_wants_the_same_rows()
    {
        var there = DirectoryBuilder.Destination().Build();
        var first = Plans.Of(Source(), Rename);

        var second = Again(Source(), first, first.Written(there), Rename);

        Assert.Equal(first.Nodes, second.Nodes);
        Assert.Equal(first.Principals, second.Principals);
        Assert.Equal(first.Scopes, second.Scopes);
        Assert.Equal(first.AddIns, second.AddIns);
        Assert.Equal(first.Decisions.Nodes.Values, second.Decisions.Nodes.Values);
    }

    [Fact]
    public void New_rows_go_on_after_the_highest_id_and_take_no_name_that_is_given()
    {
        var first = Plans.Of(Source(), Rename);

        var second = Again(Source().People(2).Category(7, "B").Room(8, "R (2)", 7), first, first.Written(DirectoryBuilder.Destination().Build()), Rename);

        Assert.Equal(("R", "R (2)", "R (2) (2)"), (second.NameOf(3), second.NameOf(4), second.NameOf(8)));
        Assert.Equal(first.Nodes[^1].Id + 1, second.Decisions.Nodes[7].DestinationId);
        Assert.Equal(first.Principals[^1].Id + 1, second.PrincipalIdOf(2));
    }

    [Fact]
    public void Ids_given_but_not_yet_written_are_not_given_again()
    {
        var first = Plans.Of(Source(), Rename);

        var second = Plans.Of(Source().People(9), Rename, earlier: first.Decisions);

        Assert.Equal(first.Principals[^1].Id + 1, second.PrincipalIdOf(9));
        Assert.Equal(first.Nodes, second.Nodes);
    }

    [Fact]
    public void A_changed_name_is_decided_anew_and_its_own_row_is_not_in_the_way()
    {
        var first = Plans.Of(Source(), Rename);

        var second = Again(Source().ChangeNode(4, n => n with { Name = "r (2) " }), first, first.Written(DirectoryBuilder.Destination().Build()), Rename);

        Assert.Equal("r (2) ", second.NameOf(4));
        Assert.Equal(first.Decisions.Nodes[4].DestinationId, second.Decisions.Nodes[4].DestinationId);
    }

    [Fact]
    public void A_room_disabled_after_it_was_migrated_stays_as_a_disabled_room()
    {
        var first = Plans.Of(Source(), Rename);

        var second = Again(Source().ChangeNode(3, n => n with { Disabled = true }), first, first.Written(DirectoryBuilder.Destination().Build()), Rename);

        Assert.Equal(RoomFate.Migrated, second.RouteOf(3).Fate);
        Assert.True(second.Node(3).Disabled);
        Assert.True(second.Says("T6 Warning 3"));
    }

    [Fact]
    public void Placeholders_are_kept()
    {
        var earlier = new Decisions { Principals = new Dictionary<int, PrincipalDecision> { [77] = new(77, 500, Origin.Placeholder, false) } };

        var plan = Plans.Of(Source(), Rename, earlier: earlier);

        Assert.Equal((500, 501), (plan.Decisions.Principals[77].DestinationId, plan.PrincipalIdOf(5)!.Value));
    }

    [Fact]
    public void A_room_joined_earlier_is_not_judged_again()
    {
        var merge = Rename with { ExistingNames = ExistingNames.Merge };
        var there = DirectoryBuilder.Destination().Category(50, "Else").Room(51, "R", 50);
        var first = Plans.Of(Source(), merge, there);
        var busy = Plans.NoMessages with { HoldsForeignMessages = (_, _) => true };

        var second = Again(Source(), first, first.Written(there.Build()), merge, busy);

        Assert.False(second.HasErrors);
        Assert.Equal(first.Decisions.Nodes[3], second.Decisions.Nodes[3]);
    }

    [Fact]
    public void Without_our_tables_everything_is_found_again_by_guid()
    {
        var first = Plans.Of(Source(), Rename);

        var again = Again(Source(), first, first.Written(DirectoryBuilder.Destination().Build()), Rename, forget: true);

        Assert.False(again.HasErrors);
        Assert.All(again.Decisions.Nodes.Values, d => Assert.Equal(Origin.Reused, d.Origin));
        Assert.Equal(first.Decisions.Nodes.Values.Select(d => d.DestinationId), again.Decisions.Nodes.Values.Select(d => d.DestinationId));
        Assert.Empty(again.Scopes);
    }

    private static DirectoryPlan Again(
        DirectoryBuilder source, DirectoryPlan first, ChatDirectory there, RuleOptions rules, MessageFacts? facts = null, bool forget = false) =>
        DirectoryRules.Plan(source.Build(), there, rules, forget ? Decisions.None : first.Decisions, facts ?? Plans.NoMessages);
}
