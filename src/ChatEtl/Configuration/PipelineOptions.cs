namespace ChatEtl.Configuration;

/// <summary>How wide the pipeline is and what travels through it (section <c>pipeline</c> of pipeline.json).</summary>
public sealed record PipelineOptions
{
    /// <summary>Ranges read at the same time, at least one for each writer. Default 1, range 1 to 16: rows then come in the order of their key, which SQLite writes fastest.</summary>
    public int Readers { get; init; } = 1;

    /// <summary>Batches transformed at the same time. Default 1, range 1 to 16.</summary>
    public int Transformers { get; init; } = 1;

    /// <summary>Batches written at the same time, each on its own connection; SQLite takes one. Default 1, range 1 to 16.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>
    /// Whether the rows of a batch and the ranges side by side follow what writing costs, up to <see cref="BatchRows"/> and to the larger of
    /// <see cref="Readers"/> and <see cref="Writers"/>. Default true; false: they are what is configured.
    /// </summary>
    public bool SelfTuning { get; init; } = true;

    /// <summary>
    /// Rows that each writer has in hand at most, from the first one read to the commit, and so what a kill makes be read again. Default 40000, range 1
    /// to 100000. The batches in hand share them, each has at least one row: by default a batch, which is one transaction, closes at half of them.
    /// </summary>
    public int BatchRows { get; init; } = 40_000;

    /// <summary>Rows of the first batches where <see cref="SelfTuning"/> is on. Default 10000, range 1 to 100000.</summary>
    public int FirstBatchRows { get; init; } = 10_000;

    /// <summary>Bytes at which a batch closes, if it has fewer rows. Default 4194304, range 1024 to 67108864.</summary>
    public int BatchBytes { get; init; } = 4_194_304;

    /// <summary>
    /// Batches that may wait for each writer, the one it writes included, beside those being read or transformed for it. Default 1, range 1 to 64: more
    /// bridge a source that falters, and make batches smaller, for all share <see cref="BatchRows"/>.
    /// </summary>
    public int Capacity { get; init; } = 1;

    /// <summary>Messages a range aims at; fewer where several readers or writers share a small pool. Default 250000, range 1000 to 100000000.</summary>
    public int RangeRows { get; init; } = 250_000;

    /// <summary>The run stops when more rows than this are rejected; 0 means no limit. Default 10000, range 0 to 2147483647.</summary>
    public int MaxRejections { get; init; } = 10_000;

    /// <summary>
    /// The run stops when more than this percentage of the rows that the pass has read is rejected, from <see cref="ShareJudgedFrom"/> rows on; 0 means
    /// no limit. Default 10, range 0 to 100: bad rows are few in any pool, and one row in ten means the wrong source or a directory that is not there.
    /// </summary>
    public int MaxRejectionShare { get; init; } = 10;

    /// <summary>So many rows must be read before <see cref="MaxRejectionShare"/> is judged: one bad row among the first is no share.</summary>
    public const int ShareJudgedFrom = 10_000;
}
