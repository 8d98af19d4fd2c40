namespace ChatEtl.Pipeline;

/// <summary>Finds how many ranges move side by side: one more while that adds a twentieth to the rate, one fewer where it takes nothing away.</summary>
/// <remarks>
/// Each step is tried for a window of time after the last change has settled, and taken back when it does not pay, at once when fewer lanes are
/// slower before they have settled; when neither way pays the next trial waits, longer each time. A run begins without trials: they would
/// measure its cold start, and one that is over in seconds has no time to earn what a trial costs. Safe for concurrent use.
/// </remarks>
/// <param name="most">Most ranges side by side; the run begins with that many.</param>
/// <param name="tunes">Whether their number may change.</param>
/// <param name="time">The clock.</param>
internal sealed class LaneTuner(int most, bool tunes, TimeProvider time) : IDisposable
{
    private const double Gain = 1.05;
    private const double Loss = 0.98;
    private const int FirstWait = 5;
    private const int LongestWait = 64;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly int _most = most;
    private readonly SemaphoreSlim _free = new(most);
    private long _since = time.GetTimestamp();
    private long _rows;
    private double _before;
    private int _surplus;
    private int _step = -1;
    private int _failures;
    private int _wait = FirstWait;
    private bool _settling = true;
    private bool _trying;

    /// <summary>Ranges side by side at most, now.</summary>
    public int Lanes { get; private set; } = most;

    /// <summary>Waits for a lane.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    /// <summary>Leaves the lane.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_surplus > 0)
            {
                _surplus--;
                return;
            }
        }

        _free.Release();
    }

    /// <summary>Learns from rows that were committed.</summary>
    public void Note(int rows)
    {
        lock (_gate)
        {
            _rows += rows;
            var elapsed = time.GetElapsedTime(_since);

            // While lanes are still to be closed their ranges go on, and the rate is not yet that of fewer.
            if (!tunes || _most == 1 || elapsed < Window || _surplus > 0)
            {
                return;
            }

            var rate = _rows / elapsed.TotalSeconds;
            (_rows, _since) = (0, time.GetTimestamp());
            if (_trying && (!_settling || (_step < 0 && !Pays(rate))))
            {
                // What the closed lanes had in their queues only makes fewer lanes look faster.
                Judge(rate);
            }
            else if (_settling)
            {
                _settling = false;
            }
            else if (--_wait <= 0 && Lanes + _step >= 1 && Lanes + _step <= _most)
            {
                _before = rate;
                Change(_step);
                _trying = true;
            }
            else if (_wait <= 0)
            {
                _step = -_step;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private void Judge(double rate)
    {
        _trying = false;
        if (Pays(rate))
        {
            (_failures, _wait) = (0, 1);
            return;
        }

        Change(-_step);
        _step = -_step;
        _failures++;
        _wait = _failures < 2 ? 1 : Math.Min(LongestWait, 1 << _failures);
    }

    private bool Pays(double rate) => rate >= _before * (_step > 0 ? Gain : Loss);

    private void Change(int step)
    {
        Lanes += step;
        _settling = true;
        if (step > 0 && _surplus == 0)
        {
            _free.Release();
        }
        else if (step > 0)
        {
            _surplus--;
        }
        else if (!_free.Wait(0))
        {
            _surplus++;
        }
    }
}
