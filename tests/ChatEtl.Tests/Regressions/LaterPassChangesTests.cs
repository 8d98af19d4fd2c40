using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>B6: a later pass applies changes of directory rows that we wrote, audit columns of rights included (U2).</summary>
public sealed class LaterPassChangesTests
{
    [Fact]
    public async Task Someone_who_left_a_group_since_is_let_in_through_it_no_more()
    {
        using var pair = new HandMade();
        pair.Source.Add("tblPrincipalAffiliations", ("principalID", 2), ("affiliationID", 2), ("index", -1), ("updatedBy", 1));
        pair.Source.Add("tblPrincipalAffiliations", ("principalID", 2), ("affiliationID", 4), ("index", 1), ("updatedBy", 1));
        pair.Source.Add("tblPrincipalAffiliations", ("principalID", 3), ("affiliationID", 4), ("index", 1), ("updatedBy", 1));
        await pair.MigrateAsync();
        pair.Source.Execute("DELETE FROM tblPrincipalAffiliations WHERE principalID = 2 AND affiliationID = 4");

        var report = await pair.MigrateAsync();

        Assert.Equal(0, pair.Destination.Number($"SELECT count(*) FROM tblPrincipalAffiliations WHERE principalID = {pair.Who(2)} AND affiliationID = {pair.Who(4)}"));
        Assert.Equal(1, pair.Destination.Number($"SELECT count(*) FROM tblPrincipalAffiliations WHERE principalID = {pair.Who(2)}"));
        Assert.Equal(1, pair.Destination.Number($"SELECT count(*) FROM tblPrincipalAffiliations WHERE principalID = {pair.Who(3)}"));
        Assert.Contains(report.Findings, finding => finding is { Rule: "B6", Table: "tblPrincipalAffiliations" });
        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task Invitations_and_preferences_that_changed_since_are_kept_and_no_difference()
    {
        using var pair = new HandMade();
        pair.Source.Add("tblPrincipalInvites", ("prinID", 2), ("invID", 1), ("nodeID", 20), ("createdOn", "2012-05-01 10:00:00.000"));
        pair.Source.Add("tblPrincipalInvites", ("prinID", 3), ("invID", 1), ("nodeID", 20), ("createdOn", "2012-05-01 10:00:00.000"));
        pair.Source.Add("tblPreference", ("prefLabel", "sip:2@x|a"), ("prefSeqID", 1), ("prefContent", "x"), ("lastModifiedBy", 2));
        await pair.MigrateAsync();
        Assert.Empty(pair.Compare());
        pair.Source.Execute("DELETE FROM tblPrincipalInvites WHERE prinID = 2; UPDATE tblPrincipalInvites SET invID = 7 WHERE prinID = 3");
        pair.Source.Add("tblPreference", ("prefLabel", "sip:2@x|a"), ("prefSeqID", 2), ("prefContent", "y"), ("lastModifiedBy", 2));

        await pair.MigrateAsync();

        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task A_role_whose_contributing_row_changed_says_so_after_the_next_pass()
    {
        using var pair = new HandMade();
        pair.Role(10, 2, updatedBy: 1);
        await pair.MigrateAsync();
        pair.Source.Execute("UPDATE tblPrincipalRole SET prinRoleUpdatedBy = 3 WHERE prinRoleNodeID = 20 AND prinRolePrinID = 2");

        await pair.MigrateAsync();

        Assert.Equal(pair.Who(3), pair.Destination.Number($"SELECT prinRoleUpdatedBy FROM tblPrincipalRole WHERE prinRoleNodeID = {pair.There(20)} AND prinRolePrinID = {pair.Who(2)}"));
        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task A_role_that_stood_at_the_destination_before_us_stays_as_it_is()
    {
        using var pair = new HandMade();
        pair.Destination.Add("tblNode", ("nodeID", 5), ("nodeGuid", HandMade.NodeGuid(10)), ("parentID", 1), ("nodeType", 1), ("nodeName", "Category"), ("visibility", 3), ("behavior", 4));
        pair.Destination.Add("tblNode", ("nodeID", 6), ("nodeGuid", HandMade.NodeGuid(20)), ("parentID", 5), ("nodeName", "Room"), ("visibility", 3), ("behavior", 4));
        pair.Destination.Add("tblPrincipal", ("prinID", 7), ("prinGuid", HandMade.PrincipalGuid(2)), ("prinUri", "sip:2@x"), ("prinTypeID", 5));
        pair.Destination.Add("tblPrincipalRole", ("prinRoleNodeID", 6), ("prinRolePrinID", 7), ("prinRoleTypeID", 1), ("prinRoleUpdatedBy", 7));
        await pair.MigrateAsync();
        await pair.MigrateAsync();

        Assert.Equal(7, pair.Destination.Number("SELECT prinRoleUpdatedBy FROM tblPrincipalRole WHERE prinRoleNodeID = 6 AND prinRolePrinID = 7"));
    }

    [Fact]
    public async Task A_scope_row_that_another_changed_says_so_after_the_next_pass()
    {
        using var pair = new HandMade();
        pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 1), ("scopePrinID", 2), ("scopeUpdatedBy", 1));
        pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 1), ("scopePrinID", 3), ("scopeUpdatedBy", 1));
        await pair.MigrateAsync();
        pair.Source.Execute("UPDATE tblScopePrincipal SET scopeUpdatedBy = 3 WHERE scopePrinID = 2");

