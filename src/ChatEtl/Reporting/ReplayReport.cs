using ChatEtl.Checkpoints;
using ChatEtl.Writing;

namespace ChatEtl.Reporting;

/// <summary>What a replay did.</summary>
/// <param name="Complete">Whether it came to its end; false after a stop.</param>
/// <param name="Result">What became of the rows taken again.</param>
/// <param name="Left">What is open among the chosen rejections now, by table and rule; those that are not replayable are planned anew by every pass.</param>
public sealed record ReplayReport(bool Complete, ReplayResult Result, IReadOnlyList<RejectionCount> Left);
