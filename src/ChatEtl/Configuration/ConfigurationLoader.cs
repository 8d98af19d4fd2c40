using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatEtl.Faults;

namespace ChatEtl.Configuration;

/// <summary>Reads pipeline.json with the overrides of the command line into checked options.</summary>
public static class ConfigurationLoader
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Loads the configuration, with <c>"${env:NAME}"</c> taken from the environment of this process.</summary>
    /// <inheritdoc cref="Load(string, IEnumerable{string}, Func{string, string?})"/>
    public static ChatEtlOptions Load(string jsonPath, IEnumerable<string> overrides) =>
        Load(jsonPath, overrides, Environment.GetEnvironmentVariable);

    /// <summary>Loads the configuration.</summary>
    /// <remarks>Paths in file and overrides are relative to the folder of the file, so that every run finds the same files.</remarks>
    /// <param name="jsonPath">The file; comments and trailing commas are allowed.</param>
    /// <param name="overrides">
    /// Texts of the form <c>pipeline.writers=4</c>; the value is JSON if it parses and the option takes no text, else it is taken as text.
    /// Of several for one option the last counts.
    /// </param>
    /// <param name="environment">Looks up an environment variable; null or empty when it is not set.</param>
    /// <returns>Options whose every value is within its range, with full paths.</returns>
    /// <exception cref="ConfigurationException">Anything is wrong; it carries all problems at once.</exception>
    public static ChatEtlOptions Load(string jsonPath, IEnumerable<string> overrides, Func<string, string?> environment) =>
        Load(jsonPath, overrides, environment, OptionTable.Rows);

    /// <summary>Loads by another table; tests bring options along that no version has.</summary>
    internal static ChatEtlOptions Load(
        string jsonPath, IEnumerable<string> overrides, Func<string, string?> environment, IReadOnlyList<Option> table)
    {
        var file = Path.GetFullPath(jsonPath);
        using var document = Parse(ReadText(file));
        var problems = new List<ConfigurationProblem>();
        var collector = new SettingCollector(table, problems);
        collector.TakeFile(document.RootElement);
        foreach (var text in overrides)
        {
            collector.TakeOverride(text);
        }

        var options = new ChatEtlOptions();
        var unsound = new HashSet<string>(StringComparer.Ordinal);
        var parser = new OptionParser(Path.GetDirectoryName(file)!, environment, problems);
        foreach (var option in table)
        {
            var isGiven = collector.Settings.TryGetValue(option.Path, out var setting);
            if (!unsound.Contains(option.KindPath) && !option.AppliesTo(options))
            {
                if (isGiven && !IsLeft(setting!, collector.Settings) && !collector.Settings.ContainsKey(option.Parent))
                {
                    problems.Add(new(option.JsonPath, $"is for {option.KindPath} \"{option.ForWord}\"; leave it out"));
                }
            }
            else if (!isGiven)
            {
                if (option.Required && !unsound.Contains(option.KindPath))
                {
                    problems.Add(new(option.JsonPath, $"missing; expected {option.Expected}"));
                    unsound.Add(option.Path);
                }
            }
            else if (parser.TryParse(setting!, out var value))
            {
                options = option.Apply(options, value);
            }
            else
            {
                unsound.Add(option.Path);
            }
        }

        problems.AddRange(CrossChecks.Find(options, file, path => !unsound.Contains(path)));

        return problems.Count == 0 ? options : throw new ConfigurationException(problems);
    }

    /// <summary>Null says nothing; and when the command line puts another product at an end, what the file says of its own has no effect.</summary>
    private static bool IsLeft(Setting setting, IReadOnlyDictionary<string, Setting> settings) =>
        setting.Value.ValueKind == JsonValueKind.Null
        || (setting.FromFile && settings.TryGetValue(setting.Option.KindPath, out var kind) && !kind.FromFile);

    private static string ReadText(string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);

            return Strict.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException([new("$", $"there is no file {file}")]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new("$", $"{file} cannot be read: {fault.Message}")]);
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigurationException([new("$", $"{file} is not UTF-8")]);
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException fault)
        {
            var line = (fault.LineNumber ?? 0) + 1;
            var cause = fault.Message;
            var place = cause.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new ConfigurationException(
            [
                new("$", string.Create(
                    CultureInfo.InvariantCulture,
                    $"invalid JSON at line {line}, column {Column(text, line, fault.BytePositionInLine ?? 0)}: "
                        + $"{(place < 0 ? cause : cause[..place])}")),
            ]);
        }
    }

    /// <summary>The parser counts bytes from 0, editors count characters from 1.</summary>
    private static int Column(string text, long line, long bytes)
    {
        var bytesOfLine = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault((int)line - 1) ?? "");

        return Encoding.UTF8.GetCharCount(bytesOfLine, 0, (int)Math.Min(bytes, bytesOfLine.Length)) + 1;
    }
}
