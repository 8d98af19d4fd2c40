using System.Text.Json;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.EndToEnd;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>What the program says cannot be written, as on a full volume: a run of a weekend must not hang on that.</summary>
[Collection(ProgramTests.Name)]
public sealed class LostOutputTests : IDisposable
{
    private const string Full = "/dev/full";

    private readonly Workplace _place = new("legacy.db");

    public LostOutputTests()
    {
        Assert.SkipUnless(File.Exists(Full), "Only Linux has a device that is always full.");
        _place.Sample("legacy.db");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_whose_notices_cannot_be_written_goes_on_to_its_proof()
    {
        SqliteProvisioner.Provision(_place.Destination);
        using var held = Workplace.Hold(_place.Destination, "BEGIN IMMEDIATE");
        using var process = _place.Start("sh -c", [$"exec \"$@\" 2>{Full}", "sh"], ["migrate", "--set", "report.path=report.json"]);

        // Long enough for a notice that the destination is waited for, by the thread that writes, and for a line of progress.
        await Task.Delay(TimeSpan.FromSeconds(7), TestContext.Current.CancellationToken);
        held.Dispose();
        var outcome = await process.EndAsync();

        Assert.Equal(ExitCodes.Success, outcome.ExitCode);
        Assert.Contains("proved", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("complete", State());
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task A_result_that_cannot_be_written_is_told_and_the_report_says_what_the_run_did(params string[] more)
    {
        var outcome = await _place.RunAsync(
            ExitCodes.Bug, "sh -c", [$"exec \"$@\" >{Full}", "sh"], ["migrate", "--set", "report.path=report.json", .. more]);

        Assert.Contains("error: The output or a file cannot be written: No space left on device", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("complete", State());
    }

    [Fact]
    public async Task A_difference_that_cannot_be_written_hides_neither_the_exit_code_nor_the_report()
    {
        await _place.RunAsync(0, "migrate");
        Workplace.Execute(_place.Destination, "UPDATE tblChat SET content = 'forged' WHERE chatId = (SELECT max(chatId) FROM tblChat)");

        var outcome = await _place.RunAsync(
            ExitCodes.SidesDiffer, "sh -c", [$"exec \"$@\" >{Full}", "sh"], ["migrate", "--set", "report.path=report.json"]);

        Assert.Contains("error: The output or a file cannot be written: No space left on device", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("differs", State());
    }

    private string? State()
    {
        using var report = JsonDocument.Parse(File.ReadAllText(_place.File("report.json")));
        return report.RootElement.GetProperty("outcome").GetProperty("state").GetString();
    }
}
