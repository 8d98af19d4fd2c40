using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Evidence;

/// <summary>What runs record in the event log: who did what when, in figures and never in texts of messages.</summary>
public static class RunEvents
{
    /// <summary>A pass has begun.</summary>
    public const string PassBegun = "pass begun";

    /// <summary>A run goes on with the pass of another one, which was killed, stopped or is taken over.</summary>
    public const string Resumed = "resumed";

    /// <summary>A run was stopped politely.</summary>
    public const string Stopped = "stopped";

    /// <summary>A pass is complete.</summary>
    public const string PassFinished = "pass finished";

    /// <summary>Rejections are taken again.</summary>
    public const string ReplayBegun = "replay begun";

    /// <summary>A replay has ended.</summary>
    public const string ReplayFinished = "replay finished";

    /// <summary>Both sides were compared.</summary>
    public const string Compared = "compared";

    /// <summary>Our tables are about to be removed.</summary>
    public const string Removal = "removal";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>This program and its version.</summary>
    public static string Tool { get; } = $"ChatEtl {typeof(RunEvents).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>A pass begins or is taken over.</summary>
    /// <param name="run">The run row that is stored.</param>
    /// <param name="before">The run row that was there; null before the first pass.</param>
    /// <param name="source">Where the source is.</param>
    /// <param name="destination">Where the destination is.</param>
    public static EventNote Begun(RunRecord run, RunRecord? before, string source, string destination)
    {
        var resumed = before is { State: RunState.Running };
        return Note(run.Updated, run.Owner, resumed ? Resumed : PassBegun, new JsonObject
        {
            ["pass"] = run.Pass,
            ["last"] = run.LastPass,
            ["from"] = resumed ? before!.Owner : null,
            ["tool"] = Tool,
            ["source"] = source,
            ["destination"] = destination,
            ["fingerprint"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.Fingerprint.ToJson()))),
        });
    }

    /// <summary>A run was stopped, or a pass is complete.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="at">When.</param>
    /// <param name="who">The owner of the run.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="books">Its books, by source table.</param>
    /// <param name="rejections">Rejections open.</param>
    /// <param name="digest">Sum of the digests of the rows written.</param>
    public static EventNote Ended(string kind, DateTime at, string who, int pass, IReadOnlyDictionary<string, Book> books, long rejections, UInt128 digest) =>
        Note(at, who, kind, new JsonObject
        {
            ["pass"] = pass,
            ["rejections"] = rejections,
            ["digest"] = RowDigest.Format(digest),
            ["books"] = new JsonObject(books.OrderBy(book => book.Key, StringComparer.Ordinal).Select(book => KeyValuePair.Create<string, JsonNode?>(book.Key, BookOf(book.Value)))),
        });

    /// <summary>A replay begins.</summary>
    public static EventNote Replaying(RunRecord run) => Note(run.Updated, run.Owner, ReplayBegun, new JsonObject { ["pass"] = run.Pass, ["tool"] = Tool });

    /// <summary>A replay has ended.</summary>
    public static EventNote Replayed(DateTime at, RunRecord run, long written, long reused, long skipped, long rejected) =>
        Note(at, run.Owner, ReplayFinished, new JsonObject
        {
            ["pass"] = run.Pass,
            ["written"] = written,
            ["reused"] = reused,
            ["skipped"] = skipped,
            ["rejected"] = rejected,
        });

    /// <summary>Both sides were compared.</summary>
    public static EventNote OfCompare(DateTime at, string who, bool clean, long differences, string digest) =>
        Note(at, who, Compared, new JsonObject { ["clean"] = clean, ["differences"] = differences, ["digest"] = digest, ["tool"] = Tool });

    /// <summary>Our tables are about to be removed.</summary>
    /// <param name="at">When.</param>
    /// <param name="who">By whom.</param>
    /// <param name="manifest">The file that takes this log; null when none is written.</param>
    public static EventNote OfRemoval(DateTime at, string who, string? manifest) =>
        Note(at, who, Removal, new JsonObject { ["manifest"] = manifest, ["tool"] = Tool });

    /// <summary>Where the source was, as the beginning of a pass has it; empty when it does not say.</summary>
    internal static string SourceIn(EventEntry? begun)
    {
        try
        {
            return begun is not null && JsonNode.Parse(begun.Detail) is JsonObject detail && detail["source"] is JsonValue source && source.TryGetValue(out string? text) ? text : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static JsonObject BookOf(Book book) => new()
    {
        ["read"] = book.Read,
        ["written"] = book.Written,
        ["reused"] = book.Reused,
        ["skipped"] = book.Skipped.Values.Sum(),
        ["rejected"] = book.Rejected,
        ["derived"] = book.Derived,
    };

    private static EventNote Note(DateTime at, string who, string kind, JsonObject detail) => new(at, who, kind, detail.ToJsonString(Relaxed));
}
