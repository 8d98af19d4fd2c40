using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Reading;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>Input that is odd but must neither crash the program nor stop a plan that the rules let through.</summary>
public sealed class OddInputTests
{
    [Fact]
    public async Task A_table_that_is_not_carried_may_lack_any_column()
    {
        using var pair = new HandMade();
        pair.Source.Execute("DROP TABLE tblConfig; CREATE TABLE tblConfig (configContent TEXT); INSERT INTO tblConfig VALUES ('x'); DROP TABLE tblVersion; CREATE TABLE tblVersion (description TEXT)");

        var report = await pair.MigrateAsync();

        Assert.True(report.Complete);
        Assert.Contains(report.Findings, finding => finding is { Rule: "T27", Table: "tblConfig" });
    }

    [Fact]
    public async Task A_column_of_a_small_table_that_is_missing_counts_as_NULL()
    {
        using var pair = new HandMade();
        pair.Source.Execute("DROP TABLE tblPrincipalAffiliations; CREATE TABLE tblPrincipalAffiliations (principalID INTEGER, affiliationID INTEGER, updatedBy INTEGER); INSERT INTO tblPrincipalAffiliations VALUES (2, 4, 1)");

        var report = await pair.MigrateAsync();

        Assert.Equal(1, report.Books["tblPrincipalAffiliations"].Rejected);
    }

    [Fact]
    public async Task Scope_rows_that_do_not_tell_their_node_stop_the_plan_because_the_scope_would_be_lost()
    {
        using var pair = new HandMade();
        pair.Source.Execute("DROP TABLE tblScopePrincipal; CREATE TABLE tblScopePrincipal (scopePrinID INTEGER, scopeUpdatedBy INTEGER)");

        var stopped = await Assert.ThrowsAsync<PlanException>(() => pair.MigrateAsync());

        Assert.Contains("scopeNodeID", stopped.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO tblPrincipal (prinID, prinGuid, prinUri, prinDisabled, prinTypeID, prinAddedOn, prinUpdatedOn, prinVerifiedOn) VALUES (2147483647, 'aaaaaaaa-0000-0000-0000-000000000001', 'sip:last@x', 0, 5, 0, 0, '2010-01-01 00:00:00.000')")]
    [InlineData("INSERT INTO tblNode (nodeID, nodeGuid, parentID, nodeType, nodeName, nodeDesc, disabled, behavior, visibility, nodeAddedBy, nodeAddedOn, nodeUpdatedBy, nodeUpdatedOn) VALUES (2147483647, 'aaaaaaaa-0000-0000-0000-000000000001', 1, 1, 'Last', '', 0, 4, 3, 1, 0, 1, 0)")]
    public async Task A_destination_whose_highest_id_is_taken_still_gets_free_ones(string sql)
    {
        using var pair = new HandMade();
        pair.Destination.Execute(sql);

        var report = await pair.MigrateAsync();

        Assert.True(report.Complete);
        Assert.Equal(1, pair.Destination.Number("SELECT count(*) FROM tblChat"));
        Assert.Empty(pair.Compare());
    }

    [Fact]
    public async Task Two_add_ins_whose_ids_differ_only_in_case_are_an_error_of_the_plan()
    {
        using var pair = new HandMade();
        pair.Source.Execute("INSERT INTO tblSiopWhiteList VALUES ('aaaaaaaa-0000-0000-0000-000000000001', 'A', 'u'), ('AAAAAAAA-0000-0000-0000-000000000001', 'B', 'u')");

        var stopped = await Assert.ThrowsAsync<PlanException>(() => pair.MigrateAsync());

        Assert.Contains("AAAAAAAA-0000-0000-0000-000000000001", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_an_odd_key_takes_isAlert_0_when_the_column_is_missing()
    {
        using var pair = new HandMade();
        pair.Source.Execute("DROP TABLE tblChat; CREATE TABLE tblChat (channelID TEXT, chatID TEXT, chatDate INTEGER, userId INTEGER, content TEXT); INSERT INTO tblChat VALUES ('20', '1', 633979008000000000, 2, 'hello')");

        var report = await pair.MigrateAsync();

        Assert.Equal(1, report.Books["tblChat"].Written);
    }

    [Theory]
    [InlineData("2010-01-01 00:00:00.99999999", "2010-01-01 00:00:00.999")]
    [InlineData("2010-01-01T00:00:00.9999999999999Z", "2010-01-01 00:00:00.999")]
    [InlineData("2010-06-01T00:00:00+02:00", "2010-05-31 22:00:00.000")]
    [InlineData("2010-06-01", "2010-06-01 00:00:00.000")]
    [InlineData("2010-06-01 23:59:59.999", "2010-06-01 23:59:59.999")]
    [InlineData("2012-02-29 00:00:00.000", "2012-02-29 00:00:00.000")]
    [InlineData("2010-02-29 00:00:00.000", null)]
    [InlineData("0000-01-01 00:00:00.000", null)]
    [InlineData("2010-06-01 24:00:00.000", null)]
    [InlineData("2010-06-1\0 00:00:00.000", null)]
    [InlineData("2010-06-0１ 00:00:00.000", null)]
    [InlineData("10:00", null)]
    [InlineData("May 5", null)]
    public void A_time_is_cut_and_never_completed_from_today(string text, string? expected)
    {
        var isRead = Cells.TryDateTime(text, out var time);

        Assert.Equal(expected, isRead ? Cells.FormatDateTime(time) : null);
    }

    [Fact]
    public async Task A_denial_that_is_neither_yes_nor_no_stops_the_plan_rather_than_to_allow()
    {
        using var pair = new HandMade(Generation.Lync2013);
        pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 10), ("scopePrinID", 2), ("scopeIsDenied", null));
        pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 10), ("scopePrinID", 3), ("scopeIsDenied", 0));

        var stopped = await Assert.ThrowsAsync<PlanException>(() => pair.MigrateAsync());

        Assert.Contains("T16", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_of_the_same_guid_that_holds_only_an_odd_message_is_not_joined()
    {
        using var pair = new HandMade();
        pair.Destination.Add("tblNode", ("nodeID", 6), ("nodeGuid", HandMade.NodeGuid(20)), ("parentID", 1), ("nodeName", "Room"), ("visibility", 3), ("behavior", 4));
        pair.Destination.Add("tblChat", ("channelId", 6), ("chatId", 9), ("chatDate", 5), ("userId", 1), ("isAlert", 7), ("content", "foreign"));

        var stopped = await Assert.ThrowsAsync<PlanException>(() => pair.MigrateAsync());

        Assert.Contains("T5", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_of_the_year_1_is_copied_as_any_other()
    {
        using var pair = new HandMade();
        pair.Source.Execute("UPDATE tblPrincipal SET prinVerifiedOn = '0001-01-01 00:00:00.000' WHERE prinID = 2");

        await pair.MigrateAsync();

        Assert.Equal(1, pair.Destination.Number("SELECT count(*) FROM tblPrincipal WHERE prinVerifiedOn = '0001-01-01 00:00:00.000'"));
    }
}
