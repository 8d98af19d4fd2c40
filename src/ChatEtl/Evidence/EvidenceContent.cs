using System.Security.Cryptography;
using ChatEtl.Chat;

namespace ChatEtl.Evidence;

/// <summary>What was read of the rooms of a database.</summary>
public sealed class EvidenceContent
{
    private readonly Dictionary<int, RoomContent> _rooms;

    internal EvidenceContent(IEnumerable<int> rooms) => _rooms = rooms.ToDictionary(room => room, _ => new RoomContent());

    /// <summary>By nodeID; a room without messages is there too.</summary>
    public IReadOnlyDictionary<int, RoomContent> Rooms => _rooms;

    /// <summary>Messages in no room: their channelId is no room's, or their key is no whole number.</summary>
    public long Outside { get; internal set; }

    internal RoomContent? Find(int room) => _rooms.GetValueOrDefault(room);
}

/// <summary>What was read of one room.</summary>
public sealed class RoomContent
{
    private static readonly byte[] OfNothing = new MerkleTree().Close().Root;

    /// <summary>Made with the first message: rooms are read one after another, and there may be many.</summary>
    private MerkleTree? _tree;

    /// <summary>Messages that count.</summary>
    public long Messages { get; private set; }

    /// <summary>Lowest chatId; null when there is none.</summary>
    public long? First { get; private set; }

    /// <summary>Highest chatId; null when there is none.</summary>
    public long? Last { get; private set; }

    /// <summary>Messages behind those that count.</summary>
    public long Newer { get; internal set; }

    /// <summary>Root of the tree over the messages.</summary>
    public byte[] Digest { get; private set; } = OfNothing;

    /// <summary>The message whose path was wanted; null when it is not there.</summary>
    public FollowedMessage? Followed { get; internal set; }

    /// <summary>Its place in the tree.</summary>
    public long Index { get; private set; }

    /// <summary>Its path, from the leaf up.</summary>
    public IReadOnlyList<byte[]> Path { get; private set; } = [];

    internal void Append(long id, ReadOnlySpan<byte> leaf, bool follow)
    {
        _tree ??= new MerkleTree();
        if (follow)
        {
            _tree.FollowNext();
        }

        _tree.Append(leaf);
        First ??= id;
        Last = id;
    }

    /// <summary>No message of the room follows.</summary>
    internal void Close()
    {
        if (_tree is { } tree)
        {
            (Messages, Index) = (tree.Count, tree.Followed);
            (Digest, Path) = tree.Close();
            _tree = null;
        }
    }
}

/// <summary>A message as a proof shows it.</summary>
/// <param name="Message">Everything but its texts.</param>
/// <param name="Content">SHA-256 of content.</param>
/// <param name="Rtf">SHA-256 of rtf; null for NULL.</param>
public sealed record FollowedMessage(ProvedMessage Message, byte[] Content, byte[]? Rtf)
{
    internal static FollowedMessage Of(Guid room, Guid? author, MessageBatch batch, int row) => new(
        new ProvedMessage(room, batch.Id[row], author, author is null ? batch.SourceAuthor[row] : 0, batch.Date[row], batch.Alert[row]),
        SHA256.HashData(batch.Content(row)), batch.RtfLength[row] < 0 ? null : SHA256.HashData(batch.Rtf(row)));
}
