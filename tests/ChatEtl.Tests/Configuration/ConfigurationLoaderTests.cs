using System.Text;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFile _least = new();

    public void Dispose() => _least.Dispose();

    [Fact]
    public void The_least_configuration_has_every_default_of_the_options_classes()
    {
        var options = _least.Load();

        Assert.All(
            OptionTable.Rows.Where(option => !option.Required),
            option => Assert.Equal(OptionJson.Line(option.Read(new ChatEtlOptions())), OptionJson.Line(option.Read(options))));
        Assert.Null(options.Source.Sample);
        Assert.Null(options.Source.Generation);
        Assert.Equal(new PipelineOptions(), options.Pipeline);
        Assert.Equal(new RetryOptions(), options.Retry);
    }

    [Fact]
    public void Relative_paths_start_at_the_folder_of_the_file()
    {
        var options = _least.Load("report.path=run/../report.json");

        Assert.Equal(Path.Combine(_least.Folder, "a.db"), options.Source.Path);
        Assert.Equal(Path.Combine(_least.Folder, "b.db"), options.Destination.Path);
        Assert.Equal(Path.Combine(_least.Folder, "report.json"), options.Report.Path);
    }

    [Fact]
    public void A_full_path_stays_as_it_is()
    {
        var elsewhere = Path.Combine(Path.GetTempPath(), "elsewhere.db");

        Assert.Equal(elsewhere, _least.Load("source.path=" + elsewhere).Source.Path);
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        File.WriteAllText(
            _least.File,
            """
            {
              // where from
              "source": { "path": "a.db", },
              "destination": { "path": "b.db" }, /* where to */
            }
            """,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.EndsWith("a.db", _least.Load().Source.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_option_is_read()
    {
        using var file = new ConfigurationFile(
            """
            {
              "$schema": "./pipeline.schema.json",
              "source": { "path": "a.db", "generation": "2007R2", "sample": { "rooms": 3 } },
              "destination": { "path": "b.db", "create": false },
              "rules": {
                "longNames": "shorten", "categories": ["A - B", "C"], "messagesSince": "2012-12-31T23:30:00.5+01:00", "level": "rooms"
              },
              "pipeline": { "maxRejections": 0, "writers": 4.0 },
              "retry": { "baseDelay": 50 },
              "report": { "path": null }
            }
            """);

        var options = file.Load();

        Assert.Equal(Generation.OcsR2, options.Source.Generation);
        Assert.Equal(new SampleOptions { Rooms = 3 }, options.Source.Sample);
        Assert.False(options.Destination.Create);
        Assert.Equal(LongNames.Shorten, options.Rules.LongNames);
        Assert.Equal(["A - B", "C"], options.Rules.Categories);
        Assert.Equal(new DateTime(2012, 12, 31, 22, 30, 0, 500, DateTimeKind.Utc), options.Rules.MessagesSince);
        Assert.Equal(DateTimeKind.Utc, options.Rules.MessagesSince!.Value.Kind);
        Assert.Equal(Level.Rooms, options.Rules.Level);
        Assert.Equal(0, options.Pipeline.MaxRejections);
        Assert.Equal(4, options.Pipeline.Writers);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.Retry.BaseDelay);
        Assert.Null(options.Report.Path);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var missing = Path.Combine(_least.Folder, "none.json");

        var fault = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(missing, []));

        Assert.Equal($"1 problem in the configuration:\n  $: there is no file {missing}", fault.Message);
        Assert.Equal(ExitCodes.NotAllowed, fault.ExitCode);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_least.Folder, []));
    }

    [Fact]
    public void Invalid_JSON_is_placed_by_line_and_column_as_an_editor_counts()
    {
        File.WriteAllText(_least.File, "{\n  \"source\": { \"päth\": x }\n}");

        var problem = Assert.Single(_least.Problems());

        Assert.StartsWith("$: invalid JSON at line 2, column 23: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePosition", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"source\": ")]
    [InlineData("{} {}")]
    public void Broken_JSON_is_refused(string text)
    {
        File.WriteAllText(_least.File, text);

        Assert.StartsWith("$: invalid JSON at line 1, column ", Assert.Single(_least.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused_and_not_repaired()
    {
        File.WriteAllBytes(_least.File, [(byte)'"', 0xE9, (byte)'"']);

        Assert.EndsWith("is not UTF-8", Assert.Single(_least.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_come_at_once_each_with_its_path()
    {
        File.WriteAllText(
            _least.File,
            """
            {
              "source": { "path": 7, "generation": "2011" },
              "pipelin": {},
              "pipeline": { "writers": 99, "writer": 1, "writers": 2 },
              "rules": { "categories": ["A", 1, ""], "rootRoomsCategory": " " },
              "retry": { "baseDelay": 60000, "maxDelay": 10 }
            }
            """);

        Assert.Equal(
            [
                "$.pipelin: unknown key; did you mean \"pipeline\"?",
                "$.pipeline.writer: unknown key; did you mean \"writers\"?",
                "$.pipeline.writers: given more than once",
                "--set nonsense: expected path=value, such as pipeline.writers=4",
                "$.source.path: expected the path of a file, found 7",
                "$.source.generation: expected one of \"auto\", \"2007R2\", \"2010\", \"2013\", found \"2011\"; did you mean \"2010\"?",
                "$.destination.path: missing; expected the path of a file",
                "$.rules.rootRoomsCategory: expected text, not blank, at most 256 characters, found \" \"",
                "$.rules.categories[1]: expected an array of texts, none of them blank, found 1",
                "$.rules.categories[2]: expected an array of texts, none of them blank, found \"\"",
                "$.pipeline.writers: expected a whole number from 1 to 16, found 99",
                "$.retry.maxDelay: must not be shorter than retry.baseDelay",
            ],
            _least.Problems("nonsense"));
    }
}
