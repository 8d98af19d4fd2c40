using System.Text.Json;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class CompareOutputTests : IDisposable
{
    private const string Secret = "Xyzzymoonlight";

    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task A_tampered_destination_is_named_by_row_and_column_and_no_text_is_shown()
    {
        var source = _place.Sample("legacy.db", faults: true);
        Workplace.Execute(source, $"UPDATE tblChat SET content = '{Secret} ' || content WHERE typeof(content) = 'text'");
        string[] report = ["--set", "report.path=report.json"];
        var outcomes = new List<Outcome> { await _place.RunAsync(0, ["migrate", .. report]) };
        var (different, missing) = (Key(1), Key(2));
        Workplace.Execute(_place.Destination, $"""
            UPDATE tblChat SET content = content || '!' WHERE {Where(different)};
            DELETE FROM tblChat WHERE {Where(missing)};
            INSERT INTO tblChat SELECT channelId, 999999999, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE {Where(different)};
            UPDATE tblNode SET nodeName = nodeName || ' {Secret}2' WHERE nodeID = {different.Split('/')[0]};
            """);

        outcomes.Add(await _place.RunAsync(6, "compare"));
        outcomes.Add(await _place.RunAsync(6, "compare", "--json"));
        outcomes.Add(await _place.RunAsync(6, ["migrate", .. report]));
        outcomes.Add(await _place.RunAsync(6, ["migrate", "--json", .. report]));
        outcomes.Add(await _place.RunAsync(5, "finish"));
        outcomes.Add(await _place.RunAsync(0, "status", "--json"));

        var words = outcomes[1].Output.Split('\n');
        Assert.Contains(words, line => line.StartsWith($"different tblChat {different} (source ", StringComparison.Ordinal) && line.Contains(") content: ", StringComparison.Ordinal));
        Assert.Contains(words, line => line.StartsWith($"missing tblChat {missing} (source ", StringComparison.Ordinal));
        Assert.Contains(words, line => line.StartsWith($"extra tblChat {different.Split('/')[0]}/999999999: ", StringComparison.Ordinal));
        Assert.Contains(words, line => line.StartsWith("different tblNode", StringComparison.Ordinal) && line.Contains("nodeName", StringComparison.Ordinal));
        Assert.Contains("The sides differ: 4 differences.", outcomes[1].Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(outcomes[2].Output);
        Assert.Equal(4, json.RootElement.GetProperty("differenceCount").GetInt64());
        Assert.Equal(4, json.RootElement.GetProperty("differences").GetArrayLength());
        Assert.All(outcomes, outcome => Assert.DoesNotContain(Secret, outcome.Everything, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Secret, File.ReadAllText(_place.File("report.json")), StringComparison.OrdinalIgnoreCase);

        string Key(int from)
        {
            using var pool = new Support.PoolReader(_place.Destination);
            return (string)pool.Value($"SELECT channelId || '/' || chatId FROM tblChat ORDER BY channelId, chatId LIMIT 1 OFFSET {from}")!;
        }
    }

    public void Dispose() => _place.Dispose();

    private static string Where(string key) => $"channelId = {key.Split('/')[0]} AND chatId = {key.Split('/')[1]}";
}
