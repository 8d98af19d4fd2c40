namespace ChatEtl.SqlServer;

/// <summary>Where a SQL Server database is and how it is reached.</summary>
public sealed record SqlServerEnd
{
    /// <summary>Server, with instance or port: <c>SQL01</c>, <c>SQL01\RTC</c>, <c>sql01.example.net,1433</c>.</summary>
    public required string Server { get; init; }

    /// <summary>Name of the database.</summary>
    public required string Database { get; init; }

    /// <summary>SQL login; null for Windows integrated security.</summary>
    public string? User { get; init; }

    /// <summary>Its password; never shown.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the connection is encrypted. Default true.</summary>
    public bool Encrypt { get; init; } = true;

    /// <summary>Whether the server's certificate is taken unchecked. Default false.</summary>
    public bool TrustServerCertificate { get; init; }

    /// <summary>How long a connection attempt may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a statement waits for a lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where the database is, for people; holds no secret.</summary>
    public string Description => $"SQL Server {Server}, database {Database}";

    /// <summary>Without the password, wherever a record is printed.</summary>
    public override string ToString() => Description;
}
