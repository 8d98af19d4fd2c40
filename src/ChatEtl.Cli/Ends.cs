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
    private const string StandName = "destination.db";

    private readonly string? _stand;

    private Ends(IChatSource source, IChatDestination destination, IChatSource reader, string? stand = null) =>
        (Source, Destination, Reader, _stand) = (source, destination, reader, stand);

    /// <summary>Where rows come from.</summary>
    public IChatSource Source { get; }

    /// <summary>Where they go.</summary>
    public IChatDestination Destination { get; }

    /// <summary>The destination read back.</summary>
    public IChatSource Reader { get; }

    /// <summary>nodeGuid of the root of the empty database that stands for a destination which does not exist yet; null when it exists.</summary>
    public Guid? NewDestinationRoot { get; private init; }

    /// <summary>Opens both to plan: a missing SQLite destination is not made; an empty database in a temporary file stands for it.</summary>
    /// <param name="options">The whole configuration.</param>
    /// <param name="root">nodeGuid of the root of that database; null for a new one.</param>
    public static Ends OpenForPlan(ChatEtlOptions options, Guid? root)
    {
        if (options.Destination.Kind == EndKind.SqlServer || File.Exists(options.Destination.Path) || Directory.Exists(options.Destination.Path) || !options.Destination.Create)
        {
            return Open(options, prepare: false, makeSample: true);
        }

        var source = OpenSource(options, prepare: true);
        var guid = root ?? Guid.NewGuid();
        var folder = MakeStand(options.Destination.Path, guid);
        var path = Path.Combine(folder, StandName);
        return new Ends(source, new SqliteDestination(path, TimeProvider.System), new SqliteSource(path), folder) { NewDestinationRoot = guid };
    }

    /// <summary>Makes the stand-in on the volume of the destination, where a trial is as fast as a migration, or else among the temporary files.</summary>
    /// <returns>Its folder.</returns>
    private static string MakeStand(string destination, Guid root)
    {
        var beside = Path.GetDirectoryName(Path.GetFullPath(destination));
        while (beside is not null && !Directory.Exists(beside))
        {
            beside = Path.GetDirectoryName(beside);
        }

        foreach (var place in new[] { beside, Path.GetTempPath() }.OfType<string>())
        {
            var folder = Path.Combine(place, $".chatetl-plan-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(folder);
                SqliteProvisioner.Provision(Path.Combine(folder, StandName), root);
                return folder;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
            {
                // The other place, then.
            }
        }

        throw new DestinationException("the destination", null, null, 1, new IOException($"Neither beside {destination} nor in {Path.GetTempPath()} can a database be made to plan with."));
    }

    /// <summary>Opens both; with <paramref name="prepare"/> makes a missing sample pool and a missing SQLite destination.</summary>
    /// <param name="options">The whole configuration.</param>
    /// <param name="prepare">Whether to make what is missing.</param>
    /// <param name="makeSample">Whether to make a missing sample pool all the same.</param>
    /// <param name="root">nodeGuid of the root of a destination that is made; null for a new one.</param>
    public static Ends Open(ChatEtlOptions options, bool prepare, bool makeSample = false, Guid? root = null)
    {
        var source = OpenSource(options, prepare || makeSample, KeepsHalfPairs(options));
        try
        {
            PrepareDestination(source, options.Destination, prepare, root);
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
    public static void ProvisionNew(string path, Guid? root = null)
    {
        Say.Notice($"Provisioning an empty Persistent Chat database: {path}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            SqliteProvisioner.Provision(path, root);
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
        if (_stand is not null)
        {
            Directory.Delete(_stand, recursive: true);
        }
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
    private static void PrepareDestination(IChatSource source, DestinationOptions destination, bool prepare, Guid? root)
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
        ProvisionNew(destination.Path, root);
    }

    private static string Missing(string path, string remedy) => Directory.Exists(path) ? $"{path} is a folder. {remedy}" : $"{path} does not exist. {remedy}";
}
