using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Comparing;

namespace ChatEtl.Reporting;

/// <summary>Writes what a comparison found about each room as JSON.</summary>
internal static class CompareRoomsJson
{
    /// <summary>Writes the array <c>rooms</c> into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<RoomComparison> rooms)
    {
        json.WriteStartArray("rooms");
        foreach (var room in rooms)
        {
            json.WriteStartObject();
            json.WriteStartArray("sourceIds");
            foreach (var id in room.SourceIds)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
            json.WriteString("source", HtmlWriter.Visible(room.Source));
            json.WriteString("sourceCategory", HtmlWriter.Visible(room.SourceCategory));
            json.WriteString("skippedBy", room.SkippedBy);
            json.WriteNumber("id", room.Id);
            json.WriteString("name", HtmlWriter.Visible(room.Name));
            json.WriteString("category", HtmlWriter.Visible(room.Category));
            json.WriteNumber("read", room.Read);
            json.WriteNumber("equal", room.Equal);
            json.WriteNumber("different", room.Different);
            json.WriteNumber("missing", room.Missing);
            json.WriteNumber("extra", room.Extra);
            json.WriteNumber("rejected", room.Rejected);
            json.WriteNumber("skipped", room.Skipped);
            json.WriteNumber("found", room.Found);
            json.WriteString("digest", room.SkippedBy.Length > 0 ? "" : RowDigest.Format(room.Digest));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
