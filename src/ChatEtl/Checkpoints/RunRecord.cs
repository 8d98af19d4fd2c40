namespace ChatEtl.Checkpoints;

/// <summary>The state of the migration stored at a destination.</summary>
public enum RunState
{
    /// <summary>A pass has begun and is not complete.</summary>
    Running,

    /// <summary>The last pass is complete.</summary>
    Finished,
}

/// <summary>The run row at the destination.</summary>
/// <param name="Format">Version of the layout of our own tables.</param>
/// <param name="Fingerprint">What the migration is about.</param>
/// <param name="State">Running or finished.</param>
/// <param name="Epoch">Raised by every run that takes over; a stale process can write nothing more.</param>
/// <param name="Pass">1 for the first migration, then one more for each catching up (B6).</param>
/// <param name="LastPass">Whether the pass was marked as the last one (B6).</param>
/// <param name="Started">When the pass began, UTC.</param>
/// <param name="Updated">When a batch was last written, UTC.</param>
/// <param name="Owner">Host and process of the run that holds the epoch.</param>
public sealed record RunRecord(
    int Format, RunFingerprint Fingerprint, RunState State, long Epoch, int Pass, bool LastPass, DateTime Started, DateTime Updated, string Owner)
{
    /// <summary>The layout this version writes and reads.</summary>
    public const int CurrentFormat = 2;
}
