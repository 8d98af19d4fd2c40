using System.Security.Cryptography;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Makes an empty Persistent Chat 2013 database in SQLite: what setup would leave behind on SQL Server.</summary>
public static class SqliteProvisioner
{
    /// <summary>nodeID of the root.</summary>
    internal const int RootNode = 1;

    /// <summary>prinID of the system principal.</summary>
    internal const int SystemPrincipal = 1;

    /// <summary>Makes the file with all tables, the static rows, the root and the system principal.</summary>
    /// <remarks>When the call returns the file is complete and flushed; when it throws nothing has changed.</remarks>
    /// <param name="path">A file that does not exist or is empty.</param>
    /// <param name="rootGuid">nodeGuid of the root; the other guids follow from it. Default: a new one.</param>
    /// <exception cref="IOException">The file exists and is not empty, or cannot be made.</exception>
    public static void Provision(string path, Guid? rootGuid = null)
    {
        var root = rootGuid ?? Guid.NewGuid();
        using var pool = PoolFile.Begin(path, Generation.Lync2013, durable: true);
        StaticRows.AddTypesAndValues(pool, Generation.Lync2013);
        StaticRows.AddRoleTypes(pool, RoleIds.Provisioned);
        pool.Add("tblSystemRevision", ("sysRevision", 1));
        pool.Add("tblConfig", ("configLabel", "pool"), ("configContent", "<configuration/>"), ("configPoolID", Derive(root, "pool")));
        pool.Add(
            "tblPrincipal",
            ("prinID", SystemPrincipal),
            ("prinGuid", Derive(root, "system")),
            ("prinUri", StaticRows.SystemUri),
            ("prinName", "System"),
            ("prinDisplayName", "System"),
            ("prinTypeID", PrincipalTypes.SystemUser));
        pool.Add(
            "tblNode",
            ("nodeID", RootNode),
            ("nodeGuid", root),
            ("parentID", RootNode),
            ("nodeType", 1),
            ("nodeName", "Root"),
            ("nodeDesc", ""),
            ("invite", 1),
            ("logged", 1),
            ("filePost", 1),
            ("behavior", 4),
            ("visibility", 3),
            ("nodeAddedBy", SystemPrincipal),
            ("nodeUpdatedBy", SystemPrincipal));
        pool.Complete();
    }

    /// <summary>A guid that follows from another one and a name, so that equal calls make equal files.</summary>
    internal static Guid Derive(Guid from, string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{from:D}/{name}"), digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}
