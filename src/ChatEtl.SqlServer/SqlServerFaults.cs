using System.ComponentModel;
using System.Data.SqlTypes;
using System.Net.Sockets;
using System.Security.Authentication;
using ChatEtl.Faults;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>What SQL Server's error numbers mean for a run: the one list, used by both ends.</summary>
/// <remarks>
/// Numbers and texts: "Database Engine events and errors" (learn.microsoft.com/sql/relational-databases/errors-events) and, for connections,
/// "Troubleshoot connectivity issues and other errors" and the retry lists of SqlClient's configurable retry logic. The driver overrides
/// <c>DbException.IsTransient</c> nowhere, so it says nothing.
/// </remarks>
internal static class SqlServerFaults
{
    /// <summary>Gone after a moment: locks, deadlocks, time-outs, lost connections, pressure.</summary>
    private static readonly HashSet<int> Soon =
    [
        -2, // time-out of a statement or a connection
        20, 64, 121, 233, 258, 10053, 10054, 10060, 10061, 11001, // the connection broke, was refused, or its peer is not to be found just now
        53, 26, 40, // no server answered at the address
        1204, 1205, 1222, // out of locks, deadlock victim, lock time-out
        3960, 3961, // snapshot update conflict; metadata changed under a snapshot
        596, 6005, // session killed, server shutting down
        701, 802, 8628, 8645, 8651, // no memory for the query
        17142, 17197, // server paused, login timed out
        18401, // login in single-user upgrade mode
        10928, 10929, 40501, 49918, 49919, 49920, // too many requests
        10936, 40197, 40143, 40540, 40613, // the service moves the database
        4221, // login to a read replica while transactions are in flight
    ];

    /// <summary>Gone when someone, or a job, has been at it: worth waiting for.</summary>
    private static readonly HashSet<int> Later =
    [
        9002, // the transaction log is full: the next log backup empties it
        1105, 1101, // the file group is full: someone adds a file
        3967, 3958, // the version store is full
        976, 978, 979, 983, 982, // availability group: the replica is not accessible in this role
        954, 955, // mirroring: acting as the mirror, or no quorum
        922, 927, 921, // database is being recovered, restored, not yet recovered
        924, // single user
        3906, 3908, // the database is read-only, as a failover leaves it for a while
        4060, // database not there yet, as after a failover; explained as a wrong name all the same
    ];

    /// <summary>Nothing that a row could be blamed for: rights, missing objects, SQL that the server does not understand.</summary>
    private static readonly HashSet<int> StatementFaults =
    [
        102, 105, 156, 170, 207, 208, 213, 229, 230, 262, 297, 300, 916, 1088, 2714, 2760, 3701, 3704, 4060, 4834, 4902, 6004, 8101, 8102, 8107, 15151, 15247, 18456,
    ];

    /// <summary>What rows are refused for.</summary>
    private static readonly Dictionary<int, string> RowReasons = new()
    {
        [515] = "a column without NULL would have one",
        [547] = "a CHECK or FOREIGN KEY constraint does not hold",
        [2601] = "a unique index has the key already",
        [2627] = "the key is taken",
        [8152] = "a text is too long for its column",
        [2628] = "a text is too long for its column",
        [4863] = "a text is too long for its column",
        [245] = "a value cannot be converted",
        [241] = "a date cannot be converted",
        [242] = "a date is out of range",
        [8114] = "a value cannot be converted",
        [8115] = "a number is out of range",
        [220] = "a number is out of range",
    };

    /// <summary>What may help against a fault.</summary>
    public static Remedy RemedyFor(Exception exception)
    {
        if (exception is SqlException sql)
        {
            var numbers = Numbers(sql).ToList();
            return numbers.Exists(Later.Contains) ? Remedy.Wait
                : numbers.Exists(Soon.Contains) || IsLost(sql) ? Remedy.Retry
                : Remedy.None;
        }

        // A connection that dies between two calls is noticed by the driver or by the sockets under it.
        return exception is TimeoutException or SocketException or IOException
            || (exception is InvalidOperationException && exception.InnerException is SqlException or SocketException or IOException)
            ? Remedy.Retry
            : Remedy.None;
    }

