using System.Globalization;

namespace ChatEtl.Faults;

/// <summary>Stops a run that rejects more rows than its owner wants to look at.</summary>
public sealed class TooManyRejectionsException : ChatEtlException
{
    /// <summary>States the count and the limit.</summary>
    /// <param name="count">Rows rejected so far.</param>
    /// <param name="limit">What <c>pipeline.maxRejections</c> allows.</param>
    public TooManyRejectionsException(long count, long limit)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"{count} rows are rejected; pipeline.maxRejections allows {limit}."),
            "The last checkpoint and the rejections stand. Look at the rejections, mend their cause or raise pipeline.maxRejections "
                + "(0 = no limit), and give the same command again to resume.",
            ExitCodes.TooManyRejections)
    {
        Count = count;
        Limit = limit;
    }

    /// <summary>Rows rejected so far.</summary>
    public long Count { get; }

    /// <summary>What <c>pipeline.maxRejections</c> allows.</summary>
    public long Limit { get; }
}
