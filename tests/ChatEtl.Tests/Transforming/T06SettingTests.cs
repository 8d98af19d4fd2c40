using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class T06DisabledRoomsTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5).Category(2, "A")
        .Room(3, "Off", 2, n => n with { Disabled = true }).Members(3, 5, 77).Scope(3, 78);

    [Fact]
    public void A_disabled_room_is_skipped_and_listed_with_its_messages()
    {
        var plan = Plans.Of(Source(), facts: Plans.NoMessages with { CountInSource = id => id * 1000 });

        Assert.Equal(new RoomRoute(RoomFate.Skipped, 0, "T6"), plan.RouteOf(3));
        Assert.Contains("3000", plan.Findings.Single(f => f is { Rule: "T6", Key: "3" }).Message, StringComparison.Ordinal);
        Assert.Equal(1, plan.Book("tblNode").Skipped["T6"]);
    }

    [Fact]
    public void What_hangs_on_a_skipped_room_is_skipped_before_it_is_judged()
    {
        var plan = Plans.Of(Source());

        Assert.Empty(plan.Rejections);
        Assert.Equal((2, 1), (plan.Book("tblPrincipalRole").Skipped["T6"], plan.Book("tblScopePrincipal").Skipped["T6"]));
    }

    [Fact]
    public void Kept_disabled_rooms_are_migrated_as_disabled()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "Off", 2, n => n with { Disabled = true }), new RuleOptions { DisabledRooms = DisabledRooms.Keep });

        Assert.True(plan.Node(3).Disabled);
    }

    [Fact]
    public void Categories_the_root_and_unknown_ids_route_nowhere()
    {
        var plan = Plans.Of(Source());

        Assert.All([1, 2, 99], id => Assert.Equal(RoomFate.Unknown, plan.RouteOf(id).Fate));
    }
}

public class T07InvitationTests
{
    [Theory]
    [InlineData(null, null, null, true, null)]
    [InlineData(null, null, false, true, false)]
    [InlineData(null, false, null, false, false)]
    [InlineData(null, false, true, false, false)]
    [InlineData(false, null, null, false, false)]
    [InlineData(false, true, null, true, null)]
    public void Invitations_resolve_up_to_the_root_and_never_stand_as_1_on_a_room(bool? root, bool? category, bool? room, bool ofCategory, bool? ofRoom)
    {
        var source = DirectoryBuilder.Legacy().ChangeNode(1, n => n with { Invite = root })
            .Category(2, "A", 1, n => n with { Invite = category }).Room(3, "R", 2, n => n with { Invite = room });

        var plan = Plans.Of(source);

        Assert.Equal((ofCategory, ofRoom), (plan.Node(2).Invite, plan.Node(3).Invite));
        Assert.Equal(room == true && !ofCategory, plan.Says("T7 Warning 3"));
    }
}

public class T08HistoryAndUploadTests
{
    [Fact]
    public void Categories_take_the_resolved_values_and_rooms_none()
    {
        var source = DirectoryBuilder.Legacy().ChangeNode(1, n => n with { Logged = false })
            .Category(2, "A").Room(3, "R", 2).Room(4, "S", 2, n => n with { FilePost = false });

        var plan = Plans.Of(source);

        Assert.Equal((false, true), (plan.Node(2).Logged, plan.Node(2).FilePost));
        Assert.All(plan.Nodes.Where(n => !n.IsCategory), n => Assert.Equal((null, null), (n.Logged, n.FilePost)));
        Assert.False(plan.Says("T8 Warning 3"));
        Assert.True(plan.Says("T8 Warning 4"));
    }
}

public class T09TopicTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("", "Now", "Now")]
    [InlineData("About", "", "About")]
    [InlineData("About", "Now", "About | Now")]
    [InlineData("Now", "Now", "Now | Now")]
    [InlineData(" ", "Now", "  | Now")]
    public void A_topic_is_appended(string description, string topic, string expected)
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2, n => n with { Description = description, Topic = topic }));

        Assert.Equal(expected, plan.Node(3).Description);
    }

    [Theory]
    [InlineData(250, false)]
    [InlineData(251, true)]
    public void A_topic_that_does_not_fit_256_is_left_out_with_a_warning(int length, bool tooLong)
    {
        var description = new string('d', length);

        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2, n => n with { Description = description, Topic = "Now" }));

        Assert.Equal(tooLong ? description : description + " | Now", plan.Node(3).Description);
        Assert.Equal(tooLong, plan.Says("T9 Warning 3"));
    }

    [Fact]
    public void Topics_can_be_only_counted()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2, n => n with { Topic = "Now" }).Room(4, "S", 2, n => n with { Topic = "Then" });

        var plan = Plans.Of(source, new RuleOptions { Topics = Topics.Drop });

        Assert.Equal("", plan.Node(3).Description);
        Assert.StartsWith("2 rooms", plan.Findings.Single(f => f.Rule == "T9").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_over_256_units_is_an_error()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A", 1, n => n with { Description = new string('d', 257) }).Room(3, "R", 2, n => n with { Description = new string('d', 257) });

        Assert.Equal(["T9 Error 2", "T9 Error 3"], Plans.Of(source).Said().Where(s => s.StartsWith("T9", StringComparison.Ordinal)).ToList());
    }
}

