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
    public bool IsWide => Type is "nvarchar" or "nchar" or "ntext";

    /// <summary>Whether the column has all characters of a text. A code page puts others, or question marks, in the place of those it lacks.</summary>
    public bool Keeps(string text) => IsWide || Ascii.IsValid(text)
        || (CodePage == Utf8 && WideText.IsWellFormed(text) && (Length <= 0 || Encoding.UTF8.GetByteCount(text) <= Length))
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

/// <summary>An index of a table that we write.</summary>
/// <param name="Key">Its columns.</param>
/// <param name="IsClustered">Whether the rows lie in its order.</param>
/// <param name="IsUnique">Whether no two rows have one key.</param>
/// <param name="LosesDuplicates">Whether the server leaves out a second row of a key without a fault (IGNORE_DUP_KEY).</param>
internal sealed record DestinationIndex(IReadOnlyList<string> Key, bool IsClustered, bool IsUnique, bool LosesDuplicates);

/// <summary>A table that we write, read from the catalog: nothing undocumented is taken for granted.</summary>
/// <param name="Table">The documented table.</param>
/// <param name="Columns">All columns in the server's order; empty when there is no such table.</param>
/// <param name="Indexes">Its enabled indexes.</param>
/// <param name="IsEmpty">Whether it held no row when it was looked at.</param>
/// <param name="Triggers">Enabled triggers.</param>
internal sealed record DestinationTable(
    Table Table, IReadOnlyList<DestinationColumn> Columns, IReadOnlyList<DestinationIndex> Indexes, bool IsEmpty, IReadOnlyList<string> Triggers)
{
    /// <summary>Columns of the clustered index; empty for a heap.</summary>
    public IReadOnlyList<string> ClusteredKey => Indexes.FirstOrDefault(index => index.IsClustered)?.Key ?? [];

    /// <summary>Whether two rows cannot have one documented key.</summary>
    public bool HasUniqueKey => Indexes.Any(index => index.IsUnique && index.Key.Count == Table.Key.Count && !index.Key.Except(Table.Key, StringComparer.OrdinalIgnoreCase).Any());

    /// <summary>Whether a documented column counts by itself at this server: it takes our values all the same.</summary>
    public bool KeepsIdentity => Columns.Any(column => column.IsIdentity && Table.Ordinal(column.Name) >= 0);

    /// <summary>A column by name, compared without regard to case; null when there is none.</summary>
    public DestinationColumn? Find(string column) => Columns.FirstOrDefault(found => found.Name.Equals(column, StringComparison.OrdinalIgnoreCase));

    /// <summary>The server's names of the documented columns, in documented order.</summary>
    public IReadOnlyList<string> DocumentedNames => [.. Table.Columns.Select(column => Find(column.Name)!.Name)];

    /// <summary>Reads the catalog of these tables, by name.</summary>
    public static IReadOnlyDictionary<string, DestinationTable> ReadAll(SqlServerEnd end, SqlConnection connection, IEnumerable<Table> tables)
    {
        var own = Read(
            """
            SELECT t.name, c.name, c.is_identity, c.is_computed FROM sys.tables AS t JOIN sys.columns AS c ON c.object_id = t.object_id
            WHERE t.schema_id = SCHEMA_ID(@p0)
            """,
            row => (Name: row.GetString(1), IsIdentity: IsSet(row, 2), IsComputed: IsSet(row, 3)));
        var columns = Read(
            """
            SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME,
                CAST(COLLATIONPROPERTY(COLLATION_NAME, 'CodePage') AS int)
            FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @p0 ORDER BY TABLE_NAME, ORDINAL_POSITION
            """,
            row => new DestinationColumn(
                row.GetString(1), row.GetString(2), row.IsDBNull(3) ? 0 : Convert.ToInt32(row.GetValue(3), CultureInfo.InvariantCulture), row.GetString(4) == "YES",
                !row.IsDBNull(5), IsIdentity: false, IsComputed: false, row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetInt32(7)));
        var indexes = Read(
            """
            SELECT t.name, i.index_id, i.type, i.is_unique, i.has_filter, i.ignore_dup_key, c.name FROM sys.tables AS t
            JOIN sys.indexes AS i ON i.object_id = t.object_id
            JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
            JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
            WHERE t.schema_id = SCHEMA_ID(@p0) AND i.type > 0 AND i.is_disabled = 0 ORDER BY t.name, i.index_id, k.key_ordinal
            """,
            row => (
                Id: row.GetInt32(1), Column: row.GetString(6),
                Index: new DestinationIndex([], Convert.ToInt32(row.GetValue(2), CultureInfo.InvariantCulture) == 1, IsSet(row, 3) && !IsSet(row, 4), IsSet(row, 5))));
        var triggers = Read(
            "SELECT t.name, r.name FROM sys.tables AS t JOIN sys.triggers AS r ON r.parent_id = t.object_id WHERE t.schema_id = SCHEMA_ID(@p0) AND r.is_disabled = 0",
            row => row.GetString(1));
        return tables.ToDictionary(table => table.Name, Of, StringComparer.OrdinalIgnoreCase);

        DestinationTable Of(Table table) => new(
            table,
            [
                .. columns[table.Name].Select(column => Marked(column, own[table.Name].FirstOrDefault(found => found.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)))),
            ],
            [.. indexes[table.Name].GroupBy(column => column.Id).Select(index => index.First().Index with { Key = [.. index.Select(column => column.Column)] })],
            columns.Contains(table.Name) && !Rows(end, connection, null, $"SELECT TOP (1) 1 FROM {TableName(table.Name)}", row => row.FieldCount).Any(),
            [.. triggers[table.Name]]);

        static DestinationColumn Marked(DestinationColumn column, (string Name, bool IsIdentity, bool IsComputed) own) =>
            column with { IsIdentity = own.IsIdentity, IsComputed = own.IsComputed };

        ILookup<string, T> Read<T>(string sql, Func<SqlDataReader, T> read) =>
            Rows(end, connection, null, sql, row => (Table: row.GetString(0), Row: read(row)), Schema).ToLookup(row => row.Table, row => row.Row, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsSet(SqlDataReader row, int column) => !row.IsDBNull(column) && Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}
