using ChatEtl.Chat;

namespace ChatEtl.Planning;

/// <summary>What a pass begins with.</summary>
public enum PlanState
{
    /// <summary>The first pass into a destination.</summary>
    New,

    /// <summary>An interrupted pass goes on.</summary>
    GoesOn,

    /// <summary>An earlier pass is complete; only what is new is copied (B6).</summary>
    CatchesUp,
}

/// <summary>Everything that can be said about a migration before it is made.</summary>
public sealed record MigrationPlan
{
    /// <summary>When the plan was made, UTC.</summary>
    public required DateTime Made { get; init; }

    /// <summary>The source, for people.</summary>
    public required string Source { get; init; }

    /// <summary>The destination, for people.</summary>
    public required string Destination { get; init; }

    /// <summary>The source's generation; null when it cannot be told.</summary>
    public required Generation? Generation { get; init; }

    /// <summary>What the pass begins with.</summary>
    public required PlanState State { get; init; }

    /// <summary>Findings by severity and rule.</summary>
    public required IReadOnlyList<FindingGroup> Findings { get; init; }

    /// <summary>What there is in the source; null when it is no chat database.</summary>
    public required SourceInventory? Inventory { get; init; }

    /// <summary>What becomes of single entities: renames, skipped rooms, what the destination has already, and so on.</summary>
    public required IReadOnlyList<PlanList> Lists { get; init; }

    /// <summary>The books that the pass will have, by table; null when errors stop it.</summary>
    public required IReadOnlyDictionary<string, Book>? Books { get; init; }

    /// <summary>How long it will take and when it disturbs least; null when errors stop it, or when no trial was wanted.</summary>
    public required PlanForecast? Forecast { get; init; }

    /// <summary>What a migration by this plan is held to.</summary>
    public required PlanTerms Terms { get; init; }

    /// <summary>How many findings there are of a severity.</summary>
    public int Count(Severity severity) => Findings.Where(group => group.Severity == severity).Sum(group => group.Items.Count);

    /// <summary>The program's exit code: errors, warnings only, or nothing to decide.</summary>
    public int ExitCode =>
        Count(Severity.Error) > 0 ? Faults.ExitCodes.NotAllowed : Count(Severity.Warning) > 0 ? Faults.ExitCodes.Warnings : Faults.ExitCodes.Success;
}
