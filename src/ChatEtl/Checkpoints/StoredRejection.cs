using ChatEtl.Chat;

namespace ChatEtl.Checkpoints;

/// <summary>An open rejection, as stored at the destination.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Pass">The pass that met the row.</param>
/// <param name="RangeId">The range it was read in; 0 for the directory and the counters, which every pass plans anew.</param>
/// <param name="Row">Table, key, rule, reason and, where one rejection is asked for by its number, the original values.</param>
public sealed record StoredRejection(long Id, int Pass, int RangeId, Rejection Row)
{
    /// <summary>Whether a replay takes the row again; others are planned anew by every pass.</summary>
    public bool IsReplayable => RangeId != 0;
}

/// <summary>Which rejections are meant.</summary>
/// <param name="Table">Those of this source table, compared without regard to case; null for all.</param>
/// <param name="Rule">Those under this rule, compared without regard to case; null for all.</param>
/// <param name="Key">Those of this key; null for all.</param>
/// <param name="IsPrefix">Whether keys need only begin with <paramref name="Key"/>.</param>
public sealed record RejectionFilter(string? Table = null, string? Rule = null, string? Key = null, bool IsPrefix = false)
{
    /// <summary>All of them.</summary>
    public static RejectionFilter All { get; } = new();
}

/// <summary>How many open rejections there are of one source table under one rule.</summary>
/// <param name="Table">The source table.</param>
/// <param name="Rule">The rule.</param>
/// <param name="IsReplayable">Whether a replay takes them again.</param>
/// <param name="Count">How many.</param>
public sealed record RejectionCount(string Table, string Rule, bool IsReplayable, long Count);
