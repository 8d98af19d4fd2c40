using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Planning;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>migrate --plan: what changed since is named and refused, new messages are no change, an interrupted run goes on.</summary>
public sealed class PlanDriftTests : IDisposable
{
    private const string Room = "(SELECT min(nodeID) FROM tblNode WHERE nodeType = 0 AND disabled = 0)";
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Theory]
    [InlineData("UPDATE tblNode SET nodeName = 'Another name' WHERE nodeID = " + Room, "source tblNode ", "(\"Another name\"): changed")]
    [InlineData("UPDATE tblNode SET topic = 'Another topic' WHERE nodeID = " + Room, "source tblNode ", ": changed")]
    [InlineData("UPDATE tblNode SET logged = 1 - coalesce(logged, 0) WHERE nodeID = " + Room, "source tblNode ", ": changed")]
    [InlineData("DELETE FROM tblPrincipal WHERE prinID = (SELECT max(prinID) FROM tblPrincipal)", "source tblPrincipal ", ": removed")]
    [InlineData("UPDATE tblPrincipal SET prinDisabled = 1 - prinDisabled WHERE prinID = (SELECT max(prinID) FROM tblPrincipal WHERE prinTypeID = 5)", "source tblPrincipal ", ": changed")]
    [InlineData("DELETE FROM tblPrincipalRole WHERE rowid = (SELECT min(rowid) FROM tblPrincipalRole)", "source tblPrincipalRole ", ": roles ")]
    [InlineData("UPDATE tblPrincipalRole SET prinRolePrinID = (SELECT prinID FROM tblPrincipal WHERE prinTypeID = 5 AND prinID NOT IN (SELECT o.prinRolePrinID FROM tblPrincipalRole AS o WHERE o.prinRoleNodeID = tblPrincipalRole.prinRoleNodeID)) WHERE rowid = (SELECT min(rowid) FROM tblPrincipalRole)", "source tblPrincipalRole ", ": roles changed")]
    [InlineData("DELETE FROM tblScopePrincipal WHERE rowid = (SELECT min(rowid) FROM tblScopePrincipal)", "source tblScopePrincipal ", ": scope ")]
    [InlineData("DELETE FROM tblPrincipalAffiliations WHERE principalID <> affiliationID AND principalID = (SELECT min(principalID) FROM tblPrincipalAffiliations WHERE principalID <> affiliationID)", "source tblPrincipalAffiliations ", ": affiliations removed")]
    [InlineData("UPDATE tblSiopWhiteList SET siopUrl = siopUrl || '/new'", "source tblSiopWhiteList ", ": changed")]
    public async Task A_change_of_the_source_is_named_and_refused(string sql, string what, string change)
    {
        var terms = _rehearsal.Plan().Kept();
        _rehearsal.ChangeSource(sql);

        await IsRefusedAsync(terms, what, change);
    }

    [Theory]
    [InlineData("INSERT INTO tblNode SELECT 90, 'AAAAAAAA-0000-4000-8000-000000000090', 1, 1, 'Theirs', '', 1, 1, 1, 0, 4, 3, NULL, 1, 0, 1, 0, NULL", "destination tblNode 90", "(\"Theirs\"): added")]
    [InlineData("UPDATE tblPrincipal SET prinDisplayName = 'Other' WHERE prinID = 1", "destination tblPrincipal 1", ": changed")]
    [InlineData("INSERT INTO tblPrincipalRole VALUES (1, 1, 11, 1)", "destination tblPrincipalRole 1", ": roles added")]
    [InlineData("INSERT INTO tblScopePrincipal VALUES (1, 1, 0, 1)", "destination tblScopePrincipal 1", ": scope added")]
    public async Task A_change_of_the_destination_is_named_and_refused(string sql, string what, string change)
    {
        var terms = _rehearsal.Plan().Kept();
        _rehearsal.ChangeDestination(sql);

        await IsRefusedAsync(terms, what, change);
    }

    [Fact]
    public async Task Other_rules_are_named_and_refused()
    {
        var terms = _rehearsal.Plan().Kept();
        _rehearsal.Options = _rehearsal.Options with { Rules = _rehearsal.Options.Rules with { Topics = Topics.Drop } };

        await IsRefusedAsync(terms, "rules.topics", "was Append, is now Drop");
    }

    [Fact]
    public async Task Many_changes_are_counted_and_the_first_of_them_named()
    {
        var terms = _rehearsal.Plan().Kept();
        _rehearsal.ChangeSource("UPDATE tblPrincipal SET prinCompanyName = 'Another company'; UPDATE tblNode SET nodeDesc = 'Another description'");

        var refused = await Assert.ThrowsAsync<PlanRefusedException>(() => _rehearsal.RunAsync(terms));

        Assert.True(refused.Changes.Count > PlanRefusedException.Named);
        Assert.Contains($"and {refused.Changes.Count - PlanRefusedException.Named} more", refused.Message, StringComparison.Ordinal);
        Assert.Equal(PlanRefusedException.Named + 2, refused.Message.Split('\n').Length);
    }

    [Fact]
    public async Task Messages_and_the_nightly_stamp_of_the_directory_sync_are_no_change()
    {
        var plan = _rehearsal.Plan();
        _rehearsal.ChangeSource("""
            INSERT INTO tblChat SELECT channelId, max(chatId) + 1, chatDate, userId, 0, 'posted since' FROM tblChat GROUP BY channelId HAVING max(chatId) < 1000000;
            UPDATE tblPrincipal SET prinVerifiedOn = '2013-01-01 00:00:00.000';
            """);

        var report = await _rehearsal.RunAsync(plan.Kept());

        Assert.True(report.Complete);
        Assert.True(report.Books["tblChat"].Read > plan.Terms.Messages);
        Assert.Empty(_rehearsal.Compare());
    }

    [Fact]
    public async Task A_run_that_began_by_a_plan_goes_on_by_it_and_is_not_begun_twice()
    {
        var plan = _rehearsal.Plan();
        var terms = plan.Kept();

        var first = await _rehearsal.RunAsync(terms, stop: new CancellationToken(canceled: true));
        var second = await _rehearsal.RunAsync(terms);
        var third = await Assert.ThrowsAsync<PlanRefusedException>(() => _rehearsal.RunAsync(terms));

        Assert.False(first.Complete);
        Assert.True(second is { Complete: true, Resumed: true });
        Assert.Equal(Planned.Lines(plan.Books!), Planned.Lines(second.Books), StringComparer.Ordinal);
        Assert.Contains("the plan is of pass 1, and pass 1 is complete", third.Message, StringComparison.Ordinal);
        Assert.Empty(_rehearsal.Compare());
    }

    [Fact]
    public async Task A_source_that_changes_while_the_run_is_interrupted_is_refused()
    {
        var terms = _rehearsal.Plan().Kept();
        await _rehearsal.RunAsync(terms, stop: new CancellationToken(canceled: true));
        _rehearsal.ChangeSource($"UPDATE tblNode SET nodeName = 'Another name' WHERE nodeID = {Room}");

        await IsRefusedAsync(terms, "source tblNode ", "(\"Another name\"): changed");
    }

    [Fact]
    public async Task A_plan_with_errors_is_refused()
    {
        _rehearsal.ChangeSource("UPDATE tblNode SET visibility = 9 WHERE nodeID = " + Room);
        var terms = _rehearsal.Plan().Kept();

        await IsRefusedAsync(terms, "the plan has 1 error", "");
    }

    public void Dispose() => _rehearsal.Dispose();

    private async Task IsRefusedAsync(PlanTerms terms, string what, string change)
    {
        var before = File.ReadAllBytes(_rehearsal.DestinationPath);

        var refused = await Assert.ThrowsAsync<PlanRefusedException>(() => _rehearsal.RunAsync(terms));

        Assert.Contains(refused.Changes, line => line.StartsWith(what, StringComparison.Ordinal) && line.Contains(change, StringComparison.Ordinal));
        Assert.DoesNotContain(refused.Changes, line => line.Contains("though nothing else differs", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.NotAllowed, refused.ExitCode);
        Assert.Equal(before, File.ReadAllBytes(_rehearsal.DestinationPath));
    }
}
