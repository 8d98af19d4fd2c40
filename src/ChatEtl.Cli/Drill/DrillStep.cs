using System.Diagnostics;
using ChatEtl.Diagnostics;

namespace ChatEtl.Cli.Drill;

/// <summary>A moment at which the worker is killed: the begin or end of a span.</summary>
/// <param name="Name">What it is called on the command line and in reports.</param>
/// <param name="Command">The command that passes through it.</param>
/// <param name="IsAt">Whether a span that begins (true) or ends (false) is such a moment; null for any moment, by the clock.</param>
/// <param name="Waits">Whether the worker stands still until it is killed; otherwise it goes on, and the kill hits it soon after.</param>
/// <param name="IsLate">Whether it lies behind the last batch.</param>
internal sealed record DrillStep(string Name, string Command, Func<Activity, bool, bool>? IsAt, bool Waits = true, bool IsLate = false)
{
    private const string Migrate = "migrate";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DrillStep> All { get; } =
    [
        new("any moment", Migrate, null),
        new("in directory writing", Migrate, (span, begins) => begins && (span.OperationName == Spans.DirectoryTable || IsCommitOf(span, Spans.Directory))),
        new("before write", Migrate, (span, begins) => begins && span.OperationName == Spans.Batch),
        new("mid-write", Migrate, (span, begins) => begins && span.OperationName == Spans.Checkpoint),
        new("before commit", Migrate, (span, begins) => begins && IsCommitOf(span, Spans.Batch)),
        new("in commit", Migrate, (span, begins) => begins && IsCommitOf(span, Spans.Batch), Waits: false),
        new("after commit", Migrate, (span, begins) => !begins && IsCommitOf(span, Spans.Batch)),
        new("between ranges", Migrate, (span, begins) => !begins && span.OperationName == Spans.Batch && span.GetTagItem(Spans.EndsRange) is true),
        new("in the counters", Migrate, (span, begins) => begins && IsCommitOf(span, Spans.Counters), IsLate: true),
        new("behind the counters", Migrate, (span, begins) => !begins && span.OperationName == Spans.Counters, IsLate: true),
        new("in compare", "compare", (span, begins) => begins && span.OperationName == Spans.Compare),
        new("in finish", "finish", (span, begins) => begins && (span.OperationName == Spans.Finish || IsCommitOf(span, Spans.Finish))),
        new("behind finish", "finish", (span, begins) => !begins && span.OperationName == Spans.Finish),
    ];

    private static bool IsCommitOf(Activity span, string parent) => span.OperationName == Spans.Commit && span.Parent?.OperationName == parent;
}
