using ChatEtl.Faults;

namespace ChatEtl.Tests.Support;

/// <summary>What goes wrong.</summary>
internal enum TroubleKind
{
    /// <summary>The end says that trying again may help.</summary>
    Transient,

    /// <summary>The end says that trying again is no use.</summary>
    Permanent,

    /// <summary>The run is cancelled at that moment.</summary>
    Cancelled,

    /// <summary>The run is killed at that moment: no call of it gets through any more.</summary>
    Killed,

    /// <summary>Nobody can use the end for a while.</summary>
    Down,
}

/// <summary>A fault made by a test.</summary>
internal sealed class TroubleException(TroubleKind kind) : Exception($"{kind} trouble made by a test.")
{
    /// <summary>What the ends of the tests say may help.</summary>
    public Remedy Remedy => kind switch { TroubleKind.Transient => Remedy.Retry, TroubleKind.Down => Remedy.Wait, _ => Remedy.None };
}

/// <summary>What happens around every step of a faulty end.</summary>
internal abstract class Steps
{
    public abstract T Step<T>(string method, Func<T> step);

    public void Step(string method, Action step) => Step(method, () =>
    {
        step();
        return true;
    });

    /// <summary>An enumeration whose every step counts.</summary>
    public virtual IEnumerable<T> Each<T>(string method, Func<IEnumerable<T>> open)
    {
        using var rows = open().GetEnumerator();
        while (Step(method, rows.MoveNext))
        {
            yield return rows.Current;
        }
    }
}

/// <summary>One fault at the n-th step of an end; "after" means that the step was done and nobody was told.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class Trouble : Steps, IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly int _at;
    private readonly TroubleKind _kind;
    private readonly bool _after;
    private readonly string _method;
    private int _steps;
    private int _made;

    /// <summary>Plans the fault.</summary>
    /// <param name="at">Number of the step, from 1.</param>
    /// <param name="kind">What goes wrong.</param>
    /// <param name="after">Whether the step is done first.</param>
    /// <param name="method">Which method's steps count; empty for all.</param>
    public Trouble(int at, TroubleKind kind, bool after, string method = "")
    {
        (_at, _kind, _after, _method) = (at, kind, after, method);
    }

    /// <summary>The token of the run that has the trouble.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Whether the fault has happened.</summary>
    public bool Reached => Volatile.Read(ref _made) == 1;

    /// <summary>In which method the fault was made.</summary>
    public string Method { get; private set; } = "";

    public override T Step<T>(string method, Func<T> step)
    {
        if (Reached && _kind == TroubleKind.Killed)
        {
            throw new TroubleException(_kind);
        }

        var now = (_method.Length == 0 || _method == method) && Interlocked.Increment(ref _steps) == _at;
        if (now && !_after)
        {
            Make(method);
        }

        var result = step();
        if (now)
        {
            Make(method);
        }

        return result;
    }

    public void Dispose() => _abort.Dispose();

    private void Make(string method)
    {
        Method = method;
        Volatile.Write(ref _made, 1);
        if (_kind == TroubleKind.Cancelled)
        {
            _abort.Cancel();
            _abort.Token.ThrowIfCancellationRequested();
        }

        throw new TroubleException(_kind);
    }
}
