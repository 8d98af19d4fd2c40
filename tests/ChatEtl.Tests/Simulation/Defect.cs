namespace ChatEtl.Tests.Simulation;

/// <summary>Faults that a mover may have, planted in the double of the destination one at a time.</summary>
internal enum Defect
{
    /// <summary>Control: an honest destination.</summary>
    None,

    /// <summary>The checkpoint is committed, then the rows.</summary>
    CheckpointBeforeRows,

    /// <summary>The rows are committed, then the checkpoint, in a transaction of its own.</summary>
    SeparateTransaction,

    /// <summary>After an unclear commit the batch is written again without asking.</summary>
    BlindRetry,

    /// <summary>A range ends one message too early.</summary>
    RangeEdge,

    /// <summary>Writes do not look at the epoch.</summary>
    EpochNotChecked,

    /// <summary>A second run is let in beside the first: nobody raises the epoch.</summary>
    SecondInstance,

    /// <summary>The last batch of a range moves the checkpoint and leaves its rows behind.</summary>
    LostLastBatch,

    /// <summary>Two writers write the same batch.</summary>
    WrittenTwice,

    /// <summary>Rejections are stored before the transaction of their batch.</summary>
    RejectionOutside,

    /// <summary>A resume draws the ids anew.</summary>
    IdsRedrawn,

    /// <summary>The digest is that of the row before its transform.</summary>
    DigestOfSourceRow,

    /// <summary>The counters are not written.</summary>
    CounterNotSaved,

    /// <summary>A pass forgets how far it took the rooms.</summary>
    WatermarkNotStored,

    /// <summary>A resume begins one message too late.</summary>
    ResumesTooLate,

    /// <summary>A resume begins one message too early.</summary>
    ResumesTooEarly,

    /// <summary>Nobody remembers which placeholder an unknown author got: a resume makes another one.</summary>
    PlaceholderTwice,

    /// <summary>A refused row is dropped without a word.</summary>
    SilentDrop,
}
