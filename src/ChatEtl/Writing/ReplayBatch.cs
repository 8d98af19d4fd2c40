using ChatEtl.Chat;

namespace ChatEtl.Writing;

/// <summary>Rejected rows of one range, read and judged again; written in one transaction.</summary>
/// <param name="rangeId">The range whose books they move.</param>
/// <param name="rows">The rows to write, of one table.</param>
public sealed class ReplayBatch(int rangeId, Batch rows)
{
    /// <summary>The range whose books they move.</summary>
    public int RangeId { get; } = rangeId;

    /// <summary>The rows to write, transformed.</summary>
    public Batch Rows { get; } = rows;

    /// <summary>The rejection that each of <see cref="Rows"/> stands for.</summary>
    public List<long> Ids { get; } = [];

    /// <summary>Rejections whose rows are not to be written, and what the rules say of them now.</summary>
    public List<JudgedRejection> Judged { get; } = [];
}

/// <summary>What the rules say now of a row that was rejected, when it is not to be written.</summary>
/// <param name="Id">The rejection.</param>
/// <param name="Rule">The rule that reuses, skips or rejects it.</param>
/// <param name="IsReused">Whether the destination has the row already.</param>
/// <param name="Rejection">When it is rejected still: rule, reason and, unless empty, values as they are now.</param>
public sealed record JudgedRejection(long Id, string Rule, bool IsReused, Rejection? Rejection);

/// <summary>What became of the rejections of a replayed batch; those that an earlier attempt had closed are in none of these.</summary>
/// <param name="Written">Rows written.</param>
/// <param name="Reused">Rows that the destination has already.</param>
/// <param name="Skipped">Rows that a rule leaves out now.</param>
/// <param name="Rejected">Rejected still.</param>
public sealed record ReplayResult(long Written, long Reused, long Skipped, long Rejected)
{
    /// <summary>Nothing.</summary>
    public static ReplayResult None { get; } = new(0, 0, 0, 0);

    /// <summary>Adds two.</summary>
    public ReplayResult Add(ReplayResult other) => new(Written + other.Written, Reused + other.Reused, Skipped + other.Skipped, Rejected + other.Rejected);
}
