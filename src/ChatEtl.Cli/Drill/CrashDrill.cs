using System.Diagnostics;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Commands;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;

namespace ChatEtl.Cli.Drill;

/// <summary>Kills migrations of a pool again and again, resumes them, and compares each outcome with that of an undisturbed run.</summary>
/// <remarks>
/// The seed chooses steps and moments; where a kill "by the clock" hits is the machine's choice. Scratch destinations of rounds that fail
/// are kept.
/// </remarks>
/// <param name="configured">The configuration; source and compare options are replaced.</param>
/// <param name="pool">The pool, an SQLite file.</param>
/// <param name="folder">A folder of the drill's own.</param>
/// <param name="kills">Kills that must land.</param>
/// <param name="seed">Chooses steps and moments.</param>
internal sealed class CrashDrill(ChatEtlOptions configured, string pool, string folder, int kills, int seed)
{
    private const string Password = "CHATETL_DRILL_PASSWORD";
    private const int KillsARound = 12;

    /// <summary>So many misses in a row, and the drill is aiming at nothing.</summary>
    private const int MostMisses = 50;

    private readonly Random _random = new(seed);
    private readonly ScratchDestination _scratch = new(configured.Destination, folder);
    private readonly Dictionary<string, int> _passes = new(StringComparer.Ordinal);
    private readonly DrillReport _report = new()
    {
        Destination = configured.Destination.Kind == EndKind.SqlServer ? $"SQL Server {configured.Destination.Server}" : "SQLite",
        Pool = pool,
        Seed = seed,
        Kills = kills,
    };

    private IReadOnlyList<string> _undisturbed = [];
    private IReadOnlyList<string> _finished = [];
    private bool _finishes;
    private TimeSpan _duration;

    /// <summary>How long before a commit the worker gives its sign, for the kill to fall into it: longer when the last one came too late, shorter when too early.</summary>
    private TimeSpan _ahead = TimeSpan.FromMicroseconds(300);

    /// <summary>Runs the drill; stopped by the token it gives the report as far as it came.</summary>
    public async Task<DrillReport> RunAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await RunUndisturbedAsync(cancellationToken);
            Say.Notice($"Drill: undisturbed a migration takes {_duration.TotalSeconds:0.0} s; now it is killed.");
            for (var misses = 0; _report.Landed < kills && misses < MostMisses;)
            {
                var before = _report.Landed;
                await RunRoundAsync(cancellationToken);
                misses = _report.Landed == before ? misses + 1 : 0;
                Say.Notice($"Drill: {_report.Landed:N0} of {kills:N0} kills landed, {_report.Rounds:N0} migrations checked, {_report.Failures.Count:N0} failures.");
            }

            _report.Complete = _report.Landed >= kills;
            if (!_report.Complete)
            {
                _report.Failures.Add($"Only {_report.Landed} of {kills} kills landed: the workers end before they can be killed.");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Say.Notice("Stopped: the report tells how far the drill came.");
        }