    /// <summary>Whether the fault may lie in a row: a statement that loads rows was refused, and neither waiting nor a right would help.</summary>
    public static bool IsRowFault(Exception exception) => exception switch
    {
        SqlException sql => RemedyFor(sql) == Remedy.None && sql.Class is >= 11 and <= 16 && !Numbers(sql).Any(StatementFaults.Contains),

        // The driver refuses a value by itself; what the value was stands in its message.
        InvalidOperationException { InnerException: InvalidCastException or FormatException or OverflowException or ArgumentException or InvalidOperationException } => true,
        _ => exception is SqlTypeException,
    };

    /// <summary>Whether another row already has the key.</summary>
    public static bool IsKeyTaken(Exception exception) => exception is SqlException sql && Numbers(sql).Any(number => number is 2601 or 2627);

    /// <summary>Why a row is refused, in words of ours: the server's and the driver's quote values.</summary>
    public static string RowReason(Exception exception)
    {
        if (exception is not SqlException sql)
        {
            return "a value does not fit its column";
        }

        var number = Numbers(sql).FirstOrDefault(RowReasons.ContainsKey, sql.Number);
        return $"{RowReasons.GetValueOrDefault(number, "the server says no")} (error {number})";
    }

    /// <summary>A sentence for people on what went wrong and what to do, by error number.</summary>
    public static string Explain(Exception exception)
    {
        if (exception is not SqlException sql)
        {
            return exception.Message;
        }

        foreach (var number in Numbers(sql))
        {
            if (Sentence(number) is { } sentence)
            {
                return $"{sentence} (error {number})";
            }
        }

        return sql.InnerException is AuthenticationException || IsCertificate(sql)
            ? "The server's certificate is not trusted, or is not in the server's name. Install one that this machine trusts, name the server as its "
                + "certificate does, or, on a network you trust, set trustServerCertificate."
            : $"SQL Server says: {sql.Message} (error {sql.Number}).";
    }

    private static string? Sentence(int number) => number switch
    {
        18456 or 18452 => "The login was refused. Check user and password, or that this account may log in.",
        18486 or 18487 or 18488 => "The login is locked, or its password has expired.",
        4060 or 911 => "The database cannot be opened. Check its name, and that this login is a user in it.",
        53 or 26 or 40 or 11001 or 10061 => "No SQL Server answers at this address. Check server, instance, port and firewall.",
        229 or 230 or 262 or 297 or 300 or 916 or 1088 or 2760 or 3704 or 4834 or 6004 or 15151 or 15247 =>
            "A right is missing. Grant this login what docs/sqlserver.md lists for its end, and start again.",
        9002 => "The database's transaction log is full. Back it up or let it grow.",
        1105 or 1101 => "The database's file group is full. Add space to it.",
        3906 or 3908 => "The database is read-only. Make it writable, or connect to the primary replica.",
        976 or 978 or 979 or 982 or 983 or 954 or 955 => "The database does not take part in this role of its availability group or mirror just now.",
        922 or 921 or 927 => "The database is being recovered or restored.",
        924 => "Someone else has the database in single-user mode.",
        1205 => "The statement was the victim of a deadlock.",
        1222 => "A lock was not to be had in time. See who else works in the database.",
        3960 or 3961 => "The database changed under the snapshot.",
        -2 => "The server did not answer in time.",
        207 or 208 or 4902 => "A table or a column is missing. Check that this is the right database.",
        _ => null,
    };

    /// <summary>Whether the connection is gone: severity 20 and above ends it.</summary>
    private static bool IsLost(SqlException exception) => exception.Class >= 20 && exception.InnerException is not AuthenticationException && !IsCertificate(exception);

    // -2146893019: the chain ends at an untrusted root; -2146893022: the name does not match (SEC_E_UNTRUSTED_ROOT, SEC_E_WRONG_PRINCIPAL).
    private static bool IsCertificate(SqlException exception) =>
        exception.Number is -2146893019 or -2146893022 || exception.InnerException is Win32Exception { NativeErrorCode: -2146893019 or -2146893022 };

    private static IEnumerable<int> Numbers(SqlException exception) => exception.Errors.Cast<SqlError>().Select(error => error.Number);
}
