using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

public sealed class RejectionShareTests : IDisposable
{
    private const string EveryFifthAuthorIsUnknown = "UPDATE tblChat SET userId = 9000001 WHERE chatID % 5 = 0";

    private Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 12_000));

    [Fact]
    public async Task A_share_of_rejected_rows_above_the_limit_stops_the_run_and_a_higher_limit_resumes_it()
    {
        _rehearsal.ChangeSource(EveryFifthAuthorIsUnknown);
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { RangeRows = 100_000 } };

        var stopped = await Assert.ThrowsAsync<TooManyRejectionsException>(() => _rehearsal.RunAsync());
        var again = await Assert.ThrowsAsync<TooManyRejectionsException>(() => _rehearsal.RunAsync());
        var read = _rehearsal.Count("SELECT sum(rows_read) FROM chatetl_range");
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { MaxRejectionShare = 30 } };
        var resumed = await _rehearsal.RunAsync();

        Assert.Contains("pipeline.maxRejectionShare allows 10 %", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("pipeline.maxRejectionShare", again.Hint, StringComparison.Ordinal);
        Assert.InRange(read, 10_000, 11_500);
        Assert.True(resumed is { Complete: true, Resumed: true, Balances: true });
        Assert.True(resumed.RejectionCount > 2_000);
    }

    [Fact]
    public async Task Bad_rows_among_the_first_ones_are_no_share_of_anything_yet_and_0_is_no_limit()
    {
        _rehearsal.ChangeSource(EveryFifthAuthorIsUnknown);
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { MaxRejectionShare = 0 } };
        Assert.True((await _rehearsal.RunAsync()).Complete);
        _rehearsal.Dispose();
        _rehearsal = new Rehearsal(Rehearsal.Sample());
        _rehearsal.ChangeSource("UPDATE tblChat SET userId = 9000001");
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { MaxRejectionShare = 1 } };

        Assert.True((await _rehearsal.RunAsync()).Complete);
    }

    public void Dispose() => _rehearsal.Dispose();
}
