using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class BadConfigurationTests : IDisposable
{
    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task All_problems_of_the_configuration_are_listed_at_once()
    {
        File.WriteAllText(_place.Configuration, """
            {
              "source": { "kind": "sqlite", "path": "legacy.db", "pth": "x" },
              "destination": { "kind": "oracle", "path": 7 },
              "pipeline": { "readers": "two", "writers": 99 },
              "piepline": {}
            }
            """);

        var outcome = await Refused("migrate", "--set", "retry.attempts=-1");

        foreach (var path in new[] { "source.pth", "destination.kind", "destination.path", "pipeline.readers", "pipeline.writers", "piepline", "retry.attempts" })
        {
            Assert.Contains($"$.{path}: ", outcome.Error, StringComparison.Ordinal);
        }

        Assert.Contains("7 problems in the configuration", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was read or written", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"source\": ", "invalid JSON at line 1")]
    [InlineData("[]", "$: ")]
    [InlineData("", "invalid JSON")]
    public async Task A_file_that_is_no_configuration_is_refused(string text, string problem)
    {
        File.WriteAllText(_place.Configuration, text);

        Assert.Contains(problem, (await Refused("migrate")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        File.Delete(_place.Configuration);

        Assert.Contains($"there is no file {_place.Configuration}", (await Refused("status")).Error, StringComparison.Ordinal);
        Assert.Contains(_place.File("other.json"), (await Refused("compare", "--config", "other.json")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_its_own_destination_is_refused_untouched()
    {
        var source = _place.Sample("legacy.db");
        var before = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);

        var outcome = await Refused("migrate", "--set", "destination.path=legacy.db");

        Assert.Contains("is the same file as source.path", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_migrations_checkpoints_are_respected_and_the_part_that_differs_is_named()
    {
        _place.Sample("legacy.db");
        _place.Sample("other.db", seed: 2);
        await _place.RunAsync(0, "migrate");
        var before = Workplace.CountRows(_place.Destination);

        var rules = await Refused("migrate", "--set", "rules.topics=drop");
        var source = await Refused("migrate", "--set", "source.path=other.db");
        var compare = await Refused("compare", "--set", "rules.topics=drop");

        Assert.Contains("rules.topics: was Append, is now Drop", rules.Error, StringComparison.Ordinal);
        Assert.Contains("source: was root node", source.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was written", source.Error, StringComparison.Ordinal);
        Assert.Contains("rules.topics", compare.Error, StringComparison.Ordinal);
        Assert.Equal(before, Workplace.CountRows(_place.Destination));
        await _place.RunAsync(0, "migrate");
    }

    [Fact]
    public async Task Errors_of_the_plan_are_all_listed_and_the_destination_is_not_touched()
    {
        var source = _place.Sample("legacy.db");
        await _place.RunAsync(0, "provision", "persistent.db");
        using (var pool = new PoolReader(source))
        {
            var rooms = pool.Rows("""
                SELECT a.nodeID, b.nodeID FROM tblNode AS a JOIN tblNode AS b ON b.parentID = a.parentID AND b.nodeID > a.nodeID
                WHERE a.nodeType = 0 AND b.nodeType = 0 AND a.disabled = 0 AND b.disabled = 0 ORDER BY 1, 2 LIMIT 1
                """)[0];
            Workplace.Execute(source, $"UPDATE tblNode SET nodeName = 'Twins' WHERE nodeID IN ({rooms[0]}, {rooms[1]})");
            Workplace.Execute(source, $"""
                UPDATE tblNode SET nodeName = '{new string('x', 257)}'
                WHERE nodeID = (SELECT max(nodeID) FROM tblNode WHERE nodeType = 0 AND disabled = 0 AND nodeName <> 'Twins')
                """);
        }

        var before = await File.ReadAllBytesAsync(_place.Destination, TestContext.Current.CancellationToken);
        var outcome = await Refused("migrate");

        Assert.Contains("2 errors in the plan", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("T3 tblNode", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("T4 tblNode", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_place.Destination, TestContext.Current.CancellationToken));
        await _place.RunAsync(0, "migrate", "--set", "rules.longNames=shorten", "--set", "rules.nameCollisions=rename");
    }

    [Fact]
    public async Task A_destination_that_is_a_legacy_database_is_refused_untouched()
    {
        _place.Sample("legacy.db");
        var other = _place.Sample("persistent.db", Generation.Lync2010, seed: 3);
        var before = await File.ReadAllBytesAsync(other, TestContext.Current.CancellationToken);

        var outcome = await Refused("migrate");

        Assert.Contains("it is no Persistent Chat 2013 database", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(other, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _place.Dispose();

    private async Task<Outcome> Refused(params string[] arguments)
    {
        var outcome = await _place.RunAsync(2, arguments);
        Assert.Empty(outcome.Output);
        return outcome;
    }
}
