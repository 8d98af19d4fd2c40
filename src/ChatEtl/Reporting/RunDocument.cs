using System.Runtime.InteropServices;
using System.Text.Json;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;

namespace ChatEtl.Reporting;

/// <summary>How a run ended.</summary>
/// <param name="ExitCode">The program's exit code.</param>
/// <param name="State">complete, differs, stopped or failed.</param>
/// <param name="Message">What happened.</param>
/// <param name="Next">What still stands and what to do next.</param>
public sealed record RunOutcome(int ExitCode, string State, string Message, string Next);

/// <summary>Everything that is told of a run, however it ended; written as JSON, from which <see cref="RunReportHtml"/> makes the page.</summary>
/// <remarks>Holds no text of a message and no secret: rejections and differences have keys and reasons, options that are secret are left out.</remarks>
public sealed record RunDocument
{
    /// <summary>The layout of the JSON; higher when a reader of an older one would misread it.</summary>
    public const int Format = 1;

    /// <summary>How many differences a document lists; all are counted.</summary>
    public const int DifferencesListed = 1000;

    /// <summary>How the run ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>What the migration did; null when it failed before its end.</summary>
    public required RunReport? Run { get; init; }

    /// <summary>The source, for people.</summary>
    public required string Source { get; init; }

    /// <summary>The destination, for people.</summary>
    public required string Destination { get; init; }

    /// <summary>The comparison after the migration; null when there was none.</summary>
    public required CompareReport? Compare { get; init; }

    /// <summary>The first differences it found.</summary>
    public required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>What was seen while it ran; null when it did not begin.</summary>
    public required RunTimeline? Timeline { get; init; }

    /// <summary>The counters as they stood at the end; null when it did not begin.</summary>
    public required RunProgress? Progress { get; init; }

    /// <summary>The whole configuration.</summary>
    public required ChatEtlOptions Options { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTime Written { get; init; }

    /// <summary>Writes the document as the properties of the object that is open.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("format", Format);
        json.WriteStartObject("outcome");
        json.WriteString("state", Outcome.State);
        json.WriteNumber("exitCode", Outcome.ExitCode);
        json.WriteString("message", Outcome.Message);
        json.WriteString("next", Outcome.Next);
        json.WriteEndObject();
        if (Run is { } run)
        {
            RunReportJson.Write(json, run);
        }
        else
        {
            WriteUnfinished(json);
        }

        if (Timeline is { } timeline)
        {
            json.WriteStartObject("timeline");
            RunTimelineJson.Write(json, timeline);
            json.WriteEndObject();
        }

        if (Compare is { } compare)
        {
            json.WriteStartObject("compare");
            compare.WriteTo(json);
            json.WriteEndObject();
            CompareRoomsJson.Write(json, compare.Rooms);
        }

        WriteDifferences(json);
        WriteSurroundings(json);
    }

    private void WriteUnfinished(Utf8JsonWriter json)
    {
        json.WriteString("source", Source);
        json.WriteString("destination", Destination);
        json.WriteBoolean("complete", false);
        if (Progress is { } progress && Timeline is { } timeline)
        {
            json.WriteString("started", timeline.Started);
            json.WriteNumber("seconds", Math.Round(timeline.Length.TotalSeconds, 3));
            json.WriteString("phase", progress.Phase);
            json.WriteNumber("rowsRead", progress.ReadNow);
            json.WriteNumber("bytes", progress.BytesNow);
            json.WriteNumber("retries", progress.Retries);
        }
    }

    private void WriteDifferences(Utf8JsonWriter json)
    {
        json.WriteStartArray("differences");
        foreach (var difference in Differences)
        {
            json.WriteStartObject();
            json.WriteString("kind", difference.Kind);
            json.WriteString("table", difference.Table);
            json.WriteString("key", difference.Key);
            json.WriteString("column", difference.Column);
            json.WriteString("detail", difference.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteSurroundings(Utf8JsonWriter json)
    {
        json.WritePropertyName("settings");
        json.WriteRawValue(ConfigurationWriter.Write(Options));
        json.WriteStartObject("versions");
        json.WriteString("chatEtl", Version);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
        json.WriteStartObject("environment");
        json.WriteString("host", Environment.MachineName);
        json.WriteString("system", RuntimeInformation.OSDescription);
        json.WriteString("architecture", RuntimeInformation.OSArchitecture.ToString());
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteNumber("memoryBytes", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.WriteString("timeZone", TimeZoneInfo.Local.Id);
        json.WriteEndObject();
        json.WriteString("written", Written);
    }
}
