using System.Data;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using Microsoft.Data.SqlClient;

namespace ChatEtl.Tests.Support;

/// <summary>Fills tables of a SQL Server database that is being made.</summary>
internal static class SqlServerPool
{
    private static readonly BatchLimits Page = new(10_000, 4 << 20);

    /// <summary>Inserts rows of cells in the order of the documented columns.</summary>
    public static void Insert(SqlServerEnd end, Table table, IEnumerable<object?[]> rows)
    {
        using var connection = SqlServerDatabase.OpenForWriting(end);
        foreach (var chunk in rows.Chunk(Page.Rows))
        {
            Insert(connection, table, chunk);
        }
    }

    /// <summary>Copies a whole SQLite pool into tables of its family, which exist and are empty.</summary>
    public static void Copy(string path, SqlServerEnd end)
    {
        using var source = new SqliteSource(path);
        var schema = SourceShape.Detect(source.ReadShape(), null).Schema;
        using var connection = SqlServerDatabase.OpenForWriting(end);
        foreach (var table in schema.Tables.Where(table => table.Name != "tblChat"))
        {
            foreach (var page in source.ReadRows(table, "", Page, CancellationToken.None))
            {
                Insert(connection, table, page.Rows);
            }
        }

        var pool = new MessageBatchPool(Page.Bytes, Page.Rows);
        var width = schema["tblChat"].Columns.Count;
        foreach (var batch in source.ReadMessages([.. source.ReadExtents(CancellationToken.None)], null, Page, pool, CancellationToken.None))
        {
            Insert(connection, schema["tblChat"], [.. Enumerable.Range(0, batch.Count).Select(row => Cells(batch, row)[..width])]);
            pool.Return(batch);
        }
    }

    private static object?[] Cells(MessageBatch batch, int row) =>
    [
        (long)batch.SourceRoom[row], batch.Id[row], batch.Date[row], (long)batch.SourceAuthor[row], batch.Alert[row] ? 1L : 0L,
        Encoding.UTF8.GetString(batch.Content(row)), batch.RtfLength[row] < 0 ? null : Encoding.UTF8.GetString(batch.Rtf(row)),
    ];

    private static void Insert(SqlConnection connection, Table table, IReadOnlyList<object?[]> rows)
    {
        using var data = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
        using var bulk = new SqlBulkCopy(connection, SqlBulkCopyOptions.KeepIdentity | SqlBulkCopyOptions.KeepNulls, null)
        {
            DestinationTableName = SqlServerDatabase.TableName(table.Name),
            BulkCopyTimeout = 120,
        };
        foreach (var column in table.Columns)
        {
            data.Columns.Add(column.Name, TypeOf(column));
            bulk.ColumnMappings.Add(column.Name, column.Name);
        }

        foreach (var row in rows)
        {
            data.Rows.Add([.. row.Select((cell, i) => Value(table.Columns[i], cell))]);
        }

        bulk.WriteToServer(data);
    }

    private static Type TypeOf(Column column) => column.Type switch
    {
        ColumnType.Text => typeof(string),
        ColumnType.Guid => typeof(Guid),
        ColumnType.DateTime => typeof(DateTime),
        ColumnType.Bytes => typeof(byte[]),
        ColumnType.Bit => typeof(bool),
        _ => typeof(long),
    };

    private static object Value(Column column, object? cell) => column.Type switch
    {
        _ when cell is null => DBNull.Value,
        ColumnType.Bit => Chat.Cells.TryInteger(cell, 0, 1, out var bit) && bit == 1,
        ColumnType.Guid when Chat.Cells.TryGuid(cell, out var guid) => guid,
        ColumnType.DateTime when Chat.Cells.TryDateTime(cell, out var time) => time,
        ColumnType.Text => Chat.Cells.Format(cell),
        _ => cell,
    };
}
