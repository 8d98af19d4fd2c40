using System.Text.Json;
using ChatEtl.Cli.Drill;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>The crash drill as customers run it, in short.</summary>
[Collection(ProgramTests.Name)]
public sealed class DrillTests : IDisposable
{
    private readonly Workplace _place = new();

    [Theory]
    [InlineData("--plain", 24)]
    [InlineData("--seed=11", 12)]
    public async Task Every_kill_lands_and_nothing_is_lost_doubled_or_changed(string option, int kills)
    {
        var report = await _place.JsonAsync(0, "drill", "--json", $"--kills={kills}", "--messages=2000", option);

        Assert.True(report.GetProperty("clean").GetBoolean() && report.GetProperty("complete").GetBoolean());
        Assert.InRange(report.GetProperty("landed").GetInt32(), kills, kills + 3);
        Assert.Empty(report.GetProperty("failures").EnumerateArray());
        var steps = report.GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("step").GetString()!, step => step.GetProperty("landed").GetInt32(), StringComparer.Ordinal);
        Assert.Equal(DrillStep.All.Select(step => step.Name).Order(StringComparer.Ordinal), steps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(option == "--plain", steps["in finish"] > 0);
        Assert.All(
            ["in directory writing", "before write", "mid-write", "before commit", "in commit", "after commit", "in compare"],
            step => Assert.True(steps[step] > 0, $"no kill landed {step}: {JsonSerializer.Serialize(steps)}"));
        Assert.False(File.Exists(_place.Destination));
    }

    [Fact]
    public async Task A_round_whose_outcome_is_another_one_fails_the_drill()
    {
        var pool = _place.Sample("pool.db", messages: 3_000);
        using var drill = _place.Start("drill", "--json", "--kills=4", $"--pool={pool}");
        await drill.WaitUntilAsync("the undisturbed run is over", () => drill.ErrorSoFar().Contains("now it is killed", StringComparison.Ordinal));
        Workplace.Execute(pool, "UPDATE tblChat SET content = content || '!' WHERE chatId = (SELECT min(chatId) FROM tblChat WHERE length(content) > 0)");

        var outcome = await drill.EndAsync();

        Assert.True(outcome.ExitCode == 6, outcome.Everything);
        Assert.Contains("tblChat", JsonDocument.Parse(outcome.Output).RootElement.GetProperty("failures")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kills=0", 2, "--kills")]
    [InlineData("--pool=nowhere.db", 3, "nowhere.db")]
    [InlineData("--messages=-1", 2, "Messages")]
    public async Task A_drill_that_cannot_be_is_refused(string option, int exitCode, string named)
    {
        var outcome = await _place.RunAsync(exitCode, "drill", option);

        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    public void Dispose() => _place.Dispose();
}
