using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>A sample pool in a folder of its own, and a destination beside it.</summary>
internal sealed class Pool : IDisposable
{
    private const int HugeText = 16 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("chatetl-bench-").FullName;

    /// <summary>Makes the pool.</summary>
    /// <param name="messages">Number of messages.</param>
    /// <param name="isLopsided">Whether one room holds half of them, and one message has 16 MiB.</param>
    public Pool(long messages, bool isLopsided = false)
        : this(new SampleOptions { Path = "", Messages = isLopsided ? messages / 2 : messages })
    {
        if (isLopsided)
        {
            MakeLopsided();
        }
    }

    /// <summary>Makes the pool that the options tell, but for their path.</summary>
    public Pool(SampleOptions options)
    {
        SamplePool.Make(options with { Path = Source });
        Reset();
    }

    public string Source => Path.Combine(_folder, "legacy.db");

    public string Destination => Path.Combine(_folder, "persistent.db");

    /// <summary>Where processes count what they read.</summary>
    public string Counter => Path.Combine(_folder, "read.count");

    /// <summary>Bytes of text, for rates.</summary>
    public long TextBytes()
    {
        using var connection = OpenSource();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT SUM(LENGTH(CAST(content AS BLOB))) FROM tblChat";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>An empty 2013-shaped destination.</summary>
    public void Reset()
    {
        foreach (var file in Directory.GetFiles(_folder, "persistent.db*"))
        {
            File.Delete(file);
        }

        SqliteProvisioner.Provision(Destination);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void MakeLopsided()
    {
        using var connection = OpenSource();
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"""
            CREATE TEMP TABLE giant AS SELECT channelId AS room, MAX(chatId) AS last FROM tblChat GROUP BY channelId ORDER BY COUNT(*) DESC LIMIT 1;
            INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content)
                SELECT (SELECT room FROM giant), (SELECT last FROM giant) + row_number() OVER (), chatDate, userId, isAlert, content FROM tblChat;
            UPDATE tblChat SET content = hex(zeroblob({HugeText / 2}))
                WHERE channelId = (SELECT room FROM giant) AND chatId = (SELECT last FROM giant) + 1;
            """;
        command.ExecuteNonQuery();
    }

    private SqliteConnection OpenSource()
    {
        SqliteNative.Init();
        var connection = new SqliteConnection($"Data Source={Source};Pooling=False");
        connection.Open();
        return connection;
    }
}
