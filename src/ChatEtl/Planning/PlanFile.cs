using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatEtl.Faults;

namespace ChatEtl.Planning;

/// <summary>A plan as a file: a JSON object with the version of its layout, the plan, and a digest of the plan.</summary>
/// <remarks>
/// The digest is the SHA-256 of the plan without white space between its parts, so a file that was only laid out anew still holds and any
/// other change shows. It finds mistakes, not forgers: who can write the file can write the digest, too.
/// </remarks>
public static class PlanFile
{
    /// <summary>Version of the layout that this program writes and reads.</summary>
    public const int Format = 1;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a plan.</summary>
    public static void Write(Stream output, MigrationPlan plan)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, Compact))
        {
            MigrationPlanJson.Write(json, plan);
        }

        using var parsed = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
        using var file = new Utf8JsonWriter(output, Indented);
        file.WriteStartObject();
        file.WriteNumber("chatEtlPlan", Format);
        file.WriteString("digest", DigestOf(parsed.RootElement));
        file.WritePropertyName("plan");
        parsed.RootElement.WriteTo(file);
        file.WriteEndObject();
    }

    /// <summary>Reads what a migration by the plan is held to.</summary>
    /// <exception cref="PlanRefusedException">The file cannot be read, is of another version, or is not as it was written.</exception>
    public static PlanTerms Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var json = JsonDocument.Parse(file);
            return Read(json.RootElement, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PlanRefusedException([$"{path} cannot be read: {exception.Message}"], "Check the path.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new PlanRefusedException([$"{path} is no plan, or only a piece of one: {exception.Message}"], "Make the plan anew with chat-etl plan --out.");
        }
    }

    private static PlanTerms Read(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("chatEtlPlan", out var format))
        {
            throw new PlanRefusedException([$"{path} is no plan of chat-etl"], "Make one with chat-etl plan --out.");
        }

        if (!format.TryGetInt32(out var version) || version != Format)
        {
            throw new PlanRefusedException([$"{path} has the format {format}, and this version reads {Format}"], "Make the plan anew with this version.");
        }

        var plan = json.GetProperty("plan");
        return json.GetProperty("digest").GetString() == DigestOf(plan)
            ? PlanTermsJson.Read(plan.GetProperty("terms"))
            : throw new PlanRefusedException([$"{path} is not as it was written: its digest does not match"], "Make the plan anew; decisions are changed by the options, not in the file.");
    }

    private static string DigestOf(JsonElement plan)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, Compact))
        {
            plan.WriteTo(json);
        }

        return Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
    }
}
