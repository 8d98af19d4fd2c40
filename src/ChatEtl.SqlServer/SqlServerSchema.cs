using ChatEtl.Chat;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Creates the documented tables of a product family in an empty SQL Server database: for rehearsals and tests.</summary>
internal static class SqlServerSchema
{
    /// <summary>Creates all tables of the family, keys clustered, in the session's transaction; fails when one of them exists.</summary>
    /// <param name="session">A session in its transaction.</param>
    /// <param name="schema">The family's tables.</param>
    public static void Create(SqlServerWriteSession session, ChatSchema schema)
    {
        foreach (var table in schema.Tables)
        {
            session.Execute(CreateTable(table));
        }
    }

    private static string CreateTable(Table table)
    {
        var columns = table.Columns.Select(column => $"{Quote(column.Name)} {column.SqlType} {(column.Nullable && !table.Key.Contains(column.Name, StringComparer.OrdinalIgnoreCase) ? "NULL" : "NOT NULL")}");
        var key = table.Key.Count == 0 ? "" : $", CONSTRAINT {Quote("PK_" + table.Name)} PRIMARY KEY CLUSTERED ({string.Join(", ", table.Key.Select(Quote))})";
        return $"CREATE TABLE {TableName(table.Name)} ({string.Join(", ", columns)}{key})";
    }
}
