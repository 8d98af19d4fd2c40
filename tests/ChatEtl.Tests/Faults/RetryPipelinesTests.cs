using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Faults;

public sealed class RetryPipelinesTests
{
    private readonly ManualTimeProvider _time = new() { SkipsWaits = true };
    private readonly List<(int Attempt, TimeSpan Delay, Exception Fault)> _retries = [];

    [Fact]
    public void A_transient_fault_is_retried_until_it_is_gone()
    {
        var calls = 0;

        var answer = Build(new RetryOptions()).Execute(() => ++calls < 4 ? throw new IOException($"fault {calls}") : calls);

        Assert.Equal(4, answer);
        Assert.Equal([1, 2, 3], _retries.Select(retry => retry.Attempt));
        Assert.Equal("fault 1, fault 2, fault 3", string.Join(", ", _retries.Select(retry => retry.Fault.Message)));
        Assert.Equal(
            _time.Waits.Select(wait => wait.TotalMilliseconds), _retries.Select(retry => Math.Floor(retry.Delay.TotalMilliseconds)));
    }

    [Fact]
    public void The_last_fault_comes_out_unchanged_when_the_attempts_are_used_up()
    {
        var calls = 0;
        void Fails() => throw new IOException($"fault {++calls}");

        var fault = Assert.Throws<IOException>(() => Build(new RetryOptions { Attempts = 2 }).Execute(Fails));

        Assert.Equal("fault 3", fault.Message);
        Assert.Equal(2, _retries.Count);
    }

    [Fact]
    public void A_permanent_fault_is_not_retried()
    {
        var calls = 0;
        void Fails() => throw new InvalidDataException($"fault {++calls}");

        Assert.Throws<InvalidDataException>(() => Build(new RetryOptions()).Execute(Fails));

        Assert.Equal(1, calls);
        Assert.Empty(_retries);
    }

    [Fact]
    public void A_cancellation_is_never_retried_even_if_everything_is_transient()
    {
        var calls = 0;
        void Fails() => throw new OperationCanceledException($"cancelled {++calls}");
        var pipeline = RetryPipelines.Build(new RetryOptions(), _ => Remedy.Retry, _time, (_, _, _) => { });

        Assert.Throws<OperationCanceledException>(() => pipeline.Execute(Fails));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Cancelling_ends_a_wait()
    {
        using var cancellation = new CancellationTokenSource();
        void Fails(CancellationToken token) => throw new IOException("fault");
        var pipeline = RetryPipelines.Build(new RetryOptions(), _ => Remedy.Retry, new ManualTimeProvider(), (_, _, _) => cancellation.Cancel());

        Assert.ThrowsAny<OperationCanceledException>(() => pipeline.Execute(Fails, cancellation.Token));
    }

    [Fact]
    public void No_attempts_means_no_retries()
    {
        void Fails() => throw new IOException("fault");

        Assert.Throws<IOException>(() => Build(new RetryOptions { Attempts = 0 }).Execute(Fails));

        Assert.Empty(_retries);
    }

    [Fact]
    public void Waits_grow_and_never_pass_the_longest()
    {
        var options = new RetryOptions { Attempts = 40, MaxDelay = TimeSpan.FromSeconds(5) };
        void Fails() => throw new IOException("fault");

        Assert.Throws<IOException>(() => Build(options).Execute(Fails));

        Assert.Equal(40, _time.Waits.Count);
        Assert.All(_time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, options.MaxDelay));
        Assert.True(_time.Waits[0] < TimeSpan.FromSeconds(1));
        Assert.Equal(options.MaxDelay, _time.Waits[^1]);
    }

    [Fact]
    public void What_wants_patience_is_asked_again_after_each_longest_wait_until_the_patience_ends()
    {
        var options = new RetryOptions { Attempts = 2, MaxDelay = TimeSpan.FromSeconds(30), Patience = TimeSpan.FromMinutes(10) };
        void Fails() => throw new TimeoutException("The log is full.");

        Assert.Throws<TimeoutException>(() => Build(options).Execute(Fails));

        Assert.Equal(20, _time.Waits.Count);
        Assert.All(_time.Waits, wait => Assert.Equal(options.MaxDelay, wait));
    }

    private Polly.ResiliencePipeline Build(RetryOptions options) => RetryPipelines.Build(
        options, fault => fault is TimeoutException ? Remedy.Wait : fault is IOException ? Remedy.Retry : Remedy.None, _time, (attempt, delay, fault) => _retries.Add((attempt, delay, fault)));
}
