using System.Globalization;
using ChatEtl.Chat;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>Text that is written to SQLite as these bytes, valid UTF-8 or not.</summary>
internal sealed record RawText(byte[] Bytes);

/// <summary>Inserts rows into one table of a pool that is being made; columns by name, so that one row fits every generation.</summary>
internal sealed class RowWriter : IDisposable
{
    private readonly Table _table;
    private readonly Column[] _columns;
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _insert;

    public RowWriter(sqlite3 database, Table table, Generation generation)
    {
        _database = database;
        _table = table;
        _columns = [.. SqliteSchema.ColumnsOf(table, generation)];
        _insert = Sqlite3.Prepare(database, InsertInto(table, _columns));
    }

    public long Rows { get; private set; }

    /// <summary>An INSERT of all these columns, with numbered parameters.</summary>
    public static string InsertInto(Table table, IReadOnlyCollection<Column> columns) =>
        $"INSERT INTO {SqliteSchema.Quoted(table.Name)} ({string.Join(", ", columns.Select(c => SqliteSchema.Quoted(c.Name)))}) " +
        $"VALUES ({string.Join(", ", Enumerable.Range(1, columns.Count).Select(i => $"?{i}"))})";

    /// <summary>Writes one row; columns that the generation lacks are left out, those not given get NULL or a neutral value.</summary>
    /// <exception cref="ArgumentException">No family has such a column: a slip of the pen in the caller.</exception>
    public void Write(NewRow row)
    {
        foreach (var (column, _) in row.Cells)
        {
            if (!IsKnown(ChatSchema.Legacy, column) && !IsKnown(ChatSchema.Persistent, column))
            {
                throw new ArgumentException($"{_table.Name} has no column {column}.", nameof(row));
            }
        }

        for (var i = 0; i < _columns.Length; i++)
        {
            Bind(i + 1, row.ValueOf(_columns[i]));
        }

        Sqlite3.Step(_database, _insert);
        Rows++;
    }

    public void Dispose() => _insert.Dispose();

    private bool IsKnown(ChatSchema family, string column) => family.Find(_table.Name)?.Ordinal(column) >= 0;

    private void Bind(int index, object? value)
    {
        var result = value switch
        {
            null => raw.sqlite3_bind_null(_insert, index),
            string text => raw.sqlite3_bind_text(_insert, index, text),
            RawText text => raw.sqlite3_bind_text(_insert, index, text.Bytes),
            byte[] bytes => raw.sqlite3_bind_blob(_insert, index, bytes),
            Guid guid => raw.sqlite3_bind_text(_insert, index, guid.ToString("D").ToUpperInvariant()),
            DateTime time => raw.sqlite3_bind_text(
                _insert, index, time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            _ => raw.sqlite3_bind_int64(_insert, index, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        };
        Sqlite3.Check(_database, result);
    }
}
