using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatEtl.Configuration;

/// <summary>Shapes option values as JSON.</summary>
internal static class OptionJson
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a value of an option as a JSON node.</summary>
    internal static JsonNode? Node(object? value) => value switch
    {
        null => null,
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        IEnumerable<string> texts => new JsonArray([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]),
        DateTime instant => JsonValue.Create(
            instant.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"No JSON for {value.GetType()}."),
    };

    /// <summary>Writes JSON for people: indented, line feeds, no needless escapes.</summary>
    internal static string Text(JsonNode node) => node.ToJsonString(Layout) + "\n";

    /// <summary>Writes a value on one line.</summary>
    internal static string Line(object? value) =>
        Node(value)?.ToJsonString(new JsonSerializerOptions(Layout) { WriteIndented = false }) ?? "null";
}
