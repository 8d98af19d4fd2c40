using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class QuickStartTests
{
    private const string Program = "dotnet run -c Release --project src/ChatEtl.Cli";

    [Fact]
    public async Task The_first_command_of_the_readme_runs_the_main_job_and_the_second_the_tests()
    {
        var readme = Repository.PathOf("README.md");
        Assert.SkipUnless(File.Exists(readme), "There is no README.md yet.");
        var commands = Commands(await File.ReadAllLinesAsync(readme, TestContext.Current.CancellationToken));

        // What follows the two is for people with a database of their own.
        Assert.StartsWith(Program, commands[0], StringComparison.Ordinal);
        Assert.Equal("dotnet test -c Release", commands[1]);
        using var place = new Workplace();
        var arguments = commands[0][Program.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != "--");
        Assert.Contains("proved", (await place.RunAsync(0, arguments)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_are_the_fenced_lines_of_the_section() => Assert.Equal(
        ["one -x", "two"],
        Commands(["# A", "```", "no", "```", "## Quick start", "words", "```bash", "one -x   # a remark", "", "```", "words", "```", "$ two", "```", "## B", "```", "no", "```"]));

    /// <summary>The fenced commands of the section "Quick start", without prompt and remark.</summary>
    private static List<string> Commands(IEnumerable<string> lines)
    {
        var commands = new List<string>();
        var (inside, fenced) = (false, false);
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
            }
            else if (!fenced && line.StartsWith('#'))
            {
                inside = line.TrimStart('#').Trim().StartsWith("Quick start", StringComparison.OrdinalIgnoreCase);
            }
            else if (inside && fenced && line.Split(" #")[0].Trim().TrimStart('$').Trim() is { Length: > 0 } command)
            {
                commands.Add(command);
            }
        }

        return commands;
    }
}
