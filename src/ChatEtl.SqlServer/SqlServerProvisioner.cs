using ChatEtl.Chat;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>Makes an empty Persistent Chat 2013 database on SQL Server, for rehearsals: the documented tables and the rows that setup leaves behind.</summary>
public static class SqlServerProvisioner
{
    /// <summary>Creates all tables and writes the static rows, the root and the system principal, all in one transaction.</summary>
    /// <param name="end">A database that exists and has none of these tables.</param>
    /// <param name="rootGuid">nodeGuid of the root; the other guids follow from it. Default: a new one.</param>
    /// <exception cref="IOException">It has tables of the product already, or cannot be written; nothing has changed.</exception>
    public static void Provision(SqlServerEnd end, Guid? rootGuid = null)
    {
        try
        {
            using var session = new SqlServerWriteSession(end);
            session.Begin();
            SqlServerSchema.Create(session, ChatSchema.Persistent);
            foreach (var rows in StaticRows.EmptyPool(rootGuid ?? Guid.NewGuid()).GroupBy(row => row.Table, StringComparer.Ordinal))
            {
                var table = ChatSchema.Persistent[rows.Key];
                session.Load(
                    SqlServerDatabase.TableName(table.Name), [.. table.Columns.Select(column => column.Name)],
                    [.. rows.Select(row => (object?[])[.. table.Columns.Select(row.ValueOf)])]);
            }

            session.Commit();
        }
        catch (SqlException exception)
        {
            throw new IOException($"{end.Description} cannot be provisioned. {SqlServerFaults.Explain(exception)}", exception);
        }
    }
}
