using System.Data.Common;
using System.Net.Sockets;

namespace ChatEtl.Faults;

/// <summary>Tells what goes wrong in the world outside from what goes wrong in this program.</summary>
internal static class OutsideFaults
{
    /// <summary>Whether an exception comes from the world outside: neither one of our family nor, like most of .NET's own, a bug.</summary>
    internal static bool Include(Exception exception) =>
        exception is DbException or IOException or UnauthorizedAccessException or TimeoutException or not (SystemException or ChatEtlException)
        || exception is InvalidOperationException { InnerException: DbException or IOException or SocketException or TimeoutException };
}
