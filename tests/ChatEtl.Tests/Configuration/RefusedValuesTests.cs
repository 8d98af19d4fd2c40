using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class RefusedValuesTests
{
    [Theory]
    [InlineData("\"pipeline\": 5", "$.pipeline: expected an object, found 5")]
    [InlineData("\"pipeline\": null", "$.pipeline: expected an object, found null")]
    [InlineData("\"pipeline\": { \"writers\": \"4\" }", "$.pipeline.writers: expected a whole number from 1 to 16, found \"4\"")]
    [InlineData("\"pipeline\": { \"writers\": 1.5 }", "$.pipeline.writers: expected a whole number from 1 to 16, found 1.5")]
    [InlineData("\"pipeline\": { \"writers\": 1e400 }", "$.pipeline.writers: expected a whole number from 1 to 16, found 1e400")]
    [InlineData("\"pipeline\": { \"writers\": 0 }", "$.pipeline.writers: expected a whole number from 1 to 16, found 0")]
    [InlineData("\"pipeline\": { \"batchRows\": {} }",
        "$.pipeline.batchRows: expected a whole number from 1 to 100000 (rows), found an object")]
    [InlineData("\"compare\": { \"afterMigrate\": \"yes\" }", "$.compare.afterMigrate: expected true or false, found \"yes\"")]
    [InlineData("\"compare\": { \"afterMigrate\": null }", "$.compare.afterMigrate: expected true or false, found null")]
    [InlineData("\"rules\": { \"topics\": \"Drop\" }",
        "$.rules.topics: expected one of \"append\", \"drop\", found \"Drop\"; did you mean \"drop\"?")]
    [InlineData("\"rules\": { \"nameSeparator\": \"\" }", "$.rules.nameSeparator: expected text, not empty, found \"\"")]
    [InlineData("\"rules\": { \"categories\": \"A\" }", "$.rules.categories: expected an array of texts, none of them blank, found \"A\"")]
    [InlineData("\"rules\": { \"nameSeparator\": \"\\ud800\" }", "$.rules.nameSeparator: not valid text: it has half a surrogate pair")]
    [InlineData("\"rules\": { \"\\ud800\": 1 }", "$.rules: a key is not valid text: it has half a surrogate pair")]
    [InlineData("\"report\": { \"path\": \" \" }", "$.report.path: expected the path of a file or null, found \" \"")]
    [InlineData("\"report\": { \"path\": \"a\\u0000b\" }", "$.report.path: expected the path of a file or null, found \"a\\u0000b\"")]
    public void A_value_of_the_wrong_type_or_out_of_range_is_refused_with_what_is_expected(string section, string problem)
    {
        Assert.Equal([problem], ConfigurationFile.ProblemsOf(section));
    }

    [Theory]
    [InlineData("\"writers\": 4", "$.writers: unknown key; did you mean \"writers\" in section \"pipeline\"?")]
    [InlineData("\"pipeline.writers\": 4", "$['pipeline.writers']: unknown key; did you mean \"writers\" in section \"pipeline\"?")]
    [InlineData("\"retry\": { \"Attempts\": 4 }", "$.retry.Attempts: unknown key; did you mean \"attempts\"?")]
    [InlineData("\"retry\": { \"basedelya\": 4 }", "$.retry.basedelya: unknown key; did you mean \"baseDelay\"?")]
    [InlineData("\"retry\": { \"secret\": \"x\" }", "$.retry.secret: unknown key; known here: attempts, baseDelay, maxDelay, patience")]
    [InlineData("\"retry\": { \"$schema\": \"x\" }", "$.retry.$schema: unknown key; known here: attempts, baseDelay, maxDelay, patience")]
    public void An_unknown_key_is_refused_with_a_guess_or_with_what_is_known(string section, string problem)
    {
        Assert.Equal([problem], ConfigurationFile.ProblemsOf(section));
    }

    [Fact]
    public void Nothing_is_guessed_for_a_key_of_absurd_length()
    {
        var key = new string('w', 100_000);

        Assert.Equal(
            [$"$.retry.{key}: unknown key; known here: attempts, baseDelay, maxDelay, patience"],
            ConfigurationFile.ProblemsOf($"\"retry\": {{ \"{key}\": 1 }}"));
    }

    [Theory]
    [InlineData("2013-01-01T00:00:00")]
    [InlineData("2013-01-01")]
    [InlineData("2013-02-30T00:00:00Z")]
    [InlineData("2013-01-01T00:00:00.12345678Z")]
    [InlineData("2013-01-01 00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("٢٠١٣-01-01T00:00:00Z")]
    [InlineData("2013-01-01T00:00:00Z\\n")]
    public void An_instant_without_offset_or_off_the_calendar_is_refused(string instant)
    {
        var problem = Assert.Single(ConfigurationFile.ProblemsOf($"\"rules\": {{ \"messagesSince\": \"{instant}\" }}"));

        Assert.StartsWith(
            "$.rules.messagesSince: expected an ISO 8601 instant with Z or an offset, such as \"2013-06-30T22:00:00Z\" or null, found \"",
            problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_is_named_as_it_is_written()
    {
        using var file = new ConfigurationFile();

        Assert.Equal(
            ["$.source.kind: expected one of \"sqlite\", \"sqlServer\", found \"sqlserver\"; did you mean \"sqlServer\"?"],
            file.Problems("source.kind=sqlserver"));
    }

    [Fact]
    public void A_text_in_place_of_a_section_is_not_quoted_for_it_may_be_a_connection_string()
    {
        using var file = new ConfigurationFile();

        Assert.Equal(["$.source: expected an object, found a text"], file.Problems("source=Server=SQL01;Password=hunter2"));
    }

    [Fact]
    public void A_long_wrong_value_is_quoted_only_in_part()
    {
        using var file = new ConfigurationFile();

        var problem = Assert.Single(file.Problems("rules.rootRoomsCategory=" + new string('x', 257)));

        Assert.EndsWith("x…", problem, StringComparison.Ordinal);
        Assert.True(problem.Length < 200);
    }

    [Fact]
    public void The_whole_file_must_be_an_object()
    {
        using var file = new ConfigurationFile("[]");

        Assert.Contains("$: expected an object, found an array", file.Problems(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("destination.path=./x/../a.db", "$.destination.path: is the same file as source.path: ")]
    [InlineData("report.path=a.db", "$.report.path: is the same file as source.path: ")]
    [InlineData("report.path=b.db", "$.report.path: is the same file as destination.path: ")]
    [InlineData("report.evidence=b.db", "$.report.evidence: is the same file as destination.path: ")]
    [InlineData("destination.path=pipeline.json", "$.destination.path: is the same file as this configuration: ")]
    public void A_file_that_is_read_is_never_also_written(string setting, string problem)
    {
        using var file = new ConfigurationFile();

        Assert.StartsWith(problem, Assert.Single(file.Problems(setting)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_the_source_is_the_source()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs a privilege there");
        using var file = new ConfigurationFile();
        File.CreateSymbolicLink(Path.Combine(file.Folder, "b.db"), Path.Combine(file.Folder, "a.db"));

        Assert.StartsWith("$.destination.path: is the same file as source.path", Assert.Single(file.Problems()), StringComparison.Ordinal);
    }
}
