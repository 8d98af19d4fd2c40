using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>The few calls of SQLite's own interface that the pool makers use, with faults as exceptions.</summary>
internal static class Sqlite3
{
    public static sqlite3_stmt Prepare(sqlite3 database, string sql)
    {
        Check(database, raw.sqlite3_prepare_v2(database, sql, out var statement));
        return statement;
    }

    /// <summary>Runs a statement that returns no row and makes it ready for the next values.</summary>
    public static void Step(sqlite3 database, sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE)
        {
            // The message must be taken before the reset, which may clear it.
            SqliteException.ThrowExceptionForRC(result, database);
        }

        Check(database, raw.sqlite3_reset(statement));
    }

    public static void Check(sqlite3 database, int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
    }
}
