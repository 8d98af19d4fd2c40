using ChatEtl.Configuration;
using Polly;
using Polly.Retry;

namespace ChatEtl.Faults;

/// <summary>Builds the resilience pipelines that stand around exactly one page read or one batch write.</summary>
public static class RetryPipelines
{
    /// <summary>Builds a resilience pipeline that tries again after transient faults, with exponential backoff and jitter.</summary>
    /// <remarks>
    /// The last fault comes out unchanged when the attempts are used up or the fault is permanent; a cancellation is never retried and
    /// also ends a wait. Safe for concurrent use. With <see cref="RetryOptions.Attempts"/> = 0 nothing is retried.
    /// </remarks>
    /// <param name="options">How often and how long.</param>
    /// <param name="isTransient">Decides, for the product at hand, whether trying again is worth it.</param>
    /// <param name="time">The clock the waits go by.</param>
    /// <param name="onRetry">Told before each wait: the number of the retry (from 1), the wait, the fault.</param>
    public static ResiliencePipeline Build(
        RetryOptions options, Func<Exception, bool> isTransient, TimeProvider time, Action<int, TimeSpan, Exception> onRetry)
    {
        if (options.Attempts == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Attempts,
                Delay = options.BaseDelay,
                MaxDelay = options.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } fault and not OperationCanceledException && isTransient(fault)),
                OnRetry = arguments =>
                {
                    onRetry(arguments.AttemptNumber + 1, arguments.RetryDelay, arguments.Outcome.Exception!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }
}