public class T10VisibilityTests
{
    private static DirectoryPlan Resolved(short? root, short? category, short? room, bool forced = false, short? behaviour = 4) => Plans.Of(DirectoryBuilder.Legacy()
        .ChangeNode(1, n => n with { Visibility = root })
        .Category(2, "A", 1, n => n with { Visibility = category, Inheritance = forced })
        .Room(3, "R", 2, n => n with { Visibility = room, Behaviour = behaviour }));

    [Theory]
    [InlineData(null, null, null, 3)]
    [InlineData(2, null, null, 2)]
    [InlineData(2, 3, null, 3)]
    [InlineData(3, 3, 2, 2)]
    public void Visibility_resolves_up_to_the_root_and_ends_at_scoped(int? root, int? category, int? room, int expected) =>
        Assert.Equal((short)expected, Resolved((short?)root, (short?)category, (short?)room).Node(3).Visibility!.Value);

    [Fact]
    public void A_room_is_private_when_an_ancestor_that_forces_its_settings_is()
    {
        var plan = Resolved(3, 2, 3, forced: true);

        Assert.Equal((short)2, plan.Node(3).Visibility);
        Assert.True(plan.Says("S3 Warning 3"));
    }

    [Fact]
    public void A_scoped_ancestor_that_forces_its_settings_widens_nothing()
    {
        var plan = Resolved(3, 3, 2, forced: true);

        Assert.Equal((short)2, plan.Node(3).Visibility);
        Assert.True(plan.Says("S3 Warning 3"));
    }

    [Theory]
    [InlineData(6, 4, true)]
    [InlineData(1, 4, true)]
    [InlineData(3, 3, true)]
    [InlineData(3, 5, false)]
    [InlineData(3, null, false)]
    public void Values_without_meaning_are_errors(int visibility, int? behaviour, bool error)
    {
        var plan = Resolved(null, null, (short)visibility, behaviour: (short?)behaviour);

        Assert.Equal(error, plan.Says("T10 Error 3"));
        Assert.True(error || plan.Node(3).Behaviour == (behaviour ?? 4));
    }

    [Fact]
    public void Only_migrated_rooms_are_checked()
    {
        var source = DirectoryBuilder.Legacy().Category(2, "A", 1, n => n with { Visibility = 9 })
            .Room(3, "R", 2, n => n with { Visibility = 3 }).Room(4, "Off", 2, n => n with { Disabled = true });

        Assert.False(Plans.Of(source).HasErrors);
    }

    [Fact]
    public void A_2013_source_carries_its_values_as_they_are()
    {
        var source = DirectoryBuilder.Persistent().Category(2, "A", 1, n => n with { Invite = true, Logged = false, FilePost = null })
            .Room(3, "R", 2, n => n with { Visibility = 6, Behaviour = 5, Invite = false });

        var plan = Plans.Of(source);

        Assert.False(plan.HasErrors);
        Assert.Equal((true, false, null), (plan.Node(2).Invite, plan.Node(2).Logged, plan.Node(2).FilePost));
        Assert.Equal((6, 5, false), ((int)plan.Node(3).Visibility!, (int)plan.Node(3).Behaviour!, plan.Node(3).Invite));
    }
}

public class T25AddInTests
{
    private static readonly Guid First = new("AAAAAAAA-0000-0000-0000-000000000001");
    private static readonly Guid Second = new("bbbbbbbb-0000-0000-0000-000000000002");

    private static DirectoryBuilder Source(string first = "Poll", string second = "Vote", string url = "https://a.invalid/") => DirectoryBuilder.Legacy()
        .AddIn(Second, second).AddIn(First, first, url).Category(2, "A").Room(3, "R", 2, n => n with { AddIn = First }).Room(4, "S", 2, n => n with { AddIn = Guid.Empty });

    [Fact]
    public void All_are_carried_and_an_unknown_one_becomes_none()
    {
        var plan = Plans.Of(Source());

        Assert.Equal([First, Second], plan.AddIns.Select(a => a.Id));
        Assert.Equal((First, null), (plan.Node(3).AddIn, plan.Node(4).AddIn));
        Assert.True(plan.Says("T25 Warning 4"));
    }

