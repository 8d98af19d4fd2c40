using ChatEtl.Checkpoints;

namespace ChatEtl.Planning;

/// <summary>How long one part of a migration will take.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Low">Seconds, if all goes well.</param>
/// <param name="Expected">Seconds, most likely.</param>
/// <param name="High">Seconds, if it goes badly.</param>
public sealed record PredictedPhase(string Name, double Low, double Expected, double High);

/// <summary>How long a migration will take and how much storage, by a calibration of its two ends.</summary>
public sealed record Prediction
{
    /// <summary>What an hour may differ from the next: nothing is told closer than this.</summary>
    private const double Least = 0.10;

    /// <summary>How far what was measured once, or with few rows, may be off.</summary>
    private const double Rough = 0.25;

    /// <summary>What reading and comparing a row of a small table takes, of what moving it takes; found by trial, see benchmarks/results/plan.md.</summary>
    private const double ComparedSmallRow = 1.25;

    /// <summary>Planning again with both directories full and comparing them, of what planning took the first time; found by trial.</summary>
    private const double ComparedDirectory = 2.5;

    /// <summary>Seconds of planning that go into starting a process and compiling, which happens once.</summary>
    private const double ColdPlanning = 0.45;

    private const double BytesOfDirectoryRow = 350;
    private const double BytesOfSmallRow = 30;

    /// <summary>The parts, in the order they are done.</summary>
    public required IReadOnlyList<PredictedPhase> Phases { get; init; }

    /// <summary>Bytes of storage the migrated rows will take at the destination; 0 where nothing was written.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Why the duration is a lower bound only, because nothing could be written to try; else null.</summary>
    public required string? LowerBoundBecause { get; init; }

    /// <summary>If all goes well.</summary>
    public TimeSpan Low => TimeSpan.FromSeconds(Phases.Sum(phase => phase.Low));

    /// <summary>Most likely.</summary>
    public TimeSpan Expected => TimeSpan.FromSeconds(Phases.Sum(phase => phase.Expected));

    /// <summary>If it goes badly.</summary>
    public TimeSpan High => TimeSpan.FromSeconds(Phases.Sum(phase => phase.High));

    /// <summary>Predicts.</summary>
    /// <param name="measured">What a trial took.</param>
    /// <param name="work">What is to be done; by default what the calibration estimated.</param>
    /// <param name="comparesAfterwards">Whether a comparison follows.</param>
    public static Prediction Of(CalibrationResult measured, Workload work, bool comparesAfterwards)
    {
        var small = work.SmallRows.Sum(table => measured.SmallTables.GetValueOrDefault(table.Key, Untried(measured)).SecondsFor(table.Value));
        var planning = work.Planning.TotalSeconds;
        var phases = new List<PredictedPhase>
        {
            Phase("planning", planning, Least),
            Phase("directory", measured.DecidingSeconds + (measured.WroteEverything ? measured.DirectorySeconds : Untried(measured).SecondsFor(2 * work.DirectoryRows)), Rough),
            Phase("small tables", measured.LookAheadSeconds + small, Rough),
            Phase("messages", measured.Messages.SecondsFor(work.Messages, work.Bytes), Math.Max(Least, measured.Messages.Uncertainty())),
            Phase("counters", measured.CounterSeconds, Rough),
        };
        if (comparesAfterwards)
        {
            var messages = measured.Comparison.Rows > 0 ? measured.Comparison.SecondsFor(work.Messages) : measured.Messages.SecondsFor(work.Messages, work.Bytes);
            phases.Add(Phase("comparing", (ComparedDirectory * Math.Max(0, planning - ColdPlanning)) + (ComparedSmallRow * small) + messages, Rough));
        }

        return new Prediction { Phases = phases, SizeBytes = SizeOf(measured, work), LowerBoundBecause = measured.WithoutWriting };
    }

    /// <summary>A small table that could not be tried is taken to move like messages.</summary>
    private static Pace Untried(CalibrationResult measured) => measured.Messages;

    private static PredictedPhase Phase(string name, double seconds, double uncertainty) =>
        new(name, seconds * Math.Max(0, 1 - uncertainty), seconds, seconds * (1 + uncertainty));

    /// <summary>Messages as the sample lay in the scratch, wider or narrower as they are wider or narrower; other rows by the sizes of their columns.</summary>
    private static long SizeOf(CalibrationResult measured, Workload work)
    {
        if (measured.StoredBytes == 0)
        {
            return 0;
        }

        const double Fixed = 30;
        var width = work.Bytes is { } bytes && work.Messages > 0 ? (double)bytes / work.Messages : measured.Messages.BytesARow;
        var messages = measured.StoredBytes / (double)measured.Messages.Rows * work.Messages * (width + Fixed) / (measured.Messages.BytesARow + Fixed);
        return (long)(messages + (work.DirectoryRows * BytesOfDirectoryRow) + (work.SmallRows.Values.Sum() * BytesOfSmallRow));
    }
}
