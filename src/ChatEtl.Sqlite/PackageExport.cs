using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>Writes a source into a package: its documented tables as they are, and a manifest that tells when something is lost or changed.</summary>
/// <remarks>
/// Rows and progress commit in one transaction, so that a run that was killed anywhere is gone on with by the same call. Up to which chatId
/// a room goes is settled when the export begins; small tables are read whole when their turn comes, after that. Memory depends on the
/// number of rooms and on <paramref name="limits"/>, not on the messages. Not safe for concurrent use; a second export into the same file is refused.
/// </remarks>
/// <param name="source">The source; texts it cannot vouch for are stored as bytes.</param>
/// <param name="shape">Its generation and columns.</param>
/// <param name="selection">What goes along.</param>
/// <param name="path">The package; made when missing, gone on with when it is not complete.</param>
/// <param name="limits">When a page or batch closes: one transaction each.</param>
/// <param name="retries">Stands around every read of the source.</param>
/// <param name="time">The clock.</param>
public sealed class PackageExport(
    IChatSource source, SourceShape shape, ExportSelection selection, string path, BatchLimits limits, EndRetries retries, TimeProvider time)
{
    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];

    private readonly ExplainedSource _reader = ExplainedSource.OfSource(source, retries);
    private readonly MessageTally _tally = new(selection);
    private readonly Dictionary<string, PackageTable> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Told after every transaction: the table, and its rows in the package.</summary>
    public Action<string, long>? OnRows { get; init; }

    /// <summary>Exports, or goes on with it, to the end.</summary>
    /// <param name="stop">Looked at between transactions; what is committed stays.</param>
    /// <exception cref="ConfigurationException">The file is a complete package, or no package.</exception>
    /// <exception cref="ResumeRefusedException">The file was begun with another source or other filters.</exception>
    /// <exception cref="SourceException">The source cannot be read.</exception>
    /// <exception cref="DestinationException">The package cannot be written.</exception>
    public PackageManifest Run(CancellationToken stop)
    {
        try
        {
            var isNew = IsNew();
            using var connection = SqliteDatabase.OpenForWriting(path);
            using var session = new SqliteWriteSession(connection);
            if (isNew)
            {
                Begin(session, stop);
            }

            Load(connection);
            foreach (var table in shape.Schema.Tables.Where(table => table.Name != Chat.Name && _tables.ContainsKey(table.Name)))
            {
                CopyTable(session, table, stop);
            }

            CopyMessages(session, stop);
            CopyIrregularMessages(session, stop);

            session.Release();
            LeaveLog(connection);
            Seal(session);
            return PackageFile.ReadManifest(connection);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new DestinationException("the package", null, null, 1, new IOException($"{SqliteFaults.Explain(exception)} ({path})", exception));
        }
    }

    private bool IsNew()
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 } && !File.Exists($"{path}-wal"))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.Open(path, FileMode.OpenOrCreate).Dispose();
            return true;
        }

        using var connection = SqliteDatabase.OpenForReading(path);
        if (!PackageFile.IsPackage(connection))
        {
            using var tables = new SqliteStatement(connection, "SELECT 1 FROM sqlite_master");
            return !tables.Step() ? true : throw new ConfigurationException([new("file", $"{path} exists and is no package; give another name")]);
        }

        var manifest = PackageFile.ReadManifest(connection);
        if (manifest.IsComplete)
        {
            throw new ConfigurationException([new(
                "file", $"{path} is a complete package of {manifest.Source}, ended {manifest.Value("ended")}; a package is never overwritten: give another name")]);
        }

        var differences = new RunFingerprint(Parts()).DifferencesFrom(new RunFingerprint(
            manifest.Values.Where(value => selection.Parts.ContainsKey(value.Key) || value.Key is "format" or "nameSeparator" or "rootRoomsCategory")
                .ToDictionary(StringComparer.Ordinal)));
        return differences.Count == 0
            ? false
            : throw new ResumeRefusedException([.. differences.Select(part => new ResumeDifference(part.Name, part.There, part.Here))]);
    }

    private Dictionary<string, string> Parts() => new(selection.Parts, StringComparer.Ordinal) { ["format"] = PackageManifest.CurrentFormat };

    /// <summary>All or nothing: the empty tables, the manifest's beginning, and up to which chatId each room goes.</summary>
    private void Begin(SqliteWriteSession session, CancellationToken stop)
    {
        var tables = shape.Schema.Tables.Where(table => shape.Shape.Has(table.Name)).ToList();
        var bounds = selection.TakesTable(Chat.Name)
            ? _reader.ReadExtents(stop).Where(bound => selection.TakesRoom(bound.Room)).ToList()
            : [];
        var notExported = NotExported().Select(left => (left.Name, Rows: _reader.CountRows(left.Table))).ToList();

        session.Begin();
        PackageFile.Create(session.Connection, tables.Select(table => (table, ColumnsOf(table))));
        var values = Parts();
        values["tool"] = $"ChatEtl {typeof(PackageExport).Assembly.GetName().Version?.ToString(3)}";
        values["source"] = source.Description;
        values["begun"] = Now();
        foreach (var (name, value) in values)
        {
            session.Run("INSERT INTO package_manifest (name, value) VALUES (?1, ?2)", name, value);
        }

        foreach (var (name, columns) in tables.Select(table => (table.Name, ColumnsOf(table)))
            .Append((Streams.IrregularMessages, [])))
        {
            session.Run(
                "INSERT INTO package_table (name, columns, rows, rows_left, digest, position, done) VALUES (?1, ?2, 0, 0, ?3, '', 0)",
                name, string.Join(',', columns.Select(column => column.Name)), RowDigest.Format(0));
        }

        foreach (var (name, rows) in notExported)
        {
            session.Run("INSERT INTO package_not_exported (name, rows) VALUES (?1, ?2)", name, rows);
        }

        foreach (var bound in bounds)
        {
            session.Run(
                "INSERT INTO package_room (channel, first_id, last_id, rows, rows_left, bytes, digest) VALUES (?1, ?2, ?3, 0, 0, 0, ?4)",
                bound.Room, bound.From, bound.UpTo, RowDigest.Format(0));
        }

        session.Commit();
    }

    /// <summary>Tables and columns that no document knows, and the table whose rows tell how much that is; not those of our own.</summary>
    private IEnumerable<(string Name, string Table)> NotExported()
    {
        foreach (var (name, columns) in shape.Shape.Tables.OrderBy(table => table.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (shape.Schema.Find(name) is { } table)
            {
                foreach (var column in columns.Where(column => table.Ordinal(column) < 0).Order(StringComparer.OrdinalIgnoreCase))
                {
                    yield return ($"{table.Name}.{column}", name);
                }
            }
            else if (!name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("package_", StringComparison.OrdinalIgnoreCase))
            {
                yield return (name, name);
            }
        }
    }

    private List<Column> ColumnsOf(Table table) => [.. table.Columns.Where(column => shape.Shape.Has(table.Name, column.Name))];

    private void Load(SqliteConnection connection)
    {
        foreach (var table in PackageFile.ReadManifest(connection).Tables)
        {
            _tables[table.Name] = table;
        }

        foreach (var room in PackageFile.ReadRooms(connection))
        {
            _tally.Rooms[new Channel(room.Channel)] = RoomTally.Of(room);
        }
    }

    private void CopyTable(SqliteWriteSession session, Table table, CancellationToken stop)
    {
        if (Skip(session, table.Name, table.Name, stop))
        {
            return;
        }

        var insert = new PackageInsert(session, table, _tables[table.Name].Columns);
        foreach (var page in _reader.ReadRows(table, _tables[table.Name].Position, limits, stop))
        {
            var now = _tables[table.Name];
            session.Begin();
            foreach (var cells in page.Rows)
            {
                if (!selection.Takes(table, cells))
                {
                    now = now with { Left = now.Left + 1 };
                    continue;
                }

                var stored = Array.ConvertAll(cells, PackageRows.Stored);
                now = now with { Rows = now.Rows + 1, Digest = RowDigest.Add(now.Digest, PackageRows.DigestOf(stored)) };
                insert.Write(stored);
            }

            Commit(session, now with { Position = page.Position });
        }

        Finish(session, table.Name);
    }

    private unsafe void CopyMessages(SqliteWriteSession session, CancellationToken stop)
    {
        if (Skip(session, Chat.Name, Chat.Name, stop))
        {
            return;
        }

        var insert = new PackageInsert(session, Chat, _tables[Chat.Name].Columns);
        var segments = _tally.Rooms.Values.Where(room => room.Bounds is not null).Select(room => room.Bounds!.Value).OrderBy(bound => bound.Room).ToList();
        var pool = new MessageBatchPool(limits.Bytes, limits.Rows);
        MessageKey? behind = _tables[Chat.Name].Position is { Length: > 0 } position ? MessageKey.Parse(position) : null;
        foreach (var batch in _reader.ReadMessages(segments, behind, limits, pool, stop))
        {
            fixed (byte* text = batch.Text)
            {
                // No lambda may use what is fixed, but a number.
                var start = (nint)text;
                WriteMessages(session, Chat.Name, batch.To, () => _tally.Add(batch, row => insert.Write(batch, row, (byte*)start), insert.Write));
            }

            pool.Return(batch);
        }

        Finish(session, Chat.Name);
    }

    private void CopyIrregularMessages(SqliteWriteSession session, CancellationToken stop)
    {
        const string Stream = Streams.IrregularMessages;
        if (Skip(session, Stream, Chat.Name, stop))
        {
            return;
        }

        var insert = new PackageInsert(session, Chat, _tables[Chat.Name].Columns);
        foreach (var page in _reader.ReadIrregularMessages(_tables[Stream].Position, limits, stop))
        {
            WriteMessages(session, Stream, page.Position, () =>
            {
                foreach (var cells in page.Rows)
                {
                    _tally.Add(cells, insert.Write);
                }
            });
        }

        Finish(session, Stream);
    }

    /// <summary>One transaction of messages: the rows, their channels' counts, the stream's position and the table's counts.</summary>
    private void WriteMessages(SqliteWriteSession session, string stream, string position, Action write)
    {
        _tally.Forget();
        session.Begin();
        write();
        foreach (var channel in _tally.Touched)
        {
            Save(session, channel.Id, _tally.Rooms[channel]);
        }

        var all = With(_tables[Chat.Name]);
        if (stream != Chat.Name)
        {
            Update(session, all);
            Commit(session, With(_tables[stream]) with { Position = position });
        }
        else
        {
            Commit(session, all with { Position = position });
        }

        PackageTable With(PackageTable table) => table with
        {
            Rows = table.Rows + _tally.Lately.Rows,
            Left = table.Left + _tally.Lately.Left,
            Digest = RowDigest.Add(table.Digest, _tally.Lately.Digest),
        };
    }

    private static void Save(SqliteWriteSession session, long? channel, RoomTally room)
    {
        object?[] values = [channel, room.Rows, room.Left, room.Bytes, room.Lowest, room.Highest, RowDigest.Format(room.Digest)];
        if (session.Run("UPDATE package_room SET rows = ?2, rows_left = ?3, bytes = ?4, lowest = ?5, highest = ?6, digest = ?7 WHERE channel IS ?1", values) == 0)
        {
            session.Run("INSERT INTO package_room (channel, rows, rows_left, bytes, lowest, highest, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", values);
        }
    }

    /// <summary>Whether nothing is to be read of a table: it is done, or stays behind whole and is only counted.</summary>
    private bool Skip(SqliteWriteSession session, string stream, string table, CancellationToken stop)
    {
        if (!_tables[stream].Done && !selection.TakesTable(table))
        {
            var rows = stream == table ? _reader.CountRows(table) : 0;
            session.Begin();
            Commit(session, _tables[stream] with { Left = rows, Done = true });
        }

        return _tables[stream].Done;
    }

    private void Finish(SqliteWriteSession session, string stream)
    {
        session.Begin();
        Commit(session, _tables[stream] with { Done = true });
    }

    private void Commit(SqliteWriteSession session, PackageTable now)
    {
        Update(session, now);
        session.Commit();
        OnRows?.Invoke(now.Name, now.Rows);
    }

    private void Update(SqliteWriteSession session, PackageTable now)
    {
        var hit = session.Run(
            "UPDATE package_table SET rows = ?1, rows_left = ?2, digest = ?3, position = ?4, done = ?5 WHERE name = ?6 AND position = ?7 AND done = ?8",
            now.Rows, now.Left, RowDigest.Format(now.Digest), now.Position, now.Done, now.Name, _tables[now.Name].Position, _tables[now.Name].Done);
        if (hit != 1)
        {
            throw new IOException("Another export writes this package. Let it finish.");
        }

        _tables[now.Name] = now;
    }

    /// <summary>Makes the package one file before it is complete; while someone else has it open, the log must stay.</summary>
    private static void LeaveLog(SqliteConnection connection)
    {
        SqliteDatabase.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous=FULL;");
        using var mode = new SqliteStatement(connection, "PRAGMA journal_mode=DELETE");
        if (!mode.Step() || mode.Text(0) != "delete")
        {
            throw new IOException("Another program has the package open. Close it and give the same command again to complete the package.");
        }
    }

    private void Seal(SqliteWriteSession session)
    {
        session.Begin();
        session.Run("INSERT INTO package_manifest (name, value) VALUES ('ended', ?1)", Now());
        session.Run("INSERT INTO package_manifest (name, value) VALUES ('seal', ?1)", PackageFile.SealOf(session.Connection));
        session.Commit();
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
