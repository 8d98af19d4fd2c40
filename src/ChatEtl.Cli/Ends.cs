using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;

namespace ChatEtl.Cli;

/// <summary>Both databases of a configuration, opened, made ready where the configuration says so.</summary>
internal sealed class Ends : IDisposable
{
    private Ends(SqliteSource source, SqliteDestination destination, SqliteSource reader) => (Source, Destination, Reader) = (source, destination, reader);

    /// <summary>Where rows come from.</summary>
    public SqliteSource Source { get; }

    /// <summary>Where they go.</summary>
    public SqliteDestination Destination { get; }

    /// <summary>The destination read back.</summary>
    public SqliteSource Reader { get; }

    /// <summary>Opens both; with <paramref name="prepare"/> makes a missing sample pool and a missing destination.</summary>
    public static Ends Open(ChatEtlOptions options, bool prepare)
    {
        PrepareSource(options.Source, prepare);
        PrepareDestination(options.Destination, prepare);
        return new Ends(
            new SqliteSource(options.Source.Path), new SqliteDestination(options.Destination.Path, TimeProvider.System), new SqliteSource(options.Destination.Path));
    }

    /// <summary>Opens the source alone; with <paramref name="prepare"/> makes a missing sample pool.</summary>
    public static IChatSource OpenSource(ChatEtlOptions options, bool prepare)
    {
        PrepareSource(options.Source, prepare);
        return new SqliteSource(options.Source.Path);
    }

    public void Dispose()
    {
        Source.Dispose();
        Reader.Dispose();
        Destination.Dispose();
    }

    private static void PrepareSource(SourceOptions source, bool prepare)
    {
        if (File.Exists(source.Path))
        {
            return;
        }

        if (Directory.Exists(source.Path) || !prepare || source.Sample is not { } sample)
        {
            throw new SourceException("the source", null, 1, new IOException(
                Directory.Exists(source.Path) ? $"{source.Path} is a folder. Check source.path." : $"{source.Path} does not exist. Check source.path."));
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

    private static void PrepareDestination(DestinationOptions destination, bool prepare)
    {
        if (File.Exists(destination.Path))
        {
            return;
        }

        if (Directory.Exists(destination.Path) || !prepare || !destination.Create)
        {
            throw new DestinationException("the destination", null, null, 1, new IOException(
                Directory.Exists(destination.Path)
                    ? $"{destination.Path} is a folder. Check destination.path."
                    : $"{destination.Path} does not exist. Check destination.path, or make it with chat-etl provision."));
        }

        ProvisionNew(destination.Path);
    }

    /// <summary>Makes an empty 2013-shaped destination.</summary>
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
}
