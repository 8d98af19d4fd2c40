using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class T03LongNamesTests
{
    [Fact]
    public void Every_name_over_256_units_is_an_error_by_default()
    {
        var source = DirectoryBuilder.Legacy().Category(2, new string('a', 256)).Category(3, new string('b', 257)).Room(4, new string('c', 300), 2);

        Assert.Equal(["T3 Error 3", "T3 Error 4"], Plans.Of(source).Said().Where(s => s.StartsWith("T3", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void Long_names_are_shortened_from_the_full_name()
    {
        var source = DirectoryBuilder.Legacy().Category(2, new string('a', 200)).Category(3, "b", 2).Room(4, new string('c', 100), 3);

        var plan = Plans.Of(source, new RuleOptions { LongNames = LongNames.Shorten });

        Assert.Equal(ShortName.Of($"{new string('a', 200)} - b - {new string('c', 100)}", 256), plan.NameOf(4));
        Assert.True(plan.Says("T3 Warning 4"));
    }

    [Fact]
    public void A_name_that_only_a_suffix_made_too_long_is_shortened_even_when_long_names_fail()
    {
        var name = new string('a', 255);
        var source = DirectoryBuilder.Legacy().Category(2, name).Category(3, name);

        var plan = Plans.Of(source, new RuleOptions { NameCollisions = NameCollisions.Rename });

        Assert.False(plan.HasErrors);
        Assert.Equal(ShortName.Of(name + " (2)", 256), plan.NameOf(3));
    }
}

public class T04EqualNamesTests
{
    private static readonly RuleOptions Rename = new() { NameCollisions = NameCollisions.Rename };

    [Fact]
    public void Names_equal_but_for_case_or_trailing_spaces_are_an_error_by_default()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Room(3, "a", 2).Room(4, "Deals", 2).Room(5, "deals ", 2);

        Assert.Equal(["T4 Error 3", "T4 Error 5"], Plans.Of(source).Said().Where(s => s.StartsWith("T4", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void The_first_nodeID_keeps_the_name_and_the_next_are_counted()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2).Room(4, "r", 2).Room(5, "R", 2), Rename);

        Assert.Equal(("R", "r (2)", "R (3)"), (plan.NameOf(3), plan.NameOf(4), plan.NameOf(5)));
        Assert.True(plan.Says("T4 Warning 4") && plan.Says("T4 Warning 5"));
    }

    [Fact]
    public void A_suffixed_name_may_take_the_name_of_a_later_node_which_is_then_renamed()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2).Room(4, "R", 2).Room(5, "R (2)", 2), Rename);

        Assert.Equal(("R", "R (2)", "R (2) (2)"), (plan.NameOf(3), plan.NameOf(4), plan.NameOf(5)));
    }

    [Fact]
    public void Two_levels_can_collide_after_joining()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Category(3, "B - C", 2).Category(4, "A - B").Category(5, "C", 4);

        Assert.Equal("A - B - C (2)", Plans.Of(source, Rename).NameOf(5));
    }

    [Fact]
    public void Collisions_are_judged_after_shortening()
    {
        var name = new string('a', 300);

        var plan = Plans.Of(
            DirectoryBuilder.Legacy().Category(2, name).Category(3, name), Rename with { LongNames = LongNames.Shorten });

        Assert.Equal((ShortName.Of(name, 256), ShortName.Of(name + " (2)", 256)), (plan.NameOf(2), plan.NameOf(3)));
    }

    [Fact]
    public void Skipped_rooms_take_no_name()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2, n => n with { Disabled = true }).Room(4, "R", 2);

        Assert.Equal("R", Plans.Of(source).NameOf(4));
    }
}

public class T05ExistingItemsTests
{
    private static readonly RuleOptions Merge = new() { ExistingNames = ExistingNames.Merge };

    private static DirectoryBuilder OneRoom(Func<Node, Node>? with = null) =>
        DirectoryBuilder.Legacy().People(5, 6).Category(2, "A").Room(3, "R", 2, with).Members(3, 5);

    private static DirectoryBuilder There(Func<Node, Node>? with = null) =>
        DirectoryBuilder.Destination().Category(50, "Else").Room(51, "R", 50, n => with is null ? n : with(n));

