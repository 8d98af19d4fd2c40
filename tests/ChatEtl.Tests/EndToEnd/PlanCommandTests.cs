using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class PlanCommandTests : IDisposable
{
    private readonly Workplace _place = new();

    private string Destination => _place.File("run/persistent.db");

    [Fact]
    public async Task The_default_configuration_is_planned_without_making_the_destination()
    {
        var plan = await _place.RunAsync(7, "plan", "--no-trial");

        Assert.Contains("sample pool of 20,000 messages in 200 rooms", plan.Error, StringComparison.Ordinal);
        Assert.Contains("which does not exist yet", plan.Output, StringComparison.Ordinal);
        Assert.Contains("20,000 messages with", plan.Output, StringComparison.Ordinal);
        Assert.Contains("warnings, no errors: the migration can start.", plan.Output, StringComparison.Ordinal);
        Assert.Equal(["legacy.db"], Directory.EnumerateFiles(_place.File("run")).Select(Path.GetFileName), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Migrate_does_what_the_plan_says_and_makes_the_destination_that_was_judged()
    {
        var json = await _place.JsonAsync(7, "plan", "--no-trial", "--json", "--out", "plan.json");
        var migrate = await _place.JsonAsync(0, "migrate", "--plan", "plan.json", "--json");

        var (predicted, made) = (json.GetProperty("plan").GetProperty("predicted"), migrate.GetProperty("tables"));
        foreach (var table in made.EnumerateObject().Where(table => table.Value.GetProperty("read").GetInt64() > 0))
        {
            Assert.Equal(table.Value.GetRawText().Replace(" ", "", StringComparison.Ordinal), predicted.GetProperty(table.Name).GetRawText().Replace(" ", "", StringComparison.Ordinal));
        }

        var again = await _place.RunAsync(2, "migrate", "--plan", "plan.json");
        Assert.Contains("the plan is of pass 1, and pass 1 is complete", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drifted_source_is_refused_before_the_destination_is_made()
    {
        await _place.RunAsync(7, "plan", "--no-trial", "--out", "plan.json");
        Workplace.Execute(_place.File("run/legacy.db"), "UPDATE tblNode SET nodeName = 'Renamed since' WHERE nodeID = 23");

        var migrate = await _place.RunAsync(2, "migrate", "--plan", "plan.json");

        Assert.Contains("source tblNode 23 (\"Renamed since\"): changed", migrate.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was written.", migrate.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Destination));
    }

    [Fact]
    public async Task Messages_that_came_since_are_migrated_and_counted()
    {
        await _place.RunAsync(7, "plan", "--no-trial", "--out", "plan.json");
        Workplace.Execute(
            _place.File("run/legacy.db"), "INSERT INTO tblChat SELECT channelId, max(chatId) + 1, chatDate, userId, 0, 'since' FROM tblChat WHERE channelId = 23");

        var migrate = await _place.RunAsync(0, "migrate", "--plan", "plan.json");

        Assert.Contains("The plan counted 20,000 messages; the pass read 1 more.", migrate.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_all_shown_and_end_with_exit_code_2()
    {
        await _place.RunAsync(7, "plan", "--no-trial");
        Workplace.Execute(_place.File("run/legacy.db"), "UPDATE tblNode SET visibility = 9 WHERE nodeID IN (23, 24)");

        var plan = await _place.RunAsync(2, "plan", "--no-trial");

        Assert.Contains("error T10 tblNode 23", plan.Output, StringComparison.Ordinal);
        Assert.Contains("error T10 tblNode 24", plan.Output, StringComparison.Ordinal);
        Assert.Contains("2 errors would stop the migration", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_without_anything_to_decide_ends_with_exit_code_0()
    {
        using var place = new Workplace("legacy.db");
        place.Sample("legacy.db");
        Workplace.Execute(place.File("legacy.db"), """
            DELETE FROM tblChat; DELETE FROM tblPrincipalRole; DELETE FROM tblScopePrincipal; DELETE FROM tblLastChatId; DELETE FROM tblPrincipalInvites;
            DELETE FROM tblNode WHERE parentID <> nodeID; DELETE FROM tblPrincipal WHERE prinTypeID <> 4; DELETE FROM tblPrincipalAffiliations;
            DELETE FROM tblLastInviteId; DELETE FROM tblPreference;
            """);

        var plan = await place.RunAsync(0, "plan", "--no-trial");

        Assert.Contains("Nothing is to be decided", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trial_predicts_the_duration_and_leaves_nothing_behind()
    {
        var json = await _place.JsonAsync(7, "plan", "--json", "--html", "plan.html");

        var forecast = json.GetProperty("plan").GetProperty("forecast");
        var seconds = forecast.GetProperty("seconds");
        Assert.True(seconds.GetProperty("low").GetDouble() > 0);
        Assert.True(seconds.GetProperty("high").GetDouble() > seconds.GetProperty("low").GetDouble());
        Assert.True(forecast.GetProperty("sizeBytes").GetInt64() > 1_000_000);
        Assert.Equal(7, forecast.GetProperty("activity").GetProperty("byWeekday").GetArrayLength());
        Assert.Equal(5, forecast.GetProperty("windows").GetArrayLength());
        Assert.Equal(["legacy.db"], Directory.EnumerateFileSystemEntries(_place.File("run")).Select(Path.GetFileName), StringComparer.Ordinal);
        var page = await File.ReadAllTextAsync(_place.File("plan.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Watercooler", page, StringComparison.Ordinal);
        Assert.Contains("Quietest windows", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=", page);
    }

    [Fact]
    public async Task A_missing_source_and_a_destination_that_may_not_be_made_end_as_they_do_with_migrate()
    {
        using var place = new Workplace("nowhere.db");
        await place.RunAsync(3, "plan", "--no-trial");
        place.Sample("nowhere.db");
        await place.RunAsync(4, "plan", "--no-trial", "--set", "destination.create=false");

        Assert.False(File.Exists(place.Destination));
    }

    public void Dispose() => _place.Dispose();
}
