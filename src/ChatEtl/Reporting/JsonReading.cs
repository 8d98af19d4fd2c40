using System.Text.Json;

namespace ChatEtl.Reporting;

/// <summary>Reads values of a report that may be missing.</summary>
internal static class JsonReading
{
    extension(JsonElement json)
    {
        /// <summary>A value within the object; null when it is missing.</summary>
        public JsonElement? Maybe(string name) =>
            json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        /// <summary>A text; empty when it is missing.</summary>
        public string Text(string name) => json.Maybe(name)?.GetString() ?? "";

        /// <summary>A whole number; 0 when it is missing.</summary>
        public long Whole(string name) => json.Maybe(name)?.GetInt64() ?? 0;

        /// <summary>A number; 0 when it is missing.</summary>
        public double Number(string name) => json.Maybe(name)?.GetDouble() ?? 0;

        /// <summary>True or false; false when it is missing.</summary>
        public bool Flag(string name) => json.Maybe(name)?.GetBoolean() ?? false;

        /// <summary>The elements of an array; none when it is missing.</summary>
        public IEnumerable<JsonElement> Rows(string name) => json.Maybe(name) is { } array ? array.EnumerateArray() : [];

        /// <summary>The properties of an object; none when it is missing.</summary>
        public IEnumerable<JsonProperty> Parts(string name) => json.Maybe(name) is { } part ? part.EnumerateObject() : [];

        /// <summary>A whole number for people, its thousands apart.</summary>
        public string Figure(string name) => HtmlTable.Figure(json.Whole(name));
    }
}
