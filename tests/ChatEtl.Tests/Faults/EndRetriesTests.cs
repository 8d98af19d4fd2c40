using System.Collections.Concurrent;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Faults;

public sealed class EndRetriesTests
{
    private readonly ManualTimeProvider _time = new() { SkipsWaits = true };
    private readonly List<string> _notices = [];

    [Fact]
    public void A_transient_fault_is_retried_until_it_is_gone()
    {
        var retries = Build(new RetryOptions());

        var answer = Run(retries, tried => tried < 3 ? throw new IOException($"fault {tried + 1}") : tried);

        Assert.Equal(3, answer);
        Assert.Equal(3, retries.Retries);
        Assert.Equal(3, _notices.Count);
        Assert.Matches(@"^The end: attempt 2 failed, trying again in \d+\.\d s\. fault 2$", _notices[1]);
    }

    [Fact]
    public void When_the_attempts_are_used_up_the_last_fault_is_named_with_their_number_and_the_time_it_took()
    {
        var options = new RetryOptions { Attempts = 2, BaseDelay = TimeSpan.FromSeconds(20) };

        var fault = Assert.Throws<DestinationException>(() => Run(Build(options), tried => throw new IOException($"fault {tried + 1}")));

        Assert.Equal(3, fault.Attempts);
        Assert.Matches(@"^Writing tblChat failed after 3 attempts in \d+(\.\d)? s: fault 3 \(The end\)$", fault.Message);
        Assert.Equal("fault 3", fault.InnerException!.InnerException!.Message);
    }

    [Fact]
    public void A_permanent_fault_is_not_retried()
    {
        var fault = Assert.Throws<DestinationException>(() => Run(Build(new RetryOptions()), _ => throw new TroubleException(TroubleKind.Permanent)));

        Assert.Equal("Writing tblChat failed after 1 attempt: Permanent trouble made by a test. (The end)", fault.Message);
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_bug_and_a_fault_of_our_own_come_out_as_they_are()
    {
        Assert.Throws<InvalidCastException>(() => Run(Build(new RetryOptions()), _ => throw new InvalidCastException("bug")));
        Assert.Throws<TooManyRejectionsException>(() => Run(Build(new RetryOptions()), _ => throw new TooManyRejectionsException(2, 1)));
    }

    [Fact]
    public void A_cancellation_is_never_retried_even_if_everything_is_transient()
    {
        var calls = 0;
        var retries = new EndRetries("The end", _ => Remedy.Retry, fault => fault.Message, new RetryOptions(), _time, _notices.Add);

        Assert.Throws<OperationCanceledException>(() => Run(retries, _ => throw new OperationCanceledException($"cancelled {++calls}")));

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancelling_ends_a_wait_and_a_wait_for_an_open_circuit_at_once(bool ofTheCall)
    {
        using var cancellation = new CancellationTokenSource();
        var calls = 0;
        var retries = new EndRetries("The end", RemedyFor, fault => fault.Message, new RetryOptions(), new ManualTimeProvider(), _ => cancellation.Cancel());
        if (!ofTheCall)
        {
            retries.Abort = cancellation.Token;
        }

        Run(retries, _ => 0);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            retries, _ => ++calls > 0 ? throw new TimeoutException("down") : 0, ofTheCall ? cancellation.Token : default));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void No_attempts_means_no_retries()
    {
        var retries = Build(new RetryOptions { Attempts = 0 });

        Run(retries, _ => 0);
        Assert.Equal(1, Assert.Throws<DestinationException>(() => Run(retries, _ => throw new IOException("fault"))).Attempts);
        Assert.Equal(1, Assert.Throws<DestinationException>(() => Run(retries, _ => throw new TimeoutException("fault"))).Attempts);

        Assert.Empty(_notices);
    }

    [Fact]
    public void Waits_grow_and_never_pass_the_longest()
    {
        var options = new RetryOptions { Attempts = 40, MaxDelay = TimeSpan.FromSeconds(5) };

        Assert.Throws<DestinationException>(() => Run(Build(options), _ => throw new IOException("fault")));

        Assert.Equal(40, _time.Waits.Count);
        Assert.All(_time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, options.MaxDelay));
        Assert.True(_time.Waits[0] < TimeSpan.FromSeconds(1));
        Assert.Equal(options.MaxDelay, _time.Waits[^1]);
    }

