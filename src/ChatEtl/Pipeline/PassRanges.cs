using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Pipeline;

/// <summary>The ranges that a new pass moves, by what earlier passes took; a plan asks for them, too.</summary>
internal static class PassRanges
{
    /// <summary>Lays them.</summary>
    /// <param name="source">The source.</param>
    /// <param name="reader">The destination, read back.</param>
    /// <param name="known">What the destination knows of our runs.</param>
    /// <param name="plan">The plan of the pass.</param>
    /// <param name="options">Which streams there are, and how large a range is.</param>
    /// <param name="pass">Number of the pass.</param>
    /// <param name="lastPass">Whether the pass also looks below the watermarks (B6).</param>
    /// <param name="cancellationToken">Looked at between rooms.</param>
    public static List<Range> Of(
        IChatSource source, IChatSource reader, ExplainedDestination known, PassPlan plan, ChatEtlOptions options, int pass, bool lastPass,
        CancellationToken cancellationToken)
    {
        var watermarks = known.ReadWatermarks();

        // A room that earlier passes left out (T6) has its watermark all the same: nothing of it was taken.
        var looked = lastPass ? watermarks : watermarks.Where(taken => IsNew(plan, taken.Key)).ToDictionary();
        var missed = pass > 1 && looked.Count > 0
            ? MissedMessages.Find(source, reader, known, plan.Directory, looked, cancellationToken)
            : [];
        return RangePlanner.Plan(source, options.Rules, options.Pipeline, pass, watermarks, missed, cancellationToken);
    }

    private static bool IsNew(PassPlan plan, long room) =>
        room is >= int.MinValue and <= int.MaxValue && !plan.Earlier.Nodes.ContainsKey((int)room)
        && plan.Directory.RouteOf((int)room).Fate == RoomFate.Migrated;
}
