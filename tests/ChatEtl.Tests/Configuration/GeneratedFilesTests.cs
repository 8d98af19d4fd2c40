using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using NJsonSchema;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class GeneratedFilesTests
{
    [Fact]
    public void The_committed_schema_is_the_one_the_table_of_options_gives()
    {
        Approved.WholeFile(Repository.PathOf("pipeline.schema.json"), OptionSchema.Render());
    }

    [Fact]
    public void The_README_has_the_table_of_options()
    {
        var hasMarkers = Approved.Between(
            Repository.PathOf("README.md"), OptionMarkdown.Begin, OptionMarkdown.End, OptionMarkdown.Render());

        Assert.SkipUnless(hasMarkers, "README.md with the two option markers is not there");
    }

    [Fact]
    public void The_Markdown_table_has_a_row_for_each_option_and_five_cells_in_each()
    {
        var lines = OptionMarkdown.Render().TrimEnd('\n').Split('\n');

        Assert.Equal(OptionTable.Rows.Count + 2, lines.Length);
        Assert.All(lines, line => Assert.Equal(6, line.Count(c => c == '|')));
        Assert.Contains(
            "| `rules.nameSeparator` | Joins category names to a full path. | `\" - \"` | text, not empty | T1 |",
            lines,
            StringComparer.Ordinal);
        Assert.Contains(
            "| `retry.baseDelay` | About how long the first retry waits; the wait doubles each time, with jitter. "
                + "| `200` ms | 1 to 60000 ms |  |",
            lines,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_default_configuration_is_valid_against_the_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(OptionSchema.Render());

        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(Repository.PathOf("pipeline.json"))));
    }

    [Fact]
    public void The_default_configuration_loads_and_makes_a_sample()
    {
        var options = ConfigurationLoader.Load(Repository.PathOf("pipeline.json"), []);

        Assert.Equal(Repository.PathOf("run", "legacy.db"), options.Source.Path);
        Assert.Equal(new SampleOptions { Rooms = 200, Messages = 20_000, People = 500, Seed = 1 }, options.Source.Sample);
        Assert.Equal(Repository.PathOf("run", "persistent.db"), options.Destination.Path);
        Assert.Equal(Repository.PathOf("run", "report.json"), options.Report.Path);
        Assert.Equal(Repository.PathOf("run", "evidence.json"), options.Report.Evidence);
        Assert.True(options.Compare.AfterMigrate);
    }

    [Fact]
    public async Task The_example_for_SQL_Server_is_valid_and_loads_with_integrated_security()
    {
        var schema = await JsonSchema.FromJsonAsync(OptionSchema.Render());

        var options = ConfigurationLoader.Load(Repository.PathOf("pipeline.sqlserver.json"), []);

        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(Repository.PathOf("pipeline.sqlserver.json"))));
        Assert.All(new EndOptions[] { options.Source, options.Destination }, end =>
        {
            Assert.Equal(EndKind.SqlServer, end.Kind);
            Assert.Null(end.User);
            Assert.True(end.Encrypt);
            Assert.False(end.TrustServerCertificate);
        });
    }

    [Theory]
    [InlineData("""{ "source": { "path": "a" } }""")]
    [InlineData("""{ "source": { "kind": "sqlServer", "path": "a" }, "destination": { "path": "b" } }""")]
    [InlineData("""{ "source": { "kind": "sqlServer", "server": "s", "database": "d", "path": "a" }, "destination": { "path": "b" } }""")]
    [InlineData("""{ "source": { "server": "s", "database": "d" }, "destination": { "path": "b" } }""")]
    [InlineData("""{ "source": { "path": "a", "encrypt": true }, "destination": { "path": "b" } }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": { "kind": "sqlServer", "server": "s", "database": "d", "user": "u", "password": "p" } }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": {} }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": { "path": "b" }, "pipelin": {} }""")]
    [InlineData("""{ "source": { "path": "a", "kind": "oracle" }, "destination": { "path": "b" } }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": { "path": "b" }, "pipeline": { "writers": 17 } }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": { "path": "b" }, "rules": { "messagesSince": "2013-01-01T00:00:00" } }""")]
    [InlineData("""{ "source": { "path": "a" }, "destination": { "path": "b" }, "rules": { "nameSeparator": "" } }""")]
    public async Task What_the_schema_refuses_the_loader_refuses_too(string text)
    {
        var schema = await JsonSchema.FromJsonAsync(OptionSchema.Render());
        using var file = new ConfigurationFile(text);

        Assert.NotEmpty(schema.Validate(text));
        Assert.NotEmpty(file.Problems());
    }
}
