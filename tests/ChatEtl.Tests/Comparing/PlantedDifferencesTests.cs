using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;
using PoolOptions = ChatEtl.Sqlite.SampleOptions;

namespace ChatEtl.Tests.Comparing;

/// <summary>One small change among very many messages is found and named, each for itself; a clean pair is never reported.</summary>
/// <remarks>A hundred thousand messages, a million with CHATETL_FULL=1 in the environment.</remarks>
public sealed class PlantedDifferencesTests : IDisposable
{
    private static readonly int Messages = Environment.GetEnvironmentVariable("CHATETL_FULL") == "1" ? 1_000_000 : 100_000;

    private readonly Rehearsal _rehearsal = new();

    [Fact]
    public async Task Each_of_eight_changes_planted_alone_is_found_and_named_with_table_key_and_column()
    {
        SamplePool.Make(new PoolOptions { Path = _rehearsal.SourcePath, Rooms = 200, Messages = Messages, People = 500 });
        _rehearsal.Options = _rehearsal.Options with { Pipeline = new PipelineOptions() };
        await _rehearsal.RunAsync();
        Assert.InRange(_rehearsal.Count("SELECT count(*) FROM tblChat"), Messages * 0.9, Messages * 1.1);
        Assert.Empty(_rehearsal.Compare());

        // In the middle of all messages: two neighbours of different authors, one that ends with a letter, one with a surrogate pair.
        var (room, id, other) = Row("""
            SELECT a.channelId, a.chatId, b.chatId FROM tblChat a JOIN tblChat b ON b.channelId = a.channelId AND b.chatId = a.chatId + 1
            WHERE a.userId <> b.userId AND a.content GLOB '*[a-z]' ORDER BY a.channelId, a.chatId
            """);
        var pair = Row("SELECT channelId, chatId, instr(CAST(content AS BLOB), x'F09F') FROM tblChat WHERE instr(CAST(content AS BLOB), x'F09F') > 0 ORDER BY 1, 2");
        var member = Row("""
            SELECT n.nodeID, p.prinID, (SELECT min(prinRoleTypeID) FROM tblPrincipalRole) FROM tblNode n, tblPrincipal p
            WHERE n.nodeID IN (SELECT DISTINCT prinRoleNodeID FROM tblPrincipalRole WHERE prinRoleNodeID IN (SELECT channelId FROM tblChat))
                AND p.prinID IN (SELECT DISTINCT userId FROM tblChat)
                AND NOT EXISTS (SELECT 1 FROM tblPrincipalRole WHERE prinRoleNodeID = n.nodeID AND prinRolePrinID = p.prinID)
            ORDER BY 1, 2
            """);
        var (key, next) = ($"channelId = {room} AND chatId = {id}", $"channelId = {room} AND chatId = {other}");

        Planted("tblChat", key, $"UPDATE tblChat SET content = substr(content, 1, length(content) - 1) || char((unicode(substr(content, -1)) | 1) - (unicode(substr(content, -1)) & 1)) WHERE {key}",
            $"different tblChat {room}/{id} content");
        Planted("tblChat", key, $"UPDATE tblChat SET content = content || ' ' WHERE {key}", $"different tblChat {room}/{id} content");
        Planted("tblChat", $"({key}) OR ({next})",
            $"UPDATE tblChat SET userId = (SELECT u.userId FROM undo u WHERE u.chatId <> tblChat.chatId) WHERE ({key}) OR ({next})",
            $"different tblChat {room}/{id} userId", $"different tblChat {room}/{other} userId");
        Planted("tblChat", key, $"UPDATE tblChat SET chatDate = chatDate + 1 WHERE {key}", $"different tblChat {room}/{id} chatDate");
        Planted("tblChat", key, $"DELETE FROM tblChat WHERE {key}", $"missing tblChat {room}/{id}");
        Planted("tblChat", $"channelId = {room} AND chatId = 0",
            $"INSERT INTO tblChat SELECT channelId, 0, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE {key}", $"extra tblChat {room}/0");
        Planted("tblChat", $"channelId = {pair.First} AND chatId = {pair.Second}",
            $"UPDATE tblChat SET content = CAST(substr(CAST(content AS BLOB), 1, {pair.Third} - 1) || x'EFBFBD' || substr(CAST(content AS BLOB), {pair.Third} + 4) AS TEXT) WHERE channelId = {pair.First} AND chatId = {pair.Second}",
            $"different tblChat {pair.First}/{pair.Second} content");
        Planted("tblPrincipalRole", $"prinRoleNodeID = {member.First} AND prinRolePrinID = {member.Second}",
            $"INSERT INTO tblPrincipalRole VALUES ({member.First}, {member.Second}, {member.Third}, 1)",
            $"extra tblPrincipalRole {member.First}/{member.Second}/{member.Third}");

        Assert.Empty(_rehearsal.Compare());
    }

