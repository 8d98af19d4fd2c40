using ChatEtl.Faults;
using ChatEtl.Reading;
using Polly;

namespace ChatEtl.Sqlite;

/// <summary>Reads a source again after transient faults, going on where the reader stands.</summary>
/// <param name="source">The source.</param>
/// <param name="retry">Stands around every single page, batch or number.</param>
internal sealed class PatientReader(IChatSource source, ResiliencePipeline retry)
{
    /// <summary>Asks for one thing.</summary>
    public T Once<T>(string table, Func<T> read, CancellationToken cancellationToken)
    {
        var attempts = 0;
        try
        {
            return retry.Execute(
                _ =>
                {
                    attempts++;
                    return read();
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ChatEtlException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SourceException(table, null, attempts, new IOException(source.Explain(exception), exception));
        }
    }

    /// <summary>Asks for one after another; <paramref name="open"/> begins behind everything that was given out.</summary>
    public IEnumerable<T> Each<T>(string table, Func<IEnumerable<T>> open, CancellationToken cancellationToken)
    {
        IEnumerator<T>? items = null;
        try
        {
            while (Once(table, Next, cancellationToken))
            {
                yield return items!.Current;
            }
        }
        finally
        {
            items?.Dispose();
        }

        bool Next()
        {
            try
            {
                items ??= open().GetEnumerator();
                return items.MoveNext();
            }
            catch
            {
                items?.Dispose();
                items = null;
                throw;
            }
        }
    }
}
