namespace ChatEtl.SqlServer;

/// <summary>When a bulk load takes a lock on the whole table, or says that its rows are in key order.</summary>
public enum BulkHint
{
    /// <summary>As the table's shape suggests; see docs/sqlserver.md.</summary>
    Auto,

    /// <summary>Always.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>How a destination is loaded.</summary>
public sealed record SqlServerLoad
{
    /// <summary>Batches written at the same time; decides with the table's shape whether a lock on the whole table helps.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>Whether tblChat is locked as a whole while a batch goes in.</summary>
    public BulkHint TableLock { get; init; } = BulkHint.Auto;

    /// <summary>Whether the server is told that batches of tblChat are sorted, which spares it a sort. They always are.</summary>
    public BulkHint OrderHint { get; init; } = BulkHint.Auto;

    /// <summary>Whether to write although Persistent Chat servers work in the database. Default false.</summary>
    public bool AllowLive { get; init; }
}
