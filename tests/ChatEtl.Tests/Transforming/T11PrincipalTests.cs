using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class T11PrincipalTests
{
    private static Func<Principal, Principal> Like(int source, short disabled = 0, string uri = "sip:x@chat.invalid") =>
        p => p with { Guid = DirectoryBuilder.PrincipalGuid(source), Disabled = disabled, Uri = uri };

    [Fact]
    public void Unmatched_principals_get_the_next_ids_in_order_of_prinID()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(9, 5, 7), destination: DirectoryBuilder.Destination().People(30));

        Assert.Equal([31, 32, 33], plan.Principals.Select(p => p.Id));
        Assert.Equal((31, 33), (plan.PrincipalIdOf(5)!.Value, plan.PrincipalIdOf(9)!.Value));
    }

    [Fact]
    public void Both_names_take_the_legacy_display_name_and_ids_are_mapped()
    {
        var source = DirectoryBuilder.Legacy().People(6).Person(5, p => p with { Name = "Ann", AddedBy = 6, UpdatedBy = 77, AddedOn = 3 });

        var row = Plans.Of(source).Principal(5);

        Assert.Equal(("Ann", "Ann"), (row.Name, row.DisplayName));
        Assert.Equal((3, null, 3L), (row.AddedBy, row.UpdatedBy, row.AddedOn));
        Assert.Equal(new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc), row.VerifiedOn);
    }

    [Fact]
    public void A_2013_source_keeps_names_and_prinDisabled()
    {
        var row = Plans.Of(DirectoryBuilder.Persistent().Person(5, p => p with { Name = "ann", DisplayName = "Ann", Disabled = 2 })).Principal(5);

        Assert.Equal(("ann", "Ann", (short)2), (row.Name, row.DisplayName, row.Disabled));
    }

    [Fact]
    public void A_match_by_guid_is_reused_and_never_overwritten()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5), destination: DirectoryBuilder.Destination().Person(30, Like(5)));

        Assert.Empty(plan.Principals);
        Assert.Equal((30, Origin.Reused), (plan.Decisions.Principals[5].DestinationId, plan.Decisions.Principals[5].Origin));
    }

    [Theory]
    [InlineData("SIP:SYSTEM ", Origin.Reused)]
    [InlineData("sip:other", Origin.Created)]
    public void System_principals_are_matched_by_prinUri_too(string uri, Origin origin)
    {
        var source = DirectoryBuilder.Legacy().System(5, p => p with { Uri = "sip:system" });

        var plan = Plans.Of(source, destination: DirectoryBuilder.Destination().System(30, p => p with { Uri = uri }).Person(31, p => p with { Uri = "sip:system" }));

        Assert.Equal(origin, plan.Decisions.Principals[5].Origin);
    }

    [Fact]
    public void A_person_of_equal_prinUri_and_another_guid_is_inserted_with_a_warning()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5), destination: DirectoryBuilder.Destination().Person(30, p => p with { Uri = "SIP:P5@chat.invalid" }));

        Assert.Equal(Origin.Created, plan.Decisions.Principals[5].Origin);
        Assert.True(plan.Says("T11 Warning 5"));
    }

    [Theory]
    [InlineData(6, 5)]
    [InlineData(7, 5)]
    [InlineData(11, 9)]
    public void Federated_principals_are_carried_as_disabled(short type, short expected)
    {
        var row = Plans.Of(DirectoryBuilder.Legacy().Person(5, p => p with { Type = type })).Principal(5);

        Assert.Equal((expected, (short)1), (row.Type, row.Disabled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public void Unknown_types_are_rejected_with_what_hangs_on_them(short type)
    {
        var source = DirectoryBuilder.Legacy().People(6).Person(5, p => p with { Type = type }).Category(2, "A").Scope(2, 5, 6).Room(3, "R", 2).Members(3, 5, 6);

        var plan = Plans.Of(source);

        Assert.Equal(["2/5", "3/5/1", "5"], plan.RejectedKeys());
        Assert.Equal([5], plan.RejectedPrincipals);
        Assert.Null(plan.PrincipalIdOf(5));
        Assert.Contains("\"prinTypeID\":" + type, plan.Rejections[0].Values, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_rows_of_one_guid_the_lowest_prinID_wins_and_the_other_maps_to_it()
    {
        var source = DirectoryBuilder.Legacy().People(5).Person(6, Like(5)).Category(2, "A").Room(3, "R", 2).Members(3, 5, 6);

        var plan = Plans.Of(source);

        Assert.Equal((plan.PrincipalIdOf(5), Origin.Duplicate), (plan.PrincipalIdOf(6), plan.Decisions.Principals[6].Origin));
        Assert.True(plan.Says("T11 Warning 6"));
        Assert.Equal(["Member 5"], plan.Roles(3));
        Assert.Equal((1, 1), (plan.Book("tblPrincipal").Skipped["T11"], plan.Book("tblPrincipalRole").Skipped["T11"]));
    }

    [Fact]
    public void Roles_of_a_disabled_loser_are_dropped_and_those_of_an_active_one_are_not()
    {
        var source = DirectoryBuilder.Legacy().Person(5, p => p with { Disabled = 1 }).Person(6, Like(5)).Person(7, Like(5, disabled: 1))
            .Category(2, "A").Room(3, "R", 2).Room(4, "S", 2).Members(3, 6).Members(4, 7);

        var plan = Plans.Of(source);

        Assert.Equal(["Member 5"], plan.Roles(3));
        Assert.Empty(plan.Roles(4));
    }

    [Theory]
    [InlineData(5, 1, 0, true)]
    [InlineData(7, 0, 0, true)]
    [InlineData(5, 1, 1, false)]
    [InlineData(5, 0, 0, false)]
    public void A_principal_without_access_before_gains_none_by_an_active_row_there(short type, short before, short there, bool dropped)
    {
        var source = DirectoryBuilder.Legacy().People(6).Person(5, p => p with { Type = type, Disabled = before }).Category(2, "A").Scope(2, 5, 6).Room(3, "R", 2).Members(3, 5, 6);

        var plan = Plans.Of(source, destination: DirectoryBuilder.Destination().Person(30, Like(5, there)));

        Assert.Equal(dropped ? ["Member 6"] : ["Member 6", "Member 5"], plan.Roles(3).OrderDescending(StringComparer.Ordinal).ToList());
        Assert.Equal(dropped ? 1 : 2, plan.Scopes.Count);
        Assert.Equal(dropped, plan.Book("tblPrincipalRole").Skipped.ContainsKey("T11"));
    }

    [Fact]
    public void A_person_and_a_group_of_one_guid_are_an_error() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().People(5), destination: DirectoryBuilder.Destination().Group(30, Like(5))).Says("T11 Error 5"));

    [Fact]
    public void Affiliations_the_destination_had_are_remembered()
    {
        var there = DirectoryBuilder.Destination().Person(30, Like(5)).Person(31, Like(6)).Person(32, Like(7)).Affiliate(30, 30).Affiliate(31, 32);

        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5, 6, 7, 8), destination: there);

        Assert.Equal([true, true, false, false], new[] { 5, 6, 7, 8 }.Select(id => plan.Decisions.Principals[id].HadAffiliations));
    }

    [Fact]
    public void Without_any_system_principal_the_plan_stops() =>
        Assert.True(Plans.Of(DirectoryBuilder.Legacy().RemovePrincipal(1), destination: DirectoryBuilder.Destination().RemovePrincipal(1)).Says("U1 Error"));

    [Fact]
    public void The_lowest_system_principal_there_stands_for_unknown_ids() =>
        Assert.Equal(1, Plans.Of(DirectoryBuilder.Legacy(), destination: DirectoryBuilder.Destination().System(7)).SystemPrincipalId);

    [Fact]
    public void Unreadable_rows_are_rejected_already_and_counted()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(5).Unreadable("tblPrincipal", "9").RowsRead("tblPrincipal", 3));

        var book = plan.Book("tblPrincipal");
        Assert.Equal((3, 1, 1, 1), (book.Read, book.Written, book.Reused, book.Rejected));
        Assert.Contains(9, plan.RejectedPrincipals);
    }
}
