using System.Text.Encodings.Web;
using System.Text.Json;
using ChatEtl.Checkpoints;
using ChatEtl.Evidence;
using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Shows what came of checking evidence, for people or as JSON.</summary>
internal static class EvidenceView
{
    private const int OthersShown = 20;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shows a check of a database by a manifest.</summary>
    public static void Show(string database, string digest, EvidenceManifest manifest, IReadOnlyList<string> faults, EvidenceReport report, bool json)
    {
        if (json)
        {
            WriteJson(database, digest, manifest, faults, report);
            return;
        }

        Say.Line($"manifest of {manifest.Made:u}, root {manifest.Root}, digest {digest}");
        Say.Line(database);
        foreach (var fault in faults)
        {
            Say.Line(fault);
        }

        foreach (var difference in report.Differences)
        {
            Say.Line(difference.Room is { } room ? $"{Clean(difference.Name)} ({room}): {difference.Detail}" : difference.Detail);
        }

        if (report.Newer > 0)
        {
            Say.Line($"{report.Newer:N0} messages came behind those of the manifest.");
        }

        if (report.Others.Count > 0)
        {
            var names = string.Join(", ", report.Others.Take(OthersShown).Select(room => Clean(room.Name))) + (report.Others.Count > OthersShown ? ", …" : "");
            Say.Line($"Of {report.Others.Count:N0} other rooms with messages the manifest does not speak: {names}");
        }

        Say.Line(faults.Count + report.Differences.Count > 0
            ? $"{report.Differences.Count:N0} differences and {faults.Count:N0} faults of the manifest in {report.Rooms:N0} rooms."
            : $"The database holds exactly the {report.Messages:N0} messages of the manifest in {report.Rooms:N0} rooms; the event log of {manifest.Events.Count:N0} entries is whole.");
    }

    /// <summary>Shows a check of a proof.</summary>
    public static void Show(InclusionProof proof, string? fault)
    {
        if (fault is not null)
        {
            Say.Line($"The proof does not hold. {fault}");
            return;
        }

        var message = proof.Message;
        Say.Line($"Message {message.ChatId} of room {proof.Room.Guid} belongs to the manifest with the root {proof.Root}.");
        Say.Line($"author  {message.Author?.ToString() ?? $"no principal, userId {message.AuthorId}"}");
        Say.Line($"date    {Clean(message.Time)}{(message.IsAlert ? ", an alert" : "")}");
        Say.Line($"content SHA-256 {Clean(message.Content)}");
        Say.Line($"rtf     {(message.Rtf is { } rtf ? "SHA-256 " + Clean(rtf) : "none")}");
    }

    /// <summary>Shows an event log.</summary>
    public static void Show(IReadOnlyList<EventEntry> entries, IReadOnlyList<string> faults, bool json)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, Indented);
            writer.WriteStartObject();
            WriteFaults(writer, faults);
            writer.WriteStartArray("events");
            foreach (var entry in entries)
            {
                writer.WriteStartObject();
                writer.WriteNumber("sequence", entry.Sequence);
                writer.WriteString("at", entry.At);
                writer.WriteNumber("epoch", entry.Epoch);
                writer.WriteString("who", entry.Who);
                writer.WriteString("kind", entry.Kind);
                writer.WriteString("detail", entry.Detail);
                writer.WriteString("previous", entry.Previous);
                writer.WriteString("hash", entry.Hash);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return;
        }

        var table = new Table().AddColumn("#", column => column.RightAligned()).AddColumns("At", "Who", "What", "Detail");
        foreach (var entry in entries)
        {
            table.AddRow($"{entry.Sequence}", Plain(entry.At), Plain(entry.Who), Plain(entry.Kind), Plain(entry.Detail));
        }

        Say.Table(table);
        foreach (var fault in faults)
        {
            Say.Line(fault);
        }

        Say.Line(faults.Count == 0 ? $"The chain holds. Its head is {(entries.Count == 0 ? EventEntry.NoPrevious : entries[^1].Hash)}." : "The log is not to be trusted from there on.");
    }

    private static void WriteJson(string database, string digest, EvidenceManifest manifest, IReadOnlyList<string> faults, EvidenceReport report)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, Indented);
        json.WriteStartObject();
        json.WriteBoolean("clean", faults.Count + report.Differences.Count == 0);
        json.WriteString("database", database);
        json.WriteString("root", manifest.Root);
        json.WriteString("digest", digest);
        json.WriteNumber("rooms", report.Rooms);
        json.WriteNumber("messages", report.Messages);
        json.WriteNumber("newer", report.Newer);
        json.WriteNumber("events", manifest.Events.Count);
        WriteFaults(json, faults);
        json.WriteStartArray("differences");
        foreach (var difference in report.Differences)
        {
            json.WriteStartObject();
            json.WriteString("room", difference.Room?.ToString());
            json.WriteString("name", difference.Name);
            json.WriteString("detail", difference.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("others");
        foreach (var room in report.Others)
        {
            json.WriteStringValue(room.Guid);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFaults(Utf8JsonWriter json, IReadOnlyList<string> faults)
    {
        json.WriteStartArray("faults");
        foreach (var fault in faults)
        {
            json.WriteStringValue(fault);
        }

        json.WriteEndArray();
    }

    private static string Plain(string text) => Markup.Escape(Clean(text));

    /// <summary>A name may be any text: control characters in it are none of a terminal's business.</summary>
    private static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
