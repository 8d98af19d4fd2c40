using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class CorpusTests : IDisposable
{
    private readonly Workplace _place = new("corpus.db");

    [Fact]
    public async Task Real_conversations_arrive_whole_in_order_and_byte_for_byte()
    {
        Assert.SkipUnless(ChatCorpus.Folder is not null, ChatCorpus.Missing);
        var clock = Stopwatch.StartNew();
        CorpusPool.Make(ChatCorpus.Folder!, _place.File("corpus.db"));
        var making = clock.Elapsed;

        clock.Restart();
        var report = await _place.JsonAsync(0, "migrate", "--json");
        var migrating = clock.Elapsed;
        clock.Restart();
        var (messages, rooms, bytes) = Check(_place.Destination);

        Assert.True(report.GetProperty("compare").GetProperty("clean").GetBoolean());
        Assert.True(report.GetProperty("balances").GetBoolean());
        Assert.Equal(0, report.GetProperty("rejections").GetProperty("count").GetInt64());
        Assert.Equal((368_272, 546), (messages, rooms));
        using var destination = new PoolReader(_place.Destination);
        Assert.Equal(messages, destination.Count("SELECT count(*) FROM tblChat"));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{messages:N0} messages ({bytes:N0} bytes of text) of {rooms} rooms equal to the corpus; pool made in {making.TotalSeconds:0.0} s, migrated and "
            + $"compared in {migrating.TotalSeconds:0.0} s (moving {report.GetProperty("seconds").GetDouble():0.0} s), checked against the files in {clock.Elapsed.TotalSeconds:0.0} s");
    }

    public void Dispose() => _place.Dispose();

    /// <summary>Reads the corpus again, by a plain reader, and looks each text up: the n-th line of a room is its n-th message.</summary>
    private static (int Messages, int Rooms, long Bytes) Check(string destination)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={destination};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var rooms = Rooms(connection);
        using var lookup = connection.CreateCommand();
        lookup.CommandText = "SELECT CAST(content AS BLOB), chatDate FROM tblChat WHERE channelId = $room AND chatId = $id";
        var (room, id) = (lookup.Parameters.Add("$room", SqliteType.Integer), lookup.Parameters.Add("$id", SqliteType.Integer));
        lookup.Prepare();
        var taken = new Dictionary<string, long>(StringComparer.Ordinal);
        var (messages, bytes) = (0, 0L);
        foreach (var line in Lines())
        {
            using var json = JsonDocument.Parse(line);
            var name = json.RootElement.GetProperty("room").GetString()!;
            var text = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("text").GetString()!);
            taken[name] = taken.GetValueOrDefault(name) + 1;
            (room.Value, id.Value) = (rooms[name], taken[name]);
            using var row = lookup.ExecuteReader();
            Assert.True(row.Read(), $"message {taken[name]} of {name} is not there");
            if (!text.AsSpan().SequenceEqual((byte[])row[0]) || json.RootElement.GetProperty("time").GetDateTimeOffset().UtcTicks != row.GetInt64(1))
            {
                Assert.Fail($"message {taken[name]} of {name} differs");
            }

            messages++;
            bytes += text.Length;
        }

        return (messages, taken.Count, bytes);
    }

    private static Dictionary<string, long> Rooms(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT nodeName, nodeID FROM tblNode WHERE nodeType = 0";
        using var reader = command.ExecuteReader();
        var rooms = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read())
        {
            rooms.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return rooms;
    }

    private static IEnumerable<string> Lines()
    {
        foreach (var file in Directory.GetFiles(ChatCorpus.Folder!, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }
}
