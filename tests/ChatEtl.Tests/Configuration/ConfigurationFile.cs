using ChatEtl.Configuration;
using ChatEtl.Faults;
using Xunit;

namespace ChatEtl.Tests.Configuration;

/// <summary>A configuration file in a folder of its own, and the environment it is read in.</summary>
internal sealed class ConfigurationFile : IDisposable
{
    /// <summary>The least a configuration must say, without the closing brace.</summary>
    internal const string Least = """{ "source": { "path": "a.db" }, "destination": { "path": "b.db" }""";

    internal ConfigurationFile(string text = Least + " }")
    {
        Folder = Directory.CreateTempSubdirectory("chatetl-").FullName;
        File = Path.Combine(Folder, "pipeline.json");
        System.IO.File.WriteAllText(File, text);
    }

    internal string Folder { get; }

    internal string File { get; }

    internal Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal ChatEtlOptions Load(params string[] overrides) =>
        ConfigurationLoader.Load(File, overrides, name => Variables.GetValueOrDefault(name));

    /// <summary>Loads what must be refused; gives the problems as text.</summary>
    internal string[] Problems(params string[] overrides) =>
        [.. Assert.Throws<ConfigurationException>(() => Load(overrides)).Problems.Select(problem => problem.ToString())];

    /// <summary>Loads the least configuration with one section more; gives the problems as text.</summary>
    internal static string[] ProblemsOf(string section)
    {
        using var file = new ConfigurationFile($"{Least}, {section} }}");

        return file.Problems();
    }
}
