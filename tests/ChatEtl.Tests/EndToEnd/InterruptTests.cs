using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class InterruptTests(BigPool pool)
{
    private static readonly string[] Slowly =
        ["migrate", "--set", "pipeline.rangeRows=5000", "--set", "pipeline.batchRows=20", "--set", "compare.afterMigrate=false"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Asked_once_it_drains_says_how_to_go_on_and_goes_on(string signal)
    {
        using var place = pool.Open();
        using var process = place.Start(Slowly);
        await MovingAsync(process, place, 10_000);

        await process.SignalAsync(signal);
        var outcome = await process.EndAsync();

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("Stopping", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("give the same command again", outcome.Error, StringComparison.Ordinal);
        var stopped = Progress.Of(place.Destination, count: true);
        Assert.Equal("Running", stopped.State);
        Assert.InRange(stopped.Read, 10_000, BigPool.Messages - 1);
        Assert.Equal(stopped.Written, stopped.Stored);
        await place.RunAsync(0, "migrate");
        Assert.Equal(BigPool.Messages, Progress.Of(place.Destination).Read);
    }

    [Fact]
    public async Task A_terminal_that_hangs_up_stops_nothing()
    {
        using var place = pool.Open();
        using var process = place.Start(Slowly);
        await MovingAsync(process, place, 10_000);

        await process.SignalAsync("HUP");
        var outcome = await process.EndAsync();

        Assert.True(outcome.ExitCode == 0, $"{outcome.ExitCode}: {outcome.Everything}");
        Assert.Equal(("Finished", BigPool.Messages), (Progress.Of(place.Destination).State, Progress.Of(place.Destination).Read));
    }

    [Fact]
    public async Task Asked_twice_it_stops_at_once_even_while_it_waits_for_a_lock()
    {
        using var place = pool.Open();
        using var process = place.Start(Slowly);
        await MovingAsync(process, place, 10_000);
        using (Workplace.Hold(place.Destination, "BEGIN IMMEDIATE"))
        {
            await process.WaitUntilAsync("the first retry", () => process.ErrorSoFar().Contains("trying again", StringComparison.Ordinal));
            await process.SignalAsync("INT");
            await process.WaitUntilAsync("the answer to the first signal", () => process.ErrorSoFar().Contains("Stopping", StringComparison.Ordinal));
            await process.SignalAsync("INT");
            var outcome = await process.EndAsync();

            Assert.Equal(130, outcome.ExitCode);
            Assert.Contains("Stopped at once", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("same command again", outcome.Error, StringComparison.Ordinal);
        }

        await place.RunAsync(0, "migrate");
    }

    [Fact]
    public async Task The_second_of_two_runs_takes_over_and_no_row_is_doubled()
    {
        using var place = pool.Open();
        using var first = place.Start(Slowly);
        await MovingAsync(first, place, 1_000);

        await place.RunAsync(0, "migrate", "--set", "compare.afterMigrate=false");
        var outcome = await first.EndAsync();

        Assert.True(outcome.ExitCode == 2, outcome.Everything);
        Assert.Contains("has taken over", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the other run goes on", outcome.Error, StringComparison.Ordinal);
        await place.DigestAsync();
        Assert.Equal(BigPool.Messages, Progress.Of(place.Destination).Read);
    }

    [Fact]
    public async Task Status_tells_how_far_a_run_is_while_it_runs()
    {
        using var place = pool.Open();
        using var process = place.Start(Slowly);
        await MovingAsync(process, place, 1_000);

        var status = await place.JsonAsync(0, "status", "--json");
        var words = await place.RunAsync(0, "status");

        Assert.True(process.IsRunning);
        Assert.Equal("running", status.GetProperty("state").GetString());
        var chat = status.GetProperty("streams").GetProperty("tblChat");
        Assert.InRange(chat.GetProperty("read").GetInt64(), 1_000, BigPool.Messages - 1);
        Assert.InRange(chat.GetProperty("done").GetInt32(), 0, chat.GetProperty("ranges").GetInt32() - 1);
        Assert.Contains("Pass 1, running", words.Output, StringComparison.Ordinal);
        Assert.Contains("tblChat", words.Output, StringComparison.Ordinal);
        await process.KillAsync();
        Assert.Equal("running", (await place.JsonAsync(0, "status", "--json")).GetProperty("state").GetString());
    }

    private static Task MovingAsync(ChatEtlProcess process, Workplace place, long rows) =>
        process.WaitUntilAsync($"{rows} rows had moved", () => Progress.Of(place.Destination).Read >= rows);
}
