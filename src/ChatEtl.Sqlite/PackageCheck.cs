using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>Whether a package is what its manifest says, and whether the source still says the same.</summary>
/// <remarks>Finds faults, not forgers: who changes rows and works out all digests anew is not found.</remarks>
public static class PackageCheck
{
    private const string Rule = "package";
    private const string Chat = "tblChat";
    private const int MostRooms = 20;
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    /// <summary>Reads a package whole, messages by the index that a migration reads by, and compares every table and room with the manifest.</summary>
    /// <returns>An error for each that does not match, or one finding of what package it is; nothing for a file that is no package.</returns>
    public static IReadOnlyList<Finding> Verify(string path, CancellationToken cancellationToken)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        if (!PackageFile.IsPackage(connection))
        {
            return [];
        }

        var findings = new List<Finding>();
        if (Read(connection, findings) is not var (manifest, rooms))
        {
            return findings;
        }

        using var source = new SqliteSource(path);
        CheckTables(source, manifest, findings, cancellationToken);
        var found = new Dictionary<Channel, RoomTally>();
        Whole(Chat, findings, () => CountPackage(connection, found, cancellationToken));
        Compare(connection, rooms, found, "the package holds", findings);
        if (findings.Count == 0)
        {
            var filters = manifest.Filters.Length == 0 ? "everything" : manifest.Filters;
            findings.Add(new(
                Rule, Severity.Information, "", "",
                $"The source is a package of {manifest.Source}, begun {manifest.Value("begun")}, with {filters}; every table and room is as its manifest says."));
        }

