using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ChatEtl.Chat;

namespace ChatEtl.Evidence;

/// <summary>A message in its canonical form, which is equal in every database that holds the message, and the hash of that.</summary>
/// <remarks>
/// 115 bytes: room guid (16), chatId (8), author (1 + 16), chatDate (8), isAlert (1), SHA-256 of content (32), rtf there or not (1), SHA-256 of rtf
/// (32). Numbers are big-endian, guids stand in the order of their text, texts are hashed as UTF-8 (half a surrogate pair as in WTF-8). Authors go
/// by guid, for ids differ between databases. docs/evidence.md has it byte by byte.
/// </remarks>
public static class MessageLeaf
{
    /// <summary>Bytes of the canonical form.</summary>
    public const int Bytes = 115;

    private const int AuthorAt = 24;
    private const int DateAt = AuthorAt + 17;
    private const int ContentAt = DateAt + 9;
    private const int RtfAt = ContentAt + MerkleTree.HashBytes;

    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];

    /// <summary>What the byte before the author says.</summary>
    private enum AuthorKind : byte
    {
        /// <summary>No principal has the author's id, which stands instead of a guid.</summary>
        Unknown,

        /// <summary>A principal, by its guid.</summary>
        Known,

        /// <summary>The row holds a value of another type than its column's; its cells as JSON stand for its content.</summary>
        Damaged,
    }

    /// <summary>Hash of a message of a batch.</summary>
    /// <param name="room">nodeGuid of its room.</param>
    /// <param name="author">prinGuid of its author; null when there is no such principal.</param>
    /// <param name="batch">The batch; ids in it are those of its database.</param>
    /// <param name="row">The row.</param>
    /// <param name="leaf">Takes the hash.</param>
    public static void Hash(Guid room, Guid? author, MessageBatch batch, int row, Span<byte> leaf)
    {
        Span<byte> texts = stackalloc byte[2 * MerkleTree.HashBytes];
        SHA256.HashData(batch.Content(row), texts);
        var hasRtf = batch.RtfLength[row] >= 0;
        if (hasRtf)
        {
            SHA256.HashData(batch.Rtf(row), texts[MerkleTree.HashBytes..]);
        }

        Hash(new ProvedMessage(room, batch.Id[row], author, author is null ? batch.SourceAuthor[row] : 0, batch.Date[row], batch.Alert[row]),
            texts[..MerkleTree.HashBytes], hasRtf ? texts[MerkleTree.HashBytes..] : default, leaf);
    }

    /// <summary>Hash of a message whose texts are known by their hashes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="content">SHA-256 of content.</param>
    /// <param name="rtf">SHA-256 of rtf; empty for NULL.</param>
    /// <param name="leaf">Takes the hash.</param>
    public static void Hash(in ProvedMessage message, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rtf, Span<byte> leaf)
    {
        Span<byte> data = stackalloc byte[1 + Bytes];
        data.Clear();
        data[0] = MerkleTree.LeafPrefix;
        var form = data[1..];
        message.Room.TryWriteBytes(form, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(form[16..], message.Id);
        if (message.Author is { } author)
        {
            form[AuthorAt] = (byte)AuthorKind.Known;
            author.TryWriteBytes(form[(AuthorAt + 1)..], bigEndian: true, out _);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(form[(AuthorAt + 13)..], message.AuthorId);
        }

        BinaryPrimitives.WriteInt64BigEndian(form[DateAt..], message.Date);
        form[DateAt + 8] = message.Alert ? (byte)1 : (byte)0;
        content.CopyTo(form[ContentAt..]);
        form[RtfAt] = rtf.IsEmpty ? (byte)0 : (byte)1;
        rtf.CopyTo(form[(RtfAt + 1)..]);
        SHA256.HashData(data, leaf);
    }

    /// <summary>Hash of a row that holds a value of another type than its column's; only SQLite can hold one.</summary>
    internal static void HashDamaged(Guid room, long id, object?[] cells, Span<byte> leaf)
    {
        Span<byte> data = stackalloc byte[1 + Bytes];
        data.Clear();
        data[0] = MerkleTree.LeafPrefix;
        room.TryWriteBytes(data[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(data[17..], id);
        data[1 + AuthorAt] = (byte)AuthorKind.Damaged;
        var rest = Cells.ToJson(cells.Skip(2).Select((cell, i) => (Chat.Columns[i + 2].Name, cell)));
        SHA256.HashData(Encoding.UTF8.GetBytes(rest), data[(1 + ContentAt)..]);
        SHA256.HashData(data, leaf);
    }
}

/// <summary>What a proof says of a message beside the hashes of its texts.</summary>
/// <param name="Room">nodeGuid of its room.</param>
/// <param name="Id">chatId.</param>
/// <param name="Author">prinGuid of its author; null when there is no such principal.</param>
/// <param name="AuthorId">userId of an author without a principal; else 0.</param>
/// <param name="Date">chatDate, ticks.</param>
/// <param name="Alert">isAlert.</param>
public readonly record struct ProvedMessage(Guid Room, long Id, Guid? Author, int AuthorId, long Date, bool Alert);
