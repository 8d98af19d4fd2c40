using ChatEtl.Chat;
using ChatEtl.SqlServer;
using Microsoft.Data.SqlClient;
using Xunit;

namespace ChatEtl.Tests.Support;

/// <summary>A database of its own on the server that CHATETL_TEST_SQLSERVER names, dropped afterwards; without a server the test is skipped.</summary>
internal sealed class TempSqlServerDatabase : IDisposable
{
    private const string Variable = "CHATETL_TEST_SQLSERVER";
    private static readonly Lock OneAtATime = new();

    /// <summary>An empty database.</summary>
    public TempSqlServerDatabase()
    {
        var server = Server();
        Name = $"chatetl_test_{Guid.NewGuid():N}"[..30];
        End = new SqlServerEnd
        {
            Server = server.DataSource,
            Database = Name,
            User = server.IntegratedSecurity ? null : server.UserID,
            Password = server.IntegratedSecurity ? null : server.Password,
            Encrypt = !server.Encrypt.Equals(SqlConnectionEncryptOption.Optional),
            TrustServerCertificate = server.TrustServerCertificate,
            CommandTimeout = TimeSpan.FromMinutes(2),
            LockTimeout = TimeSpan.FromSeconds(20),
        };
        lock (OneAtATime)
        {
            OnMaster($"CREATE DATABASE {Name}");
        }
    }

    /// <summary>A database with the documented tables of a family.</summary>
    public TempSqlServerDatabase(Generation generation)
        : this()
    {
        using var session = new SqlServerWriteSession(End);
        session.Begin();
        SqlServerSchema.Create(session, ChatSchema.Of(generation));
        session.Commit();
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How it is reached.</summary>
    public SqlServerEnd End { get; }

    /// <summary>The server under test; skips the test when there is none.</summary>
    public static SqlConnectionStringBuilder Server()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrWhiteSpace(text), $"{Variable} is not set: there is no SQL Server to test against.");
        return new SqlConnectionStringBuilder(text);
    }

    /// <summary>Whether the server keeps a character: SQL Server keeps any 16 bits, a stand-in with another storage may not.</summary>
    public bool Keeps(char character)
    {
        try
        {
            return Scalar($"SELECT N'a' + NCHAR({(int)character}) + N'b'") is string { Length: 3 };
        }
        catch (SqlException)
        {
            return false;
        }
    }

    /// <summary>Skips the test on a server that does not keep a character.</summary>
    public void Demand(char character) => Assert.SkipUnless(Keeps(character), $"The server keeps no U+{(int)character:X4} in its texts, as SQL Server does.");

    /// <summary>Runs plain SQL.</summary>
    public void Execute(string sql)
    {
        using var connection = SqlServerDatabase.OpenForWriting(End);
        using var command = SqlServerDatabase.Command(End, connection, null, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>The first value of a query.</summary>
    public object? Scalar(string sql)
    {
        using var connection = SqlServerDatabase.OpenForWriting(End);
        using var command = SqlServerDatabase.Command(End, connection, null, sql);
        return command.ExecuteScalar();
    }

    /// <summary>Ends every other session in the database, as an administrator or a failover does.</summary>
    public void KillSessions()
    {
        using var connection = SqlServerDatabase.OpenForWriting(End);
        foreach (var session in SqlServerDatabase.Rows(
            End, connection, null, "SELECT CAST(spid AS int) FROM sys.sysprocesses WHERE dbid = DB_ID() AND spid <> @@SPID", row => row.GetInt32(0)).ToList())
        {
            using var kill = SqlServerDatabase.Command(End, connection, null, $"KILL {session}");
            try
            {
                kill.ExecuteNonQuery();
            }
            catch (SqlException)
            {
                // It has ended by itself.
            }
        }
    }

    /// <summary>Drops the database.</summary>
    public void Dispose()
    {
        SqlConnection.ClearAllPools();
        lock (OneAtATime)
        {
            try
            {
                OnMaster($"DROP DATABASE {Name}");
            }
            catch (SqlException)
            {
                // A server whose sessions linger: what is left is named after the tests.
            }
        }
    }

    private static void OnMaster(string sql)
    {
        using var connection = new SqlConnection(new SqlConnectionStringBuilder(Server().ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new SqlCommand(sql, connection) { CommandTimeout = 120 };
        command.ExecuteNonQuery();
    }
}
