using System.Text.Json;
using System.Text.Json.Nodes;
using ChatEtl.Faults;
using ChatEtl.Planning;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>A plan file is taken only as it was written.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        var plan = Write();

        var terms = PlanFile.Read(_folder.File("plan.json"));

        Assert.Equal((plan.Terms.Pass, plan.Terms.Errors, plan.Terms.Messages, plan.Terms.Outcome), (terms.Pass, terms.Errors, terms.Messages, terms.Outcome));
        Assert.Empty(terms.Fingerprint!.DifferencesFrom(plan.Terms.Fingerprint!));
        Assert.Empty(terms.Source.ChangesSince(plan.Terms.Source));
        Assert.Empty(terms.Destination.ChangesSince(plan.Terms.Destination));
        Assert.Equal(plan.Terms.Decisions.Principals.Values.OrderBy(one => one.SourceId), terms.Decisions.Principals.Values.OrderBy(one => one.SourceId));
        Assert.Equal(plan.Terms.Decisions.Nodes.Values.OrderBy(one => one.SourceId), terms.Decisions.Nodes.Values.OrderBy(one => one.SourceId));
        Assert.Equal(plan.Terms.Decisions.AddIns.Values.OrderBy(one => one.SourceId), terms.Decisions.AddIns.Values.OrderBy(one => one.SourceId));
    }

    [Fact]
    public void A_file_laid_out_anew_still_holds()
    {
        Write();
        using var parsed = JsonDocument.Parse(Text);
        File.WriteAllText(_folder.File("plan.json"), JsonSerializer.Serialize(parsed.RootElement));

        Assert.Equal(1, PlanFile.Read(_folder.File("plan.json")).Pass);
    }

    [Theory]
    [InlineData("\"pass\": 1", "\"pass\": 2", "is not as it was written")]
    [InlineData("\"Created\"", "\"Reused\"", "is not as it was written")]
    [InlineData("\"chatEtlPlan\": 1", "\"chatEtlPlan\": 2", "has the format 2, and this version reads 1")]
    [InlineData("\"chatEtlPlan\"", "\"anotherPlan\"", "is no plan of chat-etl")]
    [InlineData("\"digest\"", "\"dugest\"", "is no plan")]
    public void An_edited_file_is_refused(string from, string to, string why)
    {
        Write();
        Assert.Contains(from, Text, StringComparison.Ordinal);
        var at = Text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("plan.json"), string.Concat(Text.AsSpan(0, at), to, Text.AsSpan(at + from.Length)));

        Refuses(why);
    }

    [Fact]
    public void Half_a_file_is_refused()
    {
        Write();
        File.WriteAllText(_folder.File("plan.json"), Text[..(Text.Length / 2)]);

        Refuses("is no plan, or only a piece of one");
    }

    [Theory]
    [InlineData("", "is no plan, or only a piece of one")]
    [InlineData("[]", "is no plan of chat-etl")]
    [InlineData("{\"chatEtlPlan\": \"x\"}", "is no plan")]
    public void Another_file_is_refused(string content, string why)
    {
        File.WriteAllText(_folder.File("plan.json"), content);

        Refuses(why);
    }

    [Fact]
    public void A_missing_file_is_refused() => Refuses("cannot be read");

    [Fact]
    public void The_json_names_every_finding_list_and_figure()
    {
        var plan = Write();

        var json = JsonNode.Parse(Text)!["plan"]!;

        Assert.Equal(plan.Findings.Sum(group => group.Items.Count), json["findings"]!.AsArray().Sum(group => group!["items"]!.AsArray().Count));
        Assert.All(json["findings"]!.AsArray(), group => Assert.NotEmpty((string)group!["whatToDo"]!));
        Assert.Equal(
            [
                "renames", "longNames", "collisions", "invitationsTurnedOff", "rootManagers", "settingsWithoutPlace", "topics", "federatedAndDisabled", "outOfScope",
                "skippedRooms", "unknownAuthors", "notCarried", "reused", "merged", "kept",
            ],
            json["lists"]!.AsObject().Select(list => list.Key), StringComparer.Ordinal);
        Assert.Equal(plan.Inventory!.Messages.Messages, (long)json["inventory"]!["messages"]!);
        Assert.Equal(plan.Books!["tblChat"].Written, (long)json["predicted"]!["tblChat"]!["written"]!);
    }

    public void Dispose() => _folder.Dispose();

    private string Text => File.ReadAllText(_folder.File("plan.json"));

    private MigrationPlan Write()
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(faults: true));
        var plan = rehearsal.Plan();
        using var file = File.Create(_folder.File("plan.json"));
        PlanFile.Write(file, plan);
        return plan;
    }

    private void Refuses(string why)
    {
        var refused = Assert.Throws<PlanRefusedException>(() => PlanFile.Read(_folder.File("plan.json")));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotAllowed, refused.ExitCode);
    }
}
