using ChatEtl.Comparing;
using Xunit;

namespace ChatEtl.Tests.Comparing;

public sealed class AccessComparisonTests : IDisposable
{
    private readonly ComparePair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void A_member_too_many_is_a_gain_and_a_right_too_many()
    {
        _pair.Destination.Execute("INSERT INTO tblPrincipalRole VALUES (104, 111, 21, 1)");

        var report = _pair.Compare();

        Assert.False(report.Access.IsClean);
        Assert.Equal(new AccessGain(104, 111, report.Access.Gains[0].Reason), Assert.Single(report.Access.Gains));
        Assert.Equal(["extra 104/111/21", "gain 104/111/21"], _pair.Differences.Select(found => $"{found.Kind} {found.Key}"), StringComparer.Ordinal);
    }

    [Fact]
    public void A_lost_scope_row_opens_the_room_to_members_who_were_out_of_scope()
    {
        _pair.Source.Add("tblPrincipalRole", ("prinRoleNodeID", 4), ("prinRolePrinID", 12), ("prinRoleTypeID", 1), ("prinRoleUpdatedBy", 1));
        _pair.Right(4, ComparePair.Carl, ComparePair.Member);
        var before = _pair.Compare();
        _pair.Destination.Execute("DELETE FROM tblScopePrincipal");

        var after = _pair.Compare();

        Assert.True(before.Access.IsClean, _pair.Describe());
        Assert.Equal([(104, 112)], after.Access.Gains.Select(gain => (gain.Room, gain.Principal)));
    }

    [Fact]
    public void An_entry_of_a_reused_room_is_accepted_when_it_is_affiliated_to_a_reader()
    {
        _pair.Source.Execute("INSERT INTO tblPrincipalRole (prinRoleNodeID, prinRolePrinID, prinRoleTypeID, prinRoleUpdatedBy, honorsOverride, honorsScope) VALUES (5, 13, 1, 1, 0, 0)");
        _pair.Right(5, ComparePair.Group, ComparePair.Member);
        _pair.Destination.Execute("INSERT INTO tblPrincipalRole VALUES (50, 111, 21, 1)");
        var affiliated = _pair.Compare();
        _pair.Destination.Execute("INSERT INTO tblPrincipalAffiliations VALUES (14, 111, 0, 1); INSERT INTO tblScopePrincipal VALUES (102, 112, 0, 1); INSERT INTO tblPrincipalRole VALUES (50, 112, 21, 1)");

        var strange = _pair.Compare();

        Assert.True(affiliated.IsClean, _pair.Describe());
        Assert.Equal([(50, 112)], strange.Access.Gains.Select(gain => (gain.Room, gain.Principal)));
    }

    [Fact]
    public void Without_role_definers_the_nearest_node_with_members_counts()
    {
        _pair.Source.Execute("UPDATE tblNode SET roleDefinerId = 0, scopeDefinerId = 0");

        var report = _pair.Compare();

        // Room 3 has a member row of its own, so the category's member Ann reads it only as manager of the root; rooms 4 and 5 take the category's.
        Assert.True(report.IsClean, _pair.Describe());
        _pair.Source.Execute("DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = 1");
        Assert.Equal([(103, 110)], _pair.Compare().Access.Gains.Select(gain => (gain.Room, gain.Principal)));
    }

    [Fact]
    public void An_open_room_is_a_gain_for_everyone_in_scope()
    {
        _pair.Destination.Execute("UPDATE tblNode SET visibility = 6 WHERE nodeID = 103");

        var report = _pair.Compare();

        Assert.Equal([(103, 0)], report.Access.Gains.Select(gain => (gain.Room, gain.Principal)));
        Assert.Contains(_pair.Differences, found => found.Column == "visibility");
    }

    [Fact]
    public void Losses_are_counted_by_rule_and_are_no_gain()
    {
        _pair.Destination.Execute("UPDATE tblPrincipal SET prinDisabled = 1 WHERE prinID = 111; DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = 104");

        var report = _pair.Compare();

        Assert.True(report.Access.IsClean);
        Assert.Equal((1L, 1L), (report.Access.Losses["T11"], report.Access.Losses["unexplained"]));
    }
}
