using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class T01CategoriesAndRoomsTests
{
    private static DirectoryBuilder Deep() => DirectoryBuilder.Legacy()
        .Category(2, "Sales").Category(3, "EMEA", 2).Category(4, "Austria", 3).Room(5, "Deals", 2).Room(6, "Deals", 3).Room(7, "Deals", 4);

    [Fact]
    public void Every_category_becomes_one_directly_under_the_root_named_by_its_full_path()
    {
        var plan = Plans.Of(Deep());

        Assert.Equal(["Sales", "Sales - EMEA", "Sales - EMEA - Austria"], plan.Nodes.Where(n => n.IsCategory).Select(n => n.Name).ToList());
        Assert.All(plan.Nodes.Where(n => n.IsCategory), n => Assert.Equal(1, n.Parent));
    }

    [Fact]
    public void A_room_of_a_top_level_category_keeps_its_name_and_a_deeper_one_takes_the_path_before_it()
    {
        var plan = Plans.Of(Deep(), new RuleOptions { NameSeparator = "/" });

        Assert.Equal(("Deals", "Sales/EMEA/Deals", "Sales/EMEA/Austria/Deals"), (plan.NameOf(5), plan.NameOf(6), plan.NameOf(7)));
        Assert.Equal(plan.Node(4).Id, plan.Node(7).Parent);
    }

    [Fact]
    public void New_ids_follow_the_highest_there_in_order_of_nodeID()
    {
        var plan = Plans.Of(Deep(), destination: DirectoryBuilder.Destination().Category(40, "Other", 1));

        Assert.Equal([41, 42, 43, 44, 45, 46], plan.Nodes.Select(n => n.Id));
        Assert.Equal(46, plan.Decisions.Nodes[7].DestinationId);
    }

    [Theory]
    [InlineData(KeepOrDrop.Keep, true)]
    [InlineData(KeepOrDrop.Drop, false)]
    public void A_category_without_a_migrated_room_directly_in_it_goes_or_stays_as_configured(KeepOrDrop option, bool migrated)
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Category(3, "B", 2).Room(4, "R", 3).Category(5, "C").Room(6, "Off", 5, n => n with { Disabled = true });

        var plan = Plans.Of(source, new RuleOptions { EmptyCategories = option });

        Assert.Equal(migrated, plan.Decisions.Nodes.ContainsKey(2));
        Assert.Equal(migrated, plan.Decisions.Nodes.ContainsKey(5));
        Assert.True(plan.Decisions.Nodes.ContainsKey(3));
        Assert.True(plan.Book("tblNode").Balances);
    }

    [Fact]
    public void Category_rows_keep_their_description_and_lose_topic_and_disabled()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A", 1, n => n with { Description = "About", Topic = "Now", Disabled = true, Behaviour = 5, Visibility = 2 });

        var plan = Plans.Of(source);

        var row = plan.Node(2);
        Assert.Equal(("About", false, (short)4, (short)3), (row.Description, row.Disabled, row.Behaviour!.Value, row.Visibility!.Value));
        Assert.Equal((null, null), (row.AddIn, row.PurgedOn));
        Assert.True(plan.Says("N6 Warning 2"));
        Assert.True(plan.Says("T9 Information"));
    }

    [Fact]
    public void Rooms_under_the_root_go_unchanged_into_a_category_made_for_them()
    {
        var source = DirectoryBuilder.Legacy().People(5).Scope(1, 5).Room(2, "Lobby")
            .ChangeNode(1, n => n with { Invite = false, RestrictChildCreate = true }).Members(1, 5);

        var plan = Plans.Of(source);

        var made = plan.Nodes[0];
        Assert.Equal(("General", "", UuidV5.Create(DirectoryBuilder.NodeGuid(1), "GENERAL")), (made.Name, made.Description, made.Guid));
        Assert.Equal((false, true, true), (made.Invite, made.Logged, made.FilePost));
        Assert.Equal((made.Id, "Lobby"), (plan.Node(2).Parent!.Value, plan.NameOf(2)));
        Assert.Equal([1, 2], plan.RoleNodes);
        Assert.Equal(["Creator 5"], plan.Roles(1));
        Assert.Equal(["5"], plan.ScopeOf(1));
        Assert.Equal((1, 1), (plan.Book("tblNode").Skipped["T1"], plan.Book("tblNode").Derived));
    }

    [Fact]
    public void A_top_level_category_of_that_name_takes_them_when_it_has_the_roots_scope()
    {
        var source = DirectoryBuilder.Legacy().People(5).Scope(1, 5).Scope(2, 5).Category(2, "general ").Room(3, "Lobby");

        var plan = Plans.Of(source);

        Assert.False(plan.HasErrors);
        Assert.Equal(plan.Node(2).Id, plan.Node(3).Parent);
        Assert.False(plan.Decisions.Nodes.ContainsKey(1));
    }

    [Fact]
    public void A_top_level_category_of_that_name_with_another_scope_is_an_error() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().People(5, 6).Scope(1, 5).Scope(2, 6).Category(2, "General").Room(3, "Lobby")).Says("T2 Error 2"));

    [Fact]
    public void A_destination_category_of_that_name_takes_them_whatever_existingNames_says()
    {
        var there = DirectoryBuilder.Destination().Category(50, "GENERAL");

        var plan = Plans.Of(DirectoryBuilder.Legacy().Room(2, "Lobby"), destination: there);

        Assert.False(plan.HasErrors);
        Assert.Equal((50, Origin.Merged), (plan.Decisions.Nodes[1].DestinationId, plan.Decisions.Nodes[1].Origin));
        Assert.Equal(50, plan.Node(2).Parent);
        Assert.Equal([2], plan.RoleNodes);
    }

    [Fact]
    public void The_category_for_rooms_under_the_root_is_first_to_choose_its_name()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Room(3, "General", 2).Room(4, "Lobby");

        var plan = Plans.Of(source, new RuleOptions { NameCollisions = NameCollisions.Rename });

        Assert.Equal(("General", "General (2)"), (plan.NameOf(1), plan.NameOf(3)));
    }

    [Fact]
    public void Without_rooms_under_the_root_no_category_is_made() =>
        Assert.False(Plans.Of(DirectoryBuilder.Legacy().Room(2, "Off", 1, n => n with { Disabled = true })).Decisions.Nodes.ContainsKey(1));

    [Fact]
    public void A_2013_source_keeps_its_names()
    {
        var plan = Plans.Of(DirectoryBuilder.Persistent().Category(2, "A").Room(3, "R", 2));

        Assert.Equal(("A", "R"), (plan.NameOf(2), plan.NameOf(3)));
    }

    [Fact]
    public void Ids_inside_rows_are_those_of_the_destination_and_unknown_ones_become_the_system_principal()
    {
        var source = DirectoryBuilder.Legacy().People(5)
            .Category(2, "A", 1, n => n with { AddedBy = 5, UpdatedBy = 77, AddedOn = 10, UpdatedOn = 20 });

        var plan = Plans.Of(source, destination: DirectoryBuilder.Destination().System(3).People(8));

        Assert.Equal((plan.PrincipalIdOf(5), 1), (plan.Node(2).AddedBy, plan.Node(2).UpdatedBy!.Value));
        Assert.Equal((10L, 20L), (plan.Node(2).AddedOn, plan.Node(2).UpdatedOn));
    }
}
