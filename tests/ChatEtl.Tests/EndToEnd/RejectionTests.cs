using System.Text.Json;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class RejectionTests : IDisposable
{
    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task Rows_that_cannot_be_carried_are_counted_listed_in_the_report_and_hold_back_finish()
    {
        await _place.RunAsync(0, "sample", "legacy.db", "--rooms", "60", "--messages", "2000", "--people", "100", "--planted-faults");

        var migrate = await _place.RunAsync(0, "migrate", "--set", "report.path=report.json");
        var finish = await _place.RunAsync(5, "finish");

        using var report = JsonDocument.Parse(File.ReadAllText(_place.File("report.json")));
        var rejections = report.RootElement.GetProperty("rejections");
        var stored = Workplace.CountRows(_place.Destination)["chatetl_rejection"];
        Assert.True(stored > 20);
        Assert.Equal(stored, rejections.GetProperty("count").GetInt64());
        Assert.Equal(stored, rejections.GetProperty("rows").GetArrayLength());
        Assert.All(
            rejections.GetProperty("rows").EnumerateArray(),
            row => Assert.All(["table", "key", "rule", "reason"], name => Assert.Equal(JsonValueKind.String, row.GetProperty(name).ValueKind)));
        Assert.True(report.RootElement.GetProperty("balances").GetBoolean());
        Assert.Contains("rejected T19 tblChat", migrate.Output, StringComparison.Ordinal);
        Assert.Contains($"{stored} rejections are open", finish.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was removed", finish.Error, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    [Fact]
    public async Task More_rejections_than_allowed_stop_the_run_and_a_higher_limit_resumes_it()
    {
        _place.Sample("legacy.db", faults: true);

        var stopped = await _place.RunAsync(5, "migrate", "--set", "pipeline.maxRejections=1");
        var resumed = await _place.RunAsync(0, "migrate", "--set", "pipeline.maxRejections=0");

        Assert.Contains("pipeline.maxRejections allows 1", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("give the same command again", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    public void Dispose() => _place.Dispose();
}
