using System.Diagnostics;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class KillTests(BigPool pool)
{
    private const int Seed = 20130317;
    private const int MovingKills = 21;
    private const int EarlyKills = 5;

    private static readonly string[] Migrate =
        ["migrate", "--set", "pipeline.rangeRows=5000", "--set", "pipeline.batchRows=20", "--set", "compare.afterMigrate=false"];

    [Fact]
    public async Task Killed_again_and_again_it_ends_with_the_same_content_as_a_run_that_nobody_disturbed()
    {
        using var calm = pool.Open();
        var clock = Stopwatch.StartNew();
        await calm.RunAsync(0, Migrate);
        var undisturbed = clock.Elapsed;
        var digest = await calm.DigestAsync();

        using var place = pool.Open();
        var random = new Random(Seed);
        var kinds = Enumerable.Repeat(true, MovingKills).Concat(Enumerable.Repeat(false, EarlyKills)).ToArray();
        random.Shuffle(kinds);
        kinds[0] = true;
        clock.Restart();
        for (var i = 0; i < kinds.Length; i++)
        {
            var before = Progress.Of(place.Destination);
            using var process = place.Start(Migrate);
            if (kinds[i])
            {
                // Anywhere in the part that is left, so that the last kill still finds something to interrupt.
                var step = (int)(2 * (BigPool.Messages - before.Read) / (kinds.Length - i + 4));
                var target = before.Read + random.Next(1, Math.Max(2, step));
                await process.WaitUntilAsync(
                    $"kill {i} of seed {Seed}", () => Progress.Of(place.Destination) is var now && now.Epoch > before.Epoch && now.Read >= target);
                await Task.Delay(random.Next(0, 10), TestContext.Current.CancellationToken);
            }
            else
            {
                // While it starts, plans or takes over.
                await Task.Delay(random.Next(0, 600), TestContext.Current.CancellationToken);
            }

            Assert.True(process.IsRunning, $"kill {i} of seed {Seed} came too late");
            var outcome = await process.KillAsync();
            Assert.True(outcome.ExitCode == ChatEtlProcess.Killed, $"kill {i} of seed {Seed}: exit code {outcome.ExitCode}\n{outcome.Everything}");
            var after = Progress.Of(place.Destination, count: true);
            Assert.Equal("Running", after.State);
            Assert.True(after.Read >= before.Read && after.Read < BigPool.Messages, $"kill {i} of seed {Seed}: {before.Read} and then {after.Read} rows");
            Assert.Equal(after.Written, after.Stored);
        }

        var killing = clock.Elapsed;
        await place.RunAsync(0, Migrate);
        using (var destination = new PoolReader(place.Destination))
        {
            Assert.Equal("ok", destination.Value("PRAGMA integrity_check"));
            Assert.True(destination.Count("SELECT epoch FROM chatetl_run") > MovingKills);
        }

        Assert.Equal(digest, await place.DigestAsync());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kinds.Length} kills, {MovingKills} of them while rows moved, each with exit code {ChatEtlProcess.Killed} and the run still open; "
            + $"undisturbed {undisturbed.TotalSeconds:0.0} s, killed and resumed {killing.TotalSeconds:0.0} s");
    }
}
