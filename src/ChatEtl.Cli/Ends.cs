using System.Data.Common;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Writing;

namespace ChatEtl.Cli;

/// <summary>Both databases of a configuration, opened, made ready where the configuration says so; either may be of any product.</summary>
internal sealed class Ends : IDisposable
{
    private Ends(IChatSource source, IChatDestination destination, IChatSource reader) => (Source, Destination, Reader) = (source, destination, reader);

    /// <summary>Where rows come from.</summary>
    public IChatSource Source { get; }

    /// <summary>Where they go.</summary>
    public IChatDestination Destination { get; }

    /// <summary>The destination read back.</summary>
    public IChatSource Reader { get; }

    /// <summary>Opens both; with <paramref name="prepare"/> makes a missing sample pool and a missing SQLite destination.</summary>
    public static Ends Open(ChatEtlOptions options, bool prepare)
    {
        var source = OpenSource(options, prepare, KeepsHalfPairs(options));
        try
        {
            PrepareDestination(source, options.Destination, prepare);
            return new Ends(source, MakeDestination(options.Destination, options.Pipeline.Writers), OpenReader(options, KeepsHalfPairs(options)));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Opens the source; with <paramref name="prepare"/> makes a missing sample pool. A package cannot keep half a surrogate pair as text, so by default none is given out as such.</summary>
    public static IChatSource OpenSource(ChatEtlOptions options, bool prepare, bool keepHalfPairs = false)
    {
        if (options.Source.Kind == EndKind.SqlServer)
        {
            return new SqlServerSource(SqlServerEnds.Of(options.Source), keepHalfPairs, options.Source.ReadOnlyIntent);
        }

        PrepareSource(options.Source, prepare);
        return new SqliteSource(options.Source.Path);
    }

    /// <summary>Opens a destination that is there, to read its checkpoints.</summary>
    public static IChatDestination OpenDestination(DestinationOptions destination) =>
        destination.Kind == EndKind.SqlServer || File.Exists(destination.Path)
            ? MakeDestination(destination)
            : throw new DestinationException("the checkpoints", null, null, 1, new IOException(Missing(destination.Path, "Check destination.path.")), "Reading");

    /// <summary>Opens the destination to be read back: on the primary replica, where it was written: another one may be behind.</summary>
    public static IChatSource OpenReader(ChatEtlOptions options, bool keepHalfPairs) => options.Destination.Kind == EndKind.SqlServer
        ? new SqlServerSource(SqlServerEnds.Of(options.Destination), keepHalfPairs, readOnlyIntent: false)
        : new SqliteSource(options.Destination.Path);

    /// <summary>Makes the configured destination: the file, or the tables of an empty SQL Server database.</summary>
    /// <returns>Where it is, for people.</returns>
    public static string Provision(DestinationOptions destination)
    {
        if (destination.Kind == EndKind.Sqlite)
        {
            ProvisionNew(destination.Path);
            return destination.Path;
        }

        using var made = MakeDestination(destination);
        Say.Notice($"Provisioning an empty Persistent Chat database: {made.Description}");
        try
        {
            SqlServerProvisioner.Provision(SqlServerEnds.Of(destination));
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException)
        {
            throw new DestinationException(
                "the destination", null, null, 1, new IOException($"It cannot be provisioned. {made.Explain(exception)} ({made.Description})", exception));
        }

        return made.Description;
    }

    /// <summary>Makes an empty 2013-shaped destination in an SQLite file.</summary>
    public static void ProvisionNew(string path)
    {
        Say.Notice($"Provisioning an empty Persistent Chat database: {path}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            SqliteProvisioner.Provision(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            throw new DestinationException("the destination", null, null, 1, new IOException($"It cannot be provisioned. {exception.Message}", exception));
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Reader.Dispose();
        Destination.Dispose();
    }

    /// <summary>Half a surrogate pair is carried only where both ends can keep it (M2): an SQLite text is UTF-8, which cannot.</summary>
    internal static bool KeepsHalfPairs(ChatEtlOptions options) => options is { Source.Kind: EndKind.SqlServer, Destination.Kind: EndKind.SqlServer };

    private static IChatDestination MakeDestination(DestinationOptions destination, int writers = 1) => destination.Kind == EndKind.SqlServer
        ? new SqlServerDestination(SqlServerEnds.Of(destination), SqlServerEnds.LoadOf(destination, writers), TimeProvider.System)
        : new SqliteDestination(destination.Path, TimeProvider.System);

    private static void PrepareSource(SourceOptions source, bool prepare)
    {
        if (File.Exists(source.Path))
        {
            return;
        }

        if (Directory.Exists(source.Path) || !prepare || source.Sample is not { } sample)
        {
            throw new SourceException("the source", null, 1, new IOException(Missing(source.Path, "Check source.path.")));
        }

        Say.Notice($"Making a sample pool of {sample.Messages:N0} messages in {sample.Rooms:N0} rooms: {source.Path}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(source.Path)!);
            SamplePool.Make(new Sqlite.SampleOptions
            {
                Path = source.Path,
                Generation = source.Generation ?? Chat.Generation.Lync2010,
                Rooms = sample.Rooms,
                Messages = sample.Messages,
                People = sample.People,
                Seed = sample.Seed,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            throw new SourceException("the source", null, 1, new IOException($"The sample pool cannot be made. {exception.Message}", exception));
        }
    }

    /// <summary>A missing file is made once the source has answered; on SQL Server nothing is made here: the product's own setup does that.</summary>
    private static void PrepareDestination(IChatSource source, DestinationOptions destination, bool prepare)
    {
        if (destination.Kind == EndKind.SqlServer || File.Exists(destination.Path))
        {
            return;
        }

        if (Directory.Exists(destination.Path) || !prepare || !destination.Create)
        {
            throw new DestinationException(
                "the destination", null, null, 1, new IOException(Missing(destination.Path, "Check destination.path, or make it with chat-etl provision.")));
        }

        ExplainedSource.OfSource(source).ReadShape();
        ProvisionNew(destination.Path);
    }

    private static string Missing(string path, string remedy) => Directory.Exists(path) ? $"{path} is a folder. {remedy}" : $"{path} does not exist. {remedy}";
}
