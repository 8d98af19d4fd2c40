using System.Data;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Creates the documented tables of a product family in an empty SQL Server database: for rehearsals and tests.</summary>
internal static class SqlServerSchema
{
    /// <summary>Creates all tables of the family, keys clustered, all in one transaction; fails when one of them exists.</summary>
    /// <param name="end">The database.</param>
    /// <param name="schema">The family's tables.</param>
    /// <param name="has">Whether a table has a column; by default every documented one.</param>
    public static void Create(SqlServerEnd end, ChatSchema schema, Func<Table, Column, bool>? has = null)
    {
        using var connection = OpenForWriting(end);
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        foreach (var table in schema.Tables)
        {
            using var command = Command(end, connection, transaction, CreateTable(table, has ?? ((_, _) => true)));
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static string CreateTable(Table table, Func<Table, Column, bool> has)
    {
        var columns = table.Columns.Where(column => has(table, column))
            .Select(column => $"{Quote(column.Name)} {column.SqlType} {(column.Nullable ? "NULL" : "NOT NULL")}");
        var key = table.Key.Count == 0 ? "" : $", CONSTRAINT {Quote("PK_" + table.Name)} PRIMARY KEY CLUSTERED ({string.Join(", ", table.Key.Select(Quote))})";
        return $"CREATE TABLE {TableName(table.Name)} ({string.Join(", ", columns)}{key})";
    }
}
