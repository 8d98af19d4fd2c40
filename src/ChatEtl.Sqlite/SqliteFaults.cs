using ChatEtl.Faults;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>What SQLite's error numbers mean for a run (https://sqlite.org/rescode.html).</summary>
internal static class SqliteFaults
{
    /// <summary>What may help: another connection holds a lock.</summary>
    public static Remedy RemedyFor(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL } ? Remedy.Retry : Remedy.None;

    /// <summary>Whether the fault lies in the row, not in the database: a constraint, a type, a size.</summary>
    public static bool IsRowFault(SqliteException exception) =>
        exception.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE;

    /// <summary>Whether another row already has the key.</summary>
    public static bool IsKeyTaken(SqliteException exception) =>
        exception.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_ROWID;

    /// <summary>A sentence for people on what went wrong and what to do, by error number.</summary>
    public static string Explain(Exception exception) => exception is not SqliteException sqlite
        ? exception.Message
        : sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_CANTOPEN => "The file cannot be opened. Check that the path exists and that this account may read it.",
            raw.SQLITE_NOTADB => "The file is not an SQLite database.",
            raw.SQLITE_CORRUPT => "The database file is damaged. Restore it from a backup or check it with PRAGMA integrity_check.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program holds a lock on the database. Close it and start again.",
            raw.SQLITE_FULL => "The disk is full. Make room and start again.",
            raw.SQLITE_READONLY when sqlite.SqliteExtendedErrorCode == raw.SQLITE_READONLY_DBMOVED =>
                "The file was removed, renamed or replaced while it was written, and what this run wrote went with it. Put the file back to go on, or begin anew without it.",
            raw.SQLITE_READONLY => "The database or its folder is read-only. Grant this account the right to write both.",
            raw.SQLITE_IOERR => "The disk reported a read or write error. Check the disk and its free space.",
            raw.SQLITE_PERM or raw.SQLITE_AUTH => "Access is denied. Grant this account the right to the file.",
            _ => $"SQLite says: {sqlite.Message} (error {sqlite.SqliteExtendedErrorCode}).",
        };
}
