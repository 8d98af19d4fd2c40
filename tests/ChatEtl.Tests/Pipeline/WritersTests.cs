using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

public sealed class WritersTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 1_200, rooms: 6));

    [Fact]
    public async Task A_reader_that_is_done_with_its_range_goes_on_for_the_writer_that_no_other_reads_for()
    {
        _rehearsal.Options = _rehearsal.Options with
        {
            Rules = Rehearsal.Lenient with { Invitations = CarryOrLeave.Leave, Preferences = CarryOrLeave.Leave, Affiliations = CarryOrLeave.Leave },
            Pipeline = new PipelineOptions { Readers = 2, Writers = 2, BatchRows = 40, RangeRows = 150 },
        };
        var steps = new SlowSecondRange();

        var report = await _rehearsal.RunAsync(source => new FaultySource(source, steps), destination => new FaultyDestination(destination, steps));

        Assert.True(report.Complete);
        Assert.True(steps.TwoMet, "One writer wrote both ranges of messages, and the other one none.");
    }

    public void Dispose() => _rehearsal.Dispose();

    /// <summary>
    /// The first range, of memberships, and the second one, of irregular messages, are read side by side. The second one is read when a range of
    /// messages is being written, and is in hand while its reader goes on. The first write of messages waits for one of another range.
    /// </summary>
    private sealed class SlowSecondRange : Steps
    {
        private const int Memberships = 1_000_000;
        private const int Irregular = 1_000_001;
        private static readonly TimeSpan InHand = TimeSpan.FromMilliseconds(500);
        private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

        private bool _reading;
        private int _first;
        private int _other;

        public bool TwoMet { get; private set; }

        public override T Step<T>(string method, Func<T> step)
        {
            var result = step();
            if (method == "Write" && result is RangeCheckpoint { RangeId: var range })
            {
                Hold(range);
            }

            return result;
        }

        public override IEnumerable<T> Each<T>(string method, Func<IEnumerable<T>> open)
        {
            if (method == "ReadIrregularMessages")
            {
                Volatile.Write(ref _reading, true);
                SpinWait.SpinUntil(() => Volatile.Read(ref _first) > 0, LongEnough);
            }

            return base.Each(method, open);
        }

        private void Hold(int range)
        {
            if (range == Memberships)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref _reading), LongEnough);
            }
            else if (range == Irregular)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref _other) > 0, InHand);
            }
            else
            {
                var first = Interlocked.CompareExchange(ref _first, range, 0);
                if (first == 0)
                {
                    TwoMet = SpinWait.SpinUntil(() => Volatile.Read(ref _other) > 0, LongEnough);
                }
                else if (first != range)
                {
                    Volatile.Write(ref _other, range);
                }
            }
        }
    }
}
