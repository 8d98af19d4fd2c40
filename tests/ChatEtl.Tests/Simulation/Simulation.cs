using System.Globalization;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using PoolOptions = ChatEtl.Sqlite.SampleOptions;

namespace ChatEtl.Tests.Simulation;

/// <summary>A check that fired.</summary>
/// <param name="Check">Which one, in a word or two.</param>
/// <param name="Detail">What it saw.</param>
internal sealed record Caught(string Check, string Detail);

/// <summary>Migrations of one pool in memory through lives that end badly, all drawn from one seed; every life and the outcome are checked.</summary>
/// <remarks>
/// Narrow ones (three of four) run one step at a time: their order is the seed's alone. Wide ones run readers and writers on threads; the seed
/// draws the same lives and each range has one order, but ranges interleave as threads do.
/// </remarks>
internal sealed class Simulation
{
    private static readonly Lazy<MemoryDatabase>[] Pools = [.. Enumerable.Range(1, 4).Select(seed => new Lazy<MemoryDatabase>(() => Load(seed)))];

    private readonly Random _random;
    private readonly ManualTimeProvider _clock = new() { SkipsWaits = true };
    private readonly MemoryDatabase _source;
    private readonly MemoryDatabase _calm = MemoryDatabase.Provision();
    private readonly MemoryDatabase _destination = MemoryDatabase.Provision();
    private readonly RuleOptions _rules;
    private readonly bool _wide;
    private readonly Defect _defect;

    private Simulation(int seed, Defect defect, bool narrow)
    {
        (_random, _defect) = (new Random(seed), defect);
        _source = Pools[_random.Next(Pools.Length)].Value.Copy();
        _wide = _random.Next(4) == 0 && !narrow;
        _rules = Rehearsal.Lenient with { UnknownAuthors = _random.Next(2) == 0 ? UnknownAuthors.Placeholder : UnknownAuthors.Reject };
        Disturb(_source, messages: 30);
    }

    /// <summary>Whether stages run side by side.</summary>
    public bool IsWide => _wide;

    /// <summary>Steps of all lives, in their order.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>Lives that were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Lives that came to a bad end.</summary>
    public int BadEnds { get; private set; }

    /// <summary>Runs one seed to its end or to the first check that fires.</summary>
    /// <param name="seed">Draws everything.</param>
    /// <param name="defect">What is planted.</param>
    /// <param name="finding">The check that fired; null when none did.</param>
    /// <param name="narrow">Whether it must be one step at a time.</param>
    public static Simulation Run(int seed, Defect defect, out Caught? finding, bool narrow = false)
    {
        var simulation = new Simulation(seed, defect, narrow);
        finding = simulation.Run();
        return simulation;
    }

    private Caught? Run()
    {
        for (var pass = 1; pass <= 2; pass++)
        {
            var last = pass == 2 && _random.Next(2) == 0;
            if (RunCalm(_calm, Defect.None, last) is { } broken)
            {
                throw new InvalidOperationException($"The undisturbed run ended badly: {broken.Detail}");
            }

            if (RunLives(pass, last) is { } found)
            {
                return found;
            }

            // What was posted meanwhile is for the next pass.
            Disturb(_source, messages: 20);
        }

        return null;
    }

    private Caught? RunLives(int pass, bool last)
    {
        for (var life = _random.Next(1, 6); life > 0 && !IsFinished(pass); life--)
        {
            if (Live(last) is { } found)
            {
                return found;
            }
        }

        return (IsFinished(pass) ? null : RunCalm(_destination, _defect, last)) ?? (IsFinished(pass) ? null : new Caught("the run ends", "The last run did not finish its pass.")) ?? Judge();
    }

    private bool IsFinished(int pass) => _destination.State.Own.Run is { State: RunState.Finished } run && run.Pass == pass;

    private Caught? Live(bool last)
    {
        var fate = (Fate)_random.Next(1, 8);
        Caught? other = null;
        using var steps = new SimulatedSteps(
            new Random(_random.Next()), _clock, fate, _random.Next(1, 200), _random.Next(2) == 0 && fate != Fate.Overtaken,
            () => other = RunCalm(_destination, _defect, last));
        var (complete, fault) = Migrate(_source, _destination, steps, Options(), _defect, last);
        Trace.Add($"{fate} {(fault is OperationCanceledException ? "cancelled" : fault?.GetType().Name)}");
        Trace.AddRange(steps.Trace);
        Kills += fate == Fate.Killed && steps.Reached ? 1 : 0;
        BadEnds += complete ? 0 : 1;
        if (other is not null)
        {
            return other;
        }

        var right = fate switch
        {
            _ when !steps.Reached => fault is null,
            Fate.Calm or Fate.Transient or Fate.Down or Fate.Stopped => fault is null or DestinationException or SourceException,
            Fate.Cancelled => fault is null or OperationCanceledException,
            Fate.Overtaken => fault is TakenOverException,
            _ => fault is null or DestinationException or SourceException,
        };
        return right ? JudgeLife() : new Caught(fate == Fate.Overtaken ? "an overtaken run stops" : "the run ends", $"{fate}: {fault?.GetType().Name ?? "no fault"} {fault?.Message}");
    }

