using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class T12ManagerTests
{
    [Fact]
    public void A_manager_anywhere_above_manages_the_room_and_is_not_made_a_member()
    {
        var source = DirectoryBuilder.Legacy().People(5, 6, 7).Category(2, "A").Category(3, "B", 2).Room(4, "R", 3)
            .Role(1, 5, DirectoryBuilder.Manager).Role(2, 6, DirectoryBuilder.Manager).Role(4, 7, DirectoryBuilder.Manager);

        var plan = Plans.Of(source);

        Assert.Equal(["Manager 5", "Manager 6", "Manager 7"], plan.Roles(4));
        Assert.True(plan.Says("T12 Warning 1"));
        Assert.True(plan.Says("T13 Warning 4"));
    }

    [Fact]
    public void Managers_of_a_category_without_migrated_rooms_are_skipped_with_a_warning()
    {
        var source = DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "Off", 2, n => n with { Disabled = true }).Role(2, 5, DirectoryBuilder.Manager);

        var plan = Plans.Of(source);

        Assert.True(plan.Says("T12 Warning 2"));
        Assert.Equal(1, plan.Book("tblPrincipalRole").Skipped["T12"]);
    }

    [Fact]
    public void The_nearest_row_tells_who_changed_it_last_then_the_lowest_prinID()
    {
        var source = DirectoryBuilder.Legacy().People(5, 6, 7, 8).Person(9, p => p with { Guid = DirectoryBuilder.PrincipalGuid(5) }).Category(2, "A").Room(3, "R", 2)
            .Role(2, 5, DirectoryBuilder.Manager, updatedBy: 6).Role(3, 9, DirectoryBuilder.Manager, updatedBy: 8).Role(3, 5, DirectoryBuilder.Manager, updatedBy: 7);

        var plan = Plans.Of(source);

        Assert.Equal(plan.PrincipalIdOf(7), Assert.Single(plan.RolesOf(3)).UpdatedBy);
        Assert.Equal((2, 1), (plan.Book("tblPrincipalRole").Written, plan.Book("tblPrincipalRole").Skipped["T11"]));
    }

    [Fact]
    public void One_row_for_many_rooms_is_written_once_and_derived_for_the_rest()
    {
        var source = DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2).Room(4, "S", 2).Room(6, "T", 2).Role(2, 5, DirectoryBuilder.Manager);

        var book = Plans.Of(source).Book("tblPrincipalRole");

        Assert.Equal((1, 2), (book.Written, book.Derived));
    }
}

public class T13MemberTests
{
    private static DirectoryBuilder Source(int? definer, bool? overrides = null) => DirectoryBuilder.Legacy().People(5, 6, 7)
        .Category(2, "A").Category(3, "B", 2, n => n with { OverrideMember = overrides }).Room(4, "R", 3, n => n with { RoleDefiner = definer, OverrideMember = overrides is null ? null : false })
        .Members(1, 7).Members(2, 5).Members(4, 6);

    [Theory]
    [InlineData(1, new[] { "Member 5", "Member 6", "Member 7" })]
    [InlineData(2, new[] { "Member 5", "Member 6" })]
    [InlineData(3, new[] { "Member 6" })]
    [InlineData(4, new[] { "Member 6" })]
    public void Members_count_from_the_role_definer_down(int definer, string[] expected) => Assert.Equal(expected, Plans.Of(Source(definer)).Roles(4));

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void An_untold_definer_is_the_nearest_node_with_a_member_row(int? definer) => Assert.Equal(["Member 6"], Plans.Of(Source(definer)).Roles(4));

    [Fact]
    public void A_node_that_overrides_members_comes_before_the_nearest_member_row()
    {
        var source = Source(null, overrides: true).Members(3, 7);

        Assert.Equal(["Member 6", "Member 7"], Plans.Of(source).Roles(4));
    }

