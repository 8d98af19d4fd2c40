using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>Opens SQLite files as ChatEtl uses them.</summary>
internal static class SqliteDatabase
{
    /// <summary>Seconds to wait for a lock before a statement says busy; who calls decides whether to try again.</summary>
    private const int BusySeconds = 2;

    /// <summary>How a destination is written; see <see cref="OpenForWriting"/> for why it is safe.</summary>
    public const string WritingPragmas =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8192; PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF;";

    private static readonly ConditionalWeakTable<SqliteConnection, TextEncoding> Encodings = [];

    static SqliteDatabase() => SqliteNative.Init();

    /// <summary>Opens an existing file for reading only.</summary>
    public static SqliteConnection OpenForReading(string path) => Open(path, SqliteOpenMode.ReadOnly);

    /// <summary>Opens an existing file for many small queries: one read transaction as long as the connection, so that each need not lock the file anew.</summary>
    public static SqliteConnection OpenSnapshot(string path)
    {
        var connection = OpenForReading(path);
        try
        {
            Execute(connection, "BEGIN");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing file and leaves its modes as they are.</summary>
    public static SqliteConnection OpenAsItIs(string path) => Open(path, SqliteOpenMode.ReadWrite);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <remarks>
    /// Write-ahead log with <c>synchronous=NORMAL</c>: a transaction is in the database whole or not at all, also after a power cut,
    /// because the log's frames carry checksums and the log is synced before it is copied into the file. A power cut may undo the last
    /// transactions, rows and checkpoint together; the next run goes on from the checkpoint it finds. The end of a pass syncs everything.
    /// </remarks>
    public static SqliteConnection OpenForWriting(string path)
    {
        var connection = OpenAsItIs(path);
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

    /// <summary>Undoes what a writer left half done that died before it wrote ahead: who only reads cannot, and is told that the file is read-only.</summary>
    public static void RollBackLeftover(string path)
    {
        if (File.Exists(path + "-journal"))
        {
            using var connection = OpenAsItIs(path);
            Execute(connection, "SELECT count(*) FROM sqlite_master");
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

    /// <summary>How the database keeps text, when not as UTF-8: strict, so that lone surrogates are seen (M2).</summary>
    public static UnicodeEncoding? WideEncodingOf(SqliteConnection connection) => Encodings.GetValue(connection, static opened =>
    {
        using var command = opened.CreateCommand();
        command.CommandText = "PRAGMA encoding";
        return new TextEncoding((command.ExecuteScalar() as string)?.ToUpperInvariant() switch
        {
            "UTF-16LE" => new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true),
            "UTF-16BE" => new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true),
            _ => null,
        });
    }).Wide;

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,

            // The driver tries again by itself, too, 30 seconds if it is not told otherwise.
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout={BusySeconds * 1000}; PRAGMA temp_store=MEMORY;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private sealed record TextEncoding(UnicodeEncoding? Wide);
}
