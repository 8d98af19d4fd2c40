using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Planning;

/// <summary>Writes and reads what a migration by a plan is held to; arrays instead of objects, because there may be hundreds of thousands.</summary>
internal static class PlanTermsJson
{
    /// <summary>Writes the terms as one object.</summary>
    public static void Write(Utf8JsonWriter json, PlanTerms terms)
    {
        json.WriteStartObject();
        json.WriteNumber("errors", terms.Errors);
        json.WriteNumber("pass", terms.Pass);
        if (terms.NewDestinationRoot is { } root)
        {
            json.WriteString("newDestinationRoot", root);
        }

        json.WriteNumber("messages", terms.Messages);
        json.WriteBoolean("messagesAreExact", terms.MessagesAreExact);
        json.WriteString("outcome", terms.Outcome);
        if (terms.Fingerprint is { } fingerprint)
        {
            json.WriteStartObject("fingerprint");
            foreach (var (name, value) in fingerprint.Parts.OrderBy(part => part.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        Write(json, terms.Decisions);
        Write(json, "source", terms.Source);
        Write(json, "destination", terms.Destination);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(Utf8JsonWriter, PlanTerms)"/> wrote.</summary>
    /// <exception cref="InvalidOperationException">It is not of this form.</exception>
    /// <exception cref="KeyNotFoundException">Something is missing.</exception>
    /// <exception cref="FormatException">A value is of another form.</exception>
    public static PlanTerms Read(JsonElement json) => new()
    {
        Errors = json.GetProperty("errors").GetInt32(),
        Pass = json.GetProperty("pass").GetInt32(),
        NewDestinationRoot = json.TryGetProperty("newDestinationRoot", out var root) ? root.GetGuid() : null,
        Messages = json.GetProperty("messages").GetInt64(),
        MessagesAreExact = json.GetProperty("messagesAreExact").GetBoolean(),
        Outcome = Text(json.GetProperty("outcome")),
        Fingerprint = json.TryGetProperty("fingerprint", out var parts)
            ? new RunFingerprint(parts.EnumerateObject().ToDictionary(part => part.Name, part => Text(part.Value), StringComparer.Ordinal))
            : null,
        Decisions = ReadDecisions(json.GetProperty("decisions")),
        Source = ReadState(json.GetProperty("source")),
        Destination = ReadState(json.GetProperty("destination")),
    };

    private static void Write(Utf8JsonWriter json, Decisions decisions)
    {
        json.WriteStartObject("decisions");
        json.WriteStartArray("principals");
        foreach (var one in decisions.Principals.Values.OrderBy(one => one.SourceId))
        {
            Row(json, one.SourceId, one.DestinationId, one.Origin.ToString(), one.HadAffiliations);
        }

        json.WriteEndArray();
        json.WriteStartArray("nodes");
        foreach (var one in decisions.Nodes.Values.OrderBy(one => one.SourceId))
        {
            Row(json, one.SourceId, one.DestinationId, one.Origin.ToString(), one.IsCategory, one.FullName, one.Name);
        }

        json.WriteEndArray();
        json.WriteStartArray("addIns");
        foreach (var one in decisions.AddIns.Values.OrderBy(one => one.SourceId))
        {
            Row(json, one.SourceId, one.DestinationId, one.Origin.ToString(), one.Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter json, params ReadOnlySpan<object> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            switch (value)
            {
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case bool bit:
                    json.WriteBooleanValue(bit);
                    break;
                case Guid guid:
                    json.WriteStringValue(guid);
                    break;
                default:
                    json.WriteStringValue((string)value);
                    break;
            }
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, DirectoryState state)
    {
        json.WriteStartObject(name);
        foreach (var (table, rows) in state.Tables.OrderBy(table => table.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(table);
            foreach (var (key, digest) in rows)
            {
                json.WriteString(key, digest);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Decisions ReadDecisions(JsonElement json) => new()
    {
        Principals = json.GetProperty("principals").EnumerateArray()
            .Select(row => new PrincipalDecision(row[0].GetInt32(), row[1].GetInt32(), Enum.Parse<Origin>(Text(row[2])), row[3].GetBoolean()))
            .ToDictionary(one => one.SourceId),
        Nodes = json.GetProperty("nodes").EnumerateArray()
            .Select(row => new NodeDecision(
                row[0].GetInt32(), row[1].GetInt32(), Enum.Parse<Origin>(Text(row[2])), row[3].GetBoolean(), Text(row[4]), Text(row[5])))
            .ToDictionary(one => one.SourceId),
        AddIns = json.GetProperty("addIns").EnumerateArray()
            .Select(row => new AddInDecision(row[0].GetGuid(), row[1].GetGuid(), Enum.Parse<Origin>(Text(row[2])), Text(row[3])))
            .ToDictionary(one => one.SourceId),
    };

    private static DirectoryState ReadState(JsonElement json) => new(json.EnumerateObject().ToDictionary(
        table => table.Name,
        table => (IReadOnlyDictionary<string, string>)table.Value.EnumerateObject().ToDictionary(row => row.Name, row => Text(row.Value), StringComparer.Ordinal),
        StringComparer.Ordinal));

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("A text is null.");
}