    [Fact]
    public void Without_any_member_row_the_definer_is_the_root() =>
        Assert.False(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2)).HasErrors);

    [Fact]
    public void A_rejected_member_row_counts_as_a_row()
    {
        var source = DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2).Members(2, 5).Members(3, 77);

        Assert.Empty(Plans.Of(source).Roles(3));
    }

    [Fact]
    public void An_unreadable_member_row_counts_as_a_row()
    {
        var source = DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2).Members(2, 5).Unreadable("tblPrincipalRole", "3/5/1");

        Assert.Empty(Plans.Of(source).Roles(3));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(99)]
    public void A_definer_that_is_no_ancestor_is_an_error(int definer) =>
        Assert.True(Plans.Of(Source(definer).Category(5, "C")).Says("T13 Error 4"));

    [Fact]
    public void A_room_left_without_any_member_is_a_warning() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2)).Says("T13 Warning 3"));
}

public class T14PresenterTests
{
    private static DirectoryBuilder Source(short behaviour) => DirectoryBuilder.Legacy().People(5, 6).Category(2, "A")
        .Room(3, "R", 2, n => n with { Behaviour = behaviour }).Role(3, 5, DirectoryBuilder.Voiced, updatedBy: 6);

    [Fact]
    public void A_presenter_of_an_auditorium_becomes_a_member_too()
    {
        var plan = Plans.Of(Source(5));

        Assert.Equal(["Member 5", "Voiced 5"], plan.Roles(3));
        Assert.All(plan.RolesOf(3), r => Assert.Equal(plan.PrincipalIdOf(6), r.UpdatedBy));
        Assert.Equal((1, 1), (plan.Book("tblPrincipalRole").Written, plan.Book("tblPrincipalRole").Derived));
    }

    [Fact]
    public void Presenters_of_a_normal_room_are_left_out_with_a_warning()
    {
        var plan = Plans.Of(Source(4));

        Assert.Empty(plan.Roles(3));
        Assert.True(plan.Says("T14 Warning 3"));
        Assert.Equal(1, plan.Book("tblPrincipalRole").Skipped["T14"]);
    }

    [Fact]
    public void Presenters_of_a_category_are_left_out_with_a_warning()
    {
        var plan = Plans.Of(Source(5).Role(2, 6, DirectoryBuilder.Voiced));

        Assert.Equal(["Member 5", "Voiced 5"], plan.Roles(3));
        Assert.True(plan.Says("T14 Warning 2"));
    }

    [Fact]
    public void A_presenter_out_of_scope_is_not_made_a_member() => Assert.Empty(Plans.Of(Source(5).Scope(2, 6), new RuleOptions()).Roles(3));
}

public class T15CreatorTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5, 6, 7)
        .Category(2, "A", 1, n => n with { RestrictChildCreate = true }).Category(3, "B", 2).Category(4, "C", 2, n => n with { RestrictChildCreate = false })
        .Members(2, 5).Members(3, 6).Scope(2, 5, 6).Scope(3, 5, 6);

    [Fact]
    public void Effective_members_become_creators_where_creation_was_allowed()
    {
        var plan = Plans.Of(Source().ChangeNode(3, n => n with { RoleDefiner = 2 }));

        Assert.Equal(["Creator 5"], plan.Roles(2));
        Assert.Equal(["Creator 5", "Creator 6"], plan.Roles(3));
        Assert.Empty(plan.Roles(4));
    }

    [Fact]
    public void Members_out_of_scope_do_not() => Assert.Equal(["Creator 5"], Plans.Of(Source().Members(2, 7)).Roles(2));

    [Fact]
    public void Creators_can_be_left_out() => Assert.Empty(Plans.Of(Source(), new RuleOptions { Creators = Creators.None }).Roles(2));

    [Fact]
    public void Nothing_set_up_to_the_root_allows_nobody() => Assert.Empty(Plans.Of(DirectoryBuilder.Legacy().People(5).Category(2, "A").Members(2, 5)).Roles(2));

    [Fact]
    public void A_2013_source_carries_the_roles_of_each_node_as_they_are()
    {
        var source = DirectoryBuilder.Persistent().People(5, 6).Category(2, "A").Room(3, "R", 2)
            .Role(2, 5, DirectoryBuilder.Creator).Role(2, 6, DirectoryBuilder.Manager).Role(3, 5, DirectoryBuilder.Voiced).Role(3, 6, DirectoryBuilder.Member).Role(1, 6, DirectoryBuilder.Manager);

        var plan = Plans.Of(source);

        Assert.Equal(["Creator 5", "Manager 6"], plan.Roles(2));
        Assert.Equal(["Voiced 5", "Member 6"], plan.Roles(3));
        Assert.Equal(1, plan.Book("tblPrincipalRole").Skipped["T1"]);
    }
}

