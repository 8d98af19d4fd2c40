using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>Both ends of a run as it uses them: what it reads, and what it writes that is no batch of a range, is tried again after transient faults.</summary>
/// <remarks>A fault that stays comes out as one of our family and names its end.</remarks>
internal sealed class RunEnds
{
    private readonly EndRetries _reading;

    /// <summary>Names the ends; the progress tells when one is down.</summary>
    public RunEnds(
        IChatSource source, IChatDestination destination, IChatSource destinationReader, RetryOptions retry, TimeProvider time, RunProgress progress)
    {
        _reading = EndRetries.Of(source, retry, time, progress.Note);
        Retries = EndRetries.Of(destination, retry, time, progress.Note);
        Source = ExplainedSource.OfSource(source, _reading);
        Reader = ExplainedSource.OfDestination(destinationReader, Retries);
        Known = new ExplainedDestination(destination, Retries);
        Destination = destination;
        progress.Ends = [_reading, Retries];
    }

    /// <summary>The source.</summary>
    public ExplainedSource Source { get; }

    /// <summary>The destination, read through its own product's source.</summary>
    public ExplainedSource Reader { get; }

    /// <summary>What the destination knows of our runs.</summary>
    public ExplainedDestination Known { get; }

    /// <summary>The destination itself; who calls it stands within <see cref="Retries"/>.</summary>
    public IChatDestination Destination { get; }

    /// <summary>Stands before the destination.</summary>
    public EndRetries Retries { get; }

    /// <summary>Ends the waiting for either end.</summary>
    public void StopWaitingAt(CancellationToken abort) => _reading.Abort = Retries.Abort = abort;

    /// <summary>Writes.</summary>
    /// <param name="what">What is written, for people.</param>
    /// <param name="write">Writes it; told how often that was tried before.</param>
    /// <param name="abort">Ends the waiting.</param>
    public void Write(string what, Action<int> write, CancellationToken abort) => Retries.Execute(
        tried =>
        {
            write(tried);
            return true;
        },
        (tries, cause) => new DestinationException(what, null, null, tries.Attempts, cause, waited: tries.Waited), abort);

    /// <summary>Writes a placeholder for an unknown author (T20); its destination prinID.</summary>
    public int AddPlaceholder(int missing, Principal row, long epoch, CancellationToken abort)
    {
        var id = 0;
        Write("tblPrincipal", _ => id = Destination.AddPlaceholder(missing, row, epoch), abort);
        return id;
    }
}