    [Fact]
    public void A_node_of_equal_guid_is_reused_and_keeps_its_row()
    {
        var plan = Plans.Of(OneRoom(), destination: There(n => n with { Guid = DirectoryBuilder.NodeGuid(3), Name = "Old", Visibility = 2 }));

        Assert.False(plan.HasErrors);
        Assert.Equal((51, Origin.Reused, "Old"), (plan.Decisions.Nodes[3].DestinationId, plan.Decisions.Nodes[3].Origin, plan.NameOf(3)));
        Assert.DoesNotContain(plan.Nodes, n => n.Id == 51);
        Assert.Equal(["Member 5"], plan.Roles(3));
        Assert.Equal(1, plan.Book("tblNode").Reused);
    }

    [Fact]
    public void An_equal_name_with_another_guid_is_an_error_by_default() =>
        Assert.True(Plans.Of(OneRoom(), destination: There()).Says("T5 Error 3"));

    [Fact]
    public void The_incoming_room_can_be_renamed()
    {
        var plan = Plans.Of(OneRoom(), new RuleOptions { ExistingNames = ExistingNames.Rename }, There());

        Assert.Equal(("R (2)", Origin.Created), (plan.NameOf(3), plan.Decisions.Nodes[3].Origin));
        Assert.True(plan.Says("T5 Warning 3"));
    }

    [Fact]
    public void The_incoming_room_can_be_merged_into_an_empty_one()
    {
        var plan = Plans.Of(OneRoom(), Merge, There());

        Assert.False(plan.HasErrors);
        Assert.Equal((51, Origin.Merged), (plan.Decisions.Nodes[3].DestinationId, plan.Decisions.Nodes[3].Origin));
        Assert.True(plan.Says("T5 Warning 3"));
        Assert.Equal(new RoomRoute(RoomFate.Migrated, 51, ""), plan.RouteOf(3));
    }

    [Fact]
    public void A_second_room_of_that_name_does_not_merge_too()
    {
        var plan = Plans.Of(OneRoom().Room(4, "R", 2), Merge with { NameCollisions = NameCollisions.Rename }, There());

        Assert.Equal(("R", "R (2)"), (plan.NameOf(3), plan.NameOf(4)));
    }

    [Fact]
    public void A_room_never_merges_with_a_category() =>
        Assert.True(Plans.Of(OneRoom(), Merge, DirectoryBuilder.Destination().Category(50, "r")).Says("T5 Error 3"));

    [Fact]
    public void A_node_of_equal_guid_and_another_kind_is_an_error() =>
        Assert.True(Plans.Of(OneRoom(), destination: There(n => n with { Guid = DirectoryBuilder.NodeGuid(2), Name = "x" })).Says("T5 Error 2"));

    [Fact]
    public void Equal_guids_within_the_source_are_an_error() =>
        Assert.True(Plans.Of(OneRoom().Room(4, "S", 2, n => n with { Guid = DirectoryBuilder.NodeGuid(3) })).Says("T5 Error 4"));

    [Fact]
    public void A_room_that_holds_messages_of_its_own_is_refused()
    {
        var asked = new List<(int, int)>();
        var facts = Plans.NoMessages with
        {
            HoldsForeignMessages = (source, there) =>
            {
                asked.Add((source, there));
                return true;
            },
        };

        var plan = Plans.Of(OneRoom().Room(4, "New", 2), Merge, There(), facts: facts);

        Assert.True(plan.Says("T5 Error 3"));
        Assert.Equal([(3, 51)], asked);
    }

    [Fact]
    public void An_open_room_is_refused() => Assert.True(Plans.Of(OneRoom(), Merge, There(n => n with { Visibility = 6 })).Says("T5 Error 3"));

    [Fact]
    public void A_disabled_room_never_joins_an_enabled_one()
    {
        var plan = Plans.Of(OneRoom(n => n with { Disabled = true }), Merge with { DisabledRooms = DisabledRooms.Keep }, There());

        Assert.True(plan.Says("T5 Error 3"));
    }

