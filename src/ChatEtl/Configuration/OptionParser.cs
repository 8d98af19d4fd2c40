using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatEtl.Faults;

namespace ChatEtl.Configuration;

/// <summary>Turns what was set into the value of an option, or into problems.</summary>
internal sealed partial class OptionParser(string folder, Func<string, string?> environment, List<ConfigurationProblem> problems)
{
    private const int LongestQuote = 60;

    /// <summary>Gives the value; false after a problem has been noted.</summary>
    internal bool TryParse(Setting setting, out object? value)
    {
        var (option, json, _) = setting;
        var before = problems.Count;
        value = json.ValueKind == JsonValueKind.Null
            ? Null(option, json)
            : option.Kind switch
            {
                OptionKind.Whole => Whole(option, json),
                OptionKind.Flag => Flag(option, json),
                OptionKind.Texts => Texts(option, json),
                OptionKind.Section => true,
                _ => Text(option, json, option.JsonPath) is var (text, shown) && text is not null ? Meaning(option, text, shown) : null,
            };

        return problems.Count == before;
    }

    /// <summary>Says what stands where something else is expected.</summary>
    internal static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Short(value.GetRawText()),
    };

    private object? Null(Option option, JsonElement json) => option.Nullable ? null : Refuse(option, option.JsonPath, Found(json));

    private object? Whole(Option option, JsonElement json)
    {
        var isWhole = json.ValueKind == JsonValueKind.Number
            && json.TryGetDecimal(out var number)
            && decimal.IsInteger(number)
            && number >= option.Min
            && number <= option.Max;

        return isWhole ? (long)json.GetDecimal() : Refuse(option, option.JsonPath, Found(json) + NoReference(json));
    }

    private object? Flag(Option option, JsonElement json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? json.GetBoolean()
        : Refuse(option, option.JsonPath, Found(json) + NoReference(json));

    private object? Texts(Option option, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return Refuse(option, option.JsonPath, Found(json));
        }

        var texts = new List<string>();
        foreach (var element in json.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{option.JsonPath}[{texts.Count}]");
            var (text, shown) = Text(option, element, path);
            if (text is not null && option.NotBlank && string.IsNullOrWhiteSpace(text))
            {
                Refuse(option, path, shown);
            }

            texts.Add(text ?? "");
        }

        return texts.ToArray();
    }

    private object? Meaning(Option option, string text, string shown) => option.Kind switch
    {
        OptionKind.Choice => Choice(option, text, shown),
        OptionKind.File => File(option, text, shown),
        OptionKind.Instant => Instant(option, text, shown),
        _ => text.Length < option.Min || text.Length > option.Max || (option.NotBlank && string.IsNullOrWhiteSpace(text))
            ? Refuse(option, option.JsonPath, shown)
            : text,
    };

    private object? Choice(Option option, string text, string shown)
    {
        if (option.Choices.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        return Refuse(option, option.JsonPath, shown + Spelling.DidYouMean(text, option.Choices));
    }

    private object? File(Option option, string text, string shown) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)
            ? Refuse(option, option.JsonPath, shown)
            : Path.GetFullPath(text, folder);

    private object? Instant(Option option, string text, string shown) =>
        InstantPattern().IsMatch(text)
        && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.UtcDateTime
            : Refuse(option, option.JsonPath, shown);

    /// <summary>Gives the text of a JSON string, taken from the environment if it says so, and how a problem may quote it.</summary>
    private (string? Text, string Shown) Text(Option option, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            Refuse(option, path, Found(json));
            return (null, "");
        }

        string text;
        try
        {
            text = json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            problems.Add(new(path, "not valid text: it has half a surrogate pair"));
            return (null, "");
        }

        var reference = ReferencePattern().Match(text);
        if (reference.Success)
        {
            return (FromEnvironment(reference.Groups["name"].Value, path), $"the value of {reference.Groups["name"].Value}");
        }

        if (option.Secret || text.Contains("${env:", StringComparison.Ordinal))
        {
            problems.Add(new(path, option.Secret
                ? $"expected {option.Expected}; a plain value is refused"
                : "an environment reference must be the whole value: \"${env:NAME}\", of letters, digits and underscores"));
            return (null, "");
        }

        return (text, Found(json));
    }

    private string? FromEnvironment(string name, string path)
    {
        var value = environment(name);
        if (string.IsNullOrEmpty(value))
        {
            problems.Add(new(path, $"the environment variable {name} is not set"));
            return null;
        }

        return value;
    }

    private object? Refuse(Option option, string path, string found)
    {
        problems.Add(new(path, option.Secret ? $"expected {option.Expected}" : $"expected {option.Expected}, found {found}"));
        return null;
    }

    private static string NoReference(JsonElement json) =>
        json.ValueKind == JsonValueKind.String && json.GetRawText().Contains("${env:", StringComparison.Ordinal)
            ? " (only texts come from the environment)"
            : "";

    private static string Short(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";

    [GeneratedRegex(@"^\$\{env:(?<name>[A-Za-z_][A-Za-z0-9_]*)\}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferencePattern();

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex InstantPattern();
}
