using System.Security.Cryptography;
using System.Text;

namespace ChatEtl.Transforming;

/// <summary>When two names are equal (N2): trailing U+0020 removed, then without regard to case; accents, width and leading spaces count.</summary>
internal sealed class EqualNames : IEqualityComparer<string>
{
    private EqualNames()
    {
    }

    /// <summary>The one instance.</summary>
    public static EqualNames Comparer { get; } = new();

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) =>
        x is null || y is null ? x is null && y is null : x.AsSpan().TrimEnd(' ').Equals(y.AsSpan().TrimEnd(' '), StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public int GetHashCode(string obj) => string.GetHashCode(obj.AsSpan().TrimEnd(' '), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Shortens names (T3): a first part, a tilde, and 8 digits of the digest of the whole.</summary>
internal static class ShortName
{
    /// <summary>Longest name of a category or room, in UTF-16 code units.</summary>
    public const int NodeLength = 256;

    /// <summary>Longest name of an add-in (N7).</summary>
    public const int AddInLength = 50;

    private const int DigestLength = 8;

    /// <summary>The name itself when it fits, else its short form, of at most <paramref name="limit"/> units.</summary>
    public static string Of(string fullName, int limit)
    {
        if (fullName.Length <= limit)
        {
            return fullName;
        }

        var kept = limit - DigestLength - 1;
        if (char.IsSurrogatePair(fullName[kept - 1], fullName[kept]))
        {
            kept--;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fullName)).AsSpan(0, DigestLength / 2));
        return string.Concat(fullName.AsSpan(0, kept), "~", digest);
    }
}

/// <summary>Guids made from a namespace and a name (RFC 4122, version 5), so that every run makes the same (N4, M3).</summary>
internal static class UuidV5
{
    /// <summary>The guid of a name in UTF-8 within a namespace.</summary>
    public static Guid Create(Guid ns, string name)
    {
        byte[] named = [.. ns.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)];
#pragma warning disable CA5350 // RFC 4122 fixes SHA-1 for version 5; nothing here is a secret.
        var bytes = SHA1.HashData(named).AsSpan(0, 16);
#pragma warning restore CA5350
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x50);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
