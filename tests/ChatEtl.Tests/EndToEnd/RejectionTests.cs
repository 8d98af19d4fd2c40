using System.Text.Json;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class RejectionTests : IDisposable
{
    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task Rows_that_cannot_be_carried_are_counted_listed_in_the_report_and_hold_back_finish()
    {
        await _place.RunAsync(0, "sample", "legacy.db", "--rooms", "60", "--messages", "2000", "--people", "100", "--planted-faults");

        var migrate = await _place.RunAsync(0, "migrate", "--set", "report.path=report.json");
        var finish = await _place.RunAsync(5, "finish");

        using var report = JsonDocument.Parse(File.ReadAllText(_place.File("report.json")));
        var rejections = report.RootElement.GetProperty("rejections");
        var stored = Workplace.CountRows(_place.Destination)["chatetl_rejection"];
        Assert.True(stored > 20);
        Assert.Equal(stored, rejections.GetProperty("count").GetInt64());
        Assert.Equal(stored, rejections.GetProperty("rows").GetArrayLength());
        Assert.All(
            rejections.GetProperty("rows").EnumerateArray(),
            row => Assert.All(["table", "key", "rule", "reason"], name => Assert.Equal(JsonValueKind.String, row.GetProperty(name).ValueKind)));
        Assert.True(report.RootElement.GetProperty("balances").GetBoolean());
        Assert.Contains("rejected T19 tblChat", migrate.Output, StringComparison.Ordinal);
        Assert.Contains($"{stored} rejections are open", finish.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was removed", finish.Error, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    [Fact]
    public async Task Rejected_rows_are_listed_shown_mended_and_replayed_and_then_finish_takes_place()
    {
        _place.Sample("legacy.db", messages: 500, faults: true);
        await _place.RunAsync(0, "migrate");
        using (var pool = new PoolReader(_place.File("legacy.db")))
        {
            Assert.Equal(1, pool.Count("SELECT count(*) FROM tblChat WHERE content = 'by an unknown author'"));
        }

        var list = await _place.RunAsync(5, "rejections", "list", "--table", "tblChat", "--rule", "T20");
        var json = await _place.JsonAsync(5, "rejections", "list", "--json", "--limit", "0");
        var rows = json.GetProperty("rows").EnumerateArray().ToList();
        var one = rows.First(row => row.GetProperty("rule").GetString() == "T20");
        var show = await _place.RunAsync(0, "rejections", "show", $"{one.GetProperty("id").GetInt64()}");
        var shown = await _place.JsonAsync(0, "rejections", "show", $"{one.GetProperty("id").GetInt64()}", "--json");
        await _place.RunAsync(2, "rejections", "show", "999999");
        Assert.Contains("No principal has the userId 9000001", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("by an unknown author", list.Output + json.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("by an unknown author", show.Output, StringComparison.Ordinal);
        Assert.Equal("by an unknown author", shown.GetProperty("values").GetProperty("content").GetString());
        Assert.Equal(json.GetProperty("open").GetInt64(), rows.Count);
        Assert.Contains("rejections replay", (await _place.RunAsync(5, "finish")).Error, StringComparison.Ordinal);

        // The rows are mended one by one, as their keys tell; what hangs on nothing is taken out.
        foreach (var key in rows.Where(row => row.GetProperty("table").GetString() == "tblChat").Select(row => row.GetProperty("key").GetString()!))
        {
            Workplace.Execute(_place.File("legacy.db"), $"""
                DELETE FROM tblChat WHERE channelID || '/' || chatID = '{key}' AND channelID NOT IN (SELECT nodeID FROM tblNode WHERE nodeType = 0);
                UPDATE tblChat SET userId = 1, chatDate = 634000000000000000, isAlert = 0, content = 'mended' WHERE channelID || '/' || chatID = '{key}';
                """);
        }

        Workplace.Execute(_place.File("legacy.db"), """
            UPDATE tblPreference SET lastModifiedBy = 1 WHERE lastModifiedBy > 9000000;
            DELETE FROM tblPrincipalInvites WHERE prinID > 9000000 OR nodeID > 9000000;
            DELETE FROM tblPrincipalAffiliations WHERE principalID > 9000000 OR affiliationID > 9000000;
            DELETE FROM tblPrincipalRole WHERE prinRolePrinID > 9000000 OR prinRoleNodeID > 9000000 OR prinRoleTypeID = 99;
            DELETE FROM tblScopePrincipal WHERE scopePrinID > 9000000 OR scopeNodeID > 9000000;
            DELETE FROM tblLastChatId WHERE nodeID > 9000000;
            UPDATE tblPrincipal SET prinTypeID = 5 WHERE prinTypeID = 1;
            """);
        var early = await _place.RunAsync(2, "rejections", "replay");
        await _place.RunAsync(6, "migrate");
        var gone = await _place.RunAsync(5, "rejections", "replay");
        var replayed = await _place.JsonAsync(0, "rejections", "replay", "--close-gone", "--json");
        var again = await _place.JsonAsync(0, "rejections", "replay", "--json");

        Assert.Contains("Give chat-etl migrate first", early.Error, StringComparison.Ordinal);
        Assert.Contains("rejected still", gone.Output, StringComparison.Ordinal);
        Assert.Equal((0, 3), (replayed.GetProperty("written").GetInt32(), replayed.GetProperty("skipped").GetInt32()));
        Assert.Equal(0, again.GetProperty("written").GetInt32() + again.GetProperty("left").GetProperty("open").GetInt32());
        Assert.Contains("No rejection is open.", (await _place.RunAsync(0, "rejections", "list")).Output, StringComparison.Ordinal);
        using (var pool = new PoolReader(_place.Destination))
        {
            Assert.True(pool.Count("SELECT count(*) FROM tblChat WHERE content = 'mended'") > 10);
            Assert.Equal(0, pool.Count("SELECT count(*) FROM chatetl_range WHERE stream LIKE 'tblChat%' AND rejected <> 0"));
        }

        await _place.DigestAsync();
        await _place.RunAsync(0, "finish", "--without-evidence");
    }

    [Fact]
    public async Task More_rejections_than_allowed_stop_the_run_and_a_higher_limit_resumes_it()
    {
        _place.Sample("legacy.db", faults: true);

        var stopped = await _place.RunAsync(5, "migrate", "--set", "pipeline.maxRejections=1");
        var resumed = await _place.RunAsync(0, "migrate", "--set", "pipeline.maxRejections=0");

        Assert.Contains("pipeline.maxRejections allows 1", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("give the same command again", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    public void Dispose() => _place.Dispose();
}
