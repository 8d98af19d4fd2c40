using System.Text.Json;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class EvidenceTests : IDisposable
{
    private const string WithManifest = "report.evidence=evidence.json";
    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task After_finish_the_manifest_alone_verifies_the_database_proves_a_message_and_tells_who_did_what()
    {
        _place.Sample("legacy.db", messages: 800);
        await _place.RunAsync(0, "migrate");
        var finish = await _place.RunAsync(0, "finish", "--set", WithManifest);
        File.Copy(_place.Destination, _place.File("copy.db"));
        var (room, id) = Message();

        var verified = await _place.RunAsync(0, "evidence", "verify", "evidence.json");
        var copy = await _place.JsonAsync(0, "evidence", "verify", "evidence.json", "--database", "copy.db", "--json", "--config", "none.json");
        await _place.RunAsync(0, "evidence", "prove", "evidence.json", "--room", room, "--chat", id, "--out", "proof.json");
        var check = await _place.RunAsync(0, "evidence", "check", "proof.json", "--manifest", "evidence.json");
        await _place.RunAsync(0, "evidence", "check", "proof.json", "--root", copy.GetProperty("root").GetString()!);
        var log = await _place.JsonAsync(0, "evidence", "log", "evidence.json", "--json");

        Assert.Contains("root   ", finish.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Workplace.CountRows(_place.Destination).Keys, name => name.StartsWith("chatetl_", StringComparison.Ordinal));
        Assert.Contains("holds exactly the", verified.Output, StringComparison.Ordinal);
        Assert.True(copy.GetProperty("clean").GetBoolean());
        Assert.Contains($"Message {id} of room {room}", check.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            ["pass begun", "pass finished", "compared", "compared", "removal"],
            log.GetProperty("events").EnumerateArray().Select(entry => entry.GetProperty("kind").GetString()!), StringComparer.Ordinal);
        Assert.Contains("is in its manifest", (await _place.RunAsync(2, "evidence", "log")).Error, StringComparison.Ordinal);
        Assert.Contains("finish", (await _place.RunAsync(2, "evidence", "manifest", "--out", "late.json")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_message_manifest_or_log_ends_in_exit_code_6_and_is_named()
    {
        _place.Sample("legacy.db", messages: 400);
        await _place.RunAsync(0, "migrate");
        await _place.RunAsync(0, "evidence", "manifest", "--out", "evidence.json");
        var (room, id) = Message();
        await _place.RunAsync(0, "evidence", "prove", "evidence.json", "--room", room, "--chat", id, "--out", "proof.json");
        Workplace.Execute(_place.Destination, $"UPDATE tblChat SET content = 'forged' WHERE chatId = {id}");

        var changed = await _place.RunAsync(6, "evidence", "verify", "evidence.json");
        await _place.RunAsync(6, "evidence", "prove", "evidence.json", "--room", room, "--chat", id, "--out", "again.json");
        var text = await File.ReadAllTextAsync(_place.File("evidence.json"));
        await File.WriteAllTextAsync(_place.File("evidence.json"), text.Replace("\"pass begun\"", "\"pass begin\"", StringComparison.Ordinal));
        var manifest = await _place.RunAsync(6, "evidence", "log", "evidence.json");
        var proof = await _place.RunAsync(6, "evidence", "check", "proof.json", "--manifest", "evidence.json");
        Workplace.Execute(_place.Destination, "UPDATE chatetl_event SET who = 'nobody' WHERE sequence = 1");
        var log = await _place.RunAsync(6, "evidence", "log");

        Assert.Contains(room, changed.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("their content differs", changed.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_place.File("again.json")));
        Assert.Contains("The manifest was changed", manifest.Output, StringComparison.Ordinal);
        Assert.Contains("does not hold", proof.Output, StringComparison.Ordinal);
        Assert.Contains("broken at entry 1", log.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finish_replaces_no_file_of_others_and_says_when_it_leaves_no_evidence()
    {
        _place.Sample("legacy.db", messages: 200);
        await _place.RunAsync(0, "migrate");
        await File.WriteAllTextAsync(_place.File("evidence.json"), "a letter");

        var taken = await _place.RunAsync(2, "finish", "--set", WithManifest);
        var left = Workplace.CountRows(_place.Destination).Keys.ToList();
        var unnamed = await _place.RunAsync(0, "finish");

        Assert.Contains("is there already", taken.Error, StringComparison.Ordinal);
        Assert.Contains("chatetl_event", left, StringComparer.Ordinal);
        Assert.Contains("No manifest was written", unnamed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("chatetl_event", Workplace.CountRows(_place.Destination).Keys, StringComparer.Ordinal);
        Assert.Equal("a letter", await File.ReadAllTextAsync(_place.File("evidence.json")));
    }

    [Fact]
    public async Task A_package_of_the_same_rooms_verifies_by_the_manifest_too()
    {
        _place.Sample("legacy.db", messages: 400);
        await _place.RunAsync(0, "migrate");
        await _place.RunAsync(0, "evidence", "manifest", "--out", "evidence.json");
        await _place.RunAsync(0, "export", "rooms.package.db", "--set", "source.path=persistent.db", "--set", "destination.path=none.db");

        var verified = await _place.JsonAsync(0, "evidence", "verify", "evidence.json", "--database", "rooms.package.db", "--json");

        Assert.True(verified.GetProperty("clean").GetBoolean());
        Assert.Equal(JsonValueKind.Array, verified.GetProperty("differences").ValueKind);
    }

    [Theory]
    [InlineData("evidence", "verify", "none.json")]
    [InlineData("evidence", "verify", "pipeline.json")]
    [InlineData("evidence", "check", "none.json", "--root", "00")]
    [InlineData("evidence", "check", "pipeline.json", "--root", "00")]
    [InlineData("evidence", "manifest")]
    public async Task What_is_no_evidence_is_refused_in_a_sentence(params string[] arguments)
    {
        _place.Sample("legacy.db", messages: 50);

        var refused = await _place.RunAsync(2, arguments);

        Assert.StartsWith("error: ", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();

    private (string Room, string Id) Message()
    {
        using var pool = new PoolReader(_place.Destination);
        var row = pool.Rows("SELECT n.nodeGuid, c.chatId FROM tblChat AS c JOIN tblNode AS n ON n.nodeID = c.channelId ORDER BY length(c.content) DESC LIMIT 1")[0];
        return ((string)row[0]!, $"{row[1]}");
    }
}
