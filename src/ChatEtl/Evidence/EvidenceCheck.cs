using System.Globalization;
using ChatEtl.Faults;

namespace ChatEtl.Evidence;

/// <summary>A room that is not as the manifest says.</summary>
/// <param name="Room">nodeGuid; null for what concerns no single room.</param>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Detail">What differs, as a sentence.</param>
public sealed record EvidenceDifference(Guid? Room, string Name, string Detail);

/// <summary>What came of checking a database by a manifest.</summary>
/// <param name="Rooms">Rooms of the manifest.</param>
/// <param name="Messages">Messages read that count.</param>
/// <param name="Newer">Messages behind the last one of their room in the manifest.</param>
/// <param name="Differences">What differs, room by room.</param>
/// <param name="Others">Rooms of the database with messages that are not in the manifest; it does not speak of them.</param>
public sealed record EvidenceReport(
    int Rooms, long Messages, long Newer, IReadOnlyList<EvidenceDifference> Differences, IReadOnlyList<EvidenceRoom> Others);

/// <summary>Checks whether a database still holds exactly the messages of a manifest, room by room.</summary>
/// <param name="manifest">The manifest; what it says of itself is checked elsewhere (<see cref="EvidenceManifest.Faults"/>).</param>
/// <param name="database">The database: the destination, a copy of it in any product, or a package of the same rooms.</param>
public sealed class EvidenceCheck(EvidenceManifest manifest, EvidenceDatabase database)
{
    /// <summary>Reads the database and compares.</summary>
    /// <param name="allowNewer">Whether messages behind the last one of a room may be there: people went on writing.</param>
    /// <param name="onProgress">Told now and then how many messages were read; may be null.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="EvidenceException">The manifest is of another database.</exception>
    public EvidenceReport Run(bool allowNewer, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        DemandSameDatabase();
        var ids = IdsByGuid();
        var upTo = manifest.Rooms.Where(room => ids.ContainsKey(room.Guid)).DistinctBy(room => room.Guid)
            .ToDictionary(room => ids[room.Guid], room => room.Last ?? long.MinValue);
        var content = database.Read(upTo, null, onProgress, cancellationToken);
        var differences = new List<EvidenceDifference>();
        foreach (var room in manifest.Rooms)
        {
            if (!ids.TryGetValue(room.Guid, out var id))
            {
                differences.Add(new(room.Guid, room.Name, "The database has no such room."));
            }
            else if (Difference(room, content.Rooms[id], allowNewer) is { } detail)
            {
                differences.Add(new(room.Guid, room.Name, detail));
            }
        }

        if (content.Outside != manifest.Outside)
        {
            differences.Add(new(null, "", Number($"Messages in no room: {content.Outside}; the manifest counts {manifest.Outside}.")));
        }

        return new EvidenceReport(
            manifest.Rooms.Count, content.Rooms.Values.Sum(room => room.Messages), content.Rooms.Values.Sum(room => room.Newer), differences,
            database.OthersWithMessages(upTo.Keys.ToHashSet(), cancellationToken));
    }

    /// <summary>Proves one message.</summary>
    /// <param name="digest">Digest of the manifest.</param>
    /// <param name="room">nodeGuid of its room.</param>
    /// <param name="chatId">chatId.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="EvidenceException">Manifest or database has no such room or message, or the room is no longer that of the manifest.</exception>
    public InclusionProof Prove(string digest, Guid room, long chatId, CancellationToken cancellationToken)
    {
        const string Nothing = "Nothing was written.";
        DemandSameDatabase();
        var place = manifest.Rooms.ToList().FindIndex(line => line.Guid == room);
        if (place < 0)
        {
            throw new EvidenceException($"The manifest has no room {room}.", $"{Nothing} It lists rooms by their nodeGuid.");
        }

        var line = manifest.Rooms[place];
        if (!IdsByGuid().TryGetValue(room, out var id))
        {
            throw new EvidenceException($"The database has no room {room}.", Nothing, ExitCodes.SidesDiffer);
        }

        var content = database.Read(
            new Dictionary<int, long> { [id] = line.Last ?? long.MinValue }, new Chat.MessageKey(id, chatId), null, cancellationToken).Rooms[id];
        if (Difference(line, content, allowNewer: true) is { } detail)
        {
            throw new EvidenceException($"{line.Name} ({room}) is not as the manifest says: {detail}", $"{Nothing} Prove it from a copy that still is.", ExitCodes.SidesDiffer);
        }

        return content.Followed is null
            ? throw new EvidenceException(
                Number($"The room {room} of the manifest has no message {chatId}."), Number($"{Nothing} Its messages go from {line.First} to {line.Last}."))
            : InclusionProof.Of(manifest, digest, place, content);
    }

    private static string? Difference(ManifestRoom room, RoomContent found, bool allowNewer)
    {
        var details = new List<string>();
        if (found.Messages != room.Messages)
        {
            details.Add(Number($"{found.Messages} messages, the manifest says {room.Messages}"));
        }
        else if (Convert.ToHexStringLower(found.Digest) != room.Digest)
        {
            details.Add("as many messages as the manifest says, but their content differs");
        }

        if (found.First != room.First || found.Last != room.Last)
        {
            details.Add(Number($"they go from {found.First} to {found.Last}, in the manifest from {room.First} to {room.Last}"));
        }

        if (found.Newer > 0 && !allowNewer)
        {
            details.Add(Number($"{found.Newer} messages behind the last one of the manifest"));
        }

        return details.Count == 0 ? null : string.Join("; ", details) + ".";
    }

    private Dictionary<Guid, int> IdsByGuid() =>
        database.Rooms.Values.OrderBy(room => room.Id).DistinctBy(room => room.Guid).ToDictionary(room => room.Guid, room => room.Id);

    private void DemandSameDatabase()
    {
        var root = database.Root is { } guid ? guid.ToString() : "none";
        if (root != manifest.Destination.Root && root != manifest.Source.Root)
        {
            throw new EvidenceException(
                $"The manifest is of another database: its destination has the root node {manifest.Destination.Root}, this one {root}.",
                "Nothing was checked. Name the database of the manifest, a copy of it, or a package of its source.");
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
