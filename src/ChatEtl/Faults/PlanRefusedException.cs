namespace ChatEtl.Faults;

/// <summary>Refuses to migrate by a plan that does not hold any more, or never did.</summary>
public sealed class PlanRefusedException : ChatEtlException
{
    /// <summary>How many changes the message names.</summary>
    public const int Named = 50;

    /// <summary>Names the changes in the message, the first of them.</summary>
    /// <param name="changes">What stands against the plan; at least one.</param>
    /// <param name="remedy">What to do.</param>
    public PlanRefusedException(IReadOnlyList<string> changes, string remedy)
        : base(
            Sentence.List(
                changes.Count, "thing stands against the plan", "things stand against the plan",
                changes.Count <= Named ? changes : [.. changes.Take(Named), FormattableString.Invariant($"and {changes.Count - Named} more")]),
            $"Nothing was written. {remedy}",
            ExitCodes.NotAllowed)
    {
        Changes = changes;
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Changes { get; }
}