    [Fact]
    public void A_dead_end_is_asked_every_few_seconds_until_the_patience_ends_and_then_named_with_its_own_fault()
    {
        var retries = Build(new RetryOptions { Patience = TimeSpan.FromMinutes(10) });
        var asked = new List<DateTimeOffset>();
        Run(retries, _ => 0);
        var start = _time.GetUtcNow();

        var fault = Assert.Throws<DestinationException>(() => Run(retries, _ =>
        {
            asked.Add(_time.GetUtcNow());
            throw new TimeoutException("The log is full.");
        }));

        Assert.Equal("Writing tblChat failed after 121 attempts in 10 min: The log is full. (The end)", Rounded(fault.Message, asked.Count));
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)));
        Assert.InRange(asked[^1] - start, TimeSpan.FromMinutes(9.8), TimeSpan.FromMinutes(10.2));
        Assert.Equal($"The end is down since {start:u}", retries.Down);
        Assert.Equal($"The end is down since {start:u}; waiting for it. The log is full.", Assert.Single(_notices));

        static string Rounded(string message, int attempts) => message.Replace($"after {attempts} attempts", "after 121 attempts", StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_dead_end_the_circuit_opens_within_five_seconds_for_all_its_users_and_closes_by_itself()
    {
        var (time, notices) = (new ManualTimeProvider(), new ConcurrentQueue<string>());
        var retries = new EndRetries("The end", RemedyFor, fault => fault.Message, new RetryOptions(), time, notices.Enqueue);
        var (up, asked) = (true, 0);
        Run(retries, Ask);
        up = false;

        // Eight users of one end, each on a thread of its own, as the stages of a run are.
        var users = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() => Run(retries, Ask), TaskCreationOptions.LongRunning)).ToArray();
        WaitFor(() => time.Waits.Count >= 8);
        var before = Volatile.Read(ref asked);
        Assert.NotNull(retries.Down);
        for (var second = 0; second < 60; second++)
        {
            Step();
        }

        Assert.InRange(Volatile.Read(ref asked) - before, 8, 13);
        Volatile.Write(ref up, true);
        for (var second = 0; second < 12 && !Task.WhenAll(users).IsCompleted; second++)
        {
            Step();
        }

        Assert.True(SpinWait.SpinUntil(() => Task.WhenAll(users).IsCompletedSuccessfully, TimeSpan.FromMinutes(1)));
        Assert.Null(retries.Down);

        // Who fails in the moment before the circuit has told that it is open still tells of a retry of its own.
        var told = notices.Where(notice => !notice.Contains("trying again", StringComparison.Ordinal)).ToList();
        Assert.True(told.Count == 2, string.Join(" | ", notices));
        Assert.Matches(@"^The end answers again after [67]\d(\.\d)? s\.$", told[1]);

        int Ask(int tried)
        {
            Interlocked.Increment(ref asked);
            return Volatile.Read(ref up) ? 1 : throw new TimeoutException("down");
        }

        // Each second all users wait again, or are through, before the clock goes on.
        void Step()
        {
            var settled = Settled();
            var fired = time.Advance(TimeSpan.FromSeconds(1));
            WaitFor(() => Settled() >= settled + fired);
        }

        int Settled() => time.Waits.Count + users.Count(user => user.IsCompleted);

        void WaitFor(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromMinutes(1)), $"{time.Waits.Count} waits: {string.Join(' ', time.Waits)}, asked {asked}, {retries.Down}");
    }

    [Fact]
    public void A_clock_set_back_does_not_keep_the_circuit_open()
    {
        var retries = Build(new RetryOptions());
        Run(retries, _ => 0);
        var start = _time.GetTimestamp();

        var answer = Run(retries, tried =>
        {
            if (tried == 1)
            {
                _time.Set(TimeSpan.FromHours(-1));
            }

            return tried < 4 ? throw new TimeoutException("down") : tried;
        });

        Assert.Equal(4, answer);
        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void An_end_that_has_not_answered_once_is_not_waited_for()
    {
        var fault = Assert.Throws<DestinationException>(() => Run(Build(new RetryOptions()), _ => throw new TimeoutException("No server answers.")));

        Assert.Equal("Writing tblChat failed after 1 attempt: No server answers. (The end)", fault.Message);
    }

    private static int Run(EndRetries retries, Func<int, int> attempt, CancellationToken cancellationToken = default) => retries.Execute(
        attempt, (tries, cause) => new DestinationException("tblChat", null, null, tries.Attempts, cause, waited: tries.Waited), cancellationToken);

    private static Remedy RemedyFor(Exception fault) => fault is TimeoutException ? Remedy.Wait : fault is IOException ? Remedy.Retry : Remedy.None;

    private EndRetries Build(RetryOptions options) => new("The end", RemedyFor, fault => fault.Message, options, _time, _notices.Add);
}
