using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>The pools on which predictions are tried: each differs from a sample pool in what its cost comes from.</summary>
internal static class PredictionShapes
{
    /// <summary>Their names.</summary>
    public static readonly string[] All = ["even", "one giant room", "many tiny rooms", "wide rows", "large directory"];

    /// <summary>Makes a pool of a shape.</summary>
    public static Pool Make(string shape, int messages) => shape switch
    {
        "even" => Even(messages),
        "one giant room" => new Pool(messages, isLopsided: true),
        "many tiny rooms" => Tiny(messages),
        "wide rows" => Wide(messages),
        "large directory" => Directory(messages),
        _ => throw new ArgumentException($"There is no shape '{shape}'.", nameof(shape)),
    };

    /// <summary>Every room has as many messages as any other.</summary>
    private static Pool Even(int messages)
    {
        const int Rooms = 100;
        var pool = new Pool(new SampleOptions { Path = "", Rooms = Rooms, Messages = 1_000 });
        Fill(pool, messages / Rooms, 90);
        return pool;
    }

    /// <summary>A hundred messages a room.</summary>
    private static Pool Tiny(int messages)
    {
        const int MessagesARoom = 100;
        var pool = new Pool(new SampleOptions { Path = "", Rooms = messages / MessagesARoom, Messages = 1_000 });
        Fill(pool, MessagesARoom, 90);
        return pool;
    }

    /// <summary>Four kilobytes a message in half of the rooms, and three tenths of the messages.</summary>
    private static Pool Wide(int messages)
    {
        const int Rooms = 100;
        var pool = new Pool(new SampleOptions { Path = "", Rooms = Rooms, Messages = 1_000 });
        Fill(pool, messages * 3 / 10 / Rooms, 90, 4_000);
        return pool;
    }

    /// <summary>A tenth of the messages, 6,000 rooms of twenty members and as many invitations, 30,000 people of thirteen affiliations.</summary>
    private static Pool Directory(int messages)
    {
        const int Rooms = 6_000;
        var pool = new Pool(new SampleOptions { Path = "", Rooms = Rooms, People = 30_000, Messages = messages / 10 });
        DirectoryScale.Fill(pool.Source, Rooms, Rooms * 21);
        return pool;
    }

    /// <summary>Gives every room so many messages in place of its own, as wide as told, by turns.</summary>
    private static void Fill(Pool pool, int messagesARoom, params int[] widths)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={pool.Source};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            PRAGMA temp_store = MEMORY;
            CREATE TEMP TABLE room AS SELECT nodeID, row_number() OVER (ORDER BY nodeID) AS n FROM tblNode WHERE nodeType = 0 ORDER BY nodeID;
            CREATE TEMP TABLE author AS SELECT prinID, row_number() OVER (ORDER BY prinID) - 1 AS n FROM tblPrincipal WHERE prinTypeID = 5;
            CREATE UNIQUE INDEX temp.author_n ON author (n);
            CREATE TEMP TABLE number AS WITH RECURSIVE x (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM x WHERE i < {messagesARoom}) SELECT i FROM x;
            CREATE TEMP TABLE text AS WITH RECURSIVE x (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM x WHERE i < 99) SELECT i, hex(randomblob({widths.Max()})) AS letters FROM x;
            CREATE UNIQUE INDEX temp.text_i ON text (i);
            BEGIN;
            DELETE FROM tblChat;
            INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content)
                SELECT nodeID, number.i, 634500000000000000 + number.i * 100000000, prinID, 0,
                    substr(letters, 1 + number.i % 50, {string.Join(" ", widths.Select((width, i) => $"{(i == 0 ? $"CASE room.n % {widths.Length}" : "")} WHEN {i} THEN {width} / 2 + number.i % {width}"))} END)
                FROM room CROSS JOIN number JOIN author ON author.n = (number.i * 7 + room.n) % (SELECT count(*) FROM author) JOIN text ON text.i = (number.i + room.n) % 100;
            COMMIT;
            """;
        command.ExecuteNonQuery();
    }
}
