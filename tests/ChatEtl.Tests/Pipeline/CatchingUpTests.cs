using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

/// <summary>B6 and B7: what a later pass does, and what it refuses.</summary>
public sealed class CatchingUpTests : IDisposable
{
    /// <summary>A migrated room with messages, and the person who wrote its last one.</summary>
    private const string Room = """
        SELECT n.source_id, n.destination_id, max(c.chatId), c.userId FROM chatetl_node AS n JOIN tblChat AS c ON c.channelId = n.destination_id
        WHERE n.is_category = 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
        """;

    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Fact]
    public async Task A_pass_over_an_unchanged_source_writes_nothing()
    {
        await _rehearsal.RunAsync();
        var first = _rehearsal.Content();

        var second = await _rehearsal.RunAsync(lastPass: true);

        Assert.Equal(2, second.Pass);
        Assert.True(second.Complete && second.Balances);
        Assert.Equal(0, second.Books.GetValueOrDefault("tblChat")?.Read ?? 0);
        Assert.Equal(first, _rehearsal.Content(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task New_messages_people_and_rooms_are_added_and_nothing_else()
    {
        await _rehearsal.RunAsync();
        var before = _rehearsal.Content();
        var (room, destinationRoom, last, _) = AskRoom();
        _rehearsal.ChangeSource($"""
            INSERT INTO tblPrincipal SELECT 70001, 'AAAAAAAA-0000-4000-8000-000000000001', 'sip:new@litwareinc.com', 'New', prinCompanyName, NULL, NULL, NULL, 0, 5,
                prinAllowedPermSet, prinUseInheritedPerms, NULL, 0, NULL, 0, prinVerifiedOn FROM tblPrincipal WHERE prinTypeID = 5 LIMIT 1;
            INSERT INTO tblChat VALUES ({room}, {last + 1}, 635000000000000000, 70001, 0, 'hello');
            CREATE TEMP TABLE fresh AS SELECT * FROM tblNode WHERE nodeID = {room};
            UPDATE fresh SET nodeID = 70002, nodeGuid = 'AAAAAAAA-0000-4000-8000-000000000002', nodeName = 'The new room';
            INSERT INTO tblNode SELECT * FROM fresh;
            INSERT INTO tblChat VALUES (70002, 1, 635000000000000000, 70001, 1, 'first');
            """);

        var report = await _rehearsal.RunAsync();

        Assert.Equal((2L, 2L), (report.Books["tblChat"].Read, report.Books["tblChat"].Written));
        var added = _rehearsal.Content().Except(before, StringComparer.Ordinal).ToList();
        Assert.Single(added, line => line.StartsWith($"tblChat {destinationRoom} | {last + 1} |", StringComparison.Ordinal));
        Assert.Single(added, line => line.StartsWith("tblChat", StringComparison.Ordinal) && line.Contains("'first'", StringComparison.Ordinal));
        Assert.Single(added, line => line.StartsWith("tblPrincipal ", StringComparison.Ordinal));
        Assert.Single(added, line => line.StartsWith("tblNode ", StringComparison.Ordinal) && line.Contains("The new room", StringComparison.Ordinal));
        Assert.Equal(last + 1, _rehearsal.Count($"SELECT lastChatID FROM tblLastChatId WHERE nodeID = {destinationRoom}"));
        var gone = before.Except(_rehearsal.Content(), StringComparer.Ordinal).ToList();
        Assert.All(gone, line => Assert.Matches("^(tblLastChatId|tblSystemRevision) ", line));
    }

    [Fact]
    public async Task A_role_that_went_away_is_removed_and_one_that_an_administrator_gave_stays()
    {
        await _rehearsal.RunAsync();
        var role = _rehearsal.Ask("""
            SELECT n.source_id, p.source_id, r.prinRoleNodeID, r.prinRolePrinID, r.prinRoleTypeID FROM tblPrincipalRole AS r
            JOIN chatetl_access ON node_id = prinRoleNodeID AND principal_id = prinRolePrinID AND type_id = prinRoleTypeID
            JOIN chatetl_node AS n ON n.destination_id = prinRoleNodeID JOIN chatetl_principal AS p ON p.destination_id = prinRolePrinID
            JOIN tblRoleType ON rtypeID = prinRoleTypeID WHERE rtypeDesc = 'Member' AND n.is_category = 0
            """);
        var own = role.First(row => _rehearsal.AskSource($"SELECT 1 FROM tblPrincipalRole WHERE prinRoleNodeID = {row[0]} AND prinRolePrinID = {row[1]} AND prinRoleTypeID = 1").Count == 1
            && _rehearsal.AskSource($"SELECT 1 FROM tblPrincipalRole WHERE prinRoleNodeID = {row[0]} AND prinRoleTypeID = 1").Count > 1);
        _rehearsal.ChangeSource($"DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = {own[0]} AND prinRolePrinID = {own[1]}");
        _rehearsal.ChangeDestination($"INSERT INTO tblPrincipalRole VALUES ({own[2]}, 1, {own[4]}, 1)");

        var report = await _rehearsal.RunAsync();

        var left = _rehearsal.Ask($"SELECT prinRolePrinID FROM tblPrincipalRole WHERE prinRoleNodeID = {own[2]} AND prinRoleTypeID = {own[4]}").Select(row => row[0]);
        Assert.DoesNotContain(own[3], left);
        Assert.Contains(1L, left);
        Assert.Contains(report.Findings, finding => finding is { Rule: "B6", Table: "tblPrincipalRole" });
    }

    [Fact]
    public async Task A_changed_room_is_changed_there_too_unless_someone_changed_it_there()
    {
        await _rehearsal.RunAsync();
        var rooms = _rehearsal.Ask("SELECT source_id, destination_id FROM chatetl_node WHERE is_category = 0 ORDER BY 1 LIMIT 2");
        _rehearsal.ChangeSource($"UPDATE tblNode SET nodeDesc = 'changed', topic = '' WHERE nodeID IN ({rooms[0][0]}, {rooms[1][0]})");
        _rehearsal.ChangeDestination($"UPDATE tblNode SET nodeDesc = 'mine' WHERE nodeID = {rooms[1][1]}");

        var report = await _rehearsal.RunAsync();

        Assert.Equal("changed", _rehearsal.Ask($"SELECT nodeDesc FROM tblNode WHERE nodeID = {rooms[0][1]}")[0][0]);
        Assert.Equal("mine", _rehearsal.Ask($"SELECT nodeDesc FROM tblNode WHERE nodeID = {rooms[1][1]}")[0][0]);
        Assert.Contains(report.Findings, finding => finding is { Rule: "B6", Severity: Severity.Warning, Table: "tblNode" });
    }

    [Fact]
    public async Task Only_the_last_pass_finds_messages_that_came_late_below_the_watermark()
    {
        var late = _rehearsal.AskSource("SELECT channelID, chatID FROM tblChat JOIN tblNode ON nodeID = channelID WHERE disabled = 0 AND chatID = 5 LIMIT 3");
        Assert.NotEmpty(late);
        _rehearsal.ChangeSource("CREATE TABLE kept AS SELECT * FROM tblChat WHERE chatID = 5; DELETE FROM tblChat WHERE chatID = 5");
        await _rehearsal.RunAsync();
        _rehearsal.ChangeSource("INSERT INTO tblChat SELECT * FROM kept; DROP TABLE kept");
        var before = _rehearsal.Count("SELECT count(*) FROM tblChat");

        await _rehearsal.RunAsync();
        var between = _rehearsal.Count("SELECT count(*) FROM tblChat");
        var last = await _rehearsal.RunAsync(lastPass: true);

        Assert.Equal(before, between);
        Assert.True(last.Books["tblChat"].Written >= late.Count);
        Assert.True(last.Balances);
        var lateNow = _rehearsal.Content();
        _rehearsal.Restart();
        await _rehearsal.RunAsync();
        Assert.Equal(Chat(_rehearsal.Content()), Chat(lateNow), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_last_pass_asked_for_on_an_interrupted_pass_still_looks_for_late_messages()
    {
        _rehearsal.ChangeSource("CREATE TABLE kept AS SELECT * FROM tblChat WHERE chatID = 5; DELETE FROM tblChat WHERE chatID = 5");
        await _rehearsal.RunAsync();
        var (room, _, last, _) = AskRoom();
        _rehearsal.ChangeSource($"INSERT INTO tblChat SELECT * FROM kept; DROP TABLE kept; INSERT INTO tblChat SELECT channelID, chatID + 1000, chatDate, userId, isAlert, content FROM tblChat WHERE channelID = {room}");
        using var trouble = new Trouble(6, TroubleKind.Permanent, after: true, "Write");
        await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, trouble)));

        var report = await _rehearsal.RunAsync(lastPass: true);

        Assert.True(report.Complete);
        Assert.NotEqual(0, _rehearsal.Count("SELECT count(*) FROM tblChat WHERE chatId = 5"));
    }

    [Fact]
    public async Task After_our_tables_are_gone_a_pass_finds_everything_again_by_guid()
    {
        await _rehearsal.RunAsync();
        var (room, destinationRoom, last, author) = AskRoom();
        var before = _rehearsal.Content();
        using (var destination = new SqliteDestination(_rehearsal.DestinationPath, TimeProvider.System))
        {
            destination.RemoveOwnTables(1);
        }

        var sourceAuthor = _rehearsal.AskSource($"SELECT userId FROM tblChat WHERE channelID = {room} AND chatID = {last}")[0][0];
        _rehearsal.ChangeSource($"INSERT INTO tblChat VALUES ({room}, {last + 1}, 635000000000000000, {sourceAuthor}, 0, 'new')");

        var report = await _rehearsal.RunAsync();

        Assert.Equal(1, report.Pass);
        Assert.Equal((1L, 0L), (report.Books["tblChat"].Written, report.Books["tblChat"].Rejected));
        Assert.True(report.Balances);
        var added = _rehearsal.Content().Except(before, StringComparer.Ordinal).ToList();
        Assert.Contains(added, line => line == $"tblChat {destinationRoom} | {last + 1} | 635000000000000000 | {author} | 0 | 'new' | NULL");
        Assert.All(added, line => Assert.Matches("^(tblChat|tblLastChatId|tblSystemRevision) ", line));
        Assert.Equal(before.Count + 1, _rehearsal.Content().Count);
    }

    [Theory]
    [InlineData("rules.longNames")]
    [InlineData("rules.unknownAuthors")]
    [InlineData("rules.messagesSince")]
    [InlineData("source")]
    public async Task Another_set_up_is_refused_by_the_name_of_the_part(string part)
    {
        await _rehearsal.RunAsync();
        var before = _rehearsal.Outcome();
        var rules = _rehearsal.Options.Rules;
        _rehearsal.Options = _rehearsal.Options with
        {
            Rules = part switch
            {
                "rules.longNames" => rules with { LongNames = LongNames.Fail },
                "rules.unknownAuthors" => rules with { UnknownAuthors = UnknownAuthors.Placeholder },
                "rules.messagesSince" => rules with { MessagesSince = new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
                _ => rules,
            },
        };
        if (part == "source")
        {
            _rehearsal.ChangeSource("UPDATE tblNode SET nodeGuid = 'AAAAAAAA-0000-4000-8000-000000000009' WHERE nodeID = parentID");
        }

        var refused = await Assert.ThrowsAsync<ResumeRefusedException>(() => _rehearsal.RunAsync());

        Assert.Equal([part], refused.Differences.Select(difference => difference.Name), StringComparer.Ordinal);
        Assert.Equal(before, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Tables_of_another_format_are_refused()
    {
        await _rehearsal.RunAsync();
        _rehearsal.ChangeDestination("UPDATE chatetl_run SET format = 99");

        var refused = await Assert.ThrowsAsync<ResumeRefusedException>(() => _rehearsal.RunAsync());

        Assert.Equal("format of our tables", Assert.Single(refused.Differences).Name);
    }

    public void Dispose() => _rehearsal.Dispose();

    private static IEnumerable<string> Chat(IEnumerable<string> content) => content.Where(line => line.StartsWith("tblChat ", StringComparison.Ordinal));

    private (long Room, long DestinationRoom, long Last, long Author) AskRoom()
    {
        var row = _rehearsal.Ask(Room)[0];
        return ((long)row[0]!, (long)row[1]!, (long)row[2]!, (long)row[3]!);
    }
}
