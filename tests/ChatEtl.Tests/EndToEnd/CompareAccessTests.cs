using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class CompareAccessTests : IDisposable
{
    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task Access_is_proved_after_finish_and_a_planted_leak_is_named()
    {
        _place.Sample("legacy.db");
        string[] lenient = ["--set", "rules.longNames=shorten", "--set", "rules.nameCollisions=rename"];
        await _place.RunAsync(0, ["migrate", .. lenient]);
        var clean = await _place.RunAsync(0, ["compare", "--access", .. lenient]);
        await _place.RunAsync(0, ["finish", .. lenient]);
        var finished = await _place.JsonAsync(0, ["compare", "--access", "--json", .. lenient]);
        Workplace.Execute(_place.Destination, "UPDATE tblNode SET visibility = 6 WHERE nodeType = 0 AND visibility = 2");

        var leaking = await _place.RunAsync(6, ["compare", "--access", "--limit", "5", .. lenient]);
        var json = await _place.JsonAsync(6, ["compare", "--access", "--json", "--losses", .. lenient]);

        Assert.Contains("Nobody gains access, and every loss is explained.", clean.Output, StringComparison.Ordinal);
        Assert.True(finished.GetProperty("clean").GetBoolean());
        Assert.Equal(5, leaking.Output.Split('\n').Count(line => line.StartsWith("gain ", StringComparison.Ordinal)));
        Assert.Contains("Access differs: ", leaking.Output, StringComparison.Ordinal);
        Assert.False(json.GetProperty("clean").GetBoolean());
        Assert.Contains(json.GetProperty("changes").EnumerateArray(), change => change.GetProperty("kind").GetString() == "gain"
            && change.GetProperty("rights").GetString()!.Contains("read", StringComparison.Ordinal) && change.GetProperty("through").GetString()!.Length > 0);
        Assert.Contains(json.GetProperty("changes").EnumerateArray(), change => change.GetProperty("kind").GetString() == "loss");
        Assert.True(json.GetProperty("gains").GetProperty("read").GetInt64() > 0);
    }

    [Theory]
    [InlineData("--limit", "-1")]
    [InlineData("--limit", "few")]
    public async Task A_limit_that_is_no_number_of_changes_is_refused(params string[] arguments) =>
        Assert.Contains("--limit", (await _place.RunAsync(2, ["compare", "--access", .. arguments])).Error, StringComparison.Ordinal);

    public void Dispose() => _place.Dispose();
}
