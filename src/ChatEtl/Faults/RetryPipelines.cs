using ChatEtl.Configuration;
using Polly;
using Polly.Retry;

namespace ChatEtl.Faults;

/// <summary>Builds the resilience pipelines that stand around exactly one page read or one batch write.</summary>
public static class RetryPipelines
{
    /// <summary>Builds a resilience pipeline that tries again after transient faults: soon, with exponential backoff and jitter, or patiently.</summary>
    /// <remarks>
    /// The last fault comes out unchanged when the attempts or the patience are used up or the fault is permanent; a cancellation is never
    /// retried and also ends a wait. Safe for concurrent use. With <see cref="RetryOptions.Attempts"/> = 0 nothing is retried.
    /// </remarks>
    /// <param name="options">How often and how long.</param>
    /// <param name="remedyFor">Decides, for the product at hand, whether trying again is worth it, and for how long.</param>
    /// <param name="time">The clock the waits go by.</param>
    /// <param name="onRetry">Told before each wait: the number of the retry (from 1), the wait, the fault.</param>
    public static ResiliencePipeline Build(
        RetryOptions options, Func<Exception, Remedy> remedyFor, TimeProvider time, Action<int, TimeSpan, Exception> onRetry)
    {
        if (options.Attempts == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = (int)Math.Clamp(Math.Ceiling(options.Patience / options.MaxDelay), 1, int.MaxValue),
                Delay = options.MaxDelay,
                ShouldHandle = Handles(Remedy.Wait),
                OnRetry = Tell,
            })
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Attempts,
                Delay = options.BaseDelay,
                MaxDelay = options.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = Handles(Remedy.Retry),
                OnRetry = Tell,
            })
            .Build();

        Func<RetryPredicateArguments<object>, ValueTask<bool>> Handles(Remedy remedy) => arguments => ValueTask.FromResult(
            arguments.Outcome.Exception is { } fault and not OperationCanceledException && remedyFor(fault) == remedy);

        ValueTask Tell(OnRetryArguments<object> arguments)
        {
            onRetry(arguments.AttemptNumber + 1, arguments.RetryDelay, arguments.Outcome.Exception!);
            return ValueTask.CompletedTask;
        }
    }
}
