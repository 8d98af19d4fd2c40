using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>Loads the SQLite library that this program brings along, once for the process.</summary>
/// <remarks>The driver package comes without a library; every type that opens a connection calls <see cref="Init"/> first.</remarks>
public static class SqliteNative
{
    static SqliteNative() => Batteries_V2.Init();

    /// <summary>Makes sure that the library is loaded; cheap when it is, safe from any thread.</summary>
    public static void Init()
    {
        // The static constructor did it.
    }
}
