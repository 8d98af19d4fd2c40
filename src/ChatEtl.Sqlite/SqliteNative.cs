using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>Loads the SQLite library that this program brings along, once for the process.</summary>
/// <remarks>
/// <para>The driver package comes without a library; every type that opens a connection calls <see cref="Init"/> first.</para>
/// <para>Connections are opened without a lock of their own. One of them must never be used by two threads at once, and the finalizer is a
/// second thread: whoever prepares a statement or makes a command disposes it, or the process ends by a segmentation fault some day.</para>
/// </remarks>
public static class SqliteNative
{
    // sqlite.org/threadsafe.html and sqlite.org/c3ref/c_config_covering_index_scan.html
    private const int ConfigMultiThread = 2;
    private const int ConfigMemoryStatus = 9;

    static SqliteNative()
    {
        Batteries_V2.Init();

        // No connection of ours is used by two threads at once, so SQLite need not lock each call, nor count its memory.
        _ = raw.sqlite3_config(ConfigMultiThread);
        _ = raw.sqlite3_config(ConfigMemoryStatus, 0);
    }

    /// <summary>Makes sure that the library is loaded; cheap when it is, safe from any thread.</summary>
    public static void Init()
    {
        // The static constructor did it.
    }
}
