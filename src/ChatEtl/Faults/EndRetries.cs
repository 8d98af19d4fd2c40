using System.Globalization;
using System.Runtime.ExceptionServices;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Writing;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace ChatEtl.Faults;

/// <summary>How long something was tried.</summary>
/// <param name="Attempts">How often, the first time included.</param>
/// <param name="Waited">From the first fault to the last.</param>
public readonly record struct Tries(int Attempts, TimeSpan Waited);

/// <summary>Stands between a run and one of its ends, around exactly one page read or one batch write at a time: tries again, or waits for the end.</summary>
/// <remarks>
/// One for each end and run, shared by all who use the end. A fault with <see cref="Remedy.Retry"/> is tried again with exponential backoff
/// and jitter, <see cref="RetryOptions.Attempts"/> times. A fault with <see cref="Remedy.Wait"/> means that nobody can use the end: a circuit
/// breaker opens, so that its users do not hammer it side by side, lets one of them through every few seconds, and closes when that one is
/// answered; this goes on for <see cref="RetryOptions.Patience"/>. An end that has not answered once is not waited for: its address may be
/// wrong. A cancellation is never retried and ends every wait. Safe for concurrent use.
/// </remarks>
public sealed class EndRetries
{
    private static readonly ResiliencePropertyKey<long> FirstFault = new("ChatEtl.FirstFault");

