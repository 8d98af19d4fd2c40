using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>An end that is down for a minute again and again, for hours: the run ends by itself, as if nothing had been.</summary>
public sealed class OutageTests : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 2000, rooms: 20, faults: true));
    private readonly ManualTimeProvider _clock = new() { SkipsWaits = true };

    public OutageTests() => _rehearsal.Options = _rehearsal.Options with
    {
        // One user of each end: with two, one would skip its waits, and its patience, while the other is only slow.
        Pipeline = new PipelineOptions { Readers = 1, BatchRows = 10, RangeRows = 100 },
        Retry = new RetryOptions(),
    };

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task An_end_that_is_down_for_a_minute_in_ten_for_eight_hours_is_survived_without_a_person(bool ofSource, bool ofDestination)
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();
        _rehearsal.Clock = _clock;
        var start = _clock.GetUtcNow();

        // The planning, the moving and the final books, all with the same outages.
        var step = TimeSpan.FromMinutes(1);
        var (source, destination) = (new Outages(_clock, Every, Lasting, step), new Outages(_clock, Every, Lasting, step));
        _rehearsal.ReaderWrapper = reader => ofDestination ? new FaultySource(reader, destination) : reader;
        var report = await _rehearsal.RunAsync(
            from => ofSource ? new FaultySource(from, source) : from, to => ofDestination ? new FaultyDestination(to, destination) : to);

        Assert.True(report.Complete && report.Balances && !report.Resumed);
        Assert.InRange(_clock.GetUtcNow() - start, TimeSpan.FromHours(8), TimeSpan.FromHours(24));
        Assert.InRange(source.Met, ofSource ? 10 : 0, ofSource ? 144 : 0);
        Assert.InRange(destination.Met, ofDestination ? 10 : 0, ofDestination ? 144 : 0);
        Assert.InRange(source.Met + destination.Met, 48, 144);
        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_comparison_goes_on_behind_the_last_page_after_every_outage_of_either_end(bool ofSource)
    {
        await _rehearsal.RunAsync();
        _rehearsal.Clock = _clock;

        // One end a comparison: both are read side by side, and the waits of one would skip the outages of the other.
        var outages = new Outages(_clock, Every, Lasting, TimeSpan.FromSeconds(70));

        var differences = ofSource
            ? _rehearsal.Compare(from => new FaultySource(from, outages))
            : _rehearsal.Compare(null, reader => new FaultySource(reader, outages), to => new FaultyDestination(to, outages));

        Assert.Empty(differences);
        Assert.InRange(outages.Met, 3, 1000);
    }

    [Fact]
    public async Task An_end_that_stays_down_ends_the_run_with_its_fault_the_time_waited_and_what_to_do_and_the_next_run_goes_on()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();
        _rehearsal.Clock = _clock;

        // Up for a day, then down for another one.
        var outages = new Outages(_clock, TimeSpan.FromDays(2), TimeSpan.FromDays(1), TimeSpan.FromMinutes(10));
        var fault = await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, to => new FaultyDestination(to, outages)));
        await _rehearsal.RunAsync();

        Assert.Matches(@"^Writing tblChat .* failed after \d+ attempts in \d+ min: Down trouble made by a test\. \(SQLite .*\)$", fault.Message);
        Assert.Contains("Mend the destination and give the same command again", fault.Hint, StringComparison.Ordinal);
        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_end_that_is_down_from_the_start_is_named_at_once()
    {
        var (source, destination) = (
            new Outages(_clock, Every, Every, TimeSpan.FromSeconds(1)), new Outages(_clock, Every, Every, TimeSpan.FromSeconds(1)));

        await Assert.ThrowsAsync<SourceException>(() => _rehearsal.RunAsync(from => new FaultySource(from, source), null));
        _rehearsal.ReaderWrapper = reader => new FaultySource(reader, destination);
        await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, to => new FaultyDestination(to, destination)));

        Assert.Equal((1, 1), (source.Faults, destination.Faults));
    }

    public void Dispose() => _rehearsal.Dispose();
}
