using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Writing;

/// <summary>What a pass does to a destination: its beginning, its batches, its end.</summary>
/// <remarks>What holds for the methods of <see cref="IChatDestination"/> holds for these.</remarks>
public interface IPassDestination : IDisposable
{
    /// <summary>Where the data goes, for people; never holds a secret.</summary>
    string Description { get; }

    /// <summary>What may help against a driver's fault.</summary>
    Remedy RemedyFor(Exception exception);

    /// <summary>Says in a sentence what a driver's fault means and what to do; never holds a secret.</summary>
    string Explain(Exception exception);

    /// <summary>Reads how far one range is.</summary>
    RangeCheckpoint ReadCheckpoint(int rangeId);

    /// <summary>Begins a pass or takes over one that was interrupted: raises the epoch, writes the directory and lays the ranges.</summary>
    void Begin(PassStart start);

    /// <summary>Writes one batch and moves its range's checkpoint past it.</summary>
    /// <remarks>
    /// Messages whose key is taken by an equal row count as reused, by another row as rejected; a row that the destination refuses is
    /// rejected and the rest goes in. The batch itself is not changed, so that it can be tried again.
    /// </remarks>
    /// <param name="batch">Rows and rejections; may hold neither and only move the checkpoint.</param>
    /// <param name="epoch">The epoch of this run.</param>
    /// <returns>The checkpoint now stored.</returns>
    RangeCheckpoint Write(Batch batch, long epoch);

    /// <summary>Ends a pass or a replay: raises the counters (T21) and sets the run to finished.</summary>
    void Complete(PassEnd end);
}
