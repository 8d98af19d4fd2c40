using ChatEtl.Configuration;
using ChatEtl.SqlServer;

namespace ChatEtl.Cli;

/// <summary>Says what the configuration says in the words of the SQL Server ends, which know no configuration.</summary>
internal static class SqlServerEnds
{
    /// <summary>Where a database is and how it is reached.</summary>
    public static SqlServerEnd Of(EndOptions end) => new()
    {
        Server = end.Server,
        Database = end.Database,
        User = end.User,
        Password = end.Password,
        Encrypt = end.Encrypt,
        TrustServerCertificate = end.TrustServerCertificate,
        ConnectTimeout = end.ConnectTimeout,
        CommandTimeout = end.CommandTimeout,
        LockTimeout = end.LockTimeout,
    };

    /// <summary>How a destination is loaded.</summary>
    public static SqlServerLoad LoadOf(DestinationOptions destination, int writers) => new()
    {
        Writers = writers,
        TableLock = Of(destination.TableLock),
        OrderHint = Of(destination.OrderHint),
        AllowLive = destination.AllowLive,
    };

    private static BulkHint Of(LoadHint hint) => hint switch
    {
        LoadHint.On => BulkHint.On,
        LoadHint.Off => BulkHint.Off,
        _ => BulkHint.Auto,
    };
}
