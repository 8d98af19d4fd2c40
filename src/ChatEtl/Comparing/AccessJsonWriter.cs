using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>Writes an access proof as one JSON object, each change as it comes.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class AccessJsonWriter : IDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly Utf8JsonWriter _json;

    /// <summary>Begins the object.</summary>
    /// <param name="output">Where to write; stays open.</param>
    public AccessJsonWriter(Stream output)
    {
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        _json.WriteStartObject();
        _json.WriteStartArray("changes");
    }

    /// <summary>Writes one change.</summary>
    public void Write(AccessChange change)
    {
        change.WriteTo(_json);
        if (_json.BytesPending > FlushAt)
        {
            _json.Flush();
        }
    }

    /// <summary>Writes the figures and ends the object.</summary>
    public void Complete(AccessProofReport report)
    {
        _json.WriteEndArray();
        report.WriteTo(_json);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
