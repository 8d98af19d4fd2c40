using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>Tests of the real program stand in one row: two of them at a time would only wait for each other.</summary>
[CollectionDefinition(Name)]
public sealed class ProgramTests : ICollectionFixture<BigPool>
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "The real program";
}

/// <summary>A pool of 300,000 messages, made when first wanted, with an empty destination to copy.</summary>
public sealed class BigPool : IDisposable
{
    /// <summary>Messages in it.</summary>
    public const int Messages = 300_000;

    private readonly TempFolder _folder = new();
    private readonly Lazy<string> _source;
    private readonly Lazy<string> _empty;

    public BigPool()
    {
        _source = new(() =>
        {
            SamplePool.Make(new SampleOptions { Path = _folder.File("legacy.db"), Rooms = 300, Messages = Messages, People = 500, Seed = 7 });
            return _folder.File("legacy.db");
        });
        _empty = new(() =>
        {
            SqliteProvisioner.Provision(_folder.File("empty.db"), new Guid("5f0e7c3a-3a57-4c55-9d0e-0f2f5f1e7a11"));
            return _folder.File("empty.db");
        });
    }

    /// <summary>A folder to migrate the pool in, into an empty destination of equal guids.</summary>
    internal Workplace Open()
    {
        var place = new Workplace(_source.Value);
        File.Copy(_empty.Value, place.Destination);
        return place;
    }

    /// <summary>The same with a copy of the pool, to be spoiled.</summary>
    internal Workplace OpenCopy()
    {
        var place = new Workplace("legacy.db");
        Restore(place);
        File.Copy(_empty.Value, place.Destination);
        return place;
    }

    /// <summary>Makes the copy whole again.</summary>
    internal void Restore(Workplace place) => File.Copy(_source.Value, place.File("legacy.db"), overwrite: true);

    public void Dispose() => _folder.Dispose();
}

/// <summary>How far a migration is, as its destination tells.</summary>
internal sealed record Progress(string State, long Epoch, long Read, long Written, long Stored)
{
    private static readonly Progress None = new("", 0, 0, 0, 0);

    /// <summary>Reads the checkpoints; with <paramref name="count"/> also counts the messages that are there.</summary>
    public static Progress Of(string destination, bool count = false)
    {
        using var pool = new PoolReader(destination);
        if (pool.Count("SELECT count(*) FROM sqlite_master WHERE name = 'chatetl_run'") == 0)
        {
            return None;
        }

        var rows = pool.Rows($"""
            SELECT state, epoch, (SELECT sum(rows_read) FROM chatetl_range WHERE stream = 'tblChat'),
                (SELECT sum(written) FROM chatetl_range WHERE stream LIKE 'tblChat%'), {(count ? "(SELECT count(*) FROM tblChat)" : "0")}
            FROM chatetl_run
            """);
        return rows.Count == 0 ? None : new((string)rows[0][0]!, (long)rows[0][1]!, (long)rows[0][2]!, (long)rows[0][3]!, (long)rows[0][4]!);
    }
}
