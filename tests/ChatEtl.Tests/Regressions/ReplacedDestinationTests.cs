using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>A destination file that was replaced while the run wrote to it was reported as finished: the rows had gone into the deleted file.</summary>
public sealed class ReplacedDestinationTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Theory]
    [InlineData("Write", false)]
    [InlineData("Write", true)]
    [InlineData("Complete", true)]
    [InlineData("Write", null)]
    public async Task A_file_removed_or_replaced_while_it_is_written_ends_the_run_and_the_next_one_begins_anew(string at, bool? replaced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let go of a file in use.");
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Content();
        _rehearsal.Restart();
        var removal = new Removal(at, () =>
        {
            var aside = _rehearsal.DestinationPath + ".aside";
            if (replaced is null)
            {
                File.Move(_rehearsal.DestinationPath, aside);
            }
            else
            {
                File.Delete(_rehearsal.DestinationPath);
            }

            if (replaced is true)
            {
                _rehearsal.Restart();
            }
        });

        var fault = await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, removal)));
        if (replaced is not true)
        {
            _rehearsal.Restart();
        }

        Assert.Contains("was removed, renamed or replaced", fault.Message, StringComparison.Ordinal);
        Assert.Contains("begin anew", fault.Message, StringComparison.Ordinal);
        await _rehearsal.RunAsync();
        Assert.Equal(undisturbed, _rehearsal.Content(), StringComparer.Ordinal);
        Assert.Equal("Finished", _rehearsal.Ask("SELECT state FROM chatetl_run")[0][0]);
    }

    public void Dispose() => _rehearsal.Dispose();

    /// <summary>Does something before the first call of a method.</summary>
    private sealed class Removal(string at, Action remove) : Steps
    {
        private int _done;

        public override T Step<T>(string method, Func<T> step)
        {
            if (method == at && Interlocked.Exchange(ref _done, 1) == 0)
            {
                remove();
            }

            return step();
        }
    }
}
