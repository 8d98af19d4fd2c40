using ChatEtl.Configuration;
using ChatEtl.Faults;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class EnvironmentReferencesTests : IDisposable
{
    private const string Secret = "hunter2";

    private static readonly string[] ServerWithUser =
        ["destination.kind=sqlServer", "destination.server=SQL01", "destination.database=mgc", "destination.user=migration"];

    private readonly ConfigurationFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_whole_value_is_taken_from_the_environment()
    {
        _file.Variables["DB"] = "elsewhere.db";
        _file.Variables["GENERATION"] = "2010";

        var options = _file.Load("source.path=${env:DB}", "source.generation=${env:GENERATION}", """rules.categories=["${env:DB}"]""");

        Assert.Equal(Path.Combine(_file.Folder, "elsewhere.db"), options.Source.Path);
        Assert.Equal(Chat.Generation.Lync2010, options.Source.Generation);
        Assert.Equal(["elsewhere.db"], options.Rules.Categories);
    }

    [Theory]
    [InlineData("source.path=${env:NONE}", "$.source.path: the environment variable NONE is not set")]
    [InlineData("source.path=${env:EMPTY}", "$.source.path: the environment variable EMPTY is not set")]
    [InlineData("rules.categories=[\"${env:NONE}\"]", "$.rules.categories[0]: the environment variable NONE is not set")]
    [InlineData("source.path=x/${env:A}",
        "$.source.path: an environment reference must be the whole value: \"${env:NAME}\", of letters, digits and underscores")]
    [InlineData("source.path=${env:A B}",
        "$.source.path: an environment reference must be the whole value: \"${env:NAME}\", of letters, digits and underscores")]
    [InlineData("pipeline.writers=${env:A}",
        "$.pipeline.writers: expected a whole number from 1 to 16, found \"${env:A}\" (only texts come from the environment)")]
    public void A_reference_that_leads_nowhere_is_refused(string setting, string problem)
    {
        _file.Variables["EMPTY"] = "";
        _file.Variables["A"] = "a";

        Assert.Equal([problem], _file.Problems(setting));
    }

    [Fact]
    public void A_wrong_value_from_the_environment_is_named_but_not_quoted()
    {
        _file.Variables["KIND"] = Secret;

        Assert.Equal(["$.source.kind: expected one of \"sqlite\", \"sqlServer\", found the value of KIND"], _file.Problems("source.kind=${env:KIND}"));
    }

    [Fact]
    public void A_secret_comes_from_the_environment()
    {
        _file.Variables["PASSWORD"] = Secret;

        var options = LoadWithUser("destination.password=${env:PASSWORD}");

        Assert.Equal(Secret, options.Destination.Password);
        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, options.Destination.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("password", ConfigurationWriter.Write(options), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("destination.password=hunter2")]
    [InlineData("destination.password={\"hunter2\":1}")]
    [InlineData("destination={\"password\":[\"hunter2\"]}")]
    [InlineData("destination={\"password\":null}")]
    public void A_plain_secret_is_refused_without_quoting_it(string setting)
    {
        var fault = Assert.Throws<ConfigurationException>(() => LoadWithUser(setting));

        Assert.StartsWith(
            "$.destination.password: expected \"${env:NAME}\": a secret comes from the environment",
            Assert.Single(fault.Problems).ToString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("destination.password hunter2")]
    [InlineData("=destination.password:hunter2")]
    public void A_garbled_secret_is_not_quoted_either(string setting)
    {
        Assert.Equal(["--set: expected path=value, such as pipeline.writers=4"], _file.Problems(setting));
    }

    private ChatEtlOptions LoadWithUser(string setting) => _file.Load([.. ServerWithUser, setting]);
}
