using System.Collections.Concurrent;

namespace ChatEtl.SqlServer;

/// <summary>Writing connections, lent one at a time: a bulk load pays dearly for its first use of a connection. One that saw a fault is not used again.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class SqlServerSessions(SqlServerEnd end) : IDisposable
{
    private readonly ConcurrentBag<SqlServerWriteSession> _free = [];

    /// <summary>Lends a session.</summary>
    public T Use<T>(Func<SqlServerWriteSession, T> use)
    {
        var session = _free.TryTake(out var free) ? free : new SqlServerWriteSession(end);
        try
        {
            var result = use(session);
            _free.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Lends a session for one transaction: committed when the change returns, undone when it throws.</summary>
    public T Transact<T>(Func<SqlServerWriteSession, T> change) => Use(session =>
    {
        session.Begin();
        var result = change(session);
        session.Commit();
        return result;
    });

    /// <summary>Closes what is not lent.</summary>
    public void Dispose()
    {
        while (_free.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
