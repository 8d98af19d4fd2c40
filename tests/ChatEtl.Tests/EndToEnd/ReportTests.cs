using System.Text.Json;
using ChatEtl.Faults;
using ChatEtl.Tests.Reporting;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>The report as an administrator and an auditor get it.</summary>
[Collection(ProgramTests.Name)]
public sealed class ReportTests : IDisposable
{
    private static readonly string[] Settings = ["--set", "report.path=report.json", "--set", "report.html=report.html"];

    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task A_migration_leaves_a_page_with_the_three_proofs_and_every_room_of_the_source()
    {
        _place.Sample("legacy.db", faults: true);

        var outcome = await _place.RunAsync(0, ["migrate", .. Settings, "--set", "rules.longNames=shorten", "--set", "rules.nameCollisions=rename"]);

        Assert.Contains("report.html", outcome.Output, StringComparison.Ordinal);
        var (page, report) = Read();
        Assert.Equal(3, HtmlPageTests.Parse(page).Descendants("strong").Count(word => word.Value == "proved"));
        Assert.All(new[] { "http:", "https:", "src=", "url(" }, sign => Assert.DoesNotContain(sign, page, StringComparison.OrdinalIgnoreCase));
        using var pool = new PoolReader(_place.File("legacy.db"));
        var rooms = report.GetProperty("rooms").EnumerateArray().ToList();
        Assert.Equal(
            pool.Count("SELECT count(*) FROM tblNode WHERE nodeType = 0"),
            rooms.Sum(room => room.GetProperty("sourceIds").GetArrayLength()));
        Assert.All(rooms, room => Assert.Equal(
            Sum(room, "read"), Sum(room, "equal") + Sum(room, "different") + Sum(room, "missing") + Sum(room, "rejected") + Sum(room, "skipped")));
        var messages = report.GetProperty("compare").GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("table").GetString() == "tblChat");
        Assert.Equal(Sum(messages, "equal"), rooms.Sum(room => Sum(room, "equal")));
        var digest = rooms.Where(room => Sum(room, "id") > 0).Select(room => Chat.RowDigest.Parse(room.GetProperty("digest").GetString()!)).Aggregate(Chat.RowDigest.Add);
        Assert.Equal(report.GetProperty("compare").GetProperty("digest").GetString(), Chat.RowDigest.Format(digest));
        Assert.False(Directory.EnumerateFiles(_place.Path, "*.tmp").Any());
    }

    [Fact]
    public async Task The_page_is_made_again_from_the_JSON_alone()
    {
        _place.Sample("legacy.db");
        await _place.RunAsync(0, ["migrate", .. Settings]);

        await _place.RunAsync(0, "report", "--from", _place.File("report.json"), "--out", _place.File("again.html"));

        Assert.Equal(File.ReadAllText(_place.File("report.html")), File.ReadAllText(_place.File("again.html")));
    }

    [Fact]
    public async Task A_file_that_is_no_report_is_refused()
    {
        File.WriteAllText(_place.File("other.json"), """{ "outcome": "good" }""");

        var outcome = await _place.RunAsync(ExitCodes.NotAllowed, "report", "--from", _place.File("other.json"), "--out", _place.File("page.html"));

        Assert.Contains("no report", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_place.File("page.html")));
    }

    [Fact]
    public async Task A_run_that_fails_says_so_in_its_report_with_what_stands_and_what_to_do()
    {
        _place.Sample("legacy.db", faults: true);

        await _place.RunAsync(
            ExitCodes.TooManyRejections,
            ["migrate", .. Settings, "--set", "pipeline.maxRejections=1", "--set", "rules.longNames=shorten", "--set", "rules.nameCollisions=rename"]);

        var (page, report) = Read();
        Assert.Equal("failed", report.GetProperty("outcome").GetProperty("state").GetString());
        Assert.Equal(ExitCodes.TooManyRejections, report.GetProperty("outcome").GetProperty("exitCode").GetInt32());
        Assert.NotEmpty(report.GetProperty("outcome").GetProperty("next").GetString()!);
        Assert.Contains(report.GetProperty("outcome").GetProperty("message").GetString()!, HtmlPageTests.Parse(page).Root!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(HtmlPageTests.Parse(page).Descendants("strong"), word => word.Value == "proved");
    }

    [Fact]
    public async Task A_run_that_was_refused_leaves_the_report_of_the_run_before()
    {
        _place.Sample("legacy.db");
        await _place.RunAsync(0, ["migrate", .. Settings]);
        var before = File.ReadAllText(_place.File("report.json"));

        await _place.RunAsync(ExitCodes.NotAllowed, ["migrate", .. Settings, "--set", "rules.topics=drop"]);

        Assert.Equal(before, File.ReadAllText(_place.File("report.json")));
    }

    public void Dispose() => _place.Dispose();

    private static long Sum(JsonElement row, string figure) => row.GetProperty(figure).GetInt64();

    private (string Page, JsonElement Report) Read() =>
        (File.ReadAllText(_place.File("report.html")), JsonDocument.Parse(File.ReadAllText(_place.File("report.json"))).RootElement);
}
