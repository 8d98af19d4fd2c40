using System.Text.RegularExpressions;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Planning;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Planning;

public sealed class MigrationPlannerTests
{
    [Fact]
    public void Planning_changes_no_byte_of_either_database()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        var before = (File.ReadAllBytes(rehearsal.SourcePath), File.ReadAllBytes(rehearsal.DestinationPath));

        rehearsal.Plan(exact: true);

        Assert.Equal(before.Item1, File.ReadAllBytes(rehearsal.SourcePath));
        Assert.Equal(before.Item2, File.ReadAllBytes(rehearsal.DestinationPath));
        Assert.Equal(["destination.db", "source.db"], Directory.EnumerateFiles(Path.GetDirectoryName(rehearsal.SourcePath)!).Select(Path.GetFileName).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void All_findings_are_there_though_some_are_errors()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        rehearsal.Options = rehearsal.Options with { Rules = new RuleOptions() };
        rehearsal.ChangeSource("""
            UPDATE tblNode SET nodeName = (SELECT nodeName FROM tblNode WHERE nodeType = 0 ORDER BY nodeID LIMIT 1)
            WHERE nodeID IN (SELECT nodeID FROM tblNode WHERE nodeType = 0 ORDER BY nodeID LIMIT 3);
            UPDATE tblNode SET parentID = (SELECT parentID FROM tblNode WHERE nodeType = 0 ORDER BY nodeID LIMIT 1)
            WHERE nodeID IN (SELECT nodeID FROM tblNode WHERE nodeType = 0 ORDER BY nodeID LIMIT 3);
            """);

        var plan = rehearsal.Plan();

        Assert.Equal(ExitCodes.NotAllowed, plan.ExitCode);
        Assert.Equal(Severity.Error, plan.Findings[0].Severity);
        Assert.True(plan.Findings.Single(group => group is { Rule: "T4", Severity: Severity.Error }).Items.Count >= 2);
        Assert.Contains(plan.Findings, group => group.Severity == Severity.Warning);
        Assert.Contains(plan.Findings, group => group.Rule == "T27");
        Assert.Null(plan.Books);
        Assert.True(plan.Inventory!.Messages.Messages > 0);
    }

    [Theory]
    [InlineData("UPDATE tblNode SET parentID = 9999 WHERE nodeID = (SELECT max(nodeID) FROM tblNode)")]
    [InlineData("UPDATE tblNode SET parentID = NULL WHERE nodeID = (SELECT max(nodeID) FROM tblNode)")]
    [InlineData("DROP TABLE tblRoleType")]
    [InlineData("DROP TABLE tblChat; DROP TABLE tblNode")]
    public void A_broken_source_makes_findings_and_no_exception(string sql)
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample());
        rehearsal.ChangeSource(sql);

        var plan = rehearsal.Plan();

        Assert.Equal(ExitCodes.NotAllowed, plan.ExitCode);
        Assert.Contains(plan.Findings, group => group is { Rule: "B2", Severity: Severity.Error });
        Assert.True(plan.Kept().Errors > 0);
    }

    [Fact]
    public void More_rejections_than_are_allowed_are_an_error_of_the_plan()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        rehearsal.Options = rehearsal.Options with { Pipeline = rehearsal.Options.Pipeline with { MaxRejections = 1 } };

        var plan = rehearsal.Plan();

        Assert.Contains(plan.Findings, group => group is { Rule: "B1", Severity: Severity.Error });
    }

    [Fact]
    public void What_only_the_destination_has_is_listed_as_kept()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample());
        rehearsal.ChangeDestination("INSERT INTO tblNode SELECT 90, 'AAAAAAAA-0000-4000-8000-000000000090', 1, 1, 'Theirs', '', 1, 1, 1, 0, 4, 3, NULL, 1, 0, 1, 0, NULL");

        var plan = rehearsal.Plan();

        Assert.Equal([("90", "Theirs")], plan.Items("kept").Select(item => (item.Key, item.Name)));
    }

    [Fact]
    public void Every_rule_that_findings_name_has_its_advice()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        var named = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "(Error|Warning|Information|Finding)\\(\\s*\"(?<rule>[A-Z][0-9]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)))
            .Select(match => match.Groups["rule"].Value).Concat(rehearsal.Plan().Findings.Select(group => group.Rule)).Distinct(StringComparer.Ordinal);

        Assert.Empty(named.Except(RuleBook.Rules, StringComparer.Ordinal));
        Assert.All(Enumerable.Range(1, 27), number => Assert.Contains($"T{number}", RuleBook.Rules, StringComparer.Ordinal));
        Assert.All(RuleBook.Rules, rule => Assert.EndsWith(".", RuleBook.Of(rule).WhatToDo, StringComparison.Ordinal));
    }

    [Fact]
    public void An_estimate_comes_close_and_says_so()
    {
        using var folder = new TempFolder();
        SamplePool.Make(new ChatEtl.Sqlite.SampleOptions { Path = folder.File("pool.db"), Rooms = 60, Messages = 30_000, People = 40 });
        using var source = new SqliteSource(folder.File("pool.db"));

        var exact = MessageSurvey.Of(source, Nothing, null, MessageSurvey.ReadWholeUpTo, CancellationToken.None);
        var estimated = MessageSurvey.Of(source, Nothing, null, 1_000, CancellationToken.None);

        Assert.True(exact.IsExact && !estimated.IsExact);
        Assert.True(estimated.Read < 15_000, $"{estimated.Read} read");
        Assert.Equal(30_000, exact.Rooms.Sum(room => exact.Of(room).Messages));
        Assert.InRange(estimated.Rooms.Sum(room => estimated.Of(room).Messages), 28_500, 31_500);
        Assert.InRange(
            estimated.Rooms.Sum(room => estimated.Of(room).Bytes) / (double)exact.Rooms.Sum(room => exact.Of(room).Bytes), 0.5, 2);
    }

    private static DirectoryPlan Nothing { get; } = new() { Findings = [], RolesOf = _ => [], RouteOf = _ => default };
}
