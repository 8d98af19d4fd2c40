namespace ChatEtl.Planning;

/// <summary>What a migration has to do, in rows.</summary>
public sealed record Workload
{
    /// <summary>Messages to move.</summary>
    public long Messages { get; init; }

    /// <summary>Bytes of their texts; null when nobody has counted, and they are taken to be as wide as the sample's.</summary>
    public long? Bytes { get; init; }

    /// <summary>Rows of the small tables to move, by stream (see <see cref="Checkpoints.Streams"/>).</summary>
    public IReadOnlyDictionary<string, long> SmallRows { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Principals, add-ins, nodes and scope rows to write.</summary>
    public long DirectoryRows { get; init; }

    /// <summary>What starting and planning take: as long as they took the plan itself, from the start of its process on.</summary>
    public TimeSpan Planning { get; init; }
}