    private Caught? RunCalm(MemoryDatabase destination, Defect defect, bool last)
    {
        using var steps = new SimulatedSteps(new Random(1), _clock, Fate.Calm, 0, false);
        var (_, fault) = Migrate(_source, destination, steps, destination == _calm ? new PipelineOptions { Readers = 1, RangeRows = 1_000, BatchBytes = 65_536 } : Options(), defect, last);
        return fault is null ? null : new Caught("a resume goes on", $"{fault.GetType().Name}: {fault.Message}");
    }

    private (bool Complete, Exception? Fault) Migrate(
        MemoryDatabase source, MemoryDatabase destination, SimulatedSteps steps, PipelineOptions pipeline, Defect defect, bool last)
    {
        using var from = new MemorySource(source, steps);
        using var to = new MemoryDestination(destination, steps, defect);
        using var back = new MemorySource(destination, steps);
        var options = new ChatEtlOptions { Rules = _rules, Pipeline = pipeline };
        try
        {
            // One step at a time, in an order that the seed alone decides; wide ones run on threads.
            var scheduler = _wide ? TaskScheduler.Default : new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
            var migration = new Migration(from, to, back, options, $"life {_random.Next()}", _clock);
            var report = Task.Factory.StartNew(
                () => migration.RunAsync(last, steps.Stop, steps.Abort), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap().GetAwaiter().GetResult();
            return (report.Complete, null);
        }
        catch (Exception exception)
        {
            return (false, exception);
        }
    }

    private PipelineOptions Options()
    {
        var batchRows = _random.Next(4) switch { 0 => 1, 1 => 7, 2 => 30, _ => 1_000 };
        var options = new PipelineOptions
        {
            Readers = _wide ? _random.Next(1, 4) : 1,
            Writers = _wide ? _random.Next(1, 4) : 1,
            Transformers = _wide ? _random.Next(1, 3) : 1,
            BatchBytes = _random.Next(2) == 0 ? 1_024 : 65_536,
            RangeRows = _random.Next(3) switch { 0 => 20, 1 => 90, _ => 1_000 },
            Capacity = _wide ? _random.Next(1, 5) : 100_000,
            MaxRejections = 0,
            MaxRejectionShare = 0,
        };
        return options with { BatchRows = batchRows * RangeFlow.InHand(options) };
    }

    /// <summary>What must hold whenever nobody writes: the rows are those the checkpoints tell of.</summary>
    private Caught? JudgeLife()
    {
        var state = _destination.State;
        var messages = state.Read("tblChat").Rows;
        var book = MemoryDestination.Books(state, 0).GetValueOrDefault(Streams.Messages) ?? new Book();
        if (messages.Count != book.Written)
        {
            return new Caught("rows = books", $"{messages.Count} messages are stored, the checkpoints tell of {book.Written}.");
        }

        if (book.Reused > 0)
        {
            return new Caught("no message is met twice", $"{book.Reused} messages were written again.");
        }

        var found = messages.Aggregate(UInt128.Zero, (sum, row) => RowDigest.Add(sum, RowDigest.OfMessage(
            (int)(long)row[0]!, (long)row[1]!, (long)row[2]!, (int)(long)row[3]!, (long)row[4]! == 1, Encoding.UTF8.GetBytes((string)row[5]!), -1)));
        var told = state.Own.Ranges.Values.Aggregate(UInt128.Zero, (sum, range) => RowDigest.Add(sum, range.Checkpoint.Digest));
        return found == told ? null : new Caught("digest of the rows", "The checkpoints tell of other rows than are stored.");
    }

    /// <summary>What must hold at the end of a pass: the same as without any trouble, and what the source and the rules give.</summary>
    private Caught? Judge()
    {
        if (JudgeLife() is { } early)
        {
            return early;
        }

        var unbalanced = MemoryDestination.Books(_destination.State, 0).Where(book => !book.Value.Balances).Select(book => book.Key).ToList();
        if (unbalanced.Count > 0)
        {
            return new Caught("books balance", string.Join(", ", unbalanced));
        }

        var (calm, here) = (Outcome(_calm.State), Outcome(_destination.State));
        if (calm.Except(here, StringComparer.Ordinal).Concat(here.Except(calm, StringComparer.Ordinal)).FirstOrDefault() is { } line || calm.Count != here.Count)
        {
            return new Caught("as undisturbed", calm.Except(here, StringComparer.Ordinal).Concat(here.Except(calm, StringComparer.Ordinal)).FirstOrDefault() ?? "a line twice");
        }

        return Compare();
    }

    private Caught? Compare()
    {
        using var steps = new SimulatedSteps(new Random(1), _clock, Fate.Calm, 0, false);
        using var from = new MemorySource(_source, steps);
        using var to = new MemoryDestination(_destination, steps);
        using var back = new MemorySource(_destination, steps);
        var plan = PassPlanner.Plan(from, new ChatEtl.Writing.ExplainedDestination(to), back, null, _rules, forWriting: false, CancellationToken.None);
        var differences = new List<string>();
        new Comparer(from, back, plan, _rules, to.ReadRejectedKeys)
            .Run(found => differences.Add($"{found.Kind} {found.Table} {found.Key} {found.Column}"), null, CancellationToken.None);
        return differences.Count == 0 ? null : new Caught("compare", differences[0]);
    }

    /// <summary>Everything that is stored; placeholders by the author they stand for, because their ids follow the order in which authors are met.</summary>
    private static List<string> Outcome(MemoryState state) =>
    [
        .. state.Tables.SelectMany(table => table.Rows.Select(row => $"{table.Definition.Name} {string.Join(" | ", row.Select((cell, i) => Format(state, table.Definition, cell, i)))}")),
        .. MemoryDestination.Books(state, 0).Select(book => string.Create(
            CultureInfo.InvariantCulture,
            $"books of {book.Key}: {book.Value.Read} {book.Value.Written} {book.Value.Reused} {book.Value.Rejected} {book.Value.Derived} {string.Join(' ', book.Value.Skipped)}")),
        .. state.Own.Rejections.Select(rejection => $"rejected {rejection.Row.Table} {rejection.Row.Key} {rejection.Row.Rule}"),
        $"run {state.Own.Run?.State} {state.Own.Run?.Pass}",
    ];

    private static string Format(MemoryState state, Table table, object? cell, int column) =>
        (table.Name, column) is ("tblPrincipal", 0) or ("tblChat", 3) && cell is long id && id > int.MinValue
        && state.Own.Principals.Values.FirstOrDefault(decision => decision.Origin == Origin.Placeholder && decision.DestinationId == id) is { } placeholder
            ? $"author {placeholder.SourceId}"
            : Cells.Format(cell);

    /// <summary>Posts messages, some of which cannot be carried.</summary>
    private void Disturb(MemoryDatabase pool, int messages)
    {
        var changed = pool.State.Clone();
        var table = changed.Write("tblChat");
        int Of(string column) => table.Definition.Ordinal(column);
        var highest = table.Rows.GroupBy(row => (long)row[0]!).ToDictionary(room => room.Key, room => room.Max(row => (long)row[1]!));
        var rooms = highest.Keys.Order().ToList();
        for (var i = 0; i < messages; i++)
        {
            var row = (object?[])table.Rows[_random.Next(table.Rows.Count)].Clone();
            var room = rooms[_random.Next(rooms.Count)];
            (row[0], row[1]) = (room, highest[room] = highest[room] + _random.Next(1, 4));
            row[Of("content")] = $"message {_random.Next()}";
            switch (_random.Next(12))
            {
                case 0:
                    row[Of("userId")] = (long)(800_000 + _random.Next(2));
                    break;
                case 1:
                    row[Of("isAlert")] = 2L;
                    break;
            }

            table.Insert(row);
        }

        pool.Commit(changed);
    }

    private static MemoryDatabase Load(int seed)
    {
        using var folder = new TempFolder();
        SamplePool.Make(new PoolOptions { Path = folder.File("pool.db"), Rooms = 6 + seed, Messages = 60 + (20 * seed), People = 20, Seed = seed, OddTexts = false });
        using var file = new SqliteSource(folder.File("pool.db"));
        var shape = file.ReadShape();
        var tables = ChatSchema.Legacy.Tables.Where(table => shape.Has(table.Name)).ToList();
        var state = new MemoryState(tables);
        foreach (var table in tables)
        {
            foreach (var row in file.ReadRows(table, "", new Reading.BatchLimits(10_000, 8 << 20), CancellationToken.None).SelectMany(page => page.Rows))
            {
                state.Read(table.Name).Insert(row);
            }
        }

        return new MemoryDatabase(state, new Reading.DatabaseShape(shape.Tables.Where(table => tables.Exists(known => known.Name.Equals(table.Key, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(StringComparer.OrdinalIgnoreCase)));
    }
}