public class T16ScopeTests
{
    [Fact]
    public void A_category_carries_the_rows_of_its_scope_definer()
    {
        var source = DirectoryBuilder.Legacy().People(5, 6, 7).Category(2, "A").Category(3, "B", 2).Category(4, "C", 2, n => n with { ScopeDefiner = 1 })
            .Scope(1, 5, 6, 7).ScopeBy(2, 5, updatedBy: 6);

        var plan = Plans.Of(source);

        Assert.Equal(["5"], plan.ScopeOf(2));
        Assert.Equal(["5"], plan.ScopeOf(3));
        Assert.Equal(["5", "6", "7"], plan.ScopeOf(4));
        Assert.Equal((plan.PrincipalIdOf(6)!.Value, AccessRow.ScopeType), (plan.Scopes[0].UpdatedBy, plan.Scopes[0].Type));
        Assert.Equal((4, 1), (plan.Book("tblScopePrincipal").Written, plan.Book("tblScopePrincipal").Derived));
    }

    [Fact]
    public void Rows_that_serve_no_category_are_skipped() =>
        Assert.Equal(1, Plans.Of(DirectoryBuilder.Legacy().People(5).Category(2, "A").Scope(2, 5).Scope(1, 5)).Book("tblScopePrincipal").Skipped["T16"]);

    [Fact]
    public void A_definer_that_is_no_ancestor_is_an_error() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 1, n => n with { ScopeDefiner = 3 }).Category(3, "B")).Says("T16 Error 2"));

    [Fact]
    public void A_scope_that_loses_all_its_rows_is_an_error_instead_of_an_open_category()
    {
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Scope(2, 77)).Says("T16 Error 2"));
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Unreadable("tblScopePrincipal", "2/5")).Says("T16 Error 2"));
    }

    [Fact]
    public void A_scope_that_keeps_a_row_goes_on_with_it()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5).Category(2, "A").Scope(2, 5, 77));

        Assert.False(plan.HasErrors);
        Assert.Equal(["5"], plan.ScopeOf(2));
    }

    [Fact]
    public void A_room_with_a_scope_of_its_own_is_an_error() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2).Scope(2, 5).Scope(3, 5)).Says("T16 Error 3"));

    [Fact]
    public void A_2013_source_carries_denials()
    {
        var source = DirectoryBuilder.Persistent().People(5, 6).Group(7).Affiliate(6, 7).Affiliate(5, 7).Category(2, "A").Scope(2, 7).Deny(2, 6).Room(3, "R", 2).Members(3, 5, 6);

        var plan = Plans.Of(source);

        Assert.Equal(["-6", "7"], plan.ScopeOf(2));
        Assert.Equal(["Member 5"], plan.Roles(3));
    }

    [Fact]
    public void A_lost_denial_of_a_group_is_an_error() =>
        Assert.True(Plans.Of(DirectoryBuilder.Persistent().People(5).Affiliate(5, 77).Category(2, "A").Deny(2, 77)).Says("T16 Error 2"));
}