    [Fact]
    public async Task A_hundred_clean_runs_of_all_shapes_give_no_false_alarm()
    {
        Generation[] generations = [Generation.OcsR2, Generation.Lync2010, Generation.Lync2013];
        var limit = _rehearsal.Options;
        for (var seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            File.Delete(_rehearsal.SourcePath);
            SamplePool.Make(new PoolOptions
            {
                Path = _rehearsal.SourcePath,
                Generation = generations[seed % 3],
                Rooms = random.Next(3, 15),
                Messages = random.Next(0, 400),
                People = random.Next(20, 60),
                Seed = seed,
                PlantedFaults = seed % 2 == 0,
            });
            _rehearsal.Restart();
            _rehearsal.Options = limit with
            {
                Rules = Rehearsal.Lenient with
                {
                    UnknownAuthors = random.Next(2) == 0 ? UnknownAuthors.Reject : UnknownAuthors.Placeholder,
                    DisabledRooms = random.Next(2) == 0 ? DisabledRooms.Skip : DisabledRooms.Keep,
                    EmptyCategories = random.Next(2) == 0 ? KeepOrDrop.Keep : KeepOrDrop.Drop,
                },
                Pipeline = new PipelineOptions
                {
                    Readers = random.Next(1, 5),
                    Transformers = random.Next(1, 4),
                    BatchRows = random.Next(1, 200),
                    RangeRows = random.Next(10, 1000),
                    Capacity = random.Next(1, 5),
                },
            };
            await _rehearsal.RunAsync();
            if (seed % 5 == 0)
            {
                await _rehearsal.RunAsync(lastPass: true);
            }

            var differences = _rehearsal.Compare();
            Assert.True(differences.Count == 0, $"seed {seed}: {string.Join('\n', differences)}");
        }
    }

    public void Dispose() => _rehearsal.Dispose();

    /// <summary>The row in the middle of what a query gives.</summary>
    private (long First, long Second, long Third) Row(string sql)
    {
        var count = _rehearsal.Count($"SELECT count(*) FROM ({sql})");
        var row = _rehearsal.Ask(string.Create(CultureInfo.InvariantCulture, $"{sql} LIMIT 1 OFFSET {count / 2}"))[0];
        return ((long)row[0]!, (long)row[1]!, (long)row[2]!);
    }

    /// <summary>Changes the destination, compares, and undoes the change.</summary>
    private void Planted(string table, string rows, string change, params string[] expected)
    {
        _rehearsal.ChangeDestination($"CREATE TABLE undo AS SELECT * FROM {table} WHERE {rows}; {change}");

        var found = _rehearsal.Compare();

        // Whoever reads a room newly is named as well.
        Assert.Equal(expected, found.Where(line => !line.StartsWith("gain ", StringComparison.Ordinal)).Select(WithoutSource), StringComparer.Ordinal);
        Assert.True(found.Count == expected.Length || table == "tblPrincipalRole", string.Join('\n', found));
        _rehearsal.ChangeDestination($"DELETE FROM {table} WHERE {rows}; INSERT INTO {table} SELECT * FROM undo; DROP TABLE undo");
    }

    private static string WithoutSource(string line)
    {
        var from = line.IndexOf(" (source ", StringComparison.Ordinal);
        return from < 0 ? line : line[..from] + line[(line.IndexOf(')', from) + 1)..];
    }
}
