using System.Text;
using ChatEtl.Chat;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>How tblChat is laid out in a SQLite file; a source may have any of these.</summary>
public enum ChatTableShape
{
    /// <summary>WITHOUT ROWID: the rows lie in the order of the primary key, as on SQL Server.</summary>
    Clustered,

    /// <summary>An ordinary table with its primary key beside it.</summary>
    Ordinary,

    /// <summary>As <see cref="Ordinary"/>, but only the key is NOT NULL: for files that came from anywhere.</summary>
    Lenient,
}

/// <summary>Creates the documented tables of a product family in SQLite.</summary>
public static class SqliteSchema
{
    /// <summary>Documented 2010 columns that our 2007 R2 files do not have, so that they are known by their shape.</summary>
    /// <remarks>No 2007 R2 column list is published; tblNode.topic stays as the mark of the legacy family.</remarks>
    private static readonly HashSet<(string Table, string Column)> MissingInOcsR2 =
    [
        ("tblNode", "scopeChange"),
        ("tblNode", "scopeDefinerId"),
        ("tblNode", "roleDefinerId"),
        ("tblPrincipal", "prinADUserPrincipalName"),
        ("tblPrincipalRole", "honorsOverride"),
        ("tblPrincipalRole", "honorsScope"),
    ];

    /// <summary>The columns a table has in a file of that generation, in documented order.</summary>
    public static IEnumerable<Column> ColumnsOf(Table table, Generation generation) =>
        table.Columns.Where(column => generation != Generation.OcsR2 || !MissingInOcsR2.Contains((table.Name, column.Name)));

    /// <summary>Creates all tables of the family; fails when one of them exists.</summary>
    /// <remarks>Opens no transaction of its own: inside the caller's it is all or nothing.</remarks>
    /// <param name="connection">An open connection.</param>
    /// <param name="schema">The family's tables.</param>
    /// <param name="generation">Decides which columns are left out.</param>
    /// <param name="shape">How tblChat is laid out.</param>
    public static void Create(
        SqliteConnection connection, ChatSchema schema, Generation generation, ChatTableShape shape = ChatTableShape.Clustered)
    {
        using var command = connection.CreateCommand();
        foreach (var table in schema.Tables)
        {
            command.CommandText = CreateTable(table, generation, shape);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>An identifier in double quotes.</summary>
    internal static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string CreateTable(Table table, Generation generation, ChatTableShape shape)
    {
        var isChat = string.Equals(table.Name, "tblChat", StringComparison.OrdinalIgnoreCase);
        var lines = new List<string>();
        foreach (var column in ColumnsOf(table, generation))
        {
            var isKey = table.Key.Contains(column.Name, StringComparer.OrdinalIgnoreCase);
            var mayBeNull = column.Nullable || (isChat && shape == ChatTableShape.Lenient && !isKey);
            lines.Add($"{Quoted(column.Name)} {TypeOf(column)}{(mayBeNull ? "" : " NOT NULL")}");
        }

        if (table.Key.Count > 0)
        {
            lines.Add($"PRIMARY KEY ({string.Join(", ", table.Key.Select(Quoted))})");
        }

        return new StringBuilder("CREATE TABLE ").Append(Quoted(table.Name)).Append(" (")
            .AppendJoin(", ", lines).Append(')')
            .Append(isChat && shape == ChatTableShape.Clustered ? " WITHOUT ROWID" : "")
            .ToString();
    }

    private static string TypeOf(Column column) => column.Type switch
    {
        ColumnType.Int or ColumnType.SmallInt or ColumnType.BigInt or ColumnType.Bit => "INTEGER",
        ColumnType.Bytes => "BLOB",
        _ => "TEXT",
    };
}
