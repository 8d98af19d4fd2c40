using System.Globalization;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Looks whether a database is the Persistent Chat database that the documents describe, and whether anybody is at work in it.</summary>
internal sealed class DestinationCheck(SqlServerEnd end, SqlConnection connection, SqlServerLoad load)
{
    /// <summary>A server that gave a sign of life within this time is taken for alive.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    private readonly List<Finding> _findings = [];

    /// <summary>All that is found; errors stop the plan.</summary>
    public IReadOnlyList<Finding> Run(IEnumerable<DestinationTable> tables, bool forWriting)
    {
        foreach (var table in tables)
        {
            Look(table);
        }

        if (forWriting && !load.AllowLive)
        {
            LookForServers();
        }

        return _findings;
    }

    private void Look(DestinationTable found)
    {
        var table = found.Table;
        if (found.Columns.Count == 0)
        {
            Surprise(table, $"The destination has no table {table.Name}, or this login may not see it: it is no Persistent Chat 2013 database, or a right is missing.");
            return;
        }

        foreach (var column in table.Columns)
        {
            if (found.Find(column.Name) is { } there)
            {
                Look(table, column, there);
            }
            else
            {
                Surprise(table, $"The destination has no column {table.Name}.{column.Name}: it is no Persistent Chat 2013 database.");
            }
        }

        foreach (var column in found.Columns.Where(column => table.Ordinal(column.Name) < 0 && column is { Nullable: false, HasDefault: false, IsIdentity: false, IsComputed: false }))
        {
            // A timestamp fills itself.
            if (column.Type is not ("timestamp" or "rowversion"))
            {
                Surprise(table, $"The destination's column {table.Name}.{column.Name} wants a value, and no document tells which.");
            }
        }

        if (table.Name == "tblChat" && !found.HasUniqueKey)
        {
            Surprise(table, "The destination's tblChat has no unique key (channelId, chatId): nothing would keep a message from being there twice. Give the table the product's key.");
        }

        if (found.Indexes.Any(index => index.LosesDuplicates))
        {
            Surprise(table, $"An index of the destination's {table.Name} has IGNORE_DUP_KEY: the server would lose rows without a word. Make it without.");
        }

        if (found.Triggers.Count > 0)
        {
            Surprise(table, $"{table.Name} has triggers that nobody documents ({string.Join(", ", found.Triggers)}). Disable them for the migration, or ask who made them what they are for.");
        }
    }

    private void Look(Table table, Column column, DestinationColumn there)
    {
        var name = $"{table.Name}.{there.Name}";
        if (there.IsComputed)
        {
            Surprise(table, $"The destination computes {name}; it cannot be written.");
        }
        else if (!Holds(column, there))
        {
            Surprise(table, $"The destination's column {name} is {there.SqlType} and not {column.SqlType} as documented: values might not fit.");
        }
        else if (column.Nullable && !there.Nullable)
        {
            Surprise(table, $"The destination's column {name} takes no NULL, which the documents allow.");
        }
        else if (there.IsIdentity)
        {
            _findings.Add(new Finding("T1", Severity.Information, table.Name, "", $"{name} counts by itself; the rows take the numbers of the id map all the same."));
        }
    }

    private static bool Holds(Column column, DestinationColumn there) => column.Type switch
    {
        ColumnType.SmallInt => there.Type is "smallint" or "int",
        ColumnType.Int => there.Type is "int",
        ColumnType.BigInt => there.Type is "bigint",
        ColumnType.Bit => there.Type is "bit",
        ColumnType.Guid => there.Type is "uniqueidentifier",
        ColumnType.DateTime => there.Type is "datetime" or "datetime2",
        ColumnType.Bytes => there.Type is "image" or "varbinary",
        _ => (there.IsWide || column.SqlType.StartsWith("varchar", StringComparison.Ordinal))
            && there.Type is "nvarchar" or "varchar" or "ntext" or "text"
            && (there.Length == -1 || there.Type is "ntext" or "text" || (column.MaxLength > 0 && there.Length >= column.MaxLength)),
    };

    /// <summary>A pool at work keeps rooms and rights in memory and hands out chatIds of its own. No document says whether its times are UTC: both are tried.</summary>
    private void LookForServers()
    {
        foreach (var (address, ping, utc, local) in Ask("tblServerIdentity", "serverAddress, serverLastPingTime"))
        {
            if ((utc - ping).Duration() < Fresh || (local - ping).Duration() < Fresh)
            {
                Alive("tblServerIdentity", $"The chat server {address} was alive at {Format(ping)}. Stop the Persistent Chat services and wait {Fresh.TotalMinutes:0} minutes, or set destination.allowLive.");
            }
        }

        foreach (var (server, expires, utc, local) in Ask("tblAdminLock", "lockServerID, lockExpiresTime"))
        {
            if (expires > utc || expires > local)
            {
                Alive("tblAdminLock", $"The chat server {server} holds the administration lock until {Format(expires)}. Wait until then with its services stopped, or set destination.allowLive.");
            }
        }
    }

    private List<(string Who, DateTime When, DateTime Utc, DateTime Local)> Ask(string table, string columns) =>
        Rows(end, connection, null, $"SELECT CASE WHEN OBJECT_ID('{Schema}.{table}') IS NULL THEN 0 ELSE 1 END", row => row.GetInt32(0)).Single() == 0
            ? []
            :
            [
                .. Rows(
                    end, connection, null, $"SELECT {columns}, GETUTCDATE(), GETDATE() FROM {TableName(table)}",
                    row => (Convert.ToString(row.GetValue(0), CultureInfo.InvariantCulture)!, row.IsDBNull(1) ? DateTime.MinValue : row.GetDateTime(1), row.GetDateTime(2), row.GetDateTime(3))),
            ];

    private static string Format(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private void Surprise(Table table, string message) => _findings.Add(new Finding("B2", Severity.Error, table.Name, "", message));

    private void Alive(string table, string message) => _findings.Add(new Finding("B6", Severity.Error, table, "", message));
}
