using System.Reflection;
using System.Text.Json;
using ChatEtl.Cli.Terminal;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reporting;

namespace ChatEtl.Cli;

/// <summary>Keeps what a run's report tells, and writes it however the run ends.</summary>
/// <remarks>A run that was refused (exit code 2) has done nothing: the report of the run before it stays.</remarks>
internal sealed class RunRecorder(ChatEtlOptions options, TimeProvider time) : IDisposable
{
    private readonly List<Difference> _differences = [];
    private (string Source, string Destination) _names = (NameOf(options.Source), NameOf(options.Destination));
    private RunProgress? _progress;
    private RunTimeline? _timeline;
    private RunReport? _run;
    private bool _isSaved;

    /// <summary>Begins to watch a run.</summary>
    public void Watch(Ends ends, RunProgress progress, CancellationToken stop)
    {
        (_names, _progress) = ((ends.Source.Description, ends.Destination.Description), progress);
        var timeline = _timeline = new RunTimeline(progress, time);
        stop.Register(timeline.Stopping);
    }

    /// <summary>Takes what the migration did; what follows is no longer part of its timeline.</summary>
    public void Moved(RunReport run)
    {
        _timeline?.End();
        _run = run;
    }

    /// <summary>Takes a difference; the first ones are listed.</summary>
    public void Take(Difference difference)
    {
        if (_differences.Count < RunDocument.DifferencesListed)
        {
            _differences.Add(difference);
        }
    }

    /// <summary>Writes the report to the configured files.</summary>
    /// <returns>What was written.</returns>
    public RunDocument Save(RunOutcome outcome, CompareReport? compare)
    {
        _timeline?.End();
        var document = new RunDocument
        {
            Outcome = outcome,
            Run = _run,
            Source = _names.Source,
            Destination = _names.Destination,
            Compare = compare,
            Differences = _differences,
            Timeline = _timeline,
            Progress = _progress,
            Options = options,
            Version = Version,
            Written = time.GetUtcNow().UtcDateTime,
        };
        if (options.Report.Path is null && options.Report.Html is null)
        {
            return document;
        }

        using var json = new MemoryStream();
        WriteJson(json, document);
        if (options.Report.Path is { } path)
        {
            Write(path, output => json.WriteTo(output));
        }

        if (options.Report.Html is { } html)
        {
            using var parsed = JsonDocument.Parse(json.GetBuffer().AsMemory(0, (int)json.Length));
            Write(html, output => RunReportHtml.Write(output, parsed.RootElement));
        }

        _isSaved = true;
        return document;
    }

    /// <summary>Writes the report of a run that was ended by a fault; nothing when its report is written: what failed then is only the telling.</summary>
    public void SaveFailure(Exception exception)
    {
        if (_isSaved)
        {
            return;
        }

        var outcome = exception switch
        {
            ChatEtlException known => new RunOutcome(known.ExitCode, "failed", known.Message, known.Hint),
            OperationCanceledException => new RunOutcome(ExitCodes.Cancelled, "stopped", "Stopped at once.", "The last checkpoint stands. Give the same command again to go on."),

            // The message of an exception that is none of ours may hold anything.
            _ => new RunOutcome(ExitCodes.Bug, "failed", $"This is a bug: {exception.GetType().FullName}.", "The last checkpoint stands. The terminal has the details."),
        };
        if (outcome.ExitCode != ExitCodes.NotAllowed)
        {
            Save(outcome, compare: null);
        }
    }

    /// <summary>Writes a document as one JSON object.</summary>
    public static void WriteJson(Stream output, RunDocument document)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        document.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>Writes a file as a whole or not at all; a report that cannot be written undoes no migration.</summary>
    public static bool Write(string path, Action<Stream> write)
    {
        var unfinished = path + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var output = File.Create(unfinished))
            {
                write(output);
            }

            File.Move(unfinished, path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Say.Notice($"warning: the report cannot be written to {path}: {exception.Message}");
            TryDelete(unfinished);
            return false;
        }
    }

    public void Dispose() => _timeline?.Dispose();

    private static string Version { get; } =
        typeof(RunRecorder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string NameOf(EndOptions end) => end.Kind == EndKind.SqlServer ? $"SQL Server {end.Server}, database {end.Database}" : end.Path;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was said already that nothing can be written here.
        }
    }
}
