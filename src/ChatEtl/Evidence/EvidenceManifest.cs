using System.Buffers.Binary;
using System.Security.Cryptography;
using ChatEtl.Checkpoints;

namespace ChatEtl.Evidence;

/// <summary>What a destination held when a migration ended: one digest for each migrated room, and who did what when.</summary>
/// <param name="Format">Version of this form.</param>
/// <param name="Made">When it was made, UTC.</param>
/// <param name="Tool">What made it.</param>
/// <param name="By">Who made it.</param>
/// <param name="Source">The source.</param>
/// <param name="Destination">The destination.</param>
/// <param name="Run">The run whose end it describes.</param>
/// <param name="Rooms">The migrated rooms, ascending by guid.</param>
/// <param name="Messages">Messages of all rooms.</param>
/// <param name="Outside">Messages of the database that are in no room.</param>
/// <param name="Root">Root of the tree over the rooms, in hex.</param>
/// <param name="Events">The event log.</param>
/// <param name="Head">The hash of the last event.</param>
public sealed record EvidenceManifest(
    int Format, DateTime Made, string Tool, string By, EvidenceEnd Source, EvidenceEnd Destination, EvidenceRun Run, IReadOnlyList<ManifestRoom> Rooms,
    long Messages, long Outside, string Root, IReadOnlyList<EventEntry> Events, string Head)
{
    /// <summary>The form this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The tree over rooms, in the order of the manifest.</summary>
    /// <param name="rooms">The rooms.</param>
    /// <param name="followed">The place of a room whose path is wanted; -1 for none.</param>
    public static (byte[] Root, IReadOnlyList<byte[]> Path) TreeOf(IReadOnlyList<ManifestRoom> rooms, int followed = -1)
    {
        Span<byte> leaf = stackalloc byte[MerkleTree.HashBytes];
        var tree = new MerkleTree();
        for (var i = 0; i < rooms.Count; i++)
        {
            if (i == followed)
            {
                tree.FollowNext();
            }

            rooms[i].Hash(leaf);
            tree.Append(leaf);
        }

        return tree.Close();
    }

    /// <summary>Checks what a manifest says of itself: every fault as a sentence.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Convert.ToHexStringLower(TreeOf(Rooms).Root) != Root)
        {
            faults.Add("The root of the manifest is not that of its rooms.");
        }

        if (Rooms.Sum(room => room.Messages) != Messages)
        {
            faults.Add("The manifest counts other messages than its rooms.");
        }

        if (EventEntry.FaultOf(Events) is { } broken)
        {
            faults.Add(broken);
        }
        else if (Head != (Events.Count == 0 ? EventEntry.NoPrevious : Events[^1].Hash))
        {
            faults.Add("The event log does not end with the head that the manifest names: entries were added to it, or taken from its end.");
        }

        return faults;
    }
}

/// <summary>A database of a migration.</summary>
/// <param name="Description">Where it was, for people; holds no secret.</param>
/// <param name="Root">nodeGuid of its root node.</param>
public sealed record EvidenceEnd(string Description, string Root);

/// <summary>The run whose end a manifest describes.</summary>
/// <param name="Pass">The number of passes.</param>
/// <param name="LastPass">Whether the pass was marked as the last one.</param>
/// <param name="Epoch">How often a run began or took over.</param>
/// <param name="Rejections">Rejections left open.</param>
/// <param name="Fingerprint">What the migration was about: source, destination, generation, rules and filters.</param>
public sealed record EvidenceRun(int Pass, bool LastPass, long Epoch, long Rejections, IReadOnlyDictionary<string, string> Fingerprint);

/// <summary>A migrated room and the digest of its messages.</summary>
/// <param name="Guid">nodeGuid, the same in the source unless the room was joined with one that was there.</param>
/// <param name="Name">Its name at the destination.</param>
/// <param name="Node">nodeID at the destination.</param>
/// <param name="SourceNodes">nodeIDs in the source.</param>
/// <param name="Messages">How many messages it holds.</param>
/// <param name="First">Lowest chatId; null when there is none.</param>
/// <param name="Last">Highest chatId; null when there is none.</param>
/// <param name="Digest">Root of the tree over its messages in the order of chatId, in hex.</param>
public sealed record ManifestRoom(Guid Guid, string Name, int Node, IReadOnlyList<int> SourceNodes, long Messages, long? First, long? Last, string Digest)
{
    /// <summary>The canonical form of a room is 72 bytes: guid (16), messages, first and last chatId (8 each, big-endian, 0 for none), digest (32).</summary>
    private const int Bytes = 40 + MerkleTree.HashBytes;

    /// <summary>The leaf of the room in the tree over all rooms.</summary>
    /// <param name="leaf">Takes the hash.</param>
    public void Hash(Span<byte> leaf)
    {
        Span<byte> data = stackalloc byte[1 + Bytes];
        data[0] = MerkleTree.LeafPrefix;
        Guid.TryWriteBytes(data[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(data[17..], Messages);
        BinaryPrimitives.WriteInt64BigEndian(data[25..], First ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(data[33..], Last ?? 0);
        data[41..].Clear();
        if (Digest.Length == 2 * MerkleTree.HashBytes)
        {
            Convert.FromHexString(Digest, data[41..], out _, out _);
        }

        SHA256.HashData(data, leaf);
    }
}
