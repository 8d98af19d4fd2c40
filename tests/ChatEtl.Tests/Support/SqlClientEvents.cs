using System.Diagnostics;
using Microsoft.Data.SqlClient;

namespace ChatEtl.Tests.Support;

/// <summary>Counts what the driver says it does with the writing connections of one database.</summary>
internal sealed class SqlClientEvents : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly string _database;
    private readonly List<IDisposable> _subscriptions = [];
    private int _opened;
    private int _ended;

    public SqlClientEvents(string database)
    {
        _database = database;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Connections opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Transactions committed or rolled back without a fault; SqlClient 6.1 tells both under the name of a commit.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "SqlClientDiagnosticListener")
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value?.GetType().GetProperty("Connection")?.GetValue(value.Value) is not SqlConnection connection
            || new SqlConnectionStringBuilder(connection.ConnectionString) is not { Pooling: false } opened || opened.InitialCatalog != _database)
        {
            return;
        }

        if (value.Key.EndsWith("WriteConnectionOpenAfter", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _opened);
        }
        else if (value.Key.Contains(".WriteTransaction", StringComparison.Ordinal) && value.Key.EndsWith("After", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _ended);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
}
