using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace ChatEtl.Reading;

/// <summary>Reads on a thread of its own, a few things ahead of who takes them.</summary>
/// <remarks>A fault of the reader is thrown to the taker in its place. Disposing stops the reader and waits for it.</remarks>
internal sealed class ReadAhead<T> : IDisposable
    where T : class
{
    private const int Ahead = 3;

    private readonly BlockingCollection<T> _queue = new(Ahead);
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancellationToken;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;

    /// <summary>Begins to read.</summary>
    public ReadAhead(string name, Func<CancellationToken, IEnumerable<T>> read, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _thread = new Thread(() => Run(read)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Takes the next; false at the end.</summary>
    public bool TryTake([NotNullWhen(true)] out T? next)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_queue.TryTake(out next, Timeout.Infinite, _cancellationToken))
        {
            return true;
        }

        _fault?.Throw();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _queue.Dispose();
        _stop.Dispose();
    }

    private void Run(Func<CancellationToken, IEnumerable<T>> read)
    {
        try
        {
            foreach (var next in read(_stop.Token))
            {
                _queue.Add(next, _stop.Token);
            }
        }
        catch (Exception exception)
        {
            _fault = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _queue.CompleteAdding();
        }
    }
}
