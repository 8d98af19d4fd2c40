using ChatEtl.Chat;

namespace ChatEtl.Configuration;

/// <summary>The database product at one end of the pipeline.</summary>
public enum EndKind
{
    /// <summary>An SQLite file.</summary>
    Sqlite,

    /// <summary>A database on SQL Server.</summary>
    SqlServer,
}

/// <summary>A hint that a bulk load may be given.</summary>
public enum LoadHint
{
    /// <summary>As the table's shape suggests.</summary>
    Auto,

    /// <summary>Always.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>What both ends of the pipeline need to be told.</summary>
public abstract record EndOptions
{
    /// <summary>The database product. Default sqlite.</summary>
    public EndKind Kind { get; init; } = EndKind.Sqlite;

    /// <summary>SQLite: the full path of the database file; required, in the file relative to the folder of pipeline.json.</summary>
    public string Path { get; init; } = "";

    /// <summary>SQL Server: the server, with instance or port; required.</summary>
    public string Server { get; init; } = "";

    /// <summary>SQL Server: the name of the database; required.</summary>
    public string Database { get; init; } = "";

    /// <summary>SQL Server: the SQL login; null, the default, for Windows integrated security.</summary>
    public string? User { get; init; }

    /// <summary>SQL Server: the login's password, from the environment; null without a login. Never shown.</summary>
    public string? Password { get; init; }

    /// <summary>SQL Server: whether the connection is encrypted. Default true.</summary>
    public bool Encrypt { get; init; } = true;

    /// <summary>SQL Server: whether the server's certificate is taken unchecked. Default false.</summary>
    public bool TrustServerCertificate { get; init; }

    /// <summary>SQL Server: how long a connection attempt may take. Default 30 s, range 1 s to 3600 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>SQL Server: how long a statement may take. Default 600 s, range 1 s to 86400 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>SQL Server: how long a statement waits for a lock. Default 60 s, range 1 s to 3600 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Names the database and no secret, wherever a record is printed.</summary>
    public sealed override string ToString() => Kind == EndKind.Sqlite ? Path : $"SQL Server {Server}, database {Database}";
}

/// <summary>Where the chat comes from (section <c>source</c> of pipeline.json).</summary>
public sealed record SourceOptions : EndOptions
{
    /// <summary>SQL Server: whether a readable secondary replica may serve. Default true.</summary>
    public bool ReadOnlyIntent { get; init; } = true;

    /// <summary>The product release whose schema the source has; null (<c>auto</c>, the default) finds it by its shape.</summary>
    public Generation? Generation { get; init; }

    /// <summary>SQLite: the sample pool to make when the file is missing; null, the default, makes none.</summary>
    public SampleOptions? Sample { get; init; }
}

/// <summary>The sample pool that is made when the source file is missing (section <c>source.sample</c> of pipeline.json).</summary>
public sealed record SampleOptions
{
    /// <summary>Chat rooms. Default 200, range 1 to 100000.</summary>
    public int Rooms { get; init; } = 200;

    /// <summary>Messages in all rooms together. Default 20000, range 0 to 1000000000.</summary>
    public int Messages { get; init; } = 20_000;

    /// <summary>Users. Default 500, range 1 to 1000000.</summary>
    public int People { get; init; } = 500;

    /// <summary>Seed of the random choices: the same seed makes the same pool. Default 1, range 0 to 2147483647.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Where the chat goes (section <c>destination</c> of pipeline.json).</summary>
public sealed record DestinationOptions : EndOptions
{
    /// <summary>
    /// Whether a missing SQLite destination is provisioned, empty, in the 2013 schema. Default true; a SQL Server database is never made,
    /// nor its tables.
    /// </summary>
    public bool Create { get; init; } = true;

    /// <summary>SQL Server: whether a bulk load locks the whole table. Default auto.</summary>
    public LoadHint TableLock { get; init; }

    /// <summary>SQL Server: whether a bulk load says that its rows are in key order. Default auto.</summary>
    public LoadHint OrderHint { get; init; }

    /// <summary>SQL Server: whether to write although Persistent Chat servers are alive in the database. Default false.</summary>
    public bool AllowLive { get; init; }
}
