using ChatEtl.Reading;

namespace ChatEtl.Pipeline;

/// <summary>Finds how many rows a batch should have: as few as keep what a transaction costs besides its rows below a fortieth of its time.</summary>
/// <remarks>
/// <para>A batch of n rows takes f + c·n to write. Whole and half batches take turns; the lower quartiles of each round are points of a straight line,
/// fitted by least squares of the relative errors, older rounds counting less. Then n = 40 f / c, within the limits and at most twice or half
/// of what it was. A quartile does not mind the batch that met a sync.</para>
/// <para>Fewer rows than that lose speed, more lose nothing but what a kill makes read again. Safe for concurrent use.</para>
/// </remarks>
internal sealed class BatchTuner
{
    /// <summary>No fewer rows than this: below it even SQLite does little but begin and commit.</summary>
    public const int Least = 250;

    private const int Samples = 16;
    private const int RowsForOverhead = 40;

    /// <summary>Batches between two rounds once the size has settled: costs change over a night.</summary>
    private const int Pause = 256;

    /// <summary>What a round counts after the next one.</summary>
    private const double Memory = 0.9;

    private readonly Lock _gate = new();
    private readonly BatchLimits _limits;
    private readonly int _most;
    private readonly List<double> _whole = [];
    private readonly List<double> _half = [];
    private (double W, double N, double NN, double T, double NT) _sums;
    private int _pause;

    /// <summary>Takes over the limits of a run, which its readers look at for every row.</summary>
    /// <param name="limits">The limits; changed while the run goes on.</param>
    /// <param name="most">Most rows of a batch.</param>
    /// <param name="first">Rows of the first batches.</param>
    public BatchTuner(BatchLimits limits, int most, int first)
    {
        (_limits, _most) = (limits, most);
        limits.Rows = Rows = Math.Clamp(first, Math.Min(Least, most), most);
    }

    /// <summary>Rows of a whole batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Learns from a batch that was written at its first attempt.</summary>
    public void Note(int rows, TimeSpan took)
    {
        lock (_gate)
        {
            if (_pause > 0 || _most <= Least)
            {
                _pause = Math.Max(0, _pause - 1);
                return;
            }

            // Batches that closed by their bytes or with their range tell nothing.
            var list = rows == Rows ? _whole : rows == Rows / 2 ? _half : null;
            list?.Add(took.TotalSeconds);
            if (_whole.Count >= Samples && _half.Count >= Samples)
            {
                Choose();
            }

            _limits.Rows = _pause > 0 || _whole.Count <= _half.Count ? Rows : Rows / 2;
        }
    }

    private void Choose()
    {
        _sums = (_sums.W * Memory, _sums.N * Memory, _sums.NN * Memory, _sums.T * Memory, _sums.NT * Memory);
        Add(Rows, Usual(_whole));
        Add(Rows / 2, Usual(_half));
        _whole.Clear();
        _half.Clear();
        var spread = (_sums.W * _sums.NN) - (_sums.N * _sums.N);
        var fixedCost = ((_sums.NN * _sums.T) - (_sums.N * _sums.NT)) / spread;
        var rowCost = ((_sums.W * _sums.NT) - (_sums.N * _sums.T)) / spread;

        // No cost of a row that can be seen: all is overhead. No overhead that can be seen: fewer rows do as well.
        var wanted = rowCost <= 0 ? _most : RowsForOverhead * fixedCost / rowCost;
        var before = Rows;
        Rows = Math.Clamp((int)Math.Clamp(wanted, before / 2, before * 2.0), Math.Min(Least, _most), _most);
        if (Math.Abs(Rows - before) <= before / 4)
        {
            _pause = Pause;
        }
    }

    private void Add(double rows, double seconds)
    {
        var weight = 1 / (seconds * seconds);
        _sums = (_sums.W + weight, _sums.N + (weight * rows), _sums.NN + (weight * rows * rows), _sums.T + (weight * seconds), _sums.NT + (weight * rows * seconds));
    }

    private static double Usual(List<double> seconds)
    {
        seconds.Sort();

        // What disturbs makes it longer, never shorter; a virtual clock may stand still.
        return Math.Max(1e-6, seconds[seconds.Count / 4]);
    }
}