    [Theory]
    [InlineData(5, 0, false)]
    [InlineData(6, 0, true)]
    [InlineData(6, 1, false)]
    [InlineData(99, 0, true)]
    public void Whoever_is_in_the_existing_room_must_have_read_the_source_room(int entry, short disabled, bool refused)
    {
        var there = There().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(entry), Disabled = disabled }).Members(51, 60);

        Assert.Equal(refused, Plans.Of(OneRoom(), Merge, there).Says("T5 Error 3"));
    }

    [Fact]
    public void An_entry_affiliated_to_a_source_reader_is_welcome()
    {
        var source = OneRoom().Group(7).Members(3, 7).Affiliate(6, 7);
        var there = There().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(6) }).Members(51, 60);

        Assert.False(Plans.Of(source, Merge, there).HasErrors);
    }

    [Fact]
    public void A_source_reader_out_of_scope_is_none()
    {
        var source = OneRoom().Scope(2, 6);
        var there = There().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(5) }).Members(51, 60);

        Assert.True(Plans.Of(source, Merge, there).Says("T5 Error 3"));
    }

    [Fact]
    public void A_presenter_of_an_auditorium_counts_as_a_reader()
    {
        var source = OneRoom(n => n with { Behaviour = 5 }).Role(3, 6, DirectoryBuilder.Voiced);
        var there = There().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(6) }).Role(51, 60, DirectoryBuilder.Manager);

        Assert.False(Plans.Of(source, Merge, there).HasErrors);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void A_visible_room_does_not_go_into_an_existing_category_of_wider_scope(short visibility, bool refused)
    {
        var there = DirectoryBuilder.Destination().Category(50, "A");

        var plan = Plans.Of(OneRoom(n => n with { Visibility = visibility }).Scope(2, 5), Merge, there);

        Assert.Equal(refused, plan.Says("T5 Error 3"));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void A_visible_room_goes_into_an_existing_category_of_no_wider_scope(int allowed, bool refused)
    {
        var there = DirectoryBuilder.Destination().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(allowed) }).Category(50, "A").Scope(50, 60);

        Assert.Equal(refused, Plans.Of(OneRoom().Scope(2, 5), Merge, there).Says("T5 Error 3"));
    }

    [Fact]
    public void An_existing_category_gets_neither_scopes_nor_creators_and_its_own_scope_and_flags_hold()
    {
        var there = DirectoryBuilder.Destination().Person(60, p => p with { Guid = DirectoryBuilder.PrincipalGuid(5) })
            .Category(50, "A", 1, n => n with { Invite = false, Logged = false, FilePost = true }).Scope(50, 60);
        var source = OneRoom().Members(3, 6).Members(2, 5).ChangeNode(2, n => n with { RestrictChildCreate = true });

        var plan = Plans.Of(source, Merge, there);

        Assert.Empty(plan.Scopes);
        Assert.Equal([3], plan.RoleNodes);
        Assert.Equal(["Member 5"], plan.Roles(3));
        Assert.Equal(["T17 Warning 3", "T5 Warning 2", "T7 Warning 3", "T8 Warning 3"], plan.Said());
        Assert.False(plan.Node(3).Invite);
    }

    [Fact]
    public void A_role_out_of_scope_before_stays_out_under_a_wider_existing_scope()
    {
        var there = DirectoryBuilder.Destination().Category(50, "A");
        var source = OneRoom(n => n with { Visibility = 2 }).Scope(2, 5).Members(3, 6);

        Assert.Equal(["Member 5"], Plans.Of(source, Merge, there).Roles(3));
        Assert.Equal(["Member 5"], Plans.Of(source, Merge with { OutOfScope = OutOfScope.Keep }, there).Roles(3));
    }

    [Fact]
    public void An_open_room_of_a_2013_source_may_join_an_open_one_of_no_wider_scope()
    {
        var source = DirectoryBuilder.Persistent().People(5).Category(2, "A").Room(3, "R", 2, n => n with { Visibility = 6 });

        Assert.False(Plans.Of(source, Merge, There(n => n with { Visibility = 6 })).HasErrors);
        Assert.True(Plans.Of(source.Scope(2, 5), Merge, There(n => n with { Visibility = 6 })).Says("T5 Error 3"));
    }
}