public class T17OutOfScopeTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5, 6).Group(7).Group(8).Group(9)
        .Affiliate(5, 7).Affiliate(7, 8).Affiliate(8, 7).Category(2, "A").Room(3, "R", 2).Members(3, 5, 6, 7);

    [Fact]
    public void An_empty_scope_limits_nobody() => Assert.Equal(3, Plans.Of(Source()).RolesOf(3).Count);

    [Fact]
    public void Roles_in_scope_through_any_affiliation_stay_and_the_others_are_dropped()
    {
        var plan = Plans.Of(Source().Scope(2, 8));

        Assert.Equal(["Member 5", "Member 7"], plan.Roles(3));
        Assert.True(plan.Says("T17 Warning 3"));
        Assert.Equal(1, plan.Book("tblPrincipalRole").Skipped["T17"]);
    }

    [Fact]
    public void They_can_be_kept() => Assert.Equal(3, Plans.Of(Source().Scope(2, 8), new RuleOptions { OutOfScope = OutOfScope.Keep }).RolesOf(3).Count);

    [Fact]
    public void A_kept_role_does_not_come_alive_by_a_twin_in_scope()
    {
        var source = DirectoryBuilder.Legacy().People(5, 6).Person(10, p => p with { Guid = DirectoryBuilder.PrincipalGuid(5) })
            .Category(2, "A").Room(3, "R", 2).Members(3, 10, 6).Scope(2, 5);

        Assert.Equal(["Member 6"], Plans.Of(source, new RuleOptions { OutOfScope = OutOfScope.Keep }).Roles(3));
    }

    [Theory]
    [InlineData(OutOfScope.Drop, true)]
    [InlineData(OutOfScope.Keep, false)]
    public void More_than_half_of_all_roles_lost_stops_the_plan(OutOfScope option, bool stops) =>
        Assert.Equal(stops, Plans.Of(Source().Scope(2, 9), new RuleOptions { OutOfScope = option }).Says("T17 Error"));

    [Fact]
    public void Exactly_half_does_not()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5, 6).Category(2, "A").Room(3, "R", 2).Members(3, 5, 6).Scope(2, 5));

        Assert.False(plan.HasErrors);
        Assert.Equal(1, plan.Book("tblPrincipalRole").Skipped["T17"]);
    }

    [Fact]
    public void Managers_and_presenters_are_judged_alike()
    {
        var source = DirectoryBuilder.Legacy().People(5, 6).Category(2, "A").Scope(2, 6).Room(3, "R", 2, n => n with { Behaviour = 5 })
            .Role(1, 5, DirectoryBuilder.Manager).Role(3, 5, DirectoryBuilder.Voiced).Members(3, 6).Role(3, 6, DirectoryBuilder.Manager);

        Assert.Equal(["Member 6", "Manager 6"], Plans.Of(source).Roles(3));
    }
}

public class T18RoleTypeTests
{
    private static DirectoryBuilder Source() => DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2).Members(3, 5);

    [Fact]
    public void Types_are_resolved_by_description_on_both_sides()
    {
        var plan = Plans.Of(Source().RoleTypes("MEMBER ", "Voiced", "manager"), destination: DirectoryBuilder.Destination().RoleTypes("Creator", "voiced", "Manager", "member"));

        Assert.Equal(14, Assert.Single(plan.RolesOf(3)).Type);
    }

    [Fact]
    public void A_source_role_of_none_of_the_four_is_rejected()
    {
        var plan = Plans.Of(Source().RoleTypes("Guest", "Member", "Manager"));

        Assert.Equal(["3/5/1"], plan.RejectedKeys());
        Assert.Equal("T18", plan.Rejections[0].Rule);
    }

    [Fact]
    public void A_type_the_destination_lacks_is_an_error_only_when_a_row_needs_it()
    {
        Assert.False(Plans.Of(Source(), destination: DirectoryBuilder.Destination().RoleTypes("Member")).HasErrors);
        Assert.True(Plans.Of(Source(), destination: DirectoryBuilder.Destination().RoleTypes("Manager")).Says("T18 Error"));
    }

    [Fact]
    public void Two_rows_of_one_description_are_an_error() => Assert.True(Plans.Of(Source().RoleTypes("Member", "member ")).Says("T18 Error 2"));
}
