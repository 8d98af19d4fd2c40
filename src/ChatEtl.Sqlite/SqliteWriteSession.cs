using ChatEtl.Chat;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static ChatEtl.Sqlite.SqliteDatabase;
using Tables = ChatEtl.Sqlite.SqliteCheckpointTables;

namespace ChatEtl.Sqlite;

/// <summary>The one writing connection: its transaction and its statements, prepared once. The caller holds the lock.</summary>
internal sealed class SqliteWriteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<(Table Table, string OnConflict, int Rows), SqliteStatement> _inserts = [];

    public SqliteConnection Connection => connection;

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit()
    {
        CheckPlace();
        using var span = Spans.Start(Spans.Commit);
        Run("COMMIT");
    }

    /// <summary>Throws when the file no longer has its name: what is written to it would be lost, and nobody told.</summary>
    public void CheckPlace()
    {
        if (Native.HasMoved(connection.Handle!.DangerousGetHandle()))
        {
            throw new SqliteException("The database file has moved.", raw.SQLITE_READONLY, raw.SQLITE_READONLY_DBMOVED);
        }
    }

    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle!) == 0)
        {
            Run("ROLLBACK");
        }
    }

    /// <summary>Throws when another run has raised the epoch.</summary>
    public void CheckEpoch(long epoch)
    {
        var stored = Tables.ReadRun(connection);
        if (stored?.Epoch != epoch)
        {
            throw new TakenOverException(epoch, stored?.Epoch ?? 0);
        }
    }

    public void WriteRejection(Rejection rejection, int rangeId) => Run(
        """
        INSERT INTO chatetl_rejection (pass, range_id, source_table, source_key, rule, reason, source_values)
        VALUES (coalesce((SELECT pass FROM chatetl_run), 1), ?1, ?2, ?3, ?4, ?5, ?6)
        """,
        rangeId, rejection.Table, rejection.Key, rejection.Rule, rejection.Reason, rejection.Values);

    public void Insert(Table table, object?[] cells, string onConflict)
    {
        if (Insert(table, cells, onConflict, out _) is { } fault)
        {
            throw fault;
        }
    }

    public SqliteException? Insert(Table table, object?[] cells, string onConflict, out int changed)
    {
        var insert = InsertStatement(table, onConflict);
        for (var i = 0; i < cells.Length; i++)
        {
            insert.Bind(i + 1, cells[i]);
        }

        var fault = onConflict.Length == 0 ? insert.WriteAll(1) : insert.Write();
        changed = fault is null ? insert.Changes : 0;
        return fault;
    }

    public SqliteStatement InsertStatement(Table table, string onConflict, int rows = 1)
    {
        if (!_inserts.TryGetValue((table, onConflict, rows), out var insert))
        {
            var columns = table.Columns.Count;
            var values = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", table.Columns.Select((_, i) => $"?{(row * columns) + i + 1}"))})");
            _inserts[(table, onConflict, rows)] = insert = Statement(
                $"INSERT INTO {Quote(table.Name)} ({string.Join(", ", table.Columns.Select(column => Quote(column.Name)))}) VALUES {string.Join(", ", values)} {onConflict}");
        }

        return insert;
    }

    public int Run(string sql, params object?[] parameters)
    {
        var statement = Statement(sql);
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Bind(i + 1, parameters[i]);
        }

        return statement.Write() is { } fault ? throw fault : statement.Changes;
    }

    /// <summary>Whether a query has a row.</summary>
    public bool Any(string sql, params object?[] parameters)
    {
        var statement = Statement(sql);
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Bind(i + 1, parameters[i]);
        }

        var any = statement.Step();
        statement.Reset();
        return any;
    }

    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = new SqliteStatement(connection, sql);
        }

        return statement;
    }

    /// <summary>Lets go of all prepared statements, so that tables can be dropped.</summary>
    public void Release()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _inserts.Clear();
    }

    public void Dispose() => Release();
}
