using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>Writes what is no batch of a range, again after transient faults; a fault that stays comes out as one of our family.</summary>
internal sealed class RetriedCalls(IChatDestination destination, EndRetries retries)
{
    /// <summary>Writes.</summary>
    /// <param name="what">What is written, for people.</param>
    /// <param name="write">Writes it; told how often that was tried before.</param>
    /// <param name="abort">Ends the waiting.</param>
    public void Write(string what, Action<int> write, CancellationToken abort) => retries.Execute(
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
        Write("tblPrincipal", _ => id = destination.AddPlaceholder(missing, row, epoch), abort);
        return id;
    }
}