        _report.Duration = Stopwatch.GetElapsedTime(begun);
        return _report;
    }

    private async Task RunUndisturbedAsync(CancellationToken cancellationToken)
    {
        Say.Notice("Drill: migrating once without a kill.");
        var options = With(_scratch.Make());
        var worker = Worker(options);
        var clock = Stopwatch.GetTimestamp();
        await CountPassesAsync(worker, "migrate", cancellationToken);
        _duration = Stopwatch.GetElapsedTime(clock);
        await CountPassesAsync(worker, "compare", cancellationToken);
        using (var ends = Ends.Open(options, prepare: false))
        {
            _undisturbed = DrillOutcome.Of(ends.Reader, ends.Destination, cancellationToken);
            _finishes = ends.Destination.CountRejections(RejectionFilter.All).Count == 0;
        }

        if (_finishes)
        {
            await CountPassesAsync(worker, "finish", cancellationToken);
            using var ends = Ends.Open(options, prepare: false);
            _finished = DrillOutcome.Of(ends.Reader, null, cancellationToken);
        }
        else
        {
            Say.Notice("Drill: rows are rejected, and finish refuses while they are (B7): it is not drilled. With --plain it is.");
        }

        await _scratch.RemoveAsync(options.Destination, cancellationToken);
    }

    private async Task CountPassesAsync(WorkerProcess worker, string command, CancellationToken cancellationToken)
    {
        var end = await RunToEndAsync(worker, command, cancellationToken);
        foreach (var step in DrillStep.All.Where(step => step.Command == command))
        {
            _passes[step.Name] = end.Passed.GetValueOrDefault(step.Name);
        }
    }

    private async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        _report.Rounds++;
        var options = With(_scratch.Make());
        var worker = Worker(options);
        var failures = _report.Failures.Count;
        await MigrateAsync(worker, options, cancellationToken);
        await KillAsync(worker, options, "compare", cancellationToken);
        using (var ends = Ends.Open(options, prepare: false))
        {
            Expect(_undisturbed, DrillOutcome.Of(ends.Reader, ends.Destination, cancellationToken), "after its migration");
            await CompareAsync(ends, options, $"round {_report.Rounds}", cancellationToken);
        }

        if (_finishes && _report.Failures.Count == failures)
        {
            await KillAsync(worker, options, "finish", cancellationToken);
            await RunToEndAsync(worker, "finish", cancellationToken);
            using var ends = Ends.Open(options, prepare: false);
            Expect(_finished, DrillOutcome.Of(ends.Reader, null, cancellationToken), "after finish");
            Demand(ends.Destination.ReadRun() is null, "our own tables are still there after finish");
        }

        if (_report.Failures.Count == failures)
        {
            await _scratch.RemoveAsync(options.Destination, cancellationToken);
        }
        else
        {
            Say.Notice($"Kept for a look: {options.Destination}");
        }
    }

    /// <summary>Kills the migration some times, then lets it end.</summary>
    private async Task MigrateAsync(WorkerProcess worker, ChatEtlOptions options, CancellationToken cancellationToken)
    {
        var read = 0L;
        for (var wanted = _random.Next(1, (2 * KillsARound) + 1); wanted > 0 && _report.Landed < kills; wanted--)
        {
            // Behind the last batch nothing else is left to interrupt.
            await KillAsync(worker, options, "migrate", cancellationToken, late: wanted == 1);
            using var destination = Ends.OpenDestination(options.Destination);
            var run = destination.ReadRun();
            var ranges = destination.ReadRanges();
            var now = ranges.Sum(range => range.Checkpoint.Book.Read);
            Demand(now >= read, $"the checkpoints went back from {read} to {now} rows");
            read = now;
            if (run is { State: RunState.Finished })
            {
                return;
            }
        }

        await RunToEndAsync(worker, "migrate", cancellationToken);
    }

    /// <summary>One kill at a step that few were aimed at so far; the destination must then hold exactly the rows its checkpoints tell of.</summary>
    private async Task KillAsync(WorkerProcess worker, ChatEtlOptions options, string command, CancellationToken cancellationToken, bool late = true)
    {
        var step = DrillStep.All.Where(step => step.Command == command && (late || !step.IsLate))
            .MinBy(step => (Tally(step) is var tally ? tally.Landed + tally.Missed : 0) + _random.NextDouble())!;
        var at = _random.Next(1, Math.Max(1, _passes[step.Name] / (command == "migrate" ? KillsARound : 1)) + 1);
        var after = step.IsAt is null ? _random.NextDouble() * 1.1 * _duration : _ahead;
        _report.Workers++;
        var end = await worker.RunAsync(command, step, at, after, cancellationToken);
        var tally = Tally(step);
        if (!end.Killed)
        {
            tally.Missed++;
            Demand(end.ExitCode == ExitCodes.Success, $"{command} ended by itself with exit code {end.ExitCode}: {end.Said}");
            return;
        }

        tally.Landed++;
        using var ends = Ends.Open(options, prepare: false);
        if (ends.Destination.ReadRun() is null)
        {
            return;
        }

        if (end.Range != 0 && step.Name.EndsWith("commit", StringComparison.Ordinal))
        {
            var stands = ends.Destination.ReadCheckpoint(end.Range);
            var isIn = end.EndsRange ? stands.Done : stands.Position == end.To;
            _ahead *= step.Waits ? 1 : isIn ? 1.3 : 0.7;
            (tally.BatchIn, tally.BatchOut) = (tally.BatchIn + (isIn ? 1 : 0), tally.BatchOut + (isIn ? 0 : 1));
            Demand(step.Name != "before commit" || !isIn, $"a batch of range {end.Range} is in that was never committed");
            Demand(step.Name != "after commit" || isIn, $"a committed batch of range {end.Range} is lost");
        }

        var written = ends.Destination.ReadBooks(0).GetValueOrDefault(Streams.Messages)?.Written ?? 0;
        var stored = ends.Reader.CountRows(Streams.Messages);
        Demand(written == stored, $"killed {step.Name}: {stored} messages are stored, the checkpoints tell of {written}");
    }

    private async Task<WorkerEnd> RunToEndAsync(WorkerProcess worker, string command, CancellationToken cancellationToken)
    {
        _report.Workers++;
        var end = await worker.RunAsync(command, cancellationToken);
        Demand(end.ExitCode == ExitCodes.Success, $"{command} ended with exit code {end.ExitCode}: {end.Said}");
        return end;
    }

    private async Task CompareAsync(Ends ends, ChatEtlOptions options, string what, CancellationToken cancellationToken)
    {
        var differences = new List<Difference>();
        var report = await Task.Run(() => CompareCommand.Compare(ends, options, differences.Add, cancellationToken), cancellationToken);
        Demand(report.IsClean, $"{what} differs from its source: {string.Join("; ", differences.Take(3).Select(difference => $"{difference.Kind} {difference.Table} {difference.Key}"))}");
    }

    private void Expect(IReadOnlyList<string> wanted, IReadOnlyList<string> found, string when) =>
        Demand(wanted.SequenceEqual(found, StringComparer.Ordinal), $"{when} it is not as the undisturbed one: {DrillOutcome.Difference(wanted, found)}");

    private void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            _report.Failures.Add($"Round {_report.Rounds}: {otherwise}");
            Say.Notice($"Drill: {_report.Failures[^1]}");
        }
    }

    private StepTally Tally(DrillStep step) => _report.Steps.First(tally => tally.Step == step.Name);

    /// <summary>The configuration of a worker: many small batches and ranges, so that there is much to interrupt.</summary>
    private ChatEtlOptions With(DestinationOptions destination) => configured with
    {
        Source = new SourceOptions { Path = pool },
        Destination = destination,
        Pipeline = configured.Pipeline with
        {
            BatchRows = Math.Min(configured.Pipeline.BatchRows, 100),
            RangeRows = 1_000,

            // Placeholders get their ids in the order their messages are met: with one reader that is the same in every run.
            Readers = configured.Rules.UnknownAuthors == UnknownAuthors.Reject ? configured.Pipeline.Readers : 1,
        },
        Compare = new CompareOptions { AfterMigrate = false },
        Report = new ReportOptions { Evidence = Path.Combine(folder, $"evidence-{_report.Rounds}.json") },
    };

    private WorkerProcess Worker(ChatEtlOptions options)
    {
        var path = Path.Combine(folder, "pipeline.json");
        File.WriteAllText(path, ConfigurationWriter.Write(options));
        return options.Destination.Password is { } password
            ? new WorkerProcess(path, [$"destination.password=${{env:{Password}}}"], new Dictionary<string, string>(StringComparer.Ordinal) { [Password] = password })
            : new WorkerProcess(path, [], new Dictionary<string, string>(StringComparer.Ordinal));
    }
}
