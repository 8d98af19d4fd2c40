using System.Data;
using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>A connection for one enumeration and, where the database allows it, its SNAPSHOT transaction.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly SqlServerEnd _end;

    public ReadSession(SqlServerEnd end, bool readOnlyIntent, bool snapshot)
    {
        _end = end;
        Connection = SqlServerDatabase.OpenForReading(end, readOnlyIntent);
        try
        {
            Transaction = snapshot ? Connection.BeginTransaction(IsolationLevel.Snapshot) : null;
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public SqlConnection Connection { get; }

    public SqlTransaction? Transaction { get; }

    public SqlCommand Command(string sql, params ReadOnlySpan<object?> parameters) => SqlServerDatabase.Command(_end, Connection, Transaction, sql, parameters);

    public void Dispose()
    {
        try
        {
            Transaction?.Dispose();
        }
        catch (Exception exception) when (exception is InvalidOperationException or DbException)
        {
            // The connection is gone; what it was gone with is on its way already.
        }
        finally
        {
            Connection.Dispose();
        }
    }
}
