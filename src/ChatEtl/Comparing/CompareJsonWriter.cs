using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>Writes a comparison as one JSON object, each difference as it comes: memory does not depend on their number.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class CompareJsonWriter : IDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly Utf8JsonWriter _json;

    /// <summary>Begins the object.</summary>
    /// <param name="output">Where to write; stays open.</param>
    public CompareJsonWriter(Stream output)
    {
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        _json.WriteStartObject();
        _json.WriteStartArray("differences");
    }

    /// <summary>Writes one difference.</summary>
    public void Write(Difference difference)
    {
        _json.WriteStartObject();
        _json.WriteString("kind", difference.Kind);
        _json.WriteString("table", difference.Table);
        _json.WriteString("key", difference.Key);
        _json.WriteString("column", difference.Column);
        _json.WriteString("detail", difference.Detail);
        _json.WriteEndObject();
        if (_json.BytesPending > FlushAt)
        {
            _json.Flush();
        }
    }

    /// <summary>Writes the figures and ends the object.</summary>
    public void Complete(CompareReport report)
    {
        _json.WriteEndArray();
        report.WriteTo(_json);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
