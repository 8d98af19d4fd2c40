using System.Text.Json;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class DefaultJobTests : IDisposable
{
    private readonly Workplace _place = new();

    private string Destination => _place.File("run/persistent.db");

    [Fact]
    public async Task The_default_configuration_makes_a_sample_migrates_it_and_proves_it()
    {
        var first = await _place.RunAsync(0, "migrate");
        var rows = Workplace.CountRows(Destination);
        var second = await _place.RunAsync(0, "migrate");
        var compare = await _place.RunAsync(0, "compare");

        Assert.Contains("sample pool of 20,000 messages in 200 rooms", first.Error, StringComparison.Ordinal);
        Assert.Equal(["Exactly once", "Nothing silently changed", "Nobody gains access"], Proved(first.Output));
        Assert.Contains("rows/s", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sample pool", second.Error, StringComparison.Ordinal);
        Assert.Contains("Pass 2", second.Output, StringComparison.Ordinal);
        Assert.Equal(3, Proved(second.Output).Count);
        Assert.Contains("The sides agree.", compare.Output, StringComparison.Ordinal);
        Assert.Equal(Chat(rows), Chat(Workplace.CountRows(Destination)));
        using var report = JsonDocument.Parse(File.ReadAllText(_place.File("run/report.json")));
        Assert.True(report.RootElement.GetProperty("balances").GetBoolean());
        Assert.True(report.RootElement.GetProperty("compare").GetProperty("clean").GetBoolean());
    }

    [Fact]
    public async Task Every_command_that_offers_json_writes_nothing_else_on_standard_output()
    {
        var migrate = await _place.JsonAsync(0, "migrate", "--json");
        var compare = await _place.JsonAsync(0, "compare", "--json");
        var status = await _place.JsonAsync(0, "status", "--json");

        Assert.True(migrate.GetProperty("complete").GetBoolean());
        Assert.True(migrate.GetProperty("compare").GetProperty("clean").GetBoolean());
        Assert.True(compare.GetProperty("clean").GetBoolean());
        Assert.Equal(migrate.GetProperty("compare").GetProperty("digest").GetString(), compare.GetProperty("digest").GetString());
        Assert.Equal("finished", status.GetProperty("state").GetString());
        Assert.Equal(status.GetProperty("ranges").GetInt32(), status.GetProperty("rangesDone").GetInt32());
    }

    [Fact]
    public async Task Finish_leaves_a_plain_database_that_compares_clean_and_takes_another_pass()
    {
        await _place.RunAsync(0, "migrate");
        var digest = await _place.DigestAsync();

        var finish = await _place.RunAsync(0, "finish");

        Assert.Contains("plain Persistent Chat database", finish.Output, StringComparison.Ordinal);
        var rows = Workplace.CountRows(Destination);
        Assert.DoesNotContain(rows.Keys, name => name.StartsWith("chatetl_", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(digest, await _place.DigestAsync());
        Assert.Contains("No migration has begun", (await _place.RunAsync(0, "status")).Output, StringComparison.Ordinal);
        Assert.Equal("none", (await _place.JsonAsync(0, "status", "--json")).GetProperty("state").GetString());
        Assert.Contains("Nothing to finish", (await _place.RunAsync(0, "finish")).Output, StringComparison.Ordinal);
        await _place.RunAsync(0, "migrate");
        Assert.Equal(rows, Chat(Workplace.CountRows(Destination)));
        Assert.Equal(digest, await _place.DigestAsync());
    }

    [Theory]
    [InlineData("2007R2")]
    [InlineData("2010")]
    [InlineData("2013")]
    public async Task A_sample_of_each_generation_migrates_into_a_provisioned_destination_and_compares_clean(string generation)
    {
        using var place = new Workplace("legacy.db");

        var sample = await place.RunAsync(
            0, "sample", "legacy.db", "--generation", generation, "--rooms", "60", "--messages", "3000", "--people", "100", "--seed", "5");
        var provision = await place.RunAsync(0, "provision", "persistent.db");
        await place.RunAsync(0, "migrate", "--set", "destination.create=false");

        Assert.Contains("3,000 messages, 60 rooms", sample.Output, StringComparison.Ordinal);
        Assert.Contains("Made persistent.db", provision.Output, StringComparison.Ordinal);
        await place.DigestAsync();
        await place.RunAsync(4, "provision", "persistent.db");
        await place.RunAsync(4, "sample", "legacy.db");
    }

    public void Dispose() => _place.Dispose();

    private static List<string> Proved(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("proved", StringComparison.Ordinal)).Select(line => line.Split('│')[1].Trim())];

    /// <summary>The product's own tables; ours change with every pass.</summary>
    private static Dictionary<string, long> Chat(Dictionary<string, long> rows) =>
        rows.Where(row => !row.Key.StartsWith("chatetl_", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
}