        var report = await pair.MigrateAsync();

        Assert.Equal(pair.Who(3), pair.Destination.Number($"SELECT scopeUpdatedBy FROM tblScopePrincipal WHERE scopePrinID = {pair.Who(2)}"));
        Assert.Equal(2, pair.Destination.Number("SELECT count(*) FROM chatetl_access WHERE type_id = -1"));
        Assert.Contains(report.Findings, finding => finding is { Rule: "B6", Table: "tblScopePrincipal" });
        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task Someone_disabled_in_the_source_whose_row_was_changed_at_the_destination_loses_the_roles()
    {
        using var pair = new HandMade();
        await pair.MigrateAsync();
        pair.Source.Execute("UPDATE tblPrincipal SET prinDisabled = 1 WHERE prinID = 2");
        pair.Destination.Execute("UPDATE tblPrincipal SET prinEmail = 'changed@x' WHERE prinUri = 'sip:2@x'");

        await pair.MigrateAsync();

        Assert.Equal(0, pair.Destination.Number($"SELECT prinDisabled FROM tblPrincipal WHERE prinID = {pair.Who(2)}"));
        Assert.Equal(0, pair.Destination.Number($"SELECT count(*) FROM tblPrincipalRole WHERE prinRolePrinID = {pair.Who(2)}"));
        Assert.Equal(1, pair.Destination.Number($"SELECT count(*) FROM tblPrincipalRole WHERE prinRolePrinID = {pair.Who(3)}"));
    }

    [Fact]
    public async Task A_room_that_was_left_out_and_is_enabled_since_brings_all_its_messages_in_the_next_pass()
    {
        using var pair = new HandMade();
        pair.Message(20, 2, 3);
        pair.Message(20, 3, 99);
        pair.Source.Execute("UPDATE tblNode SET disabled = 1 WHERE nodeID = 20");
        await pair.MigrateAsync();
        pair.Source.Execute("UPDATE tblNode SET disabled = 0 WHERE nodeID = 20");
        pair.Message(20, 4, 2);

        var report = await pair.MigrateAsync();

        Assert.Equal(3, pair.Destination.Number("SELECT count(*) FROM tblChat"));
        Assert.Equal((4, 3, 1), (report.Books["tblChat"].Read, report.Books["tblChat"].Written, report.Books["tblChat"].Rejected));
        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task Messages_that_were_rejected_for_want_of_their_room_are_not_read_again_when_it_appears()
    {
        using var pair = new HandMade();
        pair.Message(30, 1, 2);
        await pair.MigrateAsync();
        pair.Node(30, 10, false, "Late room");

        var report = await pair.MigrateAsync();

        Assert.Equal(0, report.Books.GetValueOrDefault("tblChat")?.Read ?? 0);
        Assert.Equal(1, pair.Destination.Number("SELECT count(*) FROM chatetl_rejection WHERE source_key = '30/1'"));
    }
}