    /// <summary>How often a dead end is asked, and the shortest interval Polly takes.</summary>
    private static readonly (TimeSpan Longest, TimeSpan Shortest) Breaks = (TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500));

    private readonly ResiliencePipeline _pipeline;
    private readonly RetryOptions _options;
    private readonly string _description;
    private readonly Func<Exception, Remedy> _remedyFor;
    private readonly Func<Exception, string> _explain;
    private readonly TimeProvider _time;
    private readonly Action<string> _notice;
    private int _retries;
    private bool _answered;
    private volatile string? _down;
    private long _downFrom;

    /// <summary>Stands before anything.</summary>
    internal EndRetries(
        string description, Func<Exception, Remedy> remedyFor, Func<Exception, string> explain, RetryOptions options, TimeProvider time, Action<string> notice)
    {
        (_description, _remedyFor, _explain, _options, _time, _notice) = (description, remedyFor, explain, options, time, notice);
        _pipeline = options.Attempts == 0 ? ResiliencePipeline.Empty : Build();
    }

    /// <summary>Ends every wait of a call that brings no token of its own.</summary>
    public CancellationToken Abort { get; set; }

    /// <summary>Reads and writes tried again.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Which end is down, and since when; null while it answers.</summary>
    public string? Down => _down;

    /// <summary>Stands before a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="options">How often and how long.</param>
    /// <param name="time">The clock that the waits go by.</param>
    /// <param name="notice">Told of every retry, and when the end is down and up again; the text names no secret.</param>
    public static EndRetries Of(IChatSource source, RetryOptions options, TimeProvider time, Action<string> notice) =>
        new(source.Description, source.RemedyFor, source.Explain, options, time, notice);

    /// <summary>Stands before a destination.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="options">How often and how long.</param>
    /// <param name="time">The clock that the waits go by.</param>
    /// <param name="notice">Told of every retry, and when the end is down and up again; the text names no secret.</param>
    public static EndRetries Of(IPassDestination destination, RetryOptions options, TimeProvider time, Action<string> notice) =>
        new(destination.Description, destination.RemedyFor, destination.Explain, options, time, notice);

    /// <summary>Tries nothing again and only explains.</summary>
    internal static EndRetries None(IChatSource source) => Of(source, new RetryOptions { Attempts = 0 }, TimeProvider.System, static _ => { });

    /// <inheritdoc cref="None(IChatSource)"/>
    internal static EndRetries None(IPassDestination destination) =>
        Of(destination, new RetryOptions { Attempts = 0 }, TimeProvider.System, static _ => { });

    /// <summary>Does something, again after transient faults.</summary>
    /// <param name="attempt">One page read or one batch write; told how often it was tried before.</param>
    /// <param name="name">Makes our exception of a fault from outside that stays; its cause carries the explanation.</param>
    /// <param name="cancellationToken">Ends every wait; without one, <see cref="Abort"/> does.</param>
    /// <exception cref="ChatEtlException">The fault stayed.</exception>
    public T Execute<T>(Func<int, T> attempt, Func<Tries, IOException, ChatEtlException> name, CancellationToken cancellationToken = default)
    {
        var token = cancellationToken.CanBeCanceled ? cancellationToken : Abort;
        var attempts = 0;
        var firstFault = 0L;
        try
        {
            var answer = _pipeline.Execute(
                _ =>
                {
                    try
                    {
                        return attempt(attempts++);
                    }
                    catch
                    {
                        firstFault = firstFault == 0 ? _time.GetTimestamp() : firstFault;
                        throw;
                    }
                },
                token);
            Volatile.Write(ref _answered, true);
            return answer;
        }
        catch (Exception exception)
        {
            // An open circuit only hides what opened it.
            var fault = exception is BrokenCircuitException { InnerException: { } hidden } ? hidden : exception;
            if (fault is OperationCanceledException || !OutsideFaults.Include(fault))
            {
                if (fault != exception)
                {
                    ExceptionDispatchInfo.Throw(fault);
                }

                throw;
            }

            token.ThrowIfCancellationRequested();
            var waited = firstFault == 0 ? TimeSpan.Zero : _time.GetElapsedTime(firstFault);
            throw name(new Tries(Math.Max(1, attempts), waited), new IOException($"{_explain(fault)} ({_description})", fault));
        }
    }

    private ResiliencePipeline Build()
    {
        var pause = _options.MaxDelay < Breaks.Longest ? _options.MaxDelay : Breaks.Longest;
        return new ResiliencePipelineBuilder { TimeProvider = new SteadyTime(_time) }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = pause,
                ShouldHandle = IsWaitedFor,

                // Null takes the delay above.
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as BrokenCircuitException)?.RetryAfter),
                OnRetry = Tell,
            })
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.Attempts,
                Delay = _options.BaseDelay,
                MaxDelay = _options.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(RemedyFor(arguments.Outcome.Exception) == Remedy.Retry),
                OnRetry = Tell,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // Opens at the second call of the last minute at the latest, whatever went well before: one such fault means that nobody gets on.
                FailureRatio = 0,
                MinimumThroughput = 2,
                SamplingDuration = TimeSpan.FromMinutes(1),
                BreakDuration = pause > Breaks.Shortest ? pause : Breaks.Shortest,
                ShouldHandle = arguments => ValueTask.FromResult(RemedyFor(arguments.Outcome.Exception) == Remedy.Wait),
                OnOpened = arguments => Opened(arguments.Outcome.Exception!),
                OnClosed = _ => Closed(),
            })
            .Build();
    }

    private Remedy RemedyFor(Exception? fault) => fault is null or OperationCanceledException or ChatEtlException ? Remedy.None : _remedyFor(fault);

    private ValueTask<bool> IsWaitedFor(RetryPredicateArguments<object> arguments)
    {
        if (!Volatile.Read(ref _answered) || (arguments.Outcome.Exception is not BrokenCircuitException && RemedyFor(arguments.Outcome.Exception) != Remedy.Wait))
        {
            return ValueTask.FromResult(false);
        }

        if (!arguments.Context.Properties.TryGetValue(FirstFault, out var since))
        {
            arguments.Context.Properties.Set(FirstFault, since = _time.GetTimestamp());
        }

        return ValueTask.FromResult(_time.GetElapsedTime(since) < _options.Patience);
    }

    private ValueTask Tell(OnRetryArguments<object> arguments)
    {
        if (arguments.Outcome.Exception is { } fault and not BrokenCircuitException)
        {
            Interlocked.Increment(ref _retries);
            if (_down is null)
            {
                _notice(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_description}: attempt {arguments.AttemptNumber + 1} failed, trying again in {arguments.RetryDelay.TotalSeconds:0.0} s. {_explain(fault)}"));
            }
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Opened(Exception fault)
    {
        if (_down is null)
        {
            _downFrom = _time.GetTimestamp();
            _down = string.Create(CultureInfo.InvariantCulture, $"{_description} is down since {_time.GetUtcNow():u}");
            _notice($"{_down}; waiting for it. {_explain(fault)}");
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Closed()
    {
        _down = null;
        _notice($"{_description} answers again after {Sentence.Duration(_time.GetElapsedTime(_downFrom))}.");
        return ValueTask.CompletedTask;
    }

    /// <summary>The clock without its setting: the circuit breaker goes by the time of day, and a clock set back an hour would keep it open so long.</summary>
    private sealed class SteadyTime(TimeProvider time) : TimeProvider
    {
        private readonly DateTimeOffset _startTime = time.GetUtcNow();
        private readonly long _start = time.GetTimestamp();

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _startTime + time.GetElapsedTime(_start);

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
