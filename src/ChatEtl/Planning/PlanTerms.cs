using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Planning;

/// <summary>What a migration by a plan is held to.</summary>
public sealed record PlanTerms
{
    /// <summary>Errors of the plan; with any, nothing can be migrated by it.</summary>
    public required int Errors { get; init; }

    /// <summary>What the migration is about; null when the databases could not be read so far.</summary>
    public required RunFingerprint? Fingerprint { get; init; }

    /// <summary>The pass that was planned.</summary>
    public required int Pass { get; init; }

    /// <summary>nodeGuid of the root that the destination is to have, when it did not exist yet; else null.</summary>
    public required Guid? NewDestinationRoot { get; init; }

    /// <summary>Where every principal, node and add-in goes.</summary>
    public required Decisions Decisions { get; init; }

    /// <summary>The source's directory as it stood.</summary>
    public required DirectoryState Source { get; init; }

    /// <summary>The destination's directory as it stood.</summary>
    public required DirectoryState Destination { get; init; }

    /// <summary>Digest of all directory rows to be written.</summary>
    public required string Outcome { get; init; }

    /// <summary>Rows of tblChat that the pass was to read; an estimate when not <see cref="MessagesAreExact"/>.</summary>
    public required long Messages { get; init; }

    /// <summary>Whether <see cref="Messages"/> was counted.</summary>
    public required bool MessagesAreExact { get; init; }
}
