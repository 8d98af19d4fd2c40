using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Writing;
using Polly;

namespace ChatEtl.Pipeline;

/// <summary>Writes what is no batch of a range, again after transient faults; a fault that stays comes out as one of our family.</summary>
internal sealed class RetriedCalls(IChatDestination destination, RetryOptions options, TimeProvider time, RunProgress progress)
{
    /// <summary>A resilience pipeline for one end.</summary>
    public ResiliencePipeline Retry(string what, Func<Exception, Remedy> remedyFor, Func<Exception, string> explain) => RetryPipelines.Build(
        options, remedyFor, time, (attempt, delay, exception) => progress.Retried(what, attempt, delay, explain(exception)));

    /// <summary>Writes.</summary>
    /// <param name="what">What is written, for people.</param>
    /// <param name="write">Writes it; told how often that was tried before.</param>
    /// <param name="abort">Ends the waiting.</param>
    public void Write(string what, Action<int> write, CancellationToken abort)
    {
        var attempts = 0;
        try
        {
            Retry("Writing", destination.RemedyFor, destination.Explain).Execute(_ => write(attempts++), abort);
        }
        catch (Exception exception) when (OutsideFaults.Include(exception))
        {
            abort.ThrowIfCancellationRequested();
            throw new DestinationException(what, null, null, attempts, new IOException($"{destination.Explain(exception)} ({destination.Description})", exception));
        }
    }

    /// <summary>Writes a placeholder for an unknown author (T20); its destination prinID.</summary>
    public int AddPlaceholder(int missing, Principal row, long epoch, CancellationToken abort)
    {
        var id = 0;
        Write("tblPrincipal", _ => id = destination.AddPlaceholder(missing, row, epoch), abort);
        return id;
    }
}
