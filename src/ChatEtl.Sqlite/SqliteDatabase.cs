using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>Opens SQLite files as ChatEtl uses them.</summary>
internal static class SqliteDatabase
{
    /// <summary>Milliseconds SQLite itself waits for a lock before it says busy.</summary>
    private const int BusyTimeout = 2000;

    /// <summary>How a destination is written; see <see cref="OpenForWriting"/> for why it is safe.</summary>
    public const string WritingPragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8192; PRAGMA cache_size=-32768; PRAGMA foreign_keys=OFF;";

    static SqliteDatabase() => SqliteNative.Init();

    /// <summary>Opens an existing file for reading only.</summary>
    public static SqliteConnection OpenForReading(string path) => Open(path, SqliteOpenMode.ReadOnly);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <remarks>
    /// Write-ahead log with <c>synchronous=NORMAL</c>: a transaction is in the database whole or not at all, also after a power cut,
    /// because the log's frames carry checksums and the log is synced before it is copied into the file. A power cut may undo the last
    /// transactions, rows and checkpoint together; the next run goes on from the checkpoint it finds. The end of a pass syncs everything.
    /// </remarks>
    public static SqliteConnection OpenForWriting(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            Execute(connection, WritingPragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing of interest.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Puts a name into SQL.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>Whether the database keeps text as UTF-16.</summary>
    public static bool IsUtf16(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA encoding";
        return command.ExecuteScalar() is string encoding && !encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase);
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout={BusyTimeout}; PRAGMA temp_store=MEMORY;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
