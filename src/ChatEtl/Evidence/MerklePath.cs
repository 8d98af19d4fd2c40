using System.Numerics;

namespace ChatEtl.Evidence;

/// <summary>Follows the path of a leaf up to the root that it gives.</summary>
public static class MerklePath
{
    /// <summary>The root of a tree that has this leaf at this place; null when no tree of this size has such a path.</summary>
    /// <param name="leaf">Hash of the leaf.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="count">Leaves of the tree.</param>
    /// <param name="path">The hashes beside the way, from the leaf up.</param>
    public static byte[]? RootOf(ReadOnlySpan<byte> leaf, long index, long count, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= count || leaf.Length != MerkleTree.HashBytes)
        {
            return null;
        }

        var turns = Turns(index, count);
        if (path.Count != turns.Count || path.Any(beside => beside.Length != MerkleTree.HashBytes))
        {
            return null;
        }

        var hash = leaf.ToArray();
        for (var step = 0; step < path.Count; step++)
        {
            if (turns[^(step + 1)])
            {
                MerkleTree.HashNode(hash, path[step], hash);
            }
            else
            {
                MerkleTree.HashNode(path[step], hash, hash);
            }
        }

        return hash;
    }

    /// <summary>From the root down: whether the leaf is in the left subtree.</summary>
    private static List<bool> Turns(long index, long count)
    {
        var turns = new List<bool>();
        while (count > 1)
        {
            var half = 1L << BitOperations.Log2((ulong)count - 1);
            turns.Add(index < half);
            (index, count) = index < half ? (index, half) : (index - half, count - half);
        }

        return turns;
    }
}
