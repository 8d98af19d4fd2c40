using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>Databases made for a moment, beside the one that is configured and never touched. Needs the right to create databases.</summary>
public static class SqlServerScratch
{
    /// <summary>Makes an empty Persistent Chat database.</summary>
    /// <param name="beside">A database on the same server that the login may open.</param>
    /// <param name="name">Its name, which no database there may have.</param>
    /// <param name="rootGuid">nodeGuid of the root: the same one makes the same database.</param>
    /// <returns>How it is reached.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SqlServerEnd Create(SqlServerEnd beside, string name, Guid rootGuid)
    {
        var end = beside with { Database = name };
        try
        {
            Run(beside, $"CREATE DATABASE {SqlServerDatabase.Quote(name)}");
        }
        catch (SqlException exception)
        {
            throw new IOException(
                $"{end.Description} cannot be made; the login needs CREATE ANY DATABASE for it. {SqlServerFaults.Explain(exception)}", exception);
        }

        SqlServerProvisioner.Provision(end, rootGuid);
        return end;
    }

    /// <summary>Drops a database that <see cref="Create"/> made.</summary>
    /// <exception cref="IOException">It is in use, for a moment perhaps, or may not be dropped.</exception>
    public static void Drop(SqlServerEnd beside, SqlServerEnd scratch)
    {
        SqlConnection.ClearAllPools();
        try
        {
            Run(beside, $"DROP DATABASE {SqlServerDatabase.Quote(scratch.Database)}");
        }
        catch (SqlException exception)
        {
            throw new IOException($"{scratch.Description} cannot be dropped. {SqlServerFaults.Explain(exception)}", exception);
        }
    }

    private static void Run(SqlServerEnd end, string sql)
    {
        using var connection = SqlServerDatabase.OpenForWriting(end);
        using var command = SqlServerDatabase.Command(end, connection, null, sql);
        command.ExecuteNonQuery();
    }
}
