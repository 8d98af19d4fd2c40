using ChatEtl.Checkpoints;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;

namespace ChatEtl.Tests.Evidence;

public sealed class ManifestTests : IDisposable
{
    private readonly Rehearsal _job = new(Rehearsal.Sample());
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_manifest_lists_every_migrated_room_and_the_database_agrees_with_it()
    {
        var manifest = await MigratedAsync();

        Assert.Empty(manifest.Faults());
        Assert.Equal(_job.Count("SELECT count(*) FROM tblChat"), manifest.Messages);
        Assert.Equal(_job.Count("SELECT count(*) FROM tblNode WHERE nodeType = 0"), manifest.Rooms.Count);
        Assert.Contains(manifest.Rooms, room => room.Messages > 0);
        Assert.Equal(manifest.Rooms.OrderBy(room => room.Guid.ToString(), StringComparer.Ordinal), manifest.Rooms);
        var report = Check(manifest);
        Assert.Empty(report.Differences);
        Assert.Equal((manifest.Messages, 0), (report.Messages, report.Newer));
        Assert.Empty(report.Others);
    }

    [Fact]
    public async Task Equal_databases_have_equal_roots_however_their_ids_fell()
    {
        var first = await MigratedAsync();
        _job.ChangeDestination("""
            UPDATE tblChat SET channelId = channelId + 100000; UPDATE tblNode SET nodeID = nodeID + 100000 WHERE nodeType = 0;
            UPDATE tblChat SET userId = userId + 500000; UPDATE tblPrincipal SET prinID = prinID + 500000;
            """);

        Assert.Empty(Check(first).Differences);
    }