    [Fact]
    public void An_equal_name_is_renamed_in_order_of_siopID_within_50_units()
    {
        var name = new string('n', 50);

        var plan = Plans.Of(Source(name, name), new RuleOptions { NameCollisions = NameCollisions.Rename });

        Assert.Equal([name, ShortName.Of(name + " (2)", 50)], plan.AddIns.Select(a => a.Name).ToList());
        Assert.Equal(50, plan.AddIns[1].Name.Length);
    }

    [Fact]
    public void A_long_name_or_URL_is_an_error()
    {
        var plan = Plans.Of(Source(new string('n', 51), "Vote", new string('u', 256)));

        Assert.Equal([$"T25 Error {First.ToString().ToUpperInvariant()}", $"T3 Error {First.ToString().ToUpperInvariant()}"], plan.Said().Where(s => s.Contains("Error", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void The_destinations_add_in_of_equal_id_is_reused_and_of_equal_name_merged()
    {
        var existing = Guid.Parse("cccccccc-0000-0000-0000-000000000003");
        var there = DirectoryBuilder.Destination().AddIn(existing, "poll").AddIn(Second, "Other");

        var plan = Plans.Of(Source(), new RuleOptions { ExistingNames = ExistingNames.Merge }, there);

        Assert.Empty(plan.AddIns);
        Assert.Equal(existing, plan.Node(3).AddIn);
        Assert.Equal((Origin.Merged, Origin.Reused), (plan.Decisions.AddIns[First].Origin, plan.Decisions.AddIns[Second].Origin));
        Assert.Equal(2, plan.Book("tblSiopWhiteList").Reused);
    }
}

public class T26FilterTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5, 6)
        .Category(2, "A").Category(3, "B", 2).Category(4, "C", 3).Room(5, "R", 2).Room(6, "S", 3).Room(7, "T", 4).Room(8, "Lobby")
        .Members(2, 5).Members(6, 5).Members(5, 6).Scope(2, 5, 6);

    [Theory]
    [InlineData("a - b", new[] { 6, 7 })]
    [InlineData("A", new[] { 5, 6, 7 })]
    [InlineData("general ", new[] { 8 })]
    public void A_path_takes_everything_under_it_and_not_its_ancestors(string path, int[] rooms)
    {
        var plan = Plans.Of(Source(), new RuleOptions { Categories = [path] });

        Assert.False(plan.HasErrors);
        Assert.Equal(rooms, Enumerable.Range(1, 8).Where(id => plan.RouteOf(id).Fate == RoomFate.Migrated));
        Assert.Equal(path == "A", plan.Decisions.Nodes.ContainsKey(2));
        Assert.All(plan.Books.Values, b => Assert.True(b.Balances));
    }

    [Fact]
    public void An_unknown_path_is_an_error() => Assert.True(Plans.Of(Source(), new RuleOptions { Categories = ["B"] }).Says("T26 Error"));

    [Fact]
    public void Roles_of_ancestors_outside_the_filter_still_count()
    {
        var plan = Plans.Of(Source().Role(2, 6, DirectoryBuilder.Manager), new RuleOptions { Categories = ["A - B"] });

        Assert.Equal(["Member 5", "Manager 6"], plan.Roles(6));
        Assert.Equal(new RoomRoute(RoomFate.Skipped, 0, "T26"), plan.RouteOf(5));
    }

    [Fact]
    public void Level_users_takes_all_principals_and_nothing_else()
    {
        var plan = Plans.Of(Source(), new RuleOptions { Level = Level.Users, Categories = ["A - B"] });

        Assert.Equal(2, plan.Principals.Count);
        Assert.Empty(plan.Nodes);
        Assert.Empty(plan.RoleNodes);
        Assert.Equal((7, 3, 2), (plan.Book("tblNode").Skipped["T26"], plan.Book("tblPrincipalRole").Skipped["T26"], plan.Book("tblScopePrincipal").Skipped["T26"]));
        Assert.Equal(new RoomRoute(RoomFate.Skipped, 0, "T26"), plan.RouteOf(6));
    }

    [Fact]
    public void Level_categories_takes_categories_scopes_and_creators()
    {
        var source = Source().ChangeNode(2, n => n with { RestrictChildCreate = true });

        var plan = Plans.Of(source, new RuleOptions { Level = Level.Categories, EmptyCategories = KeepOrDrop.Drop });

        Assert.All(plan.Nodes, n => Assert.True(n.IsCategory));
        Assert.Equal(4, plan.Nodes.Count);
        Assert.Equal(["Creator 5"], plan.Roles(2));
        Assert.Equal(["5", "6"], plan.ScopeOf(2));
        Assert.All(plan.Books.Values, b => Assert.True(b.Balances));
        Assert.Equal((1, 2), (plan.Book("tblPrincipalRole").Written, plan.Book("tblPrincipalRole").Skipped["T26"]));
    }
}
