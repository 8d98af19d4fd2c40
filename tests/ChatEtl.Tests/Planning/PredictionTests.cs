using ChatEtl.Checkpoints;
using ChatEtl.Planning;
using ChatEtl.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>From a trial's seconds to a night's hours.</summary>
public sealed class PredictionTests
{
    private static readonly CalibrationResult Measured = new()
    {
        Messages = Even(rows: 10_000, bytes: 1_000_000, perRow: 2e-6, cold: 0.5),
        Comparison = Even(rows: 10_000, bytes: 0, perRow: 1e-6, cold: 0.1),
        DecidingSeconds = 1,
        DirectorySeconds = 2,
        LookAheadSeconds = 0.5,
        WroteEverything = true,
        SmallTables = new Dictionary<string, Pace>(StringComparer.Ordinal) { [Streams.Invitations] = Even(1_000, 0, 5e-6, 0) },
        CounterSeconds = 0.25,
        StoredBytes = 1_300_000,
    };

    private static readonly Workload Work = new()
    {
        Messages = 100_000_000,
        SmallRows = new Dictionary<string, long>(StringComparer.Ordinal) { [Streams.Invitations] = 200_000 },
        Planning = TimeSpan.FromSeconds(4),
    };

    [Fact]
    public void The_phases_add_up()
    {
        var prediction = Prediction.Of(Measured, Work, comparesAfterwards: false);

        Assert.Equal(["planning", "directory", "small tables", "messages", "counters"], prediction.Phases.Select(phase => phase.Name), StringComparer.Ordinal);
        Assert.Equal(4 + 3 + 0.5 + 1 + 200.5 + 0.25, prediction.Expected.TotalSeconds, 3);
        Assert.Equal(13_000_000_000, prediction.SizeBytes, 200_000_000d);
        Assert.Null(prediction.LowerBoundBecause);
    }

    [Fact]
    public void A_comparison_afterwards_takes_its_own_time()
    {
        var without = Prediction.Of(Measured, Work, comparesAfterwards: false);
        var with = Prediction.Of(Measured, Work, comparesAfterwards: true);

        Assert.Equal("comparing", with.Phases[^1].Name);
        Assert.InRange((with.Expected - without.Expected).TotalSeconds, 105, 115);
    }

    [Fact]
    public void Without_writing_the_duration_is_a_lower_bound_and_says_why()
    {
        var prediction = Prediction.Of(
            new CalibrationResult { WithoutWriting = "The login may not create tables.", Messages = Even(1_000, 1_000, 1e-6, 0) }, new Workload { Messages = 5_000_000 }, false);

        Assert.Equal("The login may not create tables.", prediction.LowerBoundBecause);
        Assert.Equal(5, prediction.Expected.TotalSeconds, 3);
        Assert.Equal(0, prediction.SizeBytes);
    }

    [Fact]
    public void Nothing_to_do_takes_what_planning_takes() =>
        Assert.Equal(4, Prediction.Of(new CalibrationResult(), new Workload { Planning = TimeSpan.FromSeconds(4) }, false).Expected.TotalSeconds, 6);

    [Fact]
    public void The_range_holds_what_is_expected_and_more_work_never_takes_less() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 5_000_000).ToArbitrary(), (messages, more, rows) =>
        {
            var few = Prediction.Of(Measured, Work with { Messages = messages }, comparesAfterwards: true);
            var many = Prediction.Of(Measured, Work with
            {
                Messages = (long)messages + more,
                SmallRows = new Dictionary<string, long>(StringComparer.Ordinal) { [Streams.Invitations] = 200_000 + rows },
            }, comparesAfterwards: true);
            return few.Low <= few.Expected && few.Expected <= few.High && few.Low >= TimeSpan.Zero && many.Expected >= few.Expected && many.SizeBytes >= few.SizeBytes;
        }).Check(RandomCases.Of(100));

    /// <summary>A measurement of equal parts.</summary>
    private static Pace Even(long rows, long bytes, double perRow, double cold) =>
        new(rows, bytes, cold, perRow, [.. Enumerable.Range(0, 8).Select(_ => new PacePart(rows / 8, bytes / 8, perRow * (rows / 8)))]);
}
