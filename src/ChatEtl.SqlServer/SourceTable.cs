using System.Globalization;
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

    /// <summary>Reads the catalog of all tables and views of the product's schema, by name.</summary>
    /// <param name="end">The database.</param>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction; null when there is none.</param>
    /// <param name="preferredOf">Columns that a table's key should have first, when there are several keys.</param>
    public static IReadOnlyDictionary<string, SourceTable> ReadAll(
        SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, Func<string, IReadOnlyList<string>> preferredOf)
    {
        var columns = Rows(
                end, connection, transaction,
                "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @p0 ORDER BY TABLE_NAME, ORDINAL_POSITION",
                row => (Table: row.GetString(0), Column: new SourceColumn(row.GetString(1), row.GetString(2), row.GetString(3) == "YES")), Schema)
            .GroupBy(row => row.Table, row => row.Column, StringComparer.OrdinalIgnoreCase).ToList();
        var indexes = ReadIndexes(end, connection, transaction);
        return columns.ToDictionary(table => table.Key, table => Of(table, indexes[table.Key], preferredOf(table.Key)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The table with the best of its keys. A key over columns that may be NULL, or that cannot be ordered by, is none.</summary>
    private static SourceTable Of(IEnumerable<SourceColumn> all, IEnumerable<(int Id, bool IsClustered, string Column)> indexed, IReadOnlyList<string> preferred)
    {
        var columns = all.ToList();
        var (key, clustered) = indexed.GroupBy(column => column.Id)
            .Select(index => (
                Columns: index.Select(column => columns.Find(found => found.Name.Equals(column.Column, StringComparison.OrdinalIgnoreCase)) ?? new SourceColumn(column.Column, "", true)).ToList(),
                index.First().IsClustered))
            .Where(index => index.Columns.TrueForAll(column => !column.Nullable && column.Sortable))
            .OrderByDescending(index => index.Columns.Take(preferred.Count).Select(column => column.Name).SequenceEqual(preferred, StringComparer.OrdinalIgnoreCase))
            .ThenByDescending(index => index.IsClustered)
            .ThenBy(index => index.Columns.Count)
            .FirstOrDefault(([], false));
        return new SourceTable(columns, key, clustered);
    }

    /// <summary>Unique indexes by table. Neither constraints nor clustered indexes can have a filter, which would leave rows out.</summary>
    private static ILookup<string, (int Id, bool IsClustered, string Column)> ReadIndexes(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction) => Rows(
            end, connection, transaction,
            """
            SELECT t.name, i.index_id, i.type, c.name
            FROM sys.tables AS t
            JOIN sys.indexes AS i ON i.object_id = t.object_id
            JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 AND k.is_included_column = 0
            JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
            WHERE t.schema_id = SCHEMA_ID(@p0) AND i.is_unique = 1 AND i.is_disabled = 0 AND (i.is_primary_key = 1 OR i.is_unique_constraint = 1 OR i.type = 1)
            ORDER BY t.name, i.index_id, k.key_ordinal
            """,
            row => (Table: row.GetString(0), Index: (row.GetInt32(1), Convert.ToInt32(row.GetValue(2), CultureInfo.InvariantCulture) == 1, row.GetString(3))), Schema)
        .ToLookup(row => row.Table, row => row.Index, StringComparer.OrdinalIgnoreCase);
}
