using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

public sealed class CorpusPoolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("corpus.db");

    [Fact]
    public void The_whole_corpus_becomes_a_pool_with_every_text_as_it_was_typed()
    {
        Assert.SkipUnless(ChatCorpus.Folder is not null, ChatCorpus.Missing);

        var report = CorpusPool.Make(ChatCorpus.Folder!, Path);

        Assert.Equal(368_272, report.Messages);
        Assert.Equal(546, report.Rooms);
        Assert.Equal(20_959, report.People);
        Assert.Empty(report.Notes);
        using var pool = new PoolReader(Path);
        Assert.Equal(3, pool.Count("SELECT count(*) FROM tblNode WHERE nodeType = 1 AND nodeID <> parentID"));
        Assert.Equal(0, pool.Count("SELECT count(*) FROM (SELECT 1 FROM tblPrincipal GROUP BY lower(prinUri) HAVING count(*) > 1)"));
        Assert.Equal(0, pool.Count("""
            SELECT count(*) FROM (SELECT DISTINCT channelID, userId FROM tblChat) AS wrote LEFT JOIN tblPrincipalRole
                ON prinRoleNodeID = channelID AND prinRolePrinID = userId AND prinRoleTypeID = 1
            WHERE prinRoleNodeID IS NULL
            """));
        CompareRoom(pool, "haskell-jp/questions");
        CompareRoom(pool, "irc/#ubuntu-meeting");
        CompareRoom(pool, "FreeCodeCamp/linux");
    }

    [Fact]
    public void Texts_times_and_senders_survive_in_order()
    {
        WriteCorpus(
            "a.jsonl.gz",
            """{"room": "c/r", "time": "2014-11-30T23:35:14Z", "sender": "Ann", "text": "tab\t, zero \u0000, pair \ud83d\ude80 \""}""",
            """{"room": "c/r", "time": "2017-10-02T04:24:47.000062Z", "sender": "ann", "text": ""}""",
            """{"room": "d/R", "time": "2017-10-02T04:24:48Z", "sender": "", "text": " – 東京 "}""");

        var report = CorpusPool.Make(_folder.Path, Path);

        Assert.Equal((3L, 2, 3), (report.Messages, report.Rooms, report.People));
        using var pool = new PoolReader(Path);
        const string Sql = """
            SELECT nodeName, chatID, chatDate, prinName, hex(content)
            FROM tblChat JOIN tblNode ON nodeID = channelID JOIN tblPrincipal ON prinID = userId ORDER BY channelID, chatID
            """;
        Assert.Equal(
            [
                ["c/r", 1L, new DateTime(2014, 11, 30, 23, 35, 14).Ticks, "Ann", Hex("tab\t, zero \0, pair \U0001F680 \"")],
                ["c/r", 2L, new DateTime(2017, 10, 2, 4, 24, 47).Ticks + 620, "ann", ""],
                ["d/R", 1L, new DateTime(2017, 10, 2, 4, 24, 48).Ticks, "", Hex(" – 東京 ")],
            ],
            pool.Rows(Sql));
    }

    [Fact]
    public void Rooms_that_differ_by_case_only_get_a_number_and_are_reported()
    {
        WriteCorpus(
            "a.jsonl.gz",
            """{"room": "c/r", "time": "2014-11-30T23:35:14Z", "sender": "a", "text": "one"}""",
            """{"room": "c/R", "time": "2014-11-30T23:35:15Z", "sender": "a", "text": "two"}""");

        var report = CorpusPool.Make(_folder.Path, Path);

        Assert.Single(report.Notes);
        using var pool = new PoolReader(Path);
        Assert.Equal([["c/r"], ["c/R (2)"]], pool.Rows("SELECT nodeName FROM tblNode WHERE nodeType = 0 ORDER BY nodeID"));
    }

    [Theory]
    [InlineData("""{"room": "c/r", "time": "2014-11-30T23:35:15Z", "sender": "a"}""")]
    [InlineData("""{"room": "c/r", "time": "yesterday", "sender": "a", "text": "b"}""")]
    [InlineData("""{"room": "c/r", "time":""")]
    public void A_line_that_cannot_be_read_is_named_and_leaves_no_file(string line)
    {
        WriteCorpus("a.jsonl.gz", """{"room": "c/r", "time": "2014-11-30T23:35:14Z", "sender": "a", "text": "one"}""", line);

        var fault = Assert.Throws<IOException>(() => CorpusPool.Make(_folder.Path, Path));

        Assert.Contains("a.jsonl.gz, line 2:", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["a.jsonl.gz"], _folder.FileNames());
    }

    [Fact]
    public void A_folder_without_corpus_is_refused()
    {
        Assert.Throws<FileNotFoundException>(() => CorpusPool.Make(_folder.Path, Path));
        Assert.Throws<DirectoryNotFoundException>(() => CorpusPool.Make(_folder.File("nowhere"), Path));
    }

    public void Dispose() => _folder.Dispose();

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static void CompareRoom(PoolReader pool, string room)
    {
        var expected = Directory.GetFiles(ChatCorpus.Folder!, "*.jsonl.gz").Order(StringComparer.Ordinal)
            .SelectMany(ReadLines)
            .Where(line => line.Contains($"\"room\": \"{room}\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select((json, i) => (i + 1L, json.GetProperty("sender").GetString(), Hex(json.GetProperty("text").GetString()!)));

        var found = pool.Rows($"""
            SELECT chatID, prinName, hex(content) FROM tblChat JOIN tblPrincipal ON prinID = userId
            WHERE channelID = (SELECT nodeID FROM tblNode WHERE nodeName = '{room}') ORDER BY chatID
            """).Select(r => ((long)r[0]!, (string?)r[1], (string)r[2]!)).ToList();

        Assert.NotEmpty(found);
        Assert.Equal(expected, found);
    }

    private static IEnumerable<string> ReadLines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private void WriteCorpus(string name, params string[] lines)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(_folder.File(name)), CompressionLevel.Fastest));
        foreach (var line in lines)
        {
            writer.Write(line + "\n");
        }
    }
}
