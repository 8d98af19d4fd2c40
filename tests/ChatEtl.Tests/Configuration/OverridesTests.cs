using ChatEtl.Chat;
using ChatEtl.Configuration;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class OverridesTests : IDisposable
{
    private readonly ConfigurationFile _file = new(ConfigurationFile.Least + """, "pipeline": { "writers": 2 } }""");

    public void Dispose() => _file.Dispose();

    [Fact]
    public void An_override_wins_over_the_file_and_the_last_over_the_others()
    {
        Assert.Equal(2, _file.Load().Pipeline.Writers);
        Assert.Equal(4, _file.Load("pipeline.writers=3", "$.pipeline.writers=4").Pipeline.Writers);
    }

    [Fact]
    public void A_wrong_value_of_the_file_does_not_matter_when_it_is_overridden()
    {
        File.WriteAllText(_file.File, ConfigurationFile.Least + """, "pipeline": { "writers": "many" } }""");

        Assert.Equal(3, _file.Load("pipeline.writers=3").Pipeline.Writers);
    }

    [Fact]
    public void A_text_needs_no_quotes_and_may_look_like_JSON()
    {
        Assert.Equal(" = ", _file.Load("rules.nameSeparator= = ").Rules.NameSeparator);
        Assert.Equal("7", _file.Load("rules.nameSeparator=7").Rules.NameSeparator);
        Assert.Equal("null", _file.Load("rules.nameSeparator=null").Rules.NameSeparator);
        Assert.Equal("/", _file.Load("rules.nameSeparator=\"/\"").Rules.NameSeparator);
        Assert.Equal(Generation.Lync2010, _file.Load("source.generation=2010").Source.Generation);
    }

    [Fact]
    public void Arrays_null_and_whole_sections_are_JSON()
    {
        Assert.Equal(["A", "B - C"], _file.Load("""rules.categories=["A", "B - C"]""").Rules.Categories);
        Assert.Null(_file.Load("report.path=null").Report.Path);
        Assert.Equal(
            new PipelineOptions { Readers = 5, Writers = 2 }, _file.Load("""pipeline={"readers": 5}""").Pipeline);
    }

    [Fact]
    public void An_option_of_the_sample_brings_the_sample_along_and_null_removes_it()
    {
        Assert.Equal(new SampleOptions { Rooms = 9 }, _file.Load("source.sample.rooms=9").Source.Sample);
        Assert.Equal(new SampleOptions(), _file.Load("source.sample={}").Source.Sample);
        Assert.Null(_file.Load("source.sample.rooms=9", "source.sample=null").Source.Sample);
        Assert.Equal(
            new SampleOptions { Seed = 2 },
            _file.Load("source.sample.rooms=9", "source.sample=null", "source.sample.seed=2").Source.Sample);
    }

    [Fact]
    public void A_source_named_on_the_command_line_is_not_filled_with_the_sample_of_the_file()
    {
        File.WriteAllText(_file.File, """{ "source": { "kind": "sqlite", "path": "sample.db", "sample": { "messages": 7 } }, "destination": { "kind": "sqlite", "path": "b.db" } }""");

        Assert.Equal(7, _file.Load().Source.Sample?.Messages);
        Assert.Equal(7, _file.Load("source.kind=sqlite").Source.Sample?.Messages);
        Assert.Null(_file.Load("source.path=legaci.db").Source.Sample);
        Assert.Null(_file.Load("""source={"path": "legaci.db"}""").Source.Sample);
        Assert.Equal(new SampleOptions { Rooms = 9 }, _file.Load("source.path=other.db", "source.sample.rooms=9").Source.Sample);
        Assert.Equal(new SampleOptions { Rooms = 9 }, _file.Load("source.sample.rooms=9", "source.path=other.db").Source.Sample);
    }

    [Theory]
    [InlineData("pipeline.writers=many", "$.pipeline.writers: expected a whole number from 1 to 16, found \"many\"")]
    [InlineData("pipeline.writers=", "$.pipeline.writers: expected a whole number from 1 to 16, found \"\"")]
    [InlineData("pipeline.writer=4", "$.pipeline.writer: unknown option in --set; did you mean \"pipeline.writers\"?")]
    [InlineData("zzz=4", "$.zzz: unknown option in --set")]
    [InlineData("pipeline=4", "$.pipeline: expected an object, found 4")]
    [InlineData("pipeline.writers", "--set pipeline.writers: expected path=value, such as pipeline.writers=4")]
    [InlineData("=4", "--set =4: expected path=value, such as pipeline.writers=4")]
    [InlineData("source.path=", "$.source.path: expected the path of a file, found \"\"")]
    [InlineData("source.sample=7", "$.source.sample: expected an object, found 7")]
    [InlineData("source.sample={\"room\":1}", "$.source.sample.room: unknown key; did you mean \"rooms\"?")]
    public void A_wrong_override_is_refused(string setting, string problem)
    {
        Assert.Equal([problem], _file.Problems(setting));
    }
}
