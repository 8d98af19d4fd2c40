using System.Globalization;
using System.Text;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>A column that we write, as the server has it.</summary>
/// <param name="Name">Its name, spelt as the server spells it.</param>
/// <param name="Type">Its SQL type's name.</param>
/// <param name="Length">Longest text in characters; -1 for max, 0 where it is no text.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
/// <param name="HasDefault">Whether it fills itself.</param>
/// <param name="IsIdentity">Whether it counts by itself; our values are kept.</param>
/// <param name="IsComputed">Whether it cannot be written.</param>
/// <param name="Collation">Its collation; null where it is no text.</param>
/// <param name="CodePage">The code page of that; null when the server does not tell.</param>
internal sealed record DestinationColumn(
    string Name, string Type, int Length, bool Nullable, bool HasDefault, bool IsIdentity, bool IsComputed, string? Collation, int? CodePage)
{
    private const int Utf8 = 65001;

    /// <summary>Whether it holds any 16 bits as a character.</summary>
    public bool IsWide => Type is "nvarchar" or "nchar" or "ntext" || CodePage == Utf8;

    /// <summary>Whether the column has all characters of a text. A code page puts others, or question marks, in the place of those it lacks.</summary>
    public bool Keeps(string text) => IsWide || Ascii.IsValid(text)
        || (CodePage is { } page && CodePagesEncodingProvider.Instance.GetEncoding(page) is { } encoding && encoding.GetString(encoding.GetBytes(text)) == text);

    /// <summary>Its type as it is written in a CREATE TABLE.</summary>
    public string SqlType => Length switch
    {
        0 => Type,
        _ when Type is "ntext" or "text" or "image" => Type,
        -1 => $"{Type}(max)",
        _ => $"{Type}({Length.ToString(CultureInfo.InvariantCulture)})",
    };
}

/// <summary>A table that we write, read from the catalog: nothing undocumented is taken for granted.</summary>
/// <param name="Table">The documented table.</param>
/// <param name="Columns">All columns in the server's order; empty when there is no such table.</param>
/// <param name="ClusteredKey">Columns of the clustered index; empty for a heap.</param>
/// <param name="HasOtherIndexes">Whether there are indexes beside the clustered one.</param>
/// <param name="IsEmpty">Whether it held no row when it was looked at.</param>
/// <param name="Triggers">Enabled triggers.</param>
internal sealed record DestinationTable(
    Table Table, IReadOnlyList<DestinationColumn> Columns, IReadOnlyList<string> ClusteredKey, bool HasOtherIndexes, bool IsEmpty, IReadOnlyList<string> Triggers)
{
    /// <summary>Whether a documented column counts by itself at this server: it takes our values all the same.</summary>
    public bool KeepsIdentity => Columns.Any(column => column.IsIdentity && Table.Ordinal(column.Name) >= 0);

    /// <summary>A column by name, compared without regard to case; null when there is none.</summary>
    public DestinationColumn? Find(string column) => Columns.FirstOrDefault(found => found.Name.Equals(column, StringComparison.OrdinalIgnoreCase));

    /// <summary>The server's names of the documented columns, in documented order.</summary>
    public IReadOnlyList<string> DocumentedNames => [.. Table.Columns.Select(column => Find(column.Name)!.Name)];

    /// <summary>Reads the catalog.</summary>
    public static DestinationTable Read(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, Table table)
    {
        var columns = ReadColumns(end, connection, transaction, table.Name);
        var (clustered, others) = ReadIndexes(end, connection, transaction, table.Name);
        return new DestinationTable(
            table, columns, clustered, others, columns.Count > 0 && IsEmptyNow(end, connection, transaction, table.Name),
            [.. Rows(
                end, connection, transaction, "SELECT name FROM sys.triggers WHERE parent_id = OBJECT_ID(@p0) AND is_disabled = 0", row => row.GetString(0),
                TableName(table.Name))]);
    }

    private static List<DestinationColumn> ReadColumns(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string table)
    {
        var own = Rows(
            end, connection, transaction, "SELECT name, is_identity, is_computed FROM sys.columns WHERE object_id = OBJECT_ID(@p0)",
            row => (Name: row.GetString(0), IsIdentity: IsSet(row, 1), IsComputed: IsSet(row, 2)), TableName(table)).ToList();
        return
        [
            .. Rows(
                end, connection, transaction,
                """
                SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, CAST(COLLATIONPROPERTY(COLLATION_NAME, 'CodePage') AS int)
                FROM INFORMATION_SCHEMA.COLUMNS
                WHERE TABLE_SCHEMA = @p0 AND TABLE_NAME = @p1 ORDER BY ORDINAL_POSITION
                """,
                row =>
                {
                    var name = row.GetString(0);
                    var (_, isIdentity, isComputed) = own.Find(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
                    return new DestinationColumn(
                        name, row.GetString(1), row.IsDBNull(2) ? 0 : Convert.ToInt32(row.GetValue(2), CultureInfo.InvariantCulture), row.GetString(3) == "YES", !row.IsDBNull(4),
                        isIdentity, isComputed, row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetInt32(6));
                },
                Schema, table),
        ];
    }

    private static (IReadOnlyList<string> Clustered, bool HasOthers) ReadIndexes(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string table)
    {
        var columns = Rows(
            end, connection, transaction,
            """
            SELECT i.type, c.name FROM sys.indexes AS i
            JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
            JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
            WHERE i.object_id = OBJECT_ID(@p0) AND i.type > 0 ORDER BY i.index_id, k.key_ordinal
            """,
            row => (IsClustered: Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture) == 1, Name: row.GetString(1)), TableName(table)).ToList();
        return ([.. columns.Where(column => column.IsClustered).Select(column => column.Name)], columns.Exists(column => !column.IsClustered));
    }

    private static bool IsEmptyNow(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string table) =>
        !Rows(end, connection, transaction, $"SELECT TOP (1) 1 FROM {TableName(table)}", row => row.FieldCount).Any();

    private static bool IsSet(SqlDataReader row, int column) => !row.IsDBNull(column) && Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}
