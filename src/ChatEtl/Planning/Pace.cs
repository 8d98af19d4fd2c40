namespace ChatEtl.Planning;

/// <summary>How far rows had moved at one moment.</summary>
/// <param name="Seconds">Since the first row was asked for.</param>
/// <param name="Rows">Rows read and written so far.</param>
/// <param name="Bytes">Bytes of their texts.</param>
public readonly record struct PacePoint(double Seconds, long Rows, long Bytes);

/// <summary>A piece of a measurement once it was warm.</summary>
/// <param name="Rows">Rows of the piece.</param>
/// <param name="Bytes">Bytes of their texts.</param>
/// <param name="Seconds">What they took.</param>
public readonly record struct PacePart(long Rows, long Bytes, double Seconds)
{
    /// <summary>What one row took.</summary>
    public double SecondsARow => Seconds / Rows;
}

/// <summary>How fast rows move: what a row takes once everything is warm, how much that varies, and what the start takes besides.</summary>
/// <remarks>A straight line through the measurement's points, and not its average: the first rows of a process pay for compiling and opening.</remarks>
/// <param name="Rows">Rows measured.</param>
/// <param name="Bytes">Bytes of their texts.</param>
/// <param name="ColdSeconds">What the start took besides its rows.</param>
/// <param name="SecondsARow">What a row takes later.</param>
/// <param name="Parts">The warm pieces, in the order they were measured.</param>
public sealed record Pace(long Rows, long Bytes, double ColdSeconds, double SecondsARow, IReadOnlyList<PacePart> Parts)
{
    private const int MostParts = 8;
    private const double Shortest = 1e-9;

    /// <summary>Nothing was measured, and nothing is to be done.</summary>
    public static Pace None { get; } = new(0, 0, 0, 0, []);

    /// <summary>Rows a second once warm.</summary>
    public double RowsASecond => SecondsARow > 0 ? 1 / SecondsARow : 0;

    /// <summary>Bytes of text of a row; 0 where nothing was measured.</summary>
    public double BytesARow => Rows == 0 ? 0 : (double)Bytes / Rows;

    /// <summary>Bytes of text of a row of the warm pieces, which the line is drawn through.</summary>
    private double WarmWidth => Parts.Count == 0 ? 0 : (double)Parts.Sum(part => part.Bytes) / Parts.Sum(part => part.Rows);

    /// <summary>Fits the line.</summary>
    /// <param name="points">In the order of time; each counts from the start.</param>
    /// <param name="warmRows">Rows that warm up and are left out of the line; where there are no more than these, all count.</param>
    public static Pace Of(IReadOnlyList<PacePoint> points, long warmRows)
    {
        if (points.Count == 0 || points[^1].Rows == 0)
        {
            return None;
        }

        var last = points[^1];
        var start = 0;
        while (start < points.Count && points[start].Rows < warmRows)
        {
            start++;
        }

        var from = start < points.Count - 1 && points[start].Rows < last.Rows ? points[start] : default;
        var perRow = Math.Max(Shortest, last.Seconds - from.Seconds) / (last.Rows - from.Rows);
        var parts = PartsOf([from, .. points.Where(point => point.Rows > from.Rows)]);
        return new Pace(last.Rows, last.Bytes, Math.Max(0, from.Seconds - (perRow * from.Rows)), perRow, parts);
    }

    /// <summary>Seconds for so many rows.</summary>
    /// <param name="rows">Rows; none take nothing.</param>
    /// <param name="bytes">Bytes of their texts; null for as wide rows as were measured.</param>
    public double SecondsFor(long rows, long? bytes = null)
    {
        if (rows <= 0)
        {
            return 0;
        }

        var width = bytes is { } known && WarmWidth is > 0 and var measured ? known / (measured * rows) : 1;
        return ColdSeconds + (rows * SecondsARow * (1 + (ByteShare() * (width - 1))));
    }

    /// <summary>How far the rate may be off, as a share of it: twice the standard error of the mean of the parts.</summary>
    public double Uncertainty()
    {
        if (Parts.Count < 2)
        {
            return 1;
        }

        var mean = Parts.Average(part => part.SecondsARow);
        var variance = Parts.Sum(part => Math.Pow(part.SecondsARow - mean, 2)) / (Parts.Count - 1);
        return 2 * Math.Sqrt(variance / Parts.Count) / mean;
    }

    /// <summary>Which share of a row's time goes with its bytes: from parts of different width, or a fifth where all are about as wide.</summary>
    private double ByteShare()
    {
        const double Usual = 0.2;
        if (Parts.Count < 3 || WarmWidth == 0)
        {
            return Usual;
        }

        var (mean, width) = (Parts.Average(part => part.SecondsARow), WarmWidth);
        var spread = Parts.Sum(part => Math.Pow(((double)part.Bytes / part.Rows / width) - 1, 2));
        var together = Parts.Sum(part => (((double)part.Bytes / part.Rows / width) - 1) * ((part.SecondsARow / mean) - 1));
        return spread / Parts.Count < 0.02 ? Usual : Math.Clamp(together / spread, 0, 1);
    }

    private static List<PacePart> PartsOf(List<PacePoint> points)
    {
        var parts = new List<PacePart>();
        var (from, rows) = (points[0], points[^1].Rows - points[0].Rows);
        foreach (var point in points.Skip(1))
        {
            var share = (double)(point.Rows - points[0].Rows) / rows;
            if (share >= (parts.Count + 1.0) / MostParts || point == points[^1])
            {
                if (point.Rows > from.Rows)
                {
                    parts.Add(new PacePart(point.Rows - from.Rows, point.Bytes - from.Bytes, Math.Max(Shortest, point.Seconds - from.Seconds)));
                }

                from = point;
            }
        }

        return parts;
    }
}
