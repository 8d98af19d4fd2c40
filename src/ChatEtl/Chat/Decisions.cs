namespace ChatEtl.Chat;

/// <summary>How a source row came to its destination row.</summary>
public enum Origin
{
    /// <summary>A run of ours wrote the destination row.</summary>
    Created,

    /// <summary>The destination had the row; it was matched by guid (or, for system principals, by URI) and left as it is.</summary>
    Reused,

    /// <summary>The destination had a row of equal name, and <c>existingNames</c> = merge joins them (T5).</summary>
    Merged,

    /// <summary>Another source row of the same guid won; this one maps to the winner's destination row (T11).</summary>
    Duplicate,

    /// <summary>A placeholder for an author the source does not have (T20, M3).</summary>
    Placeholder,
}

/// <summary>The stored fate of a source principal; the same in every resume and every later pass (E1).</summary>
/// <param name="SourceId">prinID in the source.</param>
/// <param name="DestinationId">prinID at the destination.</param>
/// <param name="Origin">How it came to it.</param>
/// <param name="HadAffiliations">Whether the destination held affiliation rows of it before our first run (M7).</param>
/// <param name="Digest">Digest of the row as we last wrote it; empty unless <see cref="Origin.Created"/>.</param>
public sealed record PrincipalDecision(int SourceId, int DestinationId, Origin Origin, bool HadAffiliations, string Digest = "");

/// <summary>The stored fate of a source category or room.</summary>
/// <param name="SourceId">nodeID in the source; the legacy root's id stands for the root-rooms category (N4).</param>
/// <param name="DestinationId">nodeID at the destination.</param>
/// <param name="Origin">How it came to it.</param>
/// <param name="IsCategory">Category or room.</param>
/// <param name="FullName">The name T1 and T2 gave before T3 to T5; when it changes, the name is decided anew.</param>
/// <param name="Name">The name at the destination.</param>
/// <param name="Digest">Digest of the row as we last wrote it; empty unless <see cref="Origin.Created"/>.</param>
public sealed record NodeDecision(
    int SourceId, int DestinationId, Origin Origin, bool IsCategory, string FullName, string Name, string Digest = "");

/// <summary>The stored fate of an add-in.</summary>
/// <param name="SourceId">siopID in the source.</param>
/// <param name="DestinationId">siopID at the destination; differs only when merged (N7).</param>
/// <param name="Origin">How it came to it.</param>
/// <param name="Name">The name at the destination.</param>
/// <param name="Digest">Digest of the row as we last wrote it; empty unless <see cref="Origin.Created"/>.</param>
public sealed record AddInDecision(Guid SourceId, Guid DestinationId, Origin Origin, string Name, string Digest = "");

/// <summary>All decisions of earlier runs, as stored at the destination; empty before the first run.</summary>
public sealed class Decisions
{
    /// <summary>Nothing decided yet.</summary>
    public static Decisions None { get; } = new();

    /// <summary>By source prinID.</summary>
    public IReadOnlyDictionary<int, PrincipalDecision> Principals { get; init; } = new Dictionary<int, PrincipalDecision>();

    /// <summary>By source nodeID.</summary>
    public IReadOnlyDictionary<int, NodeDecision> Nodes { get; init; } = new Dictionary<int, NodeDecision>();

    /// <summary>By source siopID.</summary>
    public IReadOnlyDictionary<Guid, AddInDecision> AddIns { get; init; } = new Dictionary<Guid, AddInDecision>();
}
