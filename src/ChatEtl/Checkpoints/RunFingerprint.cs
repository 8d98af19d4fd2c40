using System.Text.Json;

namespace ChatEtl.Checkpoints;

/// <summary>What a migration is about: source, destination, generation, rules and filters. A run with another one may not go on.</summary>
/// <param name="Parts">Name and value of each part, as people read them.</param>
public sealed record RunFingerprint(IReadOnlyDictionary<string, string> Parts)
{
    /// <summary>The parts that differ from another fingerprint's: name, value here, value there; a missing part counts as empty.</summary>
    public IReadOnlyList<(string Name, string Here, string There)> DifferencesFrom(RunFingerprint other) =>
        [.. Parts.Keys.Union(other.Parts.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => (name, Parts.GetValueOrDefault(name, ""), other.Parts.GetValueOrDefault(name, "")))
            .Where(part => part.Item2 != part.Item3)];

    /// <summary>Writes the fingerprint as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new SortedDictionary<string, string>(Parts.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal));

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static RunFingerprint FromJson(string json) => new(JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? []);
}
