using System.ComponentModel;
using System.Net.Sockets;
using System.Security.Authentication;
using ChatEtl.Faults;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>What SQL Server's error numbers mean for a run: the one list, used by both ends and printed in docs/sqlserver.md.</summary>
/// <remarks>
/// <para>Numbers and texts: "Database Engine events and errors" (learn.microsoft.com/sql/relational-databases/errors-events) and, for connections,
/// "Troubleshoot connectivity issues and other errors" and the retry lists of SqlClient's configurable retry logic. The driver overrides
/// <c>DbException.IsTransient</c> nowhere, so it says nothing.</para>
/// <para>Many of the server's texts quote what a row holds. Every such number has a sentence here, which is told in their place.</para>
/// </remarks>
internal static class SqlServerFaults
{
    /// <summary>From this number on errors are raised by triggers and procedures, with any text; SQL Server's own are below.</summary>
    private const int FirstOfUsers = 50_000;

    private const string Opening = "ChatEtl.Opening";

    private const string NoServer = "No SQL Server answers at this address. Check server, instance, port and firewall.";

    /// <summary>The list.</summary>
    public static IReadOnlyList<SqlServerFault> All { get; } =
    [
        // Gone after a moment: locks, deadlocks, time-outs, lost connections, pressure.
        new(FaultEffect.Retry, "The server did not answer in time.", -2),
        new(FaultEffect.Retry, "The connection broke.", 20, 64, 121, 233, 258, 10053, 10054, 10060),
        new(FaultEffect.Retry, "A lock was not to be had in time. See who else works in the database.", 1222),
        new(FaultEffect.Retry, "The server has no more locks to give.", 1204),
        new(FaultEffect.Retry, "The statement was the victim of a deadlock.", 1205),
        new(FaultEffect.Retry, "The database changed under the snapshot.", 3960, 3961),
        new(FaultEffect.Retry, "The session was ended.", 596),
        new(FaultEffect.Retry, "The server has no memory for the statement just now.", 701, 802, 8628, 8645, 8651),
        new(FaultEffect.Retry, "The service has too much to do just now.", 10928, 10929, 40501, 49918, 49919, 49920),
        new(FaultEffect.Retry, "The table is just changing.", 4891),
        new(FaultEffect.Retry, "The service is moving the database.", 10936, 40143, 40197, 40540, 40613),

        // Gone when someone, or a job, has been at it: worth waiting for. First the way of a server that is started again.
        new(FaultEffect.Wait, NoServer, 26, 40, 53, 10061, 11001),
        new(FaultEffect.Wait, "The server is shutting down.", 6005),
        new(FaultEffect.Wait, "The server takes no logins just now: it starts, is paused, or is being upgraded.", 4221, 17142, 17197, 18401, 18451),
        new(FaultEffect.Wait, "The database is just changing its state.", 904, 952),
        new(FaultEffect.Wait, "The database's transaction log is full. Back it up or let it grow.", 9002),
        new(FaultEffect.Wait, "The database's file group is full. Add space to it.", 1101, 1105),
        new(FaultEffect.Wait, "The version store in tempdb is full.", 3958, 3967),
        new(FaultEffect.Wait, "The database does not take part in this role of its availability group or mirror just now.", 954, 955, 976, 978, 979, 982, 983),
        new(FaultEffect.Wait, "The database is being recovered or restored.", 921, 922, 927),
        new(FaultEffect.Wait, "The database is offline, or has too few resources to open.", 942, 945, 988),
        new(FaultEffect.Wait, "Someone else has the database in single-user mode.", 924),
        new(FaultEffect.Wait, "The database is read-only. Make it writable, or connect to the primary replica.", 3906, 3908),

        // Just so after a failover.
        new(FaultEffect.Wait, "The database cannot be opened. Check its name, and that this login is a user in it.", 4060),

        // The row's own fault: it cannot be in the table.
        new(FaultEffect.Reject, "A column that must have a value has none.", 515),
        new(FaultEffect.Reject, "A CHECK or FOREIGN KEY constraint refuses the row.", 547),
        new(FaultEffect.Reject, "Another row has the key already.", 2601, 2627, 4819),
        new(FaultEffect.Reject, "A value is longer than its column.", 2628, 4815, 4863, 8152),
        new(FaultEffect.Reject, "A value cannot be converted to the type of its column.", 220, 232, 241, 242, 244, 245, 248, 295, 296, 8114, 8115, 8134, 8169),
        new(FaultEffect.Reject, "The bulk load cannot take a value for its column.", 4864, 4866, 4867, 7339),
        new(FaultEffect.Reject, "One statement met the same row twice.", 8672),

        // Someone has to mend it.
        new(FaultEffect.End, "The login was refused. Check user and password, or that this account may log in.", 18452, 18456),
        new(FaultEffect.End, "The login is locked, or its password has expired.", 18486, 18487, 18488),
        new(FaultEffect.End, "The database cannot be opened. Check its name.", 911),
        new(FaultEffect.End, "A right is missing. Grant this login what docs/sqlserver.md lists for its end, and give the same command again.",
            229, 230, 262, 297, 300, 916, 1088, 2760, 3704, 4834, 6004, 15151, 15247) { Quotes = true },
        new(FaultEffect.End, "A table or a column is missing. Check that this is the right database.", 207, 208, 4902) { Quotes = true },
        new(FaultEffect.End, "A unique index cannot be made: two rows have one key.", 1505),
    ];

    private static readonly Dictionary<int, SqlServerFault> ByNumber = All.SelectMany(fault => fault.Numbers.Select(number => (number, fault))).ToDictionary();

