using System.Numerics;
using System.Security.Cryptography;

namespace ChatEtl.Evidence;

/// <summary>A Merkle tree over SHA-256 that takes its leaves one by one and keeps only the subtrees that are still open.</summary>
/// <remarks>
/// The tree of RFC 6962, section 2.1: a leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), the left subtree of n leaves has the
/// largest power of two below n, and no leaves give SHA-256 of nothing. The prefixes keep a node from being shown as a leaf. Memory grows with the
/// logarithm of the leaves. Not safe for concurrent use.
/// </remarks>
public sealed class MerkleTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Stands before the data of a leaf.</summary>
    public const byte LeafPrefix = 0;

    private const byte NodePrefix = 1;
    private const int MostSubtrees = 64;

    /// <summary>Roots of complete subtrees, the largest first; their sizes are the bits of <see cref="Count"/>.</summary>
    private readonly byte[] _open = new byte[(MostSubtrees + 1) * HashBytes];
    private readonly List<byte[]> _path = [];
    private int _depth;
    private long _followed = -1;

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>The place of the leaf whose path is kept; -1 when none is.</summary>
    public long Followed => _followed;

    /// <summary>Hash of two subtrees.</summary>
    public static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashBytes)];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashBytes)..]);
        SHA256.HashData(node, hash);
    }

    /// <summary>Keeps the path of the leaf that comes next.</summary>
    public void FollowNext()
    {
        _followed = Count;
        _path.Clear();
    }

    /// <summary>Adds a leaf.</summary>
    /// <param name="leaf">Its hash.</param>
    public void Append(ReadOnlySpan<byte> leaf)
    {
        leaf.CopyTo(Subtree(_depth));
        _depth++;
        Count++;
        for (long size = 1; (Count & size) == 0; size <<= 1)
        {
            Join(Count - (2 * size), Count - size);
        }
    }

    /// <summary>The root, and with it the path of the followed leaf, from the leaf up; the tree takes no more leaves.</summary>
    public (byte[] Root, IReadOnlyList<byte[]> Path) Close()
    {
        if (Count == 0)
        {
            return (SHA256.HashData([]), []);
        }

        for (var (left, start) = (Count, Count - Lowest(Count)); _depth > 1;)
        {
            left -= Lowest(left);
            var begin = left - Lowest(left);
            Join(begin, start);
            start = begin;
        }

        return (Subtree(0).ToArray(), [.. _path]);
    }

    private static long Lowest(long number) => 1L << BitOperations.TrailingZeroCount(number);

    /// <summary>Joins the last two subtrees.</summary>
    /// <param name="left">The first leaf of the left one.</param>
    /// <param name="right">The first leaf of the right one, which reaches to the last leaf.</param>
    private void Join(long left, long right)
    {
        if (_followed >= left)
        {
            _path.Add(Subtree(_followed < right ? _depth - 1 : _depth - 2).ToArray());
        }

        _depth--;
        HashNode(Subtree(_depth - 1), Subtree(_depth), Subtree(_depth - 1));
    }

    private Span<byte> Subtree(int place) => _open.AsSpan(place * HashBytes, HashBytes);
}