        return findings;
    }

    /// <summary>Reads the source a second time, by the selection and bounds of a package, and compares every table and room with its manifest.</summary>
    /// <returns>An error for each that differs.</returns>
    /// <exception cref="SourceException">The source cannot be read.</exception>
    public static IReadOnlyList<Finding> CompareWith(
        string path, IChatSource source, SourceShape shape, ExportSelection selection, BatchLimits limits, EndRetries retries, CancellationToken cancellationToken)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        var manifest = PackageFile.ReadManifest(connection);
        var rooms = PackageFile.ReadRooms(connection).ToDictionary(room => new Channel(room.Channel));
        var reader = ExplainedSource.OfSource(source, retries);
        var findings = new List<Finding>();
        foreach (var told in manifest.Tables.Where(told => told.Name is not (Chat or Streams.IrregularMessages) && selection.TakesTable(told.Name)))
        {
            var table = shape.Schema[told.Name];
            var (rows, digest) = (0L, UInt128.Zero);
            foreach (var page in reader.ReadRows(table, "", limits, cancellationToken))
            {
                foreach (var cells in page.Rows.Where(cells => selection.Takes(table, cells)))
                {
                    rows++;
                    digest = RowDigest.Add(digest, PackageRows.DigestOf(Array.ConvertAll(cells, PackageRows.Stored)));
                }
            }

            Compare(told, rows, digest, "the source now has", findings);
        }

        if (selection.TakesTable(Chat))
        {
            var tally = CountSource(reader, selection, rooms.Values, limits, cancellationToken);
            Compare(connection, rooms, tally.Rooms, "the source now has", findings);
        }

        return findings;
    }

    /// <summary>The manifest; null when it cannot be relied on at all.</summary>
    private static (PackageManifest Manifest, Dictionary<Channel, PackageRoom> Rooms)? Read(SqliteConnection connection, List<Finding> findings)
    {
        PackageManifest manifest;
        Dictionary<Channel, PackageRoom> rooms;
        try
        {
            manifest = PackageFile.ReadManifest(connection);
            rooms = PackageFile.ReadRooms(connection).ToDictionary(room => new Channel(room.Channel));
            _ = manifest.Generation;
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or ArgumentException or OverflowException)
        {
            findings.Add(Error("", "", $"The manifest of the package cannot be read: {exception.Message}"));
            return null;
        }

        if (manifest.Value("format") != PackageManifest.CurrentFormat)
        {
            findings.Add(Error("", "", $"The package has the format {manifest.Value("format")}, and this version reads {PackageManifest.CurrentFormat}."));
            return null;
        }

        if (!manifest.IsComplete)
        {
            findings.Add(Error("", "", "The package is not complete: its export was interrupted. Give chat-etl export again, with the same source and filters, to finish it."));
            return null;
        }

        if (manifest.Value("seal") != PackageFile.SealOf(connection))
        {
            findings.Add(Error("", "", "The manifest of the package is not as it was written: its seal does not match."));
        }

        return (manifest, rooms);
    }

    private static void CheckTables(SqliteSource source, PackageManifest manifest, List<Finding> findings, CancellationToken cancellationToken)
    {
        var (shape, schema) = (source.ReadShape(), ChatSchema.Of(manifest.Generation));
        var known = manifest.Tables.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in shape.Tables.Keys.Where(name => !known.Contains(name) && !IsOurs(name)).Order(StringComparer.Ordinal))
        {
            findings.Add(Error(name, "", $"{name} is not in the manifest of the package."));
        }

        foreach (var told in manifest.Tables.Where(told => told.Name != Streams.IrregularMessages))
        {
            if (schema.Find(told.Name) is not { } table || !shape.Has(told.Name))
            {
                findings.Add(Error(told.Name, "", $"{told.Name} is in the manifest, and the package does not have it."));
                continue;
            }

            if (!shape.Tables[told.Name].SetEquals(told.Columns.Split(',')))
            {
                findings.Add(Error(told.Name, "", $"{told.Name} has other columns than the manifest says."));
            }

            if (told.Name == Chat)
            {
                continue;
            }

            var (rows, digest) = (0L, UInt128.Zero);
            Whole(told.Name, findings, () =>
            {
                foreach (var cells in source.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
                {
                    rows++;
                    digest = RowDigest.Add(digest, PackageRows.DigestOf(Array.ConvertAll(cells, PackageRows.Stored)));
                }
            });
            Compare(told, rows, digest, "the package holds", findings);
        }
    }

    private static void CountPackage(SqliteConnection connection, Dictionary<Channel, RoomTally> found, CancellationToken cancellationToken)
    {
        var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using (var column = new SqliteStatement(connection, $"SELECT name FROM pragma_table_info('{Chat}')"))
        {
            while (column.Step())
            {
                columns.Add(column.Text(0));
            }
        }

        using var row = new SqliteStatement(
            connection,
            $"SELECT channelId, chatId, chatDate, userId, {(columns.Contains("isAlert") ? "isAlert" : "0")}, content, {(columns.Contains("rtf") ? "rtf" : "NULL")} "
            + $"FROM {Chat} INDEXED BY {PackageFile.ChatIndex} ORDER BY channelId, chatId");
        var cells = new object?[7];
        var (channel, tally) = (default(Channel), (RoomTally?)null);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var here = new Channel(row.TypeOf(0) == raw.SQLITE_INTEGER ? row.Integer(0) : null);
            if (tally is null || here != channel)
            {
                channel = here;
                tally = found.TryGetValue(here, out var before) ? before : found[here] = new RoomTally();
            }

            if (Regular(row) is { } digest)
            {
                tally.Add(null, 0, digest);
                continue;
            }

            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = PackageRows.Stored(row.Cell(i));
            }

            tally.Add(null, 0, PackageRows.DigestOf(cells));
        }
    }

    /// <summary>The digest of a row whose values have the types of a message; null for any other.</summary>
    private static UInt128? Regular(SqliteStatement row)
    {
        for (var i = 0; i < 5; i++)
        {
            if (row.TypeOf(i) != raw.SQLITE_INTEGER)
            {
                return null;
            }
        }

        var hasRtf = row.TypeOf(6) == raw.SQLITE_TEXT;
        ReadOnlySpan<byte> rtf = default;
        if (row.TypeOf(5) != raw.SQLITE_TEXT || (!hasRtf && row.TypeOf(6) != raw.SQLITE_NULL)
            || !row.TryUtf8(5, out var content) || (hasRtf && !row.TryUtf8(6, out rtf)))
        {
            return null;
        }

        return PackageRows.DigestOf(row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.Integer(4), content, rtf, hasRtf);
    }

    private static MessageTally CountSource(
        ExplainedSource reader, ExportSelection selection, IEnumerable<PackageRoom> rooms, BatchLimits limits, CancellationToken cancellationToken)
    {
        var tally = new MessageTally(selection);
        var segments = rooms.Select(RoomTally.Of).Where(room => room.Bounds is not null).Select(room => room.Bounds!.Value).OrderBy(bound => bound.Room).ToList();
        var pool = new MessageBatchPool(limits.Bytes, limits.Rows);
        foreach (var batch in reader.ReadMessages(segments, null, limits, pool, cancellationToken))
        {
            tally.Add(batch, null, null);
            pool.Return(batch);
        }

        foreach (var page in reader.ReadIrregularMessages("", limits, cancellationToken))
        {
            foreach (var cells in page.Rows)
            {
                tally.Add(cells, null);
            }
        }

        return tally;
    }

    private static void Compare(PackageTable told, long rows, UInt128 digest, string found, List<Finding> findings)
    {
        if (told.Rows != rows)
        {
            findings.Add(Error(told.Name, "", $"{told.Name} has {Count(told.Rows)} rows by the manifest, and {found} {Count(rows)}."));
        }
        else if (told.Digest != digest)
        {
            findings.Add(Error(told.Name, "", $"{told.Name} has {Count(told.Rows)} rows by the manifest; {found} as many, but not the same."));
        }
    }

    private static void Compare(
        SqliteConnection connection, Dictionary<Channel, PackageRoom> told, Dictionary<Channel, RoomTally> counted, string found, List<Finding> findings)
    {
        var none = new PackageRoom(null, null, null, 0, 0, 0, null, null, 0);
        var nothing = new RoomTally();
        var different = told.Keys.Union(counted.Keys)
            .Where(channel => !counted.GetValueOrDefault(channel, nothing).Matches(told.GetValueOrDefault(channel, none).Rows, told.GetValueOrDefault(channel, none).Digest))
            .OrderBy(channel => channel.Id ?? long.MinValue).ToList();
        foreach (var channel in different.Take(MostRooms))
        {
            var (rows, now) = (told.GetValueOrDefault(channel, none).Rows, counted.GetValueOrDefault(channel, nothing).Rows);
            var counts = rows == now ? $"{found} as many, but not the same" : $"{found} {Count(now)}";
            findings.Add(Error(
                Chat, channel.Id?.ToString(CultureInfo.InvariantCulture) ?? "", $"{NameOf(connection, channel)}: {Count(rows)} messages by the manifest; {counts}."));
        }

        if (different.Count > MostRooms)
        {
            findings.Add(Error(Chat, "", $"{Count(different.Count - MostRooms)} more rooms do not match either."));
        }
    }

    private static string NameOf(SqliteConnection connection, Channel channel)
    {
        if (channel.Id is not { } id)
        {
            return "Messages whose channelId is no whole number";
        }

        try
        {
            return PackageFile.NameOf(connection, id) is { } name ? $"Room {Count(id)} \"{name}\"" : $"Channel {Count(id)}, which is no room";
        }
        catch (SqliteException)
        {
            // Damaged there, too: the number is name enough.
            return $"Channel {Count(id)}";
        }
    }

    /// <summary>Reads something whole; a page that is no page is a finding, and what was read till there is compared all the same.</summary>
    private static void Whole(string table, List<Finding> findings, Action read)
    {
        try
        {
            read();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_ERROR)
        {
            findings.Add(Error(table, "", $"{table} cannot be read to its end: {exception.Message}"));
        }
    }

    private static bool IsOurs(string table) =>
        table.StartsWith("package_", StringComparison.OrdinalIgnoreCase) || table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    private static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Finding Error(string table, string key, string message) => new(Rule, Severity.Error, table, key, message);
}
