using System.Text.Json;

namespace ChatEtl.Planning;

/// <summary>Writes the forecast of a plan as JSON.</summary>
internal static class PlanForecastJson
{
    /// <summary>Writes it as the property <c>forecast</c> of the object that is open; null when there is none.</summary>
    public static void Write(Utf8JsonWriter json, PlanForecast? forecast)
    {
        if (forecast is null)
        {
            json.WriteNull("forecast");
            return;
        }

        json.WriteStartObject("forecast");
        WriteDuration(json, forecast.Duration);
        json.WriteStartObject("rates");
        json.WriteNumber("messagesTried", forecast.Measured.Messages.Rows);
        json.WriteNumber("reading", Math.Round(forecast.Measured.ReadRate));
        json.WriteNumber("transforming", Math.Round(forecast.Measured.TransformRate));
        json.WriteNumber("writing", Math.Round(forecast.Measured.WriteRate));
        json.WriteNumber("together", Math.Round(forecast.Measured.Messages.RowsASecond));
        json.WriteEndObject();
        WriteActivity(json, forecast);
        json.WriteEndObject();
    }

    private static void WriteDuration(Utf8JsonWriter json, Prediction duration)
    {
        json.WriteStartObject("seconds");
        json.WriteNumber("low", Seconds(duration.Low.TotalSeconds));
        json.WriteNumber("expected", Seconds(duration.Expected.TotalSeconds));
        json.WriteNumber("high", Seconds(duration.High.TotalSeconds));
        json.WriteEndObject();
        json.WriteStartArray("phases");
        foreach (var phase in duration.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("low", Seconds(phase.Low));
            json.WriteNumber("expected", Seconds(phase.Expected));
            json.WriteNumber("high", Seconds(phase.High));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("sizeBytes", duration.SizeBytes);
        json.WriteString("lowerBoundBecause", duration.LowerBoundBecause);
    }

    private static void WriteActivity(Utf8JsonWriter json, PlanForecast forecast)
    {
        json.WriteStartObject("activity");
        json.WriteString("zone", forecast.Zone.Id);
        json.WriteString("from", forecast.Activity.From);
        json.WriteString("upTo", forecast.Activity.UpTo);
        json.WriteBoolean("sampled", forecast.Activity.IsSampled);
        json.WriteStartArray("byWeekday");
        foreach (var day in forecast.Activity.ByWeekday(forecast.Zone))
        {
            json.WriteStartArray();
            foreach (var messages in day)
            {
                json.WriteNumberValue(Math.Round(messages, 1));
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("windows");
        foreach (var window in forecast.Windows)
        {
            json.WriteStartObject();
            json.WriteString("start", window.Start);
            json.WriteString("end", window.End);
            json.WriteNumber("messages", Math.Round(window.Messages, 1));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double Seconds(double seconds) => Math.Round(seconds, 2);
}
