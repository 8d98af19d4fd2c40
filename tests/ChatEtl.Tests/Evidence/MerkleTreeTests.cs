using System.Security.Cryptography;
using ChatEtl.Evidence;
using Xunit;

namespace ChatEtl.Tests.Evidence;

public sealed class MerkleTreeTests
{
    private const int MostLeaves = 70;

    [Fact]
    public void The_tree_is_the_one_that_RFC_6962_defines()
    {
        for (var count = 0; count <= MostLeaves; count++)
        {
            var leaves = Leaves(count, seed: count);

            Assert.Equal(Defined(leaves), Root(leaves).Root);
        }
    }

    [Fact]
    public void The_root_of_one_known_tree_is_what_any_other_program_gives()
    {
        // printf '\0a' | sha256sum, printf '\0b' | sha256sum, and SHA-256 of 01 followed by both.
        byte[][] leaves = [SHA256.HashData("\0a"u8), SHA256.HashData("\0b"u8)];

        Assert.Equal("022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c", Convert.ToHexStringLower(leaves[0]));
        Assert.Equal("b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb", Convert.ToHexStringLower(Root(leaves).Root));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(Root([]).Root));
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proved_by_its_path()
    {
        for (var count = 1; count <= MostLeaves; count++)
        {
            var leaves = Leaves(count, seed: 1000 + count);
            for (var index = 0; index < count; index++)
            {
                var (root, path) = Root(leaves, index);

                Assert.Equal(root, MerklePath.RootOf(leaves[index], index, count, path));
                Assert.True(path.Count <= Math.Ceiling(Math.Log2(count)), $"{path.Count} steps for {count} leaves");
            }
        }
    }

    [Fact]
    public void A_changed_leaf_path_place_or_size_proves_nothing()
    {
        for (var count = 1; count <= MostLeaves; count++)
        {
            var leaves = Leaves(count, seed: 2000 + count);
            for (var index = 0; index < count; index++)
            {
                var (root, path) = Root(leaves, index);

                Assert.NotEqual(root, MerklePath.RootOf(Flipped(leaves[index]), index, count, path));
                for (var step = 0; step < path.Count; step++)
                {
                    Assert.NotEqual(root, MerklePath.RootOf(leaves[index], index, count, [.. path.Take(step), Flipped(path[step]), .. path.Skip(step + 1)]));
                }

                for (var other = 0; other < count; other++)
                {
                    Assert.True(other == index || !root.SequenceEqual(MerklePath.RootOf(leaves[index], other, count, path) ?? []));
                }

                Assert.Null(MerklePath.RootOf(leaves[index], index, count, [.. path, leaves[0]]));
                Assert.Null(MerklePath.RootOf(leaves[index], count, count, path));
                Assert.Null(MerklePath.RootOf(leaves[index], -1, count, path));
                if (path.Count > 0)
                {
                    Assert.Null(MerklePath.RootOf(leaves[index], index, count, [.. path.Skip(1)]));
                    Assert.Null(MerklePath.RootOf(leaves[index], index, count, [[1, 2, 3], .. path.Skip(1)]));
                }
            }
        }
    }

    private static byte[][] Leaves(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var leaf = new byte[MerkleTree.HashBytes];
            random.NextBytes(leaf);
            return leaf;
        })];
    }

    private static (byte[] Root, IReadOnlyList<byte[]> Path) Root(byte[][] leaves, int followed = -1)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < leaves.Length; i++)
        {
            if (i == followed)
            {
                tree.FollowNext();
            }

            tree.Append(leaves[i]);
        }

        return tree.Close();
    }

    /// <summary>The definition as it is written, by recursion.</summary>
    private static byte[] Defined(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length <= 1)
        {
            return leaves.Length == 0 ? SHA256.HashData([]) : leaves[0];
        }

        var half = 1;
        while (half * 2 < leaves.Length)
        {
            half *= 2;
        }

        return SHA256.HashData([1, .. Defined(leaves[..half]), .. Defined(leaves[half..])]);
    }

    private static byte[] Flipped(byte[] hash)
    {
        var other = hash.ToArray();
        other[^1] ^= 1;
        return other;
    }
}
