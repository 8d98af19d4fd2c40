using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Evidence;

/// <summary>Makes the manifest of a finished migration from the destination: our tables for what was migrated, its messages by the path that reads it back.</summary>
/// <param name="known">What the destination knows of our runs.</param>
/// <param name="reader">The destination, read through its own product's source.</param>
/// <param name="by">Who makes it.</param>
/// <param name="time">The clock.</param>
public sealed class ManifestMaker(ExplainedDestination known, IChatSource reader, string by, TimeProvider time)
{
    private const string Nothing = "Nothing was written.";

    /// <summary>Reads all messages of the migrated rooms once.</summary>
    /// <param name="onProgress">Told now and then how many messages were read; may be null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="EvidenceException">There is no migration, a pass is open, or something was recorded meanwhile.</exception>
    public EvidenceManifest Make(Action<long>? onProgress, CancellationToken cancellationToken)
    {
        var run = Demand(known.ReadRun());
        var events = known.ReadEvents();
        var database = new EvidenceDatabase(reader, cancellationToken);
        var sources = known.ReadDecisions().Nodes.Values.Where(node => !node.IsCategory).ToLookup(node => node.DestinationId, node => node.SourceId);
        var upTo = sources.Select(room => room.Key).Where(database.Rooms.ContainsKey).ToDictionary(room => room, _ => long.MaxValue);
        var content = database.Read(upTo, null, onProgress, cancellationToken);
        var rooms = content.Rooms.Select(room => Line(database.Rooms[room.Key], room.Value, sources[room.Key])).OrderBy(room => room.Guid).ToList();
        if (known.ReadRun()?.Epoch != run.Epoch || !known.ReadEvents().SequenceEqual(events))
        {
            throw new EvidenceException("Another run was recorded while the destination was read.", $"{Nothing} Let it end, then give the same command again.");
        }

        var last = events.LastOrDefault(entry => entry.Kind is RunEvents.PassBegun or RunEvents.Resumed);
        return new EvidenceManifest(
            EvidenceManifest.CurrentFormat, time.GetUtcNow().UtcDateTime, RunEvents.Tool, by,
            new EvidenceEnd(RunEvents.SourceIn(last), RootIn(run.Fingerprint, "source")), new EvidenceEnd(known.Description, database.Root?.ToString() ?? ""),
            new EvidenceRun(
                run.Pass, run.LastPass, run.Epoch, known.CountRejections(RejectionFilter.All).Sum(open => open.Count), run.Fingerprint.Parts),
            rooms, rooms.Sum(room => room.Messages), content.Outside, Convert.ToHexStringLower(EvidenceManifest.TreeOf(rooms).Root),
            events, events.Count == 0 ? EventEntry.NoPrevious : events[^1].Hash);
    }

    /// <summary>Refuses tables of ours that another version made.</summary>
    /// <exception cref="EvidenceException">Their format is another one.</exception>
    public static void DemandFormat(RunRecord run)
    {
        if (run.Format != RunRecord.CurrentFormat)
        {
            throw new EvidenceException(
                string.Create(CultureInfo.InvariantCulture, $"Our tables have the format {run.Format}, this version reads {RunRecord.CurrentFormat}."),
                $"{Nothing} Take the version that began the migration.");
        }
    }

    private static ManifestRoom Line(EvidenceRoom room, RoomContent content, IEnumerable<int> sources) => new(
        room.Guid, room.Name, room.Id, [.. sources.Order()], content.Messages, content.First, content.Last, Convert.ToHexStringLower(content.Digest));

    private static RunRecord Demand(RunRecord? run)
    {
        if (run is null)
        {
            throw new EvidenceException(
                "There is no migration here, or it was finished and its tables removed.", $"{Nothing} The manifest of a finished migration was written by chat-etl finish.");
        }

        DemandFormat(run);
        return run.State == RunState.Finished
            ? run
            : throw new EvidenceException("A pass is not complete.", $"{Nothing} Give migrate again to complete it.");
    }

    /// <summary>The root guid that a fingerprint names; empty when there was none.</summary>
    private static string RootIn(RunFingerprint fingerprint, string part)
    {
        var words = fingerprint.Parts.GetValueOrDefault(part, "");
        return Guid.TryParse(words.Split(' ')[^1], out var root) ? root.ToString() : "";
    }
}
