using System.Data;
using System.Globalization;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>Opens SQL Server connections as ChatEtl uses them.</summary>
internal static class SqlServerDatabase
{
    /// <summary>Bytes of a packet when writing: the most the protocol takes, 32 KB but one.</summary>
    private const int WritingPacket = 32_767;

    /// <summary>
    /// Bytes of a packet when reading, the driver's default. With larger ones SqlClient 6.1.5 on Linux receives parts of two packets at once
    /// and loses its place in a large value (ArgumentOutOfRangeException in TryReadByteArray): seen here with a text of 1 MiB.
    /// </summary>
    private const int ReadingPacket = 8_000;

    /// <summary>The schema of the product's tables.</summary>
    public const string Schema = "dbo";

    /// <summary>Opens a connection that only reads; it comes from a pool.</summary>
    public static SqlConnection OpenForReading(SqlServerEnd end, bool readOnlyIntent) => Open(end, readOnlyIntent, pooling: true);

    /// <summary>Opens a connection of its own for writing: after a fault it is closed for good and nothing of it lives on in a pool.</summary>
    public static SqlConnection OpenForWriting(SqlServerEnd end) => Open(end, readOnlyIntent: false, pooling: false);

    /// <summary>A statement with the configured time-out; parameters are @p0, @p1 and so on.</summary>
    public static SqlCommand Command(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string sql, params ReadOnlySpan<object?> parameters)
    {
        var command = new SqlCommand(sql, connection, transaction) { CommandTimeout = (int)Math.Ceiling(end.CommandTimeout.TotalSeconds) };
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.Add(Parameter($"@p{i.ToString(CultureInfo.InvariantCulture)}", parameters[i]));
        }

        return command;
    }

    /// <summary>Runs a query; the reader given out stands on the current row.</summary>
    public static IEnumerable<T> Rows<T>(
        SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, string sql, Func<SqlDataReader, T> read, params object?[] parameters)
    {
        using var command = Command(end, connection, transaction, sql, parameters);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return read(row);
        }
    }

    /// <summary>A parameter of the SQL type that fits a cell; texts of any length share one plan.</summary>
    public static SqlParameter Parameter(string name, object? value) => value switch
    {
        null => new SqlParameter(name, SqlDbType.NVarChar, 4000) { Value = DBNull.Value },
        string text => new SqlParameter(name, SqlDbType.NVarChar, text.Length <= 4000 ? 4000 : -1) { Value = text },
        DateTime time => new SqlParameter(name, SqlDbType.DateTime) { Value = time },
        byte[] bytes => new SqlParameter(name, SqlDbType.VarBinary, bytes.Length <= 8000 ? 8000 : -1) { Value = bytes },
        int number => new SqlParameter(name, SqlDbType.Int) { Value = number },
        long number => new SqlParameter(name, SqlDbType.BigInt) { Value = number },
        bool bit => new SqlParameter(name, SqlDbType.Bit) { Value = bit },
        _ => new SqlParameter(name, value),
    };

    /// <summary>Puts a name into SQL.</summary>
    public static string Quote(string name) => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";

    /// <summary>A table of the product, in SQL.</summary>
    public static string TableName(string table) => $"{Schema}.{Quote(table)}";

    private static SqlConnection Open(SqlServerEnd end, bool readOnlyIntent, bool pooling)
    {
        var builder = new SqlConnectionStringBuilder
        {
            DataSource = end.Server,
            InitialCatalog = end.Database,
            Encrypt = end.Encrypt ? SqlConnectionEncryptOption.Mandatory : SqlConnectionEncryptOption.Optional,
            TrustServerCertificate = end.TrustServerCertificate,
            ConnectTimeout = (int)Math.Ceiling(end.ConnectTimeout.TotalSeconds),
            ApplicationName = "ChatEtl",
            ApplicationIntent = readOnlyIntent ? ApplicationIntent.ReadOnly : ApplicationIntent.ReadWrite,
            MultipleActiveResultSets = false,
            PacketSize = pooling ? ReadingPacket : WritingPacket,
            PersistSecurityInfo = false,
            Pooling = pooling,

            // The driver would hide a server that is back for up to a minute; EndRetries sees to it that nobody hammers it.
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            Enlist = false,
        };
        if (end.User is null)
        {
            builder.IntegratedSecurity = true;
        }
        else
        {
            builder.UserID = end.User;
            builder.Password = end.Password;
        }

        var connection = new SqlConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            using var settings = Command(
                end, connection, null,
                $"SET NOCOUNT ON; SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCK_TIMEOUT {((long)end.LockTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)};");
            settings.ExecuteNonQuery();
            return connection;
        }
        catch (Exception exception)
        {
            if (exception is SqlException fault)
            {
                SqlServerFaults.MarkOpening(fault);
            }

            connection.Dispose();
            throw;
        }
    }
}
