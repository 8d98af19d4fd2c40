using System.Text.Json;
using ChatEtl.Cli.Terminal;
using Spectre.Console;

namespace ChatEtl.Cli.Drill;

/// <summary>How often a step was aimed at and hit.</summary>
internal sealed class StepTally(string step)
{
    /// <summary>The step.</summary>
    public string Step { get; } = step;

    /// <summary>Kills that hit a living worker.</summary>
    public int Landed { get; set; }

    /// <summary>Workers that ended before they reached the step, or before the kill reached them; counted as no kill.</summary>
    public int Missed { get; set; }

    /// <summary>Of those that landed about a commit, how many found the batch in.</summary>
    public int BatchIn { get; set; }

    /// <summary>And how many found it not in.</summary>
    public int BatchOut { get; set; }
}

/// <summary>What a drill has shown.</summary>
internal sealed class DrillReport
{
    /// <summary>Where the scratch destinations were.</summary>
    public required string Destination { get; init; }

    /// <summary>The pool that was migrated.</summary>
    public required string Pool { get; init; }

    /// <summary>Chooses steps and moments.</summary>
    public required int Seed { get; init; }

    /// <summary>Kills asked for.</summary>
    public required int Kills { get; init; }

    /// <summary>By step, in their order.</summary>
    public IReadOnlyList<StepTally> Steps { get; } = [.. DrillStep.All.Select(step => new StepTally(step.Name))];

    /// <summary>Migrations that were killed, resumed and checked to their end.</summary>
    public int Rounds { get; set; }

    /// <summary>Processes started.</summary>
    public int Workers { get; set; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Whether it went on to its last kill.</summary>
    public bool Complete { get; set; }

    /// <summary>Everything that was not as it must be; empty is the proof.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Kills that hit a living worker.</summary>
    public int Landed => Steps.Sum(step => step.Landed);

    /// <summary>Whether nothing was lost, doubled or changed.</summary>
    public bool IsClean => Failures.Count == 0;

    /// <summary>Writes the report as one JSON object.</summary>
    public void WriteTo(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("destination", Destination);
        json.WriteString("pool", Pool);
        json.WriteNumber("seed", Seed);
        json.WriteNumber("kills", Kills);
        json.WriteNumber("landed", Landed);
        json.WriteNumber("missed", Steps.Sum(step => step.Missed));
        json.WriteNumber("rounds", Rounds);
        json.WriteNumber("workers", Workers);
        json.WriteNumber("seconds", Math.Round(Duration.TotalSeconds, 1));
        json.WriteBoolean("complete", Complete);
        json.WriteBoolean("clean", IsClean);
        json.WriteStartArray("steps");
        foreach (var step in Steps)
        {
            json.WriteStartObject();
            json.WriteString("step", step.Step);
            json.WriteNumber("landed", step.Landed);
            json.WriteNumber("missed", step.Missed);
            json.WriteNumber("batchIn", step.BatchIn);
            json.WriteNumber("batchOut", step.BatchOut);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("failures");
        Failures.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Shows it to people.</summary>
    public void Show()
    {
        var table = new Table().AddColumns("Killed", "Landed", "Missed", "Batch was in", "Batch was not in");
        foreach (var step in Steps)
        {
            var commit = step.BatchIn + step.BatchOut > 0;
            table.AddRow(step.Step, $"{step.Landed:N0}", $"{step.Missed:N0}", commit ? $"{step.BatchIn:N0}" : "", commit ? $"{step.BatchOut:N0}" : "");
        }

        Say.Table(table);
        Say.Line($"{Landed:N0} kills in {Rounds:N0} migrations of {Pool} to {Destination}, {Workers:N0} processes, {Duration.TotalSeconds:0.0} s, seed {Seed}.");
        Say.Line(IsClean
            ? "Every one ended with the rows, ids, books and rejections of the undisturbed run. Nothing lost, nothing doubled."
            : $"{Failures.Count:N0} {(Failures.Count == 1 ? "thing was" : "things were")} not as they must be:");
        Failures.ForEach(Say.Line);
    }
}
