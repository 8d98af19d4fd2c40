using System.Globalization;

namespace ChatEtl.Evidence;

/// <summary>Shows that one message belongs to a manifest, without any other message.</summary>
/// <remarks>The message's leaf leads by its path to the digest of its room, and the room's leaf by another path to the root of the manifest.</remarks>
/// <param name="Format">Version of this form.</param>
/// <param name="Manifest">Digest of the manifest it was made from.</param>
/// <param name="Message">The message.</param>
/// <param name="Leaf">Hash of its canonical form, in hex.</param>
/// <param name="Index">Its place in the room, from 0.</param>
/// <param name="Path">The hashes beside the way to the room's digest, from the leaf up.</param>
/// <param name="Room">The room's line of the manifest.</param>
/// <param name="RoomIndex">The room's place in the manifest, from 0.</param>
/// <param name="Rooms">Rooms of the manifest.</param>
/// <param name="RoomPath">The hashes beside the way to the root, from the room up.</param>
/// <param name="Root">Root of the manifest.</param>
public sealed record InclusionProof(
    int Format, string Manifest, ProofMessage Message, string Leaf, long Index, IReadOnlyList<string> Path, ProofRoom Room, long RoomIndex, long Rooms,
    IReadOnlyList<string> RoomPath, string Root)
{
    /// <summary>The form this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Makes the proof of a message that was followed when its room was read.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="room">The place of the room in it.</param>
    /// <param name="content">The room as it was read, equal to that of the manifest.</param>
    public static InclusionProof Of(EvidenceManifest manifest, string digest, int room, RoomContent content)
    {
        var (line, found) = (manifest.Rooms[room], content.Followed!);
        var (message, (root, path)) = (ProofMessage.Of(found), EvidenceManifest.TreeOf(manifest.Rooms, room));
        return new InclusionProof(
            CurrentFormat, digest, message, Hex(message.Leaf(line.Guid)), content.Index, [.. content.Path.Select(Hex)],
            new ProofRoom(line.Guid, line.Messages, line.First, line.Last, line.Digest), room, manifest.Rooms.Count, [.. path.Select(Hex)], Hex(root));
    }

    /// <summary>Checks the proof by itself: what is wrong as a sentence; null when the message belongs to the manifest of <see cref="Root"/>.</summary>
    public string? FaultOf()
    {
        Span<byte> leaf = stackalloc byte[MerkleTree.HashBytes];
        try
        {
            if (!Message.IsConsistent || Hex(Message.Leaf(Room.Guid)) != Leaf)
            {
                return "The leaf is not the hash of this message.";
            }

            if (MerklePath.RootOf(Convert.FromHexString(Leaf), Index, Room.Messages, Bytes(Path)) is not { } digest || Hex(digest) != Room.Digest)
            {
                return "The path does not lead from the message to the digest of its room.";
            }

            new ManifestRoom(Room.Guid, "", 0, [], Room.Messages, Room.First, Room.Last, Room.Digest).Hash(leaf);
            return MerklePath.RootOf(leaf, RoomIndex, Rooms, Bytes(RoomPath)) is { } root && Hex(root) == Root
                ? null
                : "The path does not lead from the room to the root.";
        }
        catch (FormatException exception)
        {
            return $"A hash is not 64 lower-case hex digits: {exception.Message}";
        }
    }

    /// <summary>Whether a manifest has the proof's root and its room; a proof of another manifest says why.</summary>
    public string? FaultOf(EvidenceManifest manifest) =>
        manifest.Root != Root || manifest.Rooms.Count != Rooms
            ? "The proof is of another manifest: the roots differ."
            : FaultOf();

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private static IReadOnlyList<byte[]> Bytes(IReadOnlyList<string> hashes) => [.. hashes.Select(Convert.FromHexString)];
}

/// <summary>A room in a proof: its line of the manifest, without its name.</summary>
/// <param name="Guid">nodeGuid.</param>
/// <param name="Messages">How many messages it holds.</param>
/// <param name="First">Lowest chatId.</param>
/// <param name="Last">Highest chatId.</param>
/// <param name="Digest">Root of the tree over its messages, in hex.</param>
public sealed record ProofRoom(Guid Guid, long Messages, long? First, long? Last, string Digest);

/// <summary>A message in a proof: all of it but its texts, for which their hashes stand.</summary>
/// <param name="ChatId">chatId.</param>
/// <param name="Author">prinGuid of its author; null when no principal had the author's id.</param>
/// <param name="AuthorId">userId of an author without a principal; else 0.</param>
/// <param name="Date">chatDate, ticks: 100 nanoseconds each since the year 1, UTC.</param>
/// <param name="Time">The same for people; not part of the leaf.</param>
/// <param name="IsAlert">isAlert.</param>
/// <param name="Content">SHA-256 of content as UTF-8, in hex.</param>
/// <param name="Rtf">SHA-256 of rtf as UTF-8, in hex; null for NULL.</param>
public sealed record ProofMessage(long ChatId, Guid? Author, int AuthorId, long Date, string Time, bool IsAlert, string Content, string? Rtf)
{
    /// <summary>Whether what is not hashed says nothing else than what is.</summary>
    internal bool IsConsistent => Time == TimeOf(Date) && (Author is null || AuthorId == 0);

    internal static ProofMessage Of(FollowedMessage followed)
    {
        var message = followed.Message;
        return new ProofMessage(
            message.Id, message.Author, message.AuthorId, message.Date, TimeOf(message.Date), message.Alert, Convert.ToHexStringLower(followed.Content),
            followed.Rtf is { } rtf ? Convert.ToHexStringLower(rtf) : null);
    }

    /// <summary>The leaf of the message in a room.</summary>
    /// <exception cref="FormatException">A hash of a text cannot be read.</exception>
    internal byte[] Leaf(Guid room)
    {
        var (leaf, content, rtf) = (new byte[MerkleTree.HashBytes], HashOf(Content), Rtf is { } text ? HashOf(text) : []);
        MessageLeaf.Hash(new ProvedMessage(room, ChatId, Author, AuthorId, Date, IsAlert), content, rtf, leaf);
        return leaf;
    }

    private static byte[] HashOf(string hex) => Convert.FromHexString(hex) is { Length: MerkleTree.HashBytes } hash
        ? hash
        : throw new FormatException($"it has {hex.Length} digits");

    private static string TimeOf(long ticks) => ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
        ? new DateTime(ticks, DateTimeKind.Utc).ToString("o", CultureInfo.InvariantCulture)
        : "";
}
