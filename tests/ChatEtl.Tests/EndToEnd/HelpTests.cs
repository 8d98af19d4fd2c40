using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class HelpTests : IDisposable
{
    private readonly Workplace _place = new();

    [Theory]
    [InlineData("")]
    [InlineData("plan")]
    [InlineData("migrate")]
    [InlineData("compare")]
    [InlineData("status")]
    [InlineData("rejections")]
    [InlineData("rejections list")]
    [InlineData("rejections show")]
    [InlineData("rejections replay")]
    [InlineData("finish")]
    [InlineData("evidence")]
    [InlineData("evidence manifest")]
    [InlineData("evidence verify")]
    [InlineData("evidence prove")]
    [InlineData("evidence check")]
    [InlineData("evidence log")]
    [InlineData("export")]
    [InlineData("inspect")]
    [InlineData("sample")]
    [InlineData("provision")]
    [InlineData("drill")]
    [InlineData("report")]
    public async Task Help_is_the_approved_text(string command)
    {
        var help = await _place.RunAsync(0, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Empty(help.Error);
        Approved.WholeFile(
            Repository.PathOf("tests", "ChatEtl.Tests", "EndToEnd", "Approved", command.Length == 0 ? "help.txt" : $"help-{command.Replace(' ', '-')}.txt"),
            string.Join('\n', help.Output.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())) + "\n");
    }

    [Theory]
    [InlineData("migrat")]
    [InlineData("migrate", "--lsat")]
    [InlineData("sample")]
    [InlineData("sample", "a.db", "--generation", "2016")]
    [InlineData("sample", "a.db", "--rooms", "many")]
    [InlineData("sample", "a.db", "--rooms", "0")]
    [InlineData("rejections", "list", "--limit", "-1")]
    [InlineData("rejections", "list", "--limit", "few")]
    [InlineData("drill", "--kills", "many")]
    [InlineData("rejections", "show", "first")]
    [InlineData("rejections", "drop")]
    [InlineData("evidence", "prove", "evidence.json", "--room", "5", "--chat", "1", "--out", "proof.json")]
    [InlineData("evidence", "verify")]
    public async Task A_command_line_that_is_not_understood_is_refused_with_the_way_to_help(params string[] arguments)
    {
        var outcome = await _place.RunAsync(2, arguments);

        Assert.Empty(outcome.Output);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Matches("--help|Nothing was read or written", outcome.Error);
        Assert.False(File.Exists(_place.File("a.db")));
    }

    public void Dispose() => _place.Dispose();
}
