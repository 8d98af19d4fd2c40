using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>What becomes of the messages of one channelId.</summary>
public enum RoomFate
{
    /// <summary>No migrated or skipped room has that id: its rows are rejected (M1: also the root's and categories').</summary>
    Unknown,

    /// <summary>The room is migrated.</summary>
    Migrated,

    /// <summary>The room is left out by a rule, and what hangs on it too (S1).</summary>
    Skipped,
}

/// <summary>Where a source room goes.</summary>
/// <param name="Fate">Migrated, skipped or unknown.</param>
/// <param name="DestinationId">Destination nodeID when migrated, else 0.</param>
/// <param name="Rule">The rule that skips it (T6, T26), else empty.</param>
public readonly record struct RoomRoute(RoomFate Fate, int DestinationId, string Rule);

/// <summary>Facts about the two databases that the directory rules need and cannot read themselves.</summary>
public sealed record MessageFacts
{
    /// <summary>Number of messages a source room (nodeID) holds; asked for skipped rooms only (T6).</summary>
    public required Func<int, long> CountInSource { get; init; }

    /// <summary>Whether a destination room (second nodeID) holds messages that are not the source room's (first nodeID) own (E3, B7).</summary>
    public required Func<int, int, bool> HoldsForeignMessages { get; init; }

    /// <summary>A time as the destination's datetime columns keep it (U1).</summary>
    public Func<DateTime, DateTime> TimeAsStored { get; init; } = static time => time;
}

/// <summary>The directory as the rules want it at the destination, in destination ids; pure data, nothing written.</summary>
/// <remarks>When <see cref="HasErrors"/>, only <see cref="Findings"/> means anything.</remarks>
public sealed class DirectoryPlan
{
    /// <summary>All findings, errors first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Whether a finding stops the run.</summary>
    public bool HasErrors => Findings.Any(f => f.Severity == Severity.Error);

    /// <summary>Directory rows that cannot be carried.</summary>
    public IReadOnlyList<Rejection> Rejections { get; init; } = [];

    /// <summary>Books of tblPrincipal, tblNode, tblPrincipalRole, tblScopePrincipal and tblSiopWhiteList.</summary>
    public IReadOnlyDictionary<string, Book> Books { get; init; } = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Earlier and new decisions together; digests are those of the earlier ones.</summary>
    public Decisions Decisions { get; init; } = Decisions.None;

    /// <summary>Wanted rows of principals we create, in order of destination id; every id inside is a destination id.</summary>
    public IReadOnlyList<Principal> Principals { get; init; } = [];

    /// <summary>Wanted rows of nodes we create, in order of destination id; every id inside is a destination id.</summary>
    public IReadOnlyList<Node> Nodes { get; init; } = [];

    /// <summary>Wanted rows of add-ins we create.</summary>
    public IReadOnlyList<AddIn> AddIns { get; init; } = [];

    /// <summary>Wanted scope rows of categories we create, in key order.</summary>
    public IReadOnlyList<AccessRow> Scopes { get; init; } = [];

    /// <summary>Source ids of migrated rooms and categories that may get roles, ascending; the root's stands for the root-rooms category.</summary>
    public IReadOnlyList<int> RoleNodes { get; init; } = [];

    /// <summary>Wanted role rows of one node of <see cref="RoleNodes"/>, without repeats, by (principal, type); computed anew at each call.</summary>
    public required Func<int, IReadOnlyList<AccessRow>> RolesOf { get; init; }

    /// <summary>Where the messages of a source nodeID go.</summary>
    public required Func<int, RoomRoute> RouteOf { get; init; }

    /// <summary>Source prinIDs that exist but are rejected; what hangs on them is rejected too (E8).</summary>
    public IReadOnlySet<int> RejectedPrincipals { get; init; } = new HashSet<int>();

    /// <summary>
    /// Source prinIDs whose roles and scope rows are left out, because an active destination row stands for someone without access
    /// (E6, E7). Carrying their affiliations (T24) would give them access through groups.
    /// </summary>
    public IReadOnlySet<int> WithoutAccess { get; init; } = new HashSet<int>();

    /// <summary>A time as the destination's datetime columns keep it (U1); rows of this plan have theirs so already.</summary>
    public Func<DateTime, DateTime> TimeAsStored { get; init; } = static time => time;

    /// <summary>nodeGuid of the source's root: namespace of the guids we make (N4, M3).</summary>
    public Guid SourceRootGuid { get; init; }

    /// <summary>The destination's system principal: stands where an id maps to nothing (U1).</summary>
    public int SystemPrincipalId { get; init; }

    /// <summary>Maps a source prinID; null when it maps to nothing. A placeholder stands only for an author of messages (M3).</summary>
    public int? PrincipalIdOf(int? sourceId) =>
        sourceId is { } id && Decisions.Principals.TryGetValue(id, out var decision) && decision.Origin != Origin.Placeholder ? decision.DestinationId : null;

    /// <summary>Gives back what planning a large directory left behind: nothing is allocated per message, so nothing would ever collect it.</summary>
    public void CollectLeftovers()
    {
        if (Decisions.Principals.Count + Decisions.Nodes.Count > 300)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
