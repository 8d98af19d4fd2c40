using System.Globalization;
using Xunit;

namespace ChatEtl.Tests.Simulation;

/// <summary>Thousands of migrations in memory and in virtual time, each drawn from its seed.</summary>
public sealed class SimulationTests
{
    private const string Variable = "CHATETL_SEEDS";
    private const int Seeds = 2_000;

    [Fact]
    public void Whatever_happens_to_its_lives_a_migration_ends_as_if_nothing_had()
    {
        var (first, last) = Range();
        var (kills, badEnds, steps) = (0, 0, 0L);
        for (var seed = first; seed <= last; seed++)
        {
            var simulation = Simulation.Run(seed, Defect.None, out var finding);
            Assert.True(
                finding is null,
                $"seed {seed}: {finding?.Check}: {finding?.Detail}\nAgain: {Variable}={seed}-{seed} dotnet test -c Release --filter FullyQualifiedName~SimulationTests");
            (kills, badEnds, steps) = (kills + simulation.Kills, badEnds + simulation.BadEnds, steps + simulation.Trace.Count);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seeds {first} to {last}: {kills} kills, {badEnds} lives with a bad end, {steps} steps");
        Assert.True(last - first < 100 || (kills > (last - first) / 4 && badEnds > (last - first) / 2), $"{kills} kills, {badEnds} bad ends: nothing happens any more");
    }

    [Fact]
    public void A_seed_repeats_its_lives_step_by_step()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var (once, again) = (Simulation.Run(seed, Defect.None, out _), Simulation.Run(seed, Defect.None, out _));
            if (!once.IsWide)
            {
                Assert.Equal(once.Trace, again.Trace, StringComparer.Ordinal);
            }
        }
    }

    private static (int First, int Last) Range()
    {
        var parts = Environment.GetEnvironmentVariable(Variable)?.Split('-') ?? ["1", $"{Seeds}"];
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[^1], CultureInfo.InvariantCulture));
    }
}
