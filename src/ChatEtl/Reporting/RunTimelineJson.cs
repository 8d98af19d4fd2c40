using System.Text.Json;
using ChatEtl.Pipeline;

namespace ChatEtl.Reporting;

/// <summary>Writes a run's timeline as JSON; times are seconds from its start.</summary>
internal static class RunTimelineJson
{
    /// <summary>Writes it as properties of the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, RunTimeline timeline)
    {
        json.WriteNumber("stalls", timeline.StallCount);
        json.WriteNumber("secondsStalled", Seconds(timeline.Stalled));
        json.WriteNumber("stallFromSeconds", Seconds(RunTimeline.StallFrom));
        json.WriteStartArray("stallList");
        foreach (var stall in timeline.Stalls)
        {
            json.WriteStartObject();
            json.WriteNumber("from", Seconds(stall.From));
            json.WriteNumber("seconds", Seconds(stall.Length));
            json.WriteString("reason", stall.Reason);
            json.WriteString("detail", stall.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("events", timeline.EventCount);
        json.WriteStartArray("eventList");
        foreach (var said in timeline.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("at", Seconds(said.At));
            json.WriteString("text", said.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("points");
        foreach (var point in timeline.Points)
        {
            json.WriteStartObject();
            json.WriteNumber("from", Seconds(point.From));
            json.WriteNumber("seconds", Seconds(point.Length));
            json.WriteNumber("rows", point.Rows);
            json.WriteNumber("bytes", point.Bytes);
            json.WriteNumber("retries", point.Retries);
            json.WriteNumber("toTransform", point.ToTransform);
            json.WriteNumber("toWrite", point.ToWrite);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