    [Theory]
    [InlineData("UPDATE tblChat SET content = content || 'x' WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET content = char(unicode(content) + 1) || substr(content, 2) WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET chatDate = chatDate + 1 WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET isAlert = 1 - isAlert WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET rtf = '' WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET userId = (SELECT max(prinID) FROM tblPrincipal WHERE prinID <> userId) WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET userId = 123456789 WHERE {0}", "content differs")]
    [InlineData("UPDATE tblChat SET chatDate = 'yesterday' WHERE {0}", "content differs")]
    [InlineData("DELETE FROM tblChat WHERE {0}", "the manifest says")]
    [InlineData("UPDATE tblChat SET channelId = 987654 WHERE {0}", "the manifest says")]
    [InlineData("INSERT INTO tblChat SELECT channelId, chatId + 1000000, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE {0}", "1 messages behind the last one")]
    [InlineData("INSERT INTO tblChat SELECT channelId, -5, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE {0}", "the manifest says")]
    public async Task A_message_changed_lost_moved_or_doubled_is_found_and_its_room_named(string change, string detail)
    {
        var manifest = await MigratedAsync();
        var room = Busiest(manifest);
        var id = _job.Count($"SELECT chatId FROM tblChat WHERE channelId = {room.Node} AND length(content) > 1 ORDER BY chatId LIMIT 1 OFFSET 1");

        _job.ChangeDestination(string.Format(System.Globalization.CultureInfo.InvariantCulture, change, $"channelId = {room.Node} AND chatId = {id}"));

        var differences = Check(manifest).Differences;
        Assert.Contains(detail, Assert.Single(differences, difference => difference.Room is not null).Detail, StringComparison.Ordinal);
        Assert.Equal((room.Guid, room.Name), (differences[0].Room, differences[0].Name));
        Assert.Equal(change.Contains("987654", StringComparison.Ordinal), differences.Any(difference => difference.Detail.StartsWith("Messages in no room: 1;", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_moved_to_another_room_is_found_in_both()
    {
        var manifest = await MigratedAsync();
        var (from, to) = (Busiest(manifest), manifest.Rooms.Where(room => room.Messages > 0).MinBy(room => room.Messages)!);

        _job.ChangeDestination($"UPDATE tblChat SET channelId = {to.Node}, chatId = chatId + 500000 WHERE channelId = {from.Node} AND chatId = {from.First}");

        Assert.Equal(new[] { from.Guid, to.Guid }.Order(), Check(manifest).Differences.Select(difference => difference.Room!.Value).Order());
    }

    [Fact]
    public async Task Two_messages_that_changed_places_are_found()
    {
        var manifest = await MigratedAsync();
        var room = Busiest(manifest);

        _job.ChangeDestination($"""
            UPDATE tblChat SET chatId = -1 WHERE channelId = {room.Node} AND chatId = {room.First};
            UPDATE tblChat SET chatId = {room.First} WHERE channelId = {room.Node} AND chatId = {room.Last};
            UPDATE tblChat SET chatId = {room.Last} WHERE channelId = {room.Node} AND chatId = -1;
            """);

        Assert.Contains("content differs", Assert.Single(Check(manifest).Differences).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_room_is_named_and_another_one_is_only_told()
    {
        var manifest = await MigratedAsync();
        var (lost, other) = (Busiest(manifest), Guid.NewGuid());

        _job.ChangeDestination($"UPDATE tblNode SET nodeGuid = '{other.ToString().ToUpperInvariant()}' WHERE nodeID = {lost.Node}");

        var report = Check(manifest);
        Assert.Equal("The database has no such room.", Assert.Single(report.Differences).Detail);
        Assert.Equal(other, Assert.Single(report.Others).Guid);
    }

    [Fact]
    public async Task Messages_that_came_later_may_be_allowed_and_the_rest_is_still_checked()
    {
        var manifest = await MigratedAsync();
        var room = Busiest(manifest);
        _job.ChangeDestination($"INSERT INTO tblChat SELECT channelId, {room.Last} + 7, chatDate, userId, isAlert, 'later', rtf FROM tblChat WHERE channelId = {room.Node} AND chatId = {room.Last}");

        var allowed = Check(manifest, allowNewer: true);
        var strict = Check(manifest);
        _job.ChangeDestination($"UPDATE tblChat SET content = 'x' WHERE channelId = {room.Node} AND chatId = {room.First}");

        Assert.Empty(allowed.Differences);
        Assert.Equal(1, allowed.Newer);
        Assert.Single(strict.Differences);
        Assert.Single(Check(manifest, allowNewer: true).Differences);
    }

    [Fact]
    public async Task A_manifest_of_another_database_is_refused()
    {
        var manifest = await MigratedAsync();
        _job.ChangeDestination("UPDATE tblNode SET nodeGuid = '00000000-0000-4000-8000-000000000001' WHERE nodeID = parentID");

        var refusal = Assert.Throws<EvidenceException>(() => Check(manifest));

        Assert.Contains("another database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotAllowed, refusal.ExitCode);
    }

    [Fact]
    public async Task Written_and_read_again_a_manifest_is_the_same_and_its_digest_is_that_of_the_lines_before_it()
    {
        var manifest = await MigratedAsync();
        var path = _folder.File("evidence.json");

        var digest = EvidenceFile.Write(path, manifest);

        var (read, stated, isWhole) = EvidenceFile.ReadManifest(path);
        Assert.True(isWhole);
        Assert.Equal(digest, stated);
        Assert.Equal(EvidenceFile.Format(manifest), EvidenceFile.Format(read));
        var lines = await File.ReadAllLinesAsync(path);
        var before = string.Concat(lines[..^2].Select(line => line + "\n"));
        Assert.Equal(digest, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(before))));
    }

    [Fact]
    public async Task Every_change_of_a_manifest_is_found()
    {
        var manifest = await MigratedAsync();
        var room = manifest.Rooms[1];
        var events = manifest.Events;

        foreach (var changed in new[]
        {
            manifest with { Rooms = [.. manifest.Rooms.Skip(1)] }, manifest with { Rooms = [manifest.Rooms[0], room with { Messages = room.Messages + 1 }, .. manifest.Rooms.Skip(2)] },
            manifest with { Rooms = [manifest.Rooms[0], room with { Digest = Flipped(room.Digest) }, .. manifest.Rooms.Skip(2)] },
            manifest with { Rooms = [room, manifest.Rooms[0], .. manifest.Rooms.Skip(2)] }, manifest with { Root = Flipped(manifest.Root) },
            manifest with { Messages = manifest.Messages + 1 }, manifest with { Head = Flipped(manifest.Head) },
            manifest with { Events = [.. events.SkipLast(1)] }, manifest with { Events = [.. events.Skip(1)] }, manifest with { Events = [] },
            manifest with { Events = [.. events, EventEntry.Following(events[^1], new EventNote(DateTime.UnixEpoch, "me", "compared", "{}"), 1)!] },
        })
        {
            Assert.NotEmpty(changed.Faults());
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_the_file_is_found()
    {
        var manifest = await MigratedAsync();
        var path = _folder.File("evidence.json");
        EvidenceFile.Write(path, manifest);
        var bytes = await File.ReadAllBytesAsync(path);
        var random = new Random(7);

        for (var i = 0; i < 300; i++)
        {
            var changed = bytes.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, changed);

            Assert.False(IsWhole(path));
        }
    }

    [Fact]
    public async Task Only_a_manifest_of_an_earlier_state_of_the_same_migration_is_replaced()
    {
        var path = _folder.File("evidence.json");
        var first = await MigratedAsync();
        EvidenceFile.Write(path, first);
        await _job.RunAsync();
        EvidenceFile.Write(path, Make());

        Assert.Throws<EvidenceException>(() => EvidenceFile.Write(path, first));
        await File.WriteAllTextAsync(path, "a letter");
        Assert.Throws<EvidenceException>(() => EvidenceFile.Write(path, first));
        Assert.Equal("a letter", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Passes_resumes_and_replays_append_to_one_chain_and_a_stop_is_recorded()
    {
        using var stop = new CancellationTokenSource();
        await _job.RunAsync(null, destination => new StoppingDestination(destination, stop, 3), stop: stop.Token);
        await _job.RunAsync();
        await _job.RunAsync(lastPass: true);

        var events = Make().Events;

        Assert.Equal(["pass begun", "stopped", "resumed", "pass finished", "pass begun", "pass finished"], events.Select(entry => entry.Kind), StringComparer.Ordinal);
        Assert.Null(EventEntry.FaultOf(events));
        Assert.Equal([1L, 1L, 2L, 2L, 3L, 3L], events.Select(entry => entry.Epoch));
        Assert.Contains("\"from\":\"test\"", events[2].Detail, StringComparison.Ordinal);
        Assert.Contains("\"tblChat\":{\"read\":", events[3].Detail, StringComparison.Ordinal);
        Assert.Contains("\"last\":true", events[4].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_log_that_was_tampered_with_at_the_destination_shows_in_the_manifest()
    {
        await MigratedAsync();
        _job.ChangeDestination("UPDATE chatetl_event SET who = 'someone else' WHERE sequence = 1");

        Assert.Contains("entry 1", Assert.Single(Make().Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_finished_migration_there_is_no_manifest()
    {
        Assert.Throws<EvidenceException>(() => Make());
    }

    public void Dispose()
    {
        _job.Dispose();
        _folder.Dispose();
    }

    private static ManifestRoom Busiest(EvidenceManifest manifest) => manifest.Rooms.MaxBy(room => room.Messages)!;

    private static string Flipped(string hash) => hash[..^1] + (hash[^1] == '0' ? '1' : '0');

    private static bool IsWhole(string path)
    {
        try
        {
            return EvidenceFile.ReadManifest(path).IsWhole;
        }
        catch (EvidenceException)
        {
            return false;
        }
    }

    private async Task<EvidenceManifest> MigratedAsync()
    {
        await _job.RunAsync();
        return Make();
    }

    private EvidenceManifest Make()
    {
        using var destination = new SqliteDestination(_job.DestinationPath, new ManualTimeProvider());
        using var reader = new SqliteSource(_job.DestinationPath);
        return new ManifestMaker(new ExplainedDestination(destination), reader, "test", new ManualTimeProvider()).Make(null, default);
    }

    private EvidenceReport Check(EvidenceManifest manifest, bool allowNewer = false)
    {
        using var reader = new SqliteSource(_job.DestinationPath);
        return new EvidenceCheck(manifest, new EvidenceDatabase(reader, default)).Run(allowNewer, null, default);
    }
}
