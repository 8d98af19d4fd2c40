using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Makes an empty Persistent Chat 2013 database in SQLite: what setup would leave behind on SQL Server.</summary>
public static class SqliteProvisioner
{
    /// <summary>Makes the file with all tables, the static rows, the root and the system principal.</summary>
    /// <remarks>When the call returns the file is complete and flushed; when it throws nothing has changed.</remarks>
    /// <param name="path">A file that does not exist or is empty.</param>
    /// <param name="rootGuid">nodeGuid of the root; the other guids follow from it. Default: a new one.</param>
    /// <exception cref="IOException">The file exists and is not empty, or cannot be made.</exception>
    public static void Provision(string path, Guid? rootGuid = null)
    {
        using var pool = PoolFile.Begin(path, Generation.Lync2013, durable: true);
        pool.Add(StaticRows.EmptyPool(rootGuid ?? Guid.NewGuid()));
        pool.Complete();
    }
}
