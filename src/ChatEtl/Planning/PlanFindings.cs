using ChatEtl.Chat;

namespace ChatEtl.Planning;

/// <summary>The findings of one rule and severity, with what to do about them.</summary>
/// <param name="Rule">The rule, for example <c>T4</c>.</param>
/// <param name="Severity">How much they matter.</param>
/// <param name="Advice">What the rule is about, and what to do.</param>
/// <param name="Items">One for each finding; the detail is its message.</param>
public sealed record FindingGroup(string Rule, Severity Severity, RuleAdvice Advice, IReadOnlyList<PlanItem> Items);

/// <summary>Groups findings for people: by severity, then by rule.</summary>
internal static class PlanFindings
{
    /// <summary>Groups them; <paramref name="nameOf"/> tells what people call a row.</summary>
    public static IReadOnlyList<FindingGroup> Group(IEnumerable<Finding> findings, Func<string, string, string> nameOf) =>
    [
        .. findings.GroupBy(finding => (finding.Severity, finding.Rule))
            .OrderByDescending(group => group.Key.Severity).ThenBy(group => RuleBook.OrderOf(group.Key.Rule)).ThenBy(group => group.Key.Rule, StringComparer.Ordinal)
            .Select(group => new FindingGroup(
                group.Key.Rule, group.Key.Severity, RuleBook.Of(group.Key.Rule),
                [.. group.Select(finding => new PlanItem(finding.Table, finding.Key, nameOf(finding.Table, finding.Key), finding.Message))])),
    ];
}
