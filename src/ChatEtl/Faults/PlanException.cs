using ChatEtl.Chat;

namespace ChatEtl.Faults;

/// <summary>Refuses to start a migration whose plan has errors.</summary>
public sealed class PlanException : ChatEtlException
{
    /// <summary>Lists the errors in the message.</summary>
    /// <param name="errors">The findings of severity <see cref="Severity.Error"/>; at least one.</param>
    public PlanException(IReadOnlyList<Finding> errors)
        : base(
            Sentence.List(errors.Count, "error in the plan", "errors in the plan", errors.Select(Line)),
            "Nothing was written. Settle each error in the source, at the destination or by its rule, and start again.",
            ExitCodes.NotAllowed)
    {
        Errors = errors;
    }

    /// <summary>What has to be settled first.</summary>
    public IReadOnlyList<Finding> Errors { get; }

    private static string Line(Finding finding)
    {
        var row = string.Join(' ', new[] { finding.Table, finding.Key }.Where(part => part.Length > 0));

        return row.Length == 0 ? $"{finding.Rule}: {finding.Message}" : $"{finding.Rule} {row}: {finding.Message}";
    }
}
