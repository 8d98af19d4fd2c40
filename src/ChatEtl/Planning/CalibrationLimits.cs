namespace ChatEtl.Planning;

/// <summary>How much a calibration may read and write. It ends at whichever comes first.</summary>
public sealed record CalibrationLimits
{
    /// <summary>Messages. Default 600,000; never more than a third of a pool of more than 200,000.</summary>
    public long Messages { get; init; } = 600_000;

    /// <summary>Bytes of text. Default 256 MiB.</summary>
    public long Bytes { get; init; } = 256L << 20;

    /// <summary>How long messages move; the small tables get half as long. Default 5 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows of the directory, its decisions and ranges. Default 100,000.</summary>
    public int DirectoryRows { get; init; } = 100_000;

    /// <summary>Rows of each small table. Default 50,000.</summary>
    public long SmallRows { get; init; } = 50_000;
}
