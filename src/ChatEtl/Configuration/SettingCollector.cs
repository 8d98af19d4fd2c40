using System.Text.Json;
using ChatEtl.Faults;

namespace ChatEtl.Configuration;

/// <summary>Gathers what file and command line set, by option, and what they say that is no option.</summary>
internal sealed class SettingCollector
{
    private const string SourcePath = "source.path";
    private const string SourceSample = "source.sample";

    private readonly Dictionary<string, Option> _options;
    private readonly HashSet<string> _sections;
    private readonly Dictionary<string, Setting> _settings = new(StringComparer.Ordinal);
    private readonly List<ConfigurationProblem> _problems;
    private bool _fromFile;

    internal SettingCollector(IReadOnlyList<Option> table, List<ConfigurationProblem> problems)
    {
        _options = table.ToDictionary(option => option.Path, StringComparer.Ordinal);
        _sections = table.Select(option => option.Parent).ToHashSet(StringComparer.Ordinal);
        _problems = problems;
    }

    /// <summary>What was set, by option path; the last word counts.</summary>
    internal IReadOnlyDictionary<string, Setting> Settings => _settings;

    /// <summary>Takes the whole file.</summary>
    internal void TakeFile(JsonElement root)
    {
        _fromFile = true;
        TakeSection("", root);
        _fromFile = false;
    }

    /// <summary>Takes one <c>path=value</c> of the command line; JSON if it parses and the option takes no text.</summary>
    internal void TakeOverride(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            // What is garbled may hold a password all the same.
            _problems.Add(new(
                text.Contains("password", StringComparison.OrdinalIgnoreCase) ? "--set" : "--set " + text, "expected path=value, such as pipeline.writers=4"));
            return;
        }

        var path = text[..equals].Trim();
        path = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
        if (_options.ContainsKey(path) || _sections.Contains(path))
        {
            Take(path, Parse(text[(equals + 1)..], _options.GetValueOrDefault(path)));
        }
        else
        {
            _problems.Add(new("$." + path, "unknown option in --set" + Spelling.DidYouMean(path, _options.Keys.Concat(_sections))));
        }
    }

    private static JsonElement Parse(string value, Option? option)
    {
        JsonElement parsed;
        try
        {
            parsed = JsonElement.Parse(value);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(value);
        }

        var isValue = option is not { IsText: true }
            || parsed.ValueKind == JsonValueKind.String
            || (parsed.ValueKind == JsonValueKind.Null && option.Nullable);

        return isValue ? parsed : JsonSerializer.SerializeToElement(value);
    }

    private void Take(string path, JsonElement value)
    {
        if (!_options.TryGetValue(path, out var option))
        {
            TakeSection(path, value);
            return;
        }

        _settings[path] = new(option, value, _fromFile);
        if (!_fromFile && path == SourcePath)
        {
            // A path that was mistyped must be told, not filled with invented chat: the file's sample is one of the file's path.
            Forget(SourceSample, setting => setting.FromFile);
            _settings.Values.Where(setting => setting.Option.Parent == SourceSample).ToList().ForEach(setting => Enclose(setting.Option));
        }

        if (option.Kind != OptionKind.Section)
        {
            Enclose(option);
        }
        else if (value.ValueKind == JsonValueKind.Null)
        {
            Forget(path, setting => setting != _settings[path]);
        }
        else
        {
            TakeSection(path, value);
        }
    }

    /// <summary>Forgets of a section and of the options within it what is meant.</summary>
    private void Forget(string section, Func<Setting, bool> isMeant)
    {
        foreach (var (path, _) in _settings.Where(entry => (entry.Key + ".").StartsWith(section + ".", StringComparison.Ordinal) && isMeant(entry.Value)).ToList())
        {
            _settings.Remove(path);
        }
    }

    /// <summary>An option within an optional section brings the section along.</summary>
    private void Enclose(Option option)
    {
        if (_options.TryGetValue(option.Parent, out var section)
            && (!_settings.TryGetValue(section.Path, out var setting) || setting.Value.ValueKind == JsonValueKind.Null))
        {
            _settings[section.Path] = new(section, JsonElement.Parse("{}"), _fromFile);
        }
    }

    private void TakeSection(string path, JsonElement value)
    {
        var here = path.Length == 0 ? "$" : "$." + path;
        if (value.ValueKind != JsonValueKind.Object)
        {
            // A text in place of a section may be a connection string, and hold a password.
            _problems.Add(new(here, $"expected an object, found {(value.ValueKind == JsonValueKind.String ? "a text" : OptionParser.Found(value))}"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                _problems.Add(new(here, "a key is not valid text: it has half a surrogate pair"));
            }
            else if (!seen.Add(name))
            {
                _problems.Add(new(here + Segment(name), "given more than once"));
            }
            else if (path.Length > 0 || !string.Equals(name, "$schema", StringComparison.Ordinal))
            {
                TakeKey(path, here, name, property.Value);
            }
        }
    }

    private void TakeKey(string section, string here, string name, JsonElement value)
    {
        var path = section.Length == 0 ? name : $"{section}.{name}";
        if (!name.Contains('.', StringComparison.Ordinal) && (_options.ContainsKey(path) || _sections.Contains(path)))
        {
            Take(path, value);
            return;
        }

        var keys = KeysOf(section);
        var elsewhere = _options.Values.FirstOrDefault(o =>
            string.Equals(o.Key, name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(o.Path, name, StringComparison.OrdinalIgnoreCase));
        var guess = Spelling.DidYouMean(name, keys);
        _problems.Add(new(
            here + Segment(name),
            "unknown key" + (guess, elsewhere) switch
            {
                ({ Length: > 0 }, _) => guess,
                (_, { } option) => $"; did you mean \"{option.Key}\" in section \"{option.Parent}\"?",
                _ => "; known here: " + string.Join(", ", keys),
            }));
    }

    private List<string> KeysOf(string section) =>
    [
        .. _options.Keys.Concat(_sections)
            .Where(path => section.Length == 0
                ? !path.Contains('.', StringComparison.Ordinal)
                : path.StartsWith(section + ".", StringComparison.Ordinal) && path.LastIndexOf('.') == section.Length)
            .Select(path => path[(path.LastIndexOf('.') + 1)..])
            .Distinct(StringComparer.Ordinal),
    ];

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Segment(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$')
            ? "." + name
            : $"['{name.Replace("'", "\\'", StringComparison.Ordinal)}']";
}
