using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Faults;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>The tables that make an SQLite file a package: manifest, tables, rooms, what was not exported.</summary>
public static class PackageFile
{
    /// <summary>The index that messages are read by, here and by whoever migrates the package.</summary>
    internal const string ChatIndex = "package_chat";

    /// <summary>Reads what a package says of itself, finished or not, and its rooms, the largest first, with their names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostRooms">Rooms to read at most.</param>
    /// <exception cref="SourceException">The file cannot be read, or is no package.</exception>
    public static (PackageManifest Manifest, long RoomCount, IReadOnlyList<(PackageRoom Room, string? Name)> Rooms) Read(string path, int mostRooms)
    {
        try
        {
            using var connection = SqliteDatabase.OpenForReading(path);
            if (!IsPackage(connection))
            {
                throw new IOException($"{path} is no package. Make one with chat-etl export.");
            }

            using var count = new SqliteStatement(connection, "SELECT count(*) FROM package_room WHERE channel IS NOT NULL");
            return (
                ReadManifest(connection), count.Step() ? count.Integer(0) : 0,
                [.. ReadRooms(connection, "rows DESC, channel", mostRooms).Select(room => (room, NameOf(connection, room.Channel)))]);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or FormatException or InvalidCastException or OverflowException)
        {
            throw new SourceException("the package", null, 1, new IOException(SqliteFaults.Explain(exception), exception));
        }
    }

    /// <summary>The name of a channel by the package's tblNode; null when there is none.</summary>
    internal static string? NameOf(SqliteConnection connection, long? channel)
    {
        using var name = new SqliteStatement(connection, "SELECT nodeName FROM tblNode WHERE nodeID = ?1");
        name.Bind(1, (object?)channel);
        return name.Step() ? name.Cell(0) as string : null;
    }

    /// <summary>Whether a database is a package, finished or not, damaged or not.</summary>
    internal static bool IsPackage(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(connection, "SELECT 1 FROM sqlite_master WHERE name IN ('package_manifest', 'package_table', 'package_room')");
        return statement.Step();
    }

    /// <summary>Makes the tables, empty. Columns have no declared type, so that SQLite converts no value.</summary>
    internal static void Create(SqliteConnection connection, IEnumerable<(Table Table, List<Column> Columns)> tables)
    {
        SqliteDatabase.Execute(connection, """
            CREATE TABLE package_manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE package_table (
                name TEXT PRIMARY KEY, columns TEXT NOT NULL, rows INTEGER NOT NULL, rows_left INTEGER NOT NULL, digest TEXT NOT NULL,
                position TEXT NOT NULL, done INTEGER NOT NULL);
            CREATE TABLE package_room (
                channel INTEGER UNIQUE, first_id INTEGER, last_id INTEGER, rows INTEGER NOT NULL, rows_left INTEGER NOT NULL, bytes INTEGER NOT NULL,
                lowest INTEGER, highest INTEGER, digest TEXT NOT NULL);
            CREATE TABLE package_not_exported (name TEXT NOT NULL, rows INTEGER NOT NULL);
            """);
        foreach (var (table, columns) in tables)
        {
            SqliteDatabase.Execute(
                connection, $"CREATE TABLE {SqliteDatabase.Quote(table.Name)} ({string.Join(", ", columns.Select(column => SqliteDatabase.Quote(column.Name)))})");
            if (table.Name == "tblChat")
            {
                SqliteDatabase.Execute(connection, $"CREATE INDEX {ChatIndex} ON tblChat (channelId, chatId)");
            }
        }
    }

    /// <summary>Reads the manifest.</summary>
    internal static PackageManifest ReadManifest(SqliteConnection connection)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var row = new SqliteStatement(connection, "SELECT name, value FROM package_manifest"))
        {
            while (row.Step())
            {
                values[row.Text(0)] = row.Text(1);
            }
        }

        var tables = new List<PackageTable>();
        using (var row = new SqliteStatement(connection, "SELECT name, columns, rows, rows_left, digest, position, done FROM package_table ORDER BY rowid"))
        {
            while (row.Step())
            {
                tables.Add(new PackageTable(
                    row.Text(0), row.Text(1), row.Integer(2), row.Integer(3), RowDigest.Parse(row.Text(4)), row.Text(5), row.Integer(6) == 1));
            }
        }

        var left = new List<PackageLeft>();
        using (var row = new SqliteStatement(connection, "SELECT name, rows FROM package_not_exported ORDER BY rowid"))
        {
            while (row.Step())
            {
                left.Add(new PackageLeft(row.Text(0), row.Integer(1)));
            }
        }

        return new PackageManifest(values, tables, left);
    }

    /// <summary>Reads the rooms, ascending, the messages without a whole-numbered channelId first.</summary>
    internal static IEnumerable<PackageRoom> ReadRooms(SqliteConnection connection, string order = "channel", long limit = -1)
    {
        using var row = new SqliteStatement(
            connection, $"SELECT channel, first_id, last_id, rows, rows_left, bytes, lowest, highest, digest FROM package_room ORDER BY {order} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}");
        while (row.Step())
        {
            yield return new PackageRoom(
                Number(row, 0), Number(row, 1), Number(row, 2), row.Integer(3), row.Integer(4), row.Integer(5), Number(row, 6), Number(row, 7),
                RowDigest.Parse(row.Text(8)));
        }
    }

    /// <summary>Digest of the whole manifest but the seal itself.</summary>
    internal static string SealOf(SqliteConnection connection)
    {
        var hash = new XxHash128();
        foreach (var sql in new[]
        {
            "SELECT name, value FROM package_manifest WHERE name <> 'seal' ORDER BY name",
            "SELECT * FROM package_table ORDER BY name",
            "SELECT * FROM package_room ORDER BY channel",
            "SELECT * FROM package_not_exported ORDER BY rowid",
        })
        {
            using var row = new SqliteStatement(connection, sql);
            while (row.Step())
            {
                hash.Append(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Enumerable.Range(0, row.Columns).Select(row.Cell))));
            }
        }

        return RowDigest.Format(hash.GetCurrentHashAsUInt128());
    }

    private static long? Number(SqliteStatement row, int column) => row.Cell(column) is long number ? number : null;
}