    /// <summary>What may help against a fault.</summary>
    public static Remedy RemedyFor(Exception exception)
    {
        if (exception is SqlException sql)
        {
            return Has(sql, FaultEffect.Wait) || (IsOpening(sql) && !Has(sql, FaultEffect.End) && !IsUntrusted(sql)) ? Remedy.Wait
                : Has(sql, FaultEffect.Retry) || IsLost(sql) || IsSevere(sql) ? Remedy.Retry
                : Remedy.None;
        }

        // A connection that dies between two calls is noticed by the driver or by the sockets under it.
        return exception is TimeoutException or SocketException or IOException
            || (exception is InvalidOperationException && exception.InnerException is SqlException or SocketException or IOException)
            ? Remedy.Retry
            : Remedy.None;
    }

    /// <summary>Whether the fault lies in a row, not in the database, as far as the number tells.</summary>
    public static bool IsKnownRowFault(Exception exception) => exception is RefusedValueException || (exception is SqlException sql && Has(sql, FaultEffect.Reject));

    /// <summary>Whether the fault may lie in a row: known ones, and those of an unknown number that end a statement and nothing more.</summary>
    public static bool IsRowFault(Exception exception) => IsKnownRowFault(exception)
        || (exception is SqlException { Class: >= 11 and <= 16 } sql && RemedyFor(sql) == Remedy.None && !Has(sql, FaultEffect.End));

    /// <summary>Whether another row already has the key.</summary>
    public static bool IsKeyTaken(Exception exception) => exception is SqlException sql && Numbers(sql).Any(number => number is 2601 or 2627 or 4819);

    /// <summary>A sentence for people on what went wrong and what to do, by error number; tells nothing that a row holds.</summary>
    public static string Explain(Exception exception) => exception switch
    {
        SqlException sql when IsOpening(sql) && ExplainConnection(sql) is null && !Numbers(sql).Any(ByNumber.ContainsKey) =>
            $"The server takes no connection just now. It says: {sql.Message.TrimEnd('.', ' ')} (error {sql.Number}).",
        SqlException sql => ExplainConnection(sql) ?? Explain([.. sql.Errors.Cast<SqlError>().Select(error => (error.Number, error.Message))]),
        InvalidOperationException { InnerException: SqlException sql } => Explain(sql),

        // The bulk load's own texts quote the value that they are about.
        InvalidOperationException when exception.Message.Contains('\'', StringComparison.Ordinal) => "The driver cannot send a value as its column wants it.",
        _ => exception.Message,
    };

    /// <summary>The same for errors as the server sent them.</summary>
    internal static string Explain(IReadOnlyList<(int Number, string Message)> errors)
    {
        foreach (var (number, message) in errors)
        {
            if (ByNumber.TryGetValue(number, out var fault))
            {
                return fault.Quotes ? $"{fault.Sentence} SQL Server says: {message.TrimEnd('.', ' ')} (error {number})." : $"{fault.Sentence} (error {number})";
            }
        }

        var (first, text) = errors.Count > 0 ? errors[0] : (0, "nothing.");
        return first >= FirstOfUsers
            ? $"A trigger or a procedure of the database raised an error. Its text may quote what a row holds, and is not told. (error {first})"
            : $"SQL Server says: {text.TrimEnd('.', ' ')}{(first == 0 ? "" : $" (error {first})")}.";
    }

    /// <summary>Faults before there is a connection have numbers on Windows only; elsewhere what lies beneath tells them apart.</summary>
    private static string? ExplainConnection(SqlException exception)
    {
        if (IsUntrusted(exception))
        {
            return "The server's certificate is not trusted, or is not in the server's name. Install one that this machine trusts, name the server as its "
                + "certificate does, or, on a network you trust, set trustServerCertificate.";
        }

        if (exception.Message.Contains("SSPI", StringComparison.Ordinal))
        {
            return "Windows integrated security failed. Run as an account of the server's domain (on Linux: with a Kerberos ticket), or give user and password.";
        }

        return exception is { Number: 0, Class: >= 20 } && HasNoConnection(exception)
            ? NoServer
            : null;
    }

    /// <summary>Marks a fault that came while a connection was opened: it is about the server, not about a row.</summary>
    public static void MarkOpening(SqlException exception) => exception.Data[Opening] = true;

    /// <summary>Whether a connection was being opened: what is not known to need a person means that the server does not serve just now.</summary>
    private static bool IsOpening(SqlException exception) => exception.Data.Contains(Opening);

    private static bool IsUntrusted(SqlException exception) => exception.InnerException is AuthenticationException || IsCertificate(exception);

    /// <summary>Whether there never was a connection.</summary>
    private static bool HasNoConnection(SqlException exception) => exception.ClientConnectionId == Guid.Empty;

    /// <summary>Whether the connection is gone: severity 20 and above ends it.</summary>
    private static bool IsLost(SqlException exception) => exception.Class >= 20 && !IsUntrusted(exception);

    /// <summary>"A severe error occurred on the current command": the driver's own words for an answer that broke off.</summary>
    private static bool IsSevere(SqlException exception) => exception is { Number: 0, Class: 11 };

    // -2146893019: the chain ends at an untrusted root; -2146893022: the name does not match (SEC_E_UNTRUSTED_ROOT, SEC_E_WRONG_PRINCIPAL).
    private static bool IsCertificate(SqlException exception) =>
        exception.Number is -2146893019 or -2146893022 || exception.InnerException is Win32Exception { NativeErrorCode: -2146893019 or -2146893022 };

    private static bool Has(SqlException exception, FaultEffect effect) =>
        Numbers(exception).Any(number => ByNumber.TryGetValue(number, out var fault) && fault.Effect == effect);

    private static IEnumerable<int> Numbers(SqlException exception) => exception.Errors.Cast<SqlError>().Select(error => error.Number);
}
