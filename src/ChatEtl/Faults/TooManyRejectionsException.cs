using System.Globalization;

namespace ChatEtl.Faults;

/// <summary>Stops a run that rejects more rows than its owner wants to look at.</summary>
public sealed class TooManyRejectionsException : ChatEtlException
{
    /// <summary>States the count and the limit.</summary>
    /// <param name="count">Rows rejected so far.</param>
    /// <param name="limit">What <c>pipeline.maxRejections</c> allows.</param>
    public TooManyRejectionsException(long count, long limit)
        : this(
            count, limit, "pipeline.maxRejections",
            string.Create(CultureInfo.InvariantCulture, $"{count} rows are rejected; pipeline.maxRejections allows {limit}."))
    {
    }

    private TooManyRejectionsException(long count, long limit, string option, string message)
        : base(
            message,
            "The last checkpoint and the rejections stand. Look at the rejections (chat-etl rejections list), mend their cause or raise "
                + $"{option} (0 = no limit), and give the same command again to resume.",
            ExitCodes.TooManyRejections)
    {
        Count = count;
        Limit = limit;
    }

    /// <summary>Rows rejected so far.</summary>
    public long Count { get; }

    /// <summary>What the option allows: rows, or percent of those read.</summary>
    public long Limit { get; }

    /// <summary>States the share and its limit.</summary>
    /// <param name="count">Rows of the pass rejected so far.</param>
    /// <param name="read">Rows of the pass read so far.</param>
    /// <param name="percent">What <c>pipeline.maxRejectionShare</c> allows.</param>
    public static TooManyRejectionsException OfShare(long count, long read, int percent) => new(
        count, percent, "pipeline.maxRejectionShare",
        string.Create(CultureInfo.InvariantCulture, $"{count} of {read} rows read are rejected, {100m * count / read:0.0} %; pipeline.maxRejectionShare allows {percent} %."));
}
