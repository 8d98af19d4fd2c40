using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>Copies the write-ahead log into the database file beside the writer, which otherwise stops for it every 32 MiB.</summary>
/// <remarks>
/// It only ever does early what SQLite does anyway: the writer copies what is left and uses the log again. What goes wrong here goes wrong
/// there, too, and is told there. Nothing is lost when it is killed: the log holds every page until the file is synced.
/// </remarks>
internal sealed class LogCopier : IDisposable
{
    /// <summary>Bytes of rows between two copies; far less than the writer's own 32 MiB of pages.</summary>
    private const long EachBytes = 8 << 20;

    /// <summary>What a row takes besides its texts.</summary>
    private const int BytesARow = 32;

    private readonly AutoResetEvent _due = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _ended;
    private long _written;

    public LogCopier(string path)
    {
        _thread = new Thread(() => Copy(path)) { IsBackground = true, Name = nameof(LogCopier) };
        _thread.Start();
    }

    /// <summary>Tells of a committed batch.</summary>
    public void Add(int rows, long bytes)
    {
        _written += bytes + (rows * (long)BytesARow);
        if (_written >= EachBytes)
        {
            _written = 0;
            _due.Set();
        }
    }

    /// <summary>Waits for a copy in hand.</summary>
    public void Dispose()
    {
        _ended = true;
        _due.Set();
        _thread.Join();
        _due.Dispose();
    }

    private void Copy(string path)
    {
        try
        {
            using var connection = SqliteDatabase.OpenAsItIs(path);
            while (_due.WaitOne() && !_ended)
            {
                SqliteDatabase.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            }
        }
        catch (SqliteException)
        {
            // The writer meets the same fault and tells it.
        }
    }
}
