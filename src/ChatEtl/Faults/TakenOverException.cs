using System.Globalization;

namespace ChatEtl.Faults;

/// <summary>Stops a run that finds a newer one at work on the same destination.</summary>
public sealed class TakenOverException : ChatEtlException
{
    /// <summary>Names both runs by their epochs.</summary>
    /// <param name="epoch">The epoch of the run that stops.</param>
    /// <param name="current">The epoch the destination has now.</param>
    public TakenOverException(long epoch, long current)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Another run (epoch {current}) has taken over the destination from this one (epoch {epoch})."),
            "What this run committed stands, and the other run goes on from there. Let it finish; start again only when it has ended.",
            ExitCodes.NotAllowed)
    {
        Epoch = epoch;
        Current = current;
    }

    /// <summary>The epoch of the run that stops.</summary>
    public long Epoch { get; }

    /// <summary>The epoch the destination has now.</summary>
    public long Current { get; }
}
