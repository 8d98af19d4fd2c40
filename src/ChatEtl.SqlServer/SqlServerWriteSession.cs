using System.Data;
using System.Data.Common;
using System.Data.SqlTypes;
using ChatEtl.Chat;
using ChatEtl.Diagnostics;
using ChatEtl.Faults;
using Microsoft.Data.SqlClient;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>One writing connection and its transaction. After a fault it is closed for good, never used again.</summary>
internal sealed class SqlServerWriteSession(SqlServerEnd end) : IDisposable
{
    private const int MostParameters = 500;
    private readonly Dictionary<string, SqlCommand> _prepared = new(StringComparer.Ordinal);
    private SqlTransaction? _transaction;

    public SqlServerEnd End => end;

    public SqlConnection Connection { get; } = SqlServerDatabase.OpenForWriting(end);

    public SqlTransaction? Transaction => _transaction;

    public void Begin() => _transaction = Connection.BeginTransaction(IsolationLevel.ReadCommitted);

    /// <summary>Commits; when this throws, the outcome is unknown until the destination is asked again.</summary>
    public void Commit()
    {
        using var span = Spans.Start(Spans.Commit);
        _transaction!.Commit();
        EndTransaction();
    }

    public void Rollback()
    {
        _transaction!.Rollback();
        EndTransaction();
    }

    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public int Run(string sql, params object?[] parameters)
    {
        using var command = SqlServerDatabase.Command(end, Connection, _transaction, $"{sql}; SELECT @@ROWCOUNT", parameters);
        return (int)command.ExecuteScalar();
    }

    /// <summary>Runs statements that change no rows, or whose number does not matter.</summary>
    public void Execute(string sql, params object?[] parameters)
    {
        using var command = SqlServerDatabase.Command(end, Connection, _transaction, sql, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>A statement of every batch, which the server parses once for this connection; each of its parameters must keep its SQL type.</summary>
    public SqlCommand Prepared(string sql, params ReadOnlySpan<object?> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command) || !Fit(parameters, command.Parameters))
        {
            command?.Dispose();
            _prepared[sql] = command = SqlServerDatabase.Command(end, Connection, _transaction, sql, parameters);
            command.Prepare();
            return command;
        }

        command.Transaction = _transaction;
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i] ?? DBNull.Value;
        }

        return command;

        // The driver cuts a text that is longer than its parameter, and tells nobody.
        static bool Fit(ReadOnlySpan<object?> parameters, SqlParameterCollection declared)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                if (parameters[i] is string text && declared[i].Size >= 0 && text.Length > declared[i].Size)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public IEnumerable<T> Rows<T>(string sql, Func<SqlDataReader, T> read, params object?[] parameters) =>
        SqlServerDatabase.Rows(end, Connection, _transaction, sql, read, parameters);

    /// <summary>Loads rows in bulk, as one statement of the transaction; constraints are checked, NULL stays NULL.</summary>
    /// <param name="table">The table, as it is written in SQL.</param>
    /// <param name="columns">Its columns, as the server spells them, in the reader's order.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="keepIdentity">Whether a column that counts by itself takes our values.</param>
    /// <param name="lockTable">Whether the whole table is locked.</param>
    /// <param name="sortedBy">Columns that the rows are sorted by; empty when they are not.</param>
    public void Load(
        string table, IReadOnlyList<string> columns, DbDataReader rows, bool keepIdentity = false, bool lockTable = false, IReadOnlyList<string>? sortedBy = null)
    {
        var options = SqlBulkCopyOptions.KeepNulls | SqlBulkCopyOptions.CheckConstraints
            | (keepIdentity ? SqlBulkCopyOptions.KeepIdentity : SqlBulkCopyOptions.Default)
            | (lockTable ? SqlBulkCopyOptions.TableLock : SqlBulkCopyOptions.Default);
        using var bulk = new SqlBulkCopy(Connection, options, _transaction)
        {
            DestinationTableName = table,
            BatchSize = 0,
            BulkCopyTimeout = (int)Math.Ceiling(end.CommandTimeout.TotalSeconds),
        };
        for (var i = 0; i < columns.Count; i++)
        {
            bulk.ColumnMappings.Add(i, columns[i]);
        }

        foreach (var column in sortedBy ?? [])
        {
            bulk.ColumnOrderHints.Add(column, SortOrder.Ascending);
        }

        Send(table, () => bulk.WriteToServer(rows));
    }

    /// <summary>Loads cells: a few by one INSERT, many in bulk, which costs some round trips before its first row.</summary>
    public void Load(string table, IReadOnlyList<string> columns, IReadOnlyCollection<IReadOnlyList<object?>> rows, bool keepIdentity = false)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (keepIdentity || rows.Count * columns.Count > MostParameters)
        {
            using var reader = new CellsDataReader(columns.Count, rows);
            Load(table, columns, reader, keepIdentity);
            return;
        }

        var values = Enumerable.Range(0, rows.Count).Select(row => $"({string.Join(", ", columns.Select((_, i) => $"@p{(row * columns.Count) + i}"))})");
        Send(table, () => Execute(
            $"INSERT INTO {table} ({string.Join(", ", columns.Select(SqlServerDatabase.Quote))}) VALUES {string.Join(", ", values)}", [.. rows.SelectMany(row => row)]));
    }

    /// <summary>Throws when another run has raised the epoch; until the transaction ends nobody can.</summary>
    public void CheckEpoch(long epoch)
    {
        if (!Tables.Exist(end, Connection, _transaction) || Run("UPDATE chatetl.run SET epoch = epoch WHERE epoch = @p0", epoch) != 1)
        {
            throw new TakenOverException(epoch, Tables.ReadRun(end, Connection, _transaction)?.Epoch ?? 0);
        }
    }

    public void WriteRejections(IReadOnlyCollection<Rejection> rejections, int pass, int rangeId) => Load(
        "chatetl.rejection", ["pass", "range_id", "source_table", "source_key", "rule_id", "reason", "source_values"],
        [.. rejections.Select(rejection => new object?[] { pass, rangeId, rejection.Table, rejection.Key, rejection.Rule, rejection.Reason, rejection.Values })]);

    public void Dispose()
    {
        try
        {
            EndTransaction();
        }
        catch (Exception exception) when (exception is InvalidOperationException or DbException)
        {
            // The server has ended the transaction already, or the connection is gone and it will.
        }

        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        Connection.Dispose();
    }

    private static void Send(string table, Action send)
    {
        try
        {
            send();
        }
        catch (Exception exception) when (exception is SqlTypeException
            or InvalidOperationException { InnerException: InvalidCastException or FormatException or OverflowException or ArgumentException or InvalidOperationException })
        {
            // The driver's own text, and so its exception, quotes the value.
            throw new RefusedValueException(table);
        }
    }

    private void EndTransaction() => Interlocked.Exchange(ref _transaction, null)?.Dispose();
}
