namespace ChatEtl.Planning;

/// <summary>What a short trial at both ends took. Seconds are those of this machine, these databases and this hour.</summary>
public sealed record CalibrationResult
{
    /// <summary>Why nothing was written; null when writing was measured. Without it no duration can be told, only that reading alone takes so long.</summary>
    public string? WithoutWriting { get; init; }

    /// <summary>Rows of messages as the pipeline moves them, all stages at work; only read and transformed where <see cref="WithoutWriting"/> tells why.</summary>
    public Pace Messages { get; init; } = Pace.None;

    /// <summary>Messages a second of reading alone.</summary>
    public double ReadRate { get; init; }

    /// <summary>Messages a second of the rules alone.</summary>
    public double TransformRate { get; init; }

    /// <summary>Messages a second of writing alone, checkpoints included; 0 where nothing was written.</summary>
    public double WriteRate { get; init; }

    /// <summary>Seconds to find what the directory changes and where ranges begin.</summary>
    public double DecidingSeconds { get; init; }

    /// <summary>Seconds to write the directory, decisions and ranges.</summary>
    public double DirectorySeconds { get; init; }

    /// <summary>Seconds of looking ahead over the small tables.</summary>
    public double LookAheadSeconds { get; init; }

    /// <summary>Whether more than messages was written; where not, other rows are taken to move like messages.</summary>
    public bool WroteEverything { get; init; }

    /// <summary>Rows of the small tables, by stream; empty where only messages were written.</summary>
    public IReadOnlyDictionary<string, Pace> SmallTables { get; init; } = new Dictionary<string, Pace>(StringComparer.Ordinal);

    /// <summary>Seconds to read and raise the counters and to make everything durable.</summary>
    public double CounterSeconds { get; init; }

    /// <summary>Messages as a comparison reads both sides; nothing where the scratch cannot be read back.</summary>
    public Pace Comparison { get; init; } = Pace.None;

    /// <summary>Bytes of storage that the messages of the sample took up.</summary>
    public long StoredBytes { get; init; }

    /// <summary>What is to be moved, as the key index and the sample tell; a plan that has counted puts its own figures in.</summary>
    public Workload Workload { get; init; } = new();
}
