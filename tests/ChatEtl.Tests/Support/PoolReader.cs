using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Tests.Support;

/// <summary>Asks a SQLite pool by plain SQL, past all code of ours.</summary>
public sealed class PoolReader : IDisposable
{
    private readonly SqliteConnection _connection;

    public PoolReader(string path)
    {
        SqliteNative.Init();
        _connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        _connection.Open();
    }

    /// <summary>The connection as SQLite knows it.</summary>
    public sqlite3 Handle => _connection.Handle!;

    /// <summary>First column of the first row as a number.</summary>
    public long Count(string sql) => Ask(sql, command => (long)command.ExecuteScalar()!);

    /// <summary>First column of the first row; null for NULL or no row.</summary>
    public object? Value(string sql) => Ask(sql, command => command.ExecuteScalar() is { } value and not DBNull ? value : null);

    /// <summary>All rows.</summary>
    public IReadOnlyList<object?[]> Rows(string sql) => Ask(sql, command =>
    {
        var rows = new List<object?[]>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    });

    public void Dispose() => _connection.Dispose();

    private T Ask<T>(string sql, Func<SqliteCommand, T> ask)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return ask(command);
    }
}
