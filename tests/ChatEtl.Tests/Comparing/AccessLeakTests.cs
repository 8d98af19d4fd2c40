using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Regressions;
using Xunit;

namespace ChatEtl.Tests.Comparing;

/// <summary>Leaks planted one by one at a destination to which a pool was migrated without fault: each is found, named and explained.</summary>
/// <remarks>
/// Category 10 lets in 2, 3, 5, 6 and group 4 (member: 8); it holds room 20 (members 2, 3, 5 of a partner, 6 disabled), the private room 21 (member 2)
/// and the auditorium 22 (members 2, 3; presenter 2). Category 11 lets in everyone; it holds room 23 (members 2, group 9), managed by 3 from
/// the category down. 7 belongs to group 9.
/// </remarks>
public sealed class AccessLeakTests : IDisposable
{
    private readonly HandMade _pair = new();

    public AccessLeakTests()
    {
        _pair.Person(5, PrincipalTypes.FederatedUser);
        _pair.Person(6);
        _pair.Person(7);
        _pair.Person(8);
        _pair.Person(9, PrincipalTypes.Group);
        _pair.Node(21, 10, false, "Private");
        _pair.Node(22, 10, false, "Stage");
        _pair.Node(11, 1, true, "Wide");
        _pair.Node(23, 11, false, "Open-plan");
        Source("UPDATE tblPrincipal SET prinDisabled = 1 WHERE prinID = 6");
        Source("UPDATE tblNode SET visibility = 2 WHERE nodeID = 21; UPDATE tblNode SET behavior = 5 WHERE nodeID = 22");
        foreach (var (node, who, type) in new[] { (20, 5, 1), (20, 6, 1), (21, 2, 1), (22, 2, 1), (22, 3, 1), (22, 2, 3), (23, 2, 1), (23, 9, 1), (11, 3, 2) })
        {
            _pair.Source.Add("tblPrincipalRole", ("prinRoleNodeID", node), ("prinRolePrinID", who), ("prinRoleTypeID", type), ("prinRoleUpdatedBy", 1));
        }

        foreach (var who in new[] { 2, 3, 4, 5, 6 })
        {
            _pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 10), ("scopePrinID", who), ("scopeUpdatedBy", 1));
        }

        foreach (var (who, group) in new[] { (8, 4), (7, 9) })
        {
            _pair.Source.Add("tblPrincipalAffiliations", ("principalID", who), ("affiliationID", group), ("index", 1), ("updatedBy", 1));
        }
    }

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task A_migration_without_fault_is_clean_and_only_the_partner_loses()
    {
        await _pair.MigrateAsync();

        var (report, changes) = Prove();

        Assert.True(report.IsClean, string.Join('\n', changes));
        Assert.Equal((4L, 3L), (report.Rooms, report.Categories));
        Assert.Equal("T11", Assert.Single(report.Losses.Keys));
        Assert.All(changes, change => Assert.Equal(("sip:5@x", "T11"), (change.PersonUri, change.Rule)));
        Assert.Equal((1, 1), (report.Losses["T11"][AccessRights.Read], report.Losses["T11"][AccessRights.Post]));
    }

    [Fact]
    public async Task It_needs_nothing_of_the_run_any_more()
    {
        await _pair.MigrateAsync();
        foreach (var table in new[] { "run", "principal", "node", "addin", "access", "book", "range", "rejection", "finding", "event" })
        {
            There($"DROP TABLE IF EXISTS chatetl_{table}");
        }

        Assert.True(Prove().Report.IsClean);
        There($"INSERT INTO tblPrincipalRole VALUES ({_pair.There(21)}, {_pair.Who(3)}, 1, 1)");

        Assert.Equal("gain see, join, read, post of sip:3@x in Private by Member: no entry of the source gives it", Assert.Single(Gains()));
    }

    [Theory]
    [InlineData("a member too many", "INSERT INTO tblPrincipalRole VALUES ({21}, [3], 1, 1)", "gain see, join, read, post of sip:3@x in Private by Member: no entry of the source gives it")]
    [InlineData("a voiced too many", "INSERT INTO tblPrincipalRole VALUES ({22}, [3], 3, 1)", "gain post of sip:3@x in Stage by Voiced: no entry of the source gives it: the room is an auditorium")]
    [InlineData("a manager through a wrong node", "INSERT INTO tblPrincipalRole VALUES ({20}, [3], 2, 1)", "gain manage of sip:3@x in Room by Manager: no entry of the source gives it")]
    [InlineData("a secret room opened", "UPDATE tblNode SET visibility = 6 WHERE nodeID = {21}",
        "gain see, join, read, post of sip:3@x in Private by in scope: no entry of the source gives it",
        "gain see, join, read, post of sip:8@x in Private by in scope through \"P4\": no entry of the source gives it")]
    [InlineData("a secret room shown", "UPDATE tblNode SET visibility = 3 WHERE nodeID = {21}",
        "gain see of sip:3@x in Private by in scope: only members see the room in the source",
        "gain see of sip:8@x in Private by in scope through \"P4\": only members see the room in the source")]
    [InlineData("an auditorium made a normal room", "UPDATE tblNode SET behavior = 4 WHERE nodeID = {22}",
        "gain post of sip:3@x in Stage by Member: no entry of the source gives it: the room is an auditorium")]
    [InlineData("a scope lost", "DELETE FROM tblScopePrincipal",
        "gain see of sys:system in Room by everyone in scope: the scope names nobody: not in the scope of the room in the source",
        "gain see of sip:7@x in Room by everyone in scope: the scope names nobody: not in the scope of the room in the source",
        "gain see of sys:system in Stage by everyone in scope: the scope names nobody: not in the scope of the room in the source",
        "gain see of sip:7@x in Stage by everyone in scope: the scope names nobody: not in the scope of the room in the source")]
    [InlineData("a room moved into a wider category", "UPDATE tblNode SET parentID = {11} WHERE nodeID = {20}",
        "gain see of sys:system in Room by everyone in scope: the scope names nobody: not in the scope of the room in the source",
        "gain see of sip:7@x in Room by everyone in scope: the scope names nobody: not in the scope of the room in the source")]
    [InlineData("a federated person activated", "UPDATE tblPrincipal SET prinDisabled = 0 WHERE prinID = [5]",
        "gain see of sip:5@x in Open-plan by everyone in scope: the scope names nobody: of a partner organisation in the source, which 2013 does not let in (T11)",
        "gain see of sip:5@x in Stage by in scope: of a partner organisation in the source, which 2013 does not let in (T11)",
        "gain see, join, read, post of sip:5@x in Room by Member: of a partner organisation in the source, which 2013 does not let in (T11)")]
    [InlineData("a disabled person enabled", "UPDATE tblPrincipal SET prinDisabled = 0 WHERE prinID = [6]",
        "gain see of sip:6@x in Open-plan by everyone in scope: the scope names nobody: disabled in the source, active at the destination",
        "gain see of sip:6@x in Stage by in scope: disabled in the source, active at the destination",
        "gain see, join, read, post of sip:6@x in Room by Member: disabled in the source, active at the destination")]
    [InlineData("an affiliation that gives a group's rights", "INSERT INTO tblPrincipalAffiliations VALUES ([8], [9], 5, 1)",
        "gain join, read, post of sip:8@x in Open-plan by Member through \"P9\": the source's entries give it with the group memberships of the destination: the memberships differ")]
    public async Task Each_leak_is_found_and_named(string leak, string sql, params string[] wanted)
    {
        await _pair.MigrateAsync();
        There(Filled(sql));

        var gains = Gains();

        Assert.True(gains.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal), StringComparer.Ordinal), $"{leak}:\n{string.Join('\n', gains)}");
    }

    [Theory]
    [InlineData("DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = {21}", "sip:2@x", "see, join, read, post")]
    [InlineData("DELETE FROM tblScopePrincipal WHERE scopePrinID = [4]", "sip:8@x", "see")]
    [InlineData("UPDATE tblNode SET visibility = 2 WHERE nodeID = {22}", "sip:8@x", "see")]
    [InlineData("UPDATE tblNode SET disabled = 1 WHERE nodeID = {21}", "sip:2@x", "see, join, read, post")]
    [InlineData("INSERT INTO tblScopePrincipal VALUES ({10}, [8], 1, 1)", "sip:8@x", "see")]
    [InlineData("DELETE FROM tblNode WHERE nodeID = {21}", "sip:2@x", "see, join, read, post")]
    public async Task A_loss_that_no_rule_gives_is_unexplained(string sql, string person, string rights)
    {
        await _pair.MigrateAsync();
        There(Filled(sql));

        var (report, changes) = Prove();

        Assert.False(report.IsClean);
        Assert.Equal(0, report.Gains.Total);
        Assert.Contains(changes, change => change.Kind == AccessChangeKind.Unexplained && change.PersonUri == person && AccessChange.Words(change.Rights) == rights);
    }

    [Fact]
    public async Task A_deny_that_is_ignored_is_a_gain()
    {
        using var pair = new HandMade(Generation.Lync2013);
        pair.Source.Add("tblScopePrincipal", ("scopeNodeID", 10), ("scopePrinID", 3), ("scopeIsDenied", 1), ("scopeUpdatedBy", 1));
        await pair.MigrateAsync();
        pair.Destination.Execute("UPDATE tblScopePrincipal SET scopeIsDenied = 0");
        pair.Destination.Execute($"INSERT INTO tblPrincipalRole VALUES ({pair.There(20)}, {pair.Who(3)}, 1, 1) ON CONFLICT DO NOTHING");

        var (_, changes) = Prove(pair);

        var gain = Assert.Single(changes, change => change.Kind == AccessChangeKind.Gain);
        Assert.Equal(("sip:3@x", "not in the scope of the room in the source"), (gain.PersonUri, gain.Reason));
    }

    [Fact]
    public async Task Someone_whom_only_the_destination_knows_is_told_apart_when_the_source_s_own_entry_lets_it_in()
    {
        await _pair.MigrateAsync();
        There("INSERT INTO tblPrincipal (prinID, prinGuid, prinUri, prinTypeID, prinDisabled, prinAddedOn, prinUpdatedOn, prinVerifiedOn) VALUES (900, '00000900-0000-0000-0000-000000000000', 'sip:new@x', 5, 0, 0, 0, '2010-01-01 00:00:00.000')");
        There(Filled("INSERT INTO tblPrincipalAffiliations VALUES (900, [9], 1, 1)"));

        var (report, changes) = Prove();

        Assert.True(report.IsClean, string.Join('\n', changes));
        Assert.Equal((1, 1), (report.Newcomers[AccessRights.See], report.Newcomers[AccessRights.Read]));
        There(Filled("INSERT INTO tblPrincipalRole VALUES ({23}, 900, 2, 1)"));
        Assert.Equal("gain manage of sip:new@x in Open-plan by Manager: only the destination knows the person", Assert.Single(Gains()));
    }

    [Fact]
    public async Task What_is_not_listed_is_counted()
    {
        await _pair.MigrateAsync();
        There("DELETE FROM tblScopePrincipal");

        var (report, changes) = Prove(listing: new AccessListing(1, WithLosses: false));

        Assert.Single(changes, change => change.Kind == AccessChangeKind.Gain);
        Assert.DoesNotContain(changes, change => change.Kind == AccessChangeKind.Loss);
        Assert.Equal((4, 3), (report.Gains[AccessRights.See], report.Unlisted));
    }

    private void Source(string sql) => _pair.Source.Execute(sql);

    private void There(string sql) => _pair.Destination.Execute(sql);

    /// <summary>Puts destination ids for {source nodes} and [source principals].</summary>
    private string Filled(string sql)
    {
        for (var id = 1; id < 30; id++)
        {
            sql = sql.Contains($"{{{id}}}", StringComparison.Ordinal) ? sql.Replace($"{{{id}}}", $"{_pair.There(id)}", StringComparison.Ordinal) : sql;
            sql = sql.Contains($"[{id}]", StringComparison.Ordinal) ? sql.Replace($"[{id}]", $"{_pair.Who(id)}", StringComparison.Ordinal) : sql;
        }

        return sql;
    }

    private List<string> Gains() => [.. Prove().Changes.Where(change => change.Kind == AccessChangeKind.Gain).Select(change =>
        $"gain {AccessChange.Words(change.Rights)} of {change.PersonUri} in {change.RoomName} by {change.Through}: {change.Reason}")];

    private (AccessProofReport Report, List<AccessChange> Changes) Prove(AccessListing? listing = null) => Prove(_pair, listing);

    private static (AccessProofReport Report, List<AccessChange> Changes) Prove(HandMade pair, AccessListing? listing = null)
    {
        using var from = new SqliteSource(pair.Source.Path);
        using var reader = new SqliteSource(pair.Destination.Path);
        using var to = new SqliteDestination(pair.Destination.Path, TimeProvider.System);
        var (source, destination) = AccessDirectories.Read(from, reader, null, CancellationToken.None);
        var changes = new List<AccessChange>();
        var report = new AccessProof(source, destination, pair.Rules, to.ReadDecisions()).Run(changes.Add, listing ?? new AccessListing(0, WithLosses: true), CancellationToken.None);
        return (report, changes);
    }
}
