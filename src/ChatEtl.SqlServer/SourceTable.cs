using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>What the catalog says of a table: its columns and the unique index that its rows are read by.</summary>
/// <param name="Columns">All columns.</param>
/// <param name="Key">Columns of a unique index, in its order, none of them nullable; empty when the table has none.</param>
/// <param name="KeyIsClustered">Whether the rows lie in the order of that index.</param>
internal sealed record SourceTable(IReadOnlyList<SourceColumn> Columns, IReadOnlyList<SourceColumn> Key, bool KeyIsClustered)
{
    /// <summary>A column by name, compared without regard to case; null when there is none.</summary>
    public SourceColumn? Find(string column) => Columns.FirstOrDefault(found => found.Name.Equals(column, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the catalog.</summary>
    /// <param name="end">The database.</param>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction; null when there is none.</param>
    /// <param name="table">Name of a table or view.</param>
    /// <param name="preferred">Columns that a key should have first, when there are several.</param>
    public static SourceTable Read(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string table, IReadOnlyList<string> preferred)
    {
        var columns = new List<SourceColumn>();
        using (var command = Command(
            end, connection, transaction,
            "SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @p0 AND TABLE_NAME = @p1 ORDER BY ORDINAL_POSITION",
            Schema, table))
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
            {
                columns.Add(new SourceColumn(row.GetString(0), row.GetString(1), row.GetString(2) == "YES"));
            }
        }

        var (key, clustered) = Keys(end, connection, transaction, table, columns)
            .OrderByDescending(index => index.Columns.Take(preferred.Count).Select(column => column.Name).SequenceEqual(preferred, StringComparer.OrdinalIgnoreCase))
            .ThenByDescending(index => index.Clustered)
            .ThenBy(index => index.Columns.Count)
            .FirstOrDefault(([], false));
        return new SourceTable(columns, key, clustered);
    }

    /// <summary>Unique keys over columns that are never NULL. Neither constraints nor clustered indexes can have a filter, which would leave rows out.</summary>
    private static List<(List<SourceColumn> Columns, bool Clustered)> Keys(
        SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string table, List<SourceColumn> columns)
    {
        using var command = Command(
            end, connection, transaction,
            """
            SELECT i.index_id, i.type, c.name
            FROM sys.indexes AS i
            JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 AND k.is_included_column = 0
            JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
            WHERE i.object_id = OBJECT_ID(@p0) AND i.is_unique = 1 AND i.is_disabled = 0
                AND (i.is_primary_key = 1 OR i.is_unique_constraint = 1 OR i.type = 1)
            ORDER BY i.index_id, k.key_ordinal
            """,
            TableName(table));
        using var row = command.ExecuteReader();
        var indexes = new Dictionary<int, (List<SourceColumn> Columns, bool Clustered)>();
        while (row.Read())
        {
            var id = row.GetInt32(0);
            if (!indexes.TryGetValue(id, out var index))
            {
                indexes[id] = index = ([], Convert.ToInt32(row.GetValue(1), System.Globalization.CultureInfo.InvariantCulture) == 1);
            }

            var name = row.GetString(2);
            index.Columns.Add(columns.Find(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? new SourceColumn(name, "", true));
        }

        return [.. indexes.Values.Where(index => index.Columns.TrueForAll(column => !column.Nullable && column.Sortable))];
    }
}
