using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Tests.Support;

/// <summary>An SQLite file with the documented tables of one family, filled row by row and changed by SQL.</summary>
internal sealed class PlainPool : IDisposable
{
    private readonly ChatSchema _schema;
    private readonly SqliteConnection _connection;

    public PlainPool(ChatSchema schema)
    {
        _schema = schema;
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chatetl-{Guid.NewGuid():N}.db");
        File.WriteAllBytes(Path, []);
        _connection = SqliteDatabase.OpenForWriting(Path);
        Execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; BEGIN");
        foreach (var table in schema.Tables)
        {
            var columns = table.Columns.Select(column => $"\"{column.Name}\" {TypeOf(column)}");
            var key = table.Key.Count == 0 ? "" : $", PRIMARY KEY ({string.Join(", ", table.Key.Select(name => $"\"{name}\""))})";
            Execute($"CREATE TABLE {table.Name} ({string.Join(", ", columns)}{key})");
        }

        Execute("COMMIT");
    }

    public string Path { get; }

    public void Execute(string sql) => SqliteDatabase.Execute(_connection, sql);

    /// <summary>Adds a row; columns that are not named take a plain value of their type, or NULL where that is allowed.</summary>
    public void Add(string table, params (string Column, object? Value)[] values)
    {
        var columns = _schema[table].Columns;
        var given = values.ToDictionary(value => value.Column, value => value.Value, StringComparer.OrdinalIgnoreCase);
        Add(table, [.. columns.Select(column => given.TryGetValue(column.Name, out var value) ? value : Plain(column))]);
    }

    /// <summary>Adds a row of cells in the order of the documented columns.</summary>
    public void Add(string table, object?[] cells)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", cells.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < cells.Length; i++)
        {
            command.Parameters.AddWithValue($"@p{i}", ValueOf(cells[i]));
        }

        command.ExecuteNonQuery();
    }

    public long Number(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _connection.Dispose();
        File.Delete(Path);
    }

    private static object ValueOf(object? cell) => cell switch
    {
        null => DBNull.Value,
        bool bit => bit ? 1L : 0L,
        Guid or DateTime => Cells.Format(cell),
        _ => cell,
    };

    private static object? Plain(Column column) => column switch
    {
        { Nullable: true } => null,
        { Type: ColumnType.Text } => "",
        { Type: ColumnType.Guid } => Guid.Empty,
        { Type: ColumnType.DateTime } => new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        { Type: ColumnType.Bytes } => Array.Empty<byte>(),
        _ => 0L,
    };

    private static string TypeOf(Column column) => column.Type switch
    {
        ColumnType.Bytes => "BLOB",
        ColumnType.Text or ColumnType.Guid or ColumnType.DateTime => "TEXT",
        _ => "INTEGER",
    };
}
