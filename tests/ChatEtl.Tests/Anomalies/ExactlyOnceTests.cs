using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>Resumes begin exactly behind the last row written, and two runs never write side by side.</summary>
public sealed class ExactlyOnceTests : IDisposable
{
    private const int MostInHand = 40;

    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 300, rooms: 6));

    public ExactlyOnceTests()
    {
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { BatchRows = 25, RangeRows = 60 } };
    }

    [Fact]
    public async Task Interrupted_behind_every_batch_in_turn_the_outcome_is_that_of_one_run()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();

        // One batch a run: each resume begins where the one before was cut off.
        var runs = 0;
        for (var interrupted = true; interrupted && runs <= 100; runs++)
        {
            using var trouble = new Trouble(2, TroubleKind.Permanent, after: false, "Write");
            var fault = await Record.ExceptionAsync(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, trouble)));
            interrupted = trouble.Reached;
            Assert.Equal(interrupted, fault is DestinationException);
        }

        Assert.InRange(runs, 15, 100);
        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(1, 1, 1, false)]
    [InlineData(2, 1, 1, false)]
    [InlineData(1, 3, 4, false)]
    public async Task A_kill_at_any_moment_makes_no_more_be_read_again_than_batchRows(int readers, int transformers, int capacity, bool selfTuning)
    {
        MessagesOnly(new PipelineOptions { Readers = readers, Transformers = transformers, Capacity = capacity, SelfTuning = selfTuning, BatchRows = MostInHand, RangeRows = 150 });
        var hand = new RowsInHand(MostInHand);

        var report = await _rehearsal.RunAsync(source => new FaultySource(source, hand), destination => new FaultyDestination(destination, hand));

        Assert.True(report.Complete);
        Assert.InRange(hand.Most, (MostInHand / 2) + 1, MostInHand);
    }

    [Fact]
    public async Task A_polite_stop_reads_nothing_more_than_what_is_in_hand()
    {
        MessagesOnly(new PipelineOptions { BatchRows = MostInHand, RangeRows = 150 });
        using var stop = new CancellationTokenSource();
        var (hand, readBefore) = (new RowsInHand(MostInHand), 0L);
        hand.WhenFull = () =>
        {
            readBefore = stop.IsCancellationRequested ? readBefore : hand.Read;
            stop.Cancel();
        };

        var report = await _rehearsal.RunAsync(
            source => new FaultySource(source, hand), destination => new FaultyDestination(destination, hand), stop: stop.Token);

        Assert.True(stop.IsCancellationRequested && !report.Complete);
        Assert.Equal(readBefore, hand.Read);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_resume_one_row_too_late_or_too_early_would_be_seen(int shift)
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        const string Open = "stream = 'tblChat' AND done = 0 AND next_key <> ''";
        for (var write = 6; write == 6 || _rehearsal.Count($"SELECT count(*) FROM chatetl_range WHERE {Open}") == 0; write++)
        {
            _rehearsal.Restart();
            using var trouble = new Trouble(write, TroubleKind.Permanent, after: true, "Write");
            await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, trouble)));
            Assert.InRange(write, 6, 60);
        }

        _rehearsal.ChangeDestination($"""
            UPDATE chatetl_range SET next_key = substr(next_key, 1, instr(next_key, '/')) || (substr(next_key, instr(next_key, '/') + 1) + {shift}) WHERE {Open}
            """);
        await _rehearsal.RunAsync();

        Assert.NotEqual(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Stopped_politely_a_run_drains_and_the_next_one_goes_on_without_reading_again()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();
        var read = 0L;
        var stops = 0;
        for (var complete = false; !complete && stops <= 20; stops++)
        {
            using var stop = new CancellationTokenSource();
            var report = await _rehearsal.RunAsync(null, destination => new StoppingDestination(destination, stop, writes: 5), stop: stop.Token);
            complete = report.Complete;
            read += report.RowsRead;
        }

        Assert.InRange(stops, 2, 20);
        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
        Assert.Equal(_rehearsal.Count("SELECT sum(rows_read) FROM chatetl_range"), read);
    }

    [Fact]
    public async Task Of_two_runs_at_once_the_newer_takes_over_and_the_older_stops()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Content();
        _rehearsal.Restart();
        var newer = Task.CompletedTask;

        var fault = await Record.ExceptionAsync(() => _rehearsal.RunAsync(
            null, destination => new OvertakenDestination(destination, atWrite: 9, () => newer = _rehearsal.RunAsync())));
        await newer;

        Assert.IsType<TakenOverException>(fault);
        Assert.Equal(undisturbed, _rehearsal.Content(), StringComparer.Ordinal);
        Assert.Equal("Finished", _rehearsal.Ask("SELECT state FROM chatetl_run")[0][0]);
        Assert.Equal(0, _rehearsal.Count("SELECT count(*) FROM chatetl_rejection"));
    }

    [Fact]
    public async Task Any_batch_range_and_stage_settings_give_the_same_destination()
    {
        const int Seed = 20130107;
        var random = new Random(Seed);
        await _rehearsal.RunAsync();
        var expected = _rehearsal.Content();
        for (var i = 0; i < 20; i++)
        {
            var pipeline = new PipelineOptions
            {
                Readers = random.Next(1, 5),
                Transformers = random.Next(1, 4),
                Writers = random.Next(1, 4),
                BatchRows = random.Next(1, 6) switch { 1 => 1, 2 => 7, 3 => 100, var size => 1000 * size },
                BatchBytes = random.Next(2) == 0 ? 1024 : 1 << 20,
                Capacity = random.Next(1, 5),
                RangeRows = random.Next(1, 5) switch { 1 => 10, 2 => 50, 3 => 1000, _ => 100_000 },
            };
            _rehearsal.Restart();
            _rehearsal.Options = _rehearsal.Options with { Pipeline = pipeline };

            var report = await _rehearsal.RunAsync();

            Assert.True(report.Complete && report.Balances, $"Seed {Seed}, {i}: {pipeline}");
            Assert.True(expected.SequenceEqual(_rehearsal.Content(), StringComparer.Ordinal), $"Seed {Seed}, {i}: {pipeline}");
        }
    }

    private void MessagesOnly(PipelineOptions pipeline) => _rehearsal.Options = _rehearsal.Options with
    {
        Rules = Rehearsal.Lenient with { Invitations = CarryOrLeave.Leave, Preferences = CarryOrLeave.Leave, Affiliations = CarryOrLeave.Leave },
        Pipeline = pipeline,
    };

    public void Dispose() => _rehearsal.Dispose();
}
