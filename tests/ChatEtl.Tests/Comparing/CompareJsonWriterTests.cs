using System.Text.Json;
using ChatEtl.Comparing;
using Xunit;

namespace ChatEtl.Tests.Comparing;

public sealed class CompareJsonWriterTests
{
    [Fact]
    public void A_comparison_is_one_json_object_with_every_difference()
    {
        using var pair = new ComparePair();
        pair.Destination.Execute("DELETE FROM tblChat WHERE channelId = 104");
        using var output = new MemoryStream();

        using (var json = new CompareJsonWriter(output))
        {
            var report = pair.Compare();
            pair.Differences.ForEach(json.Write);
            json.Complete(report);
        }

        using var document = JsonDocument.Parse(output.ToArray());
        var root = document.RootElement;
        Assert.False(root.GetProperty("clean").GetBoolean());
        Assert.Equal("104/1 (source 4/1)", root.GetProperty("differences")[0].GetProperty("key").GetString());
        Assert.Equal(1, root.GetProperty("differenceCount").GetInt64());
        Assert.Contains(root.GetProperty("tables").EnumerateArray(), table => table.GetProperty("table").GetString() == "tblChat");
        Assert.True(root.GetProperty("access").GetProperty("clean").GetBoolean());
    }
}
