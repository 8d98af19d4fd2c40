using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>A chat database on SQL Server, of any generation; also a destination read back.</summary>
/// <remarks>
/// <para>Relies on the product's clustered key (channelID, chatID): a range is a seek to its first key and a walk along the leaf level, in key
/// order without a sort. <see cref="Check"/> refuses a database without that key and says when it is not clustered.</para>
/// <para>Where the database allows it each enumeration is one SNAPSHOT transaction and sees one moment; otherwise it reads what is committed.</para>
/// </remarks>
/// <param name="end">The database.</param>
/// <param name="keepHalfPairs">Whether half a surrogate pair is carried as it is; false where the other end cannot keep it (M2).</param>
/// <param name="readOnlyIntent">Whether a secondary replica may serve; false to read back a destination.</param>
public sealed class SqlServerSource(SqlServerEnd end, bool keepHalfPairs = false, bool readOnlyIntent = true) : IChatSource
{
    private const string Chat = "tblChat";
    private const int RoomsAtOnce = 2_000;
    private const int MostIds = 10_000;
    private static readonly string[] MessageColumns = ["channelId", "chatId", "chatDate", "userId", "isAlert", "content", "rtf"];

    private readonly Lazy<bool> _snapshot = new(() => AllowsSnapshot(end, readOnlyIntent), LazyThreadSafetyMode.PublicationOnly);
    private IReadOnlyDictionary<string, SourceTable>? _tables;

    /// <inheritdoc/>
    public string Description => end.Description;

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => SqlServerFaults.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => SqlServerFaults.Explain(exception);

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>
        {
            new("B6", Severity.Information, "", "", _snapshot.Value
                ? $"{Description} is read under SNAPSHOT isolation: each range is read as of one moment."
                : $"{Description} does not allow SNAPSHOT isolation, so committed rows are read as they are met. Give the last pass with the legacy services stopped."),
        };
        var chat = Facts(Chat);
        if (chat.Columns.Count == 0)
        {
            return findings;
        }

        if (!IsKeyed(chat))
        {
            findings.Add(new("B4", Severity.Warning, Chat, "", $"The columns channelID and chatID of {Chat} hold no whole numbers; it is read in one piece, and a first pass only is possible."));
        }
        else if (!chat.Key.Select(column => column.Name).SequenceEqual(["channelID", "chatID"], StringComparer.OrdinalIgnoreCase))
        {
            findings.Add(new("B2", Severity.Error, Chat, "",
                $"{Chat} has no unique key (channelID, chatID){(chat.Key.Count == 0 ? "" : $" but one of {string.Join(", ", chat.Key.Select(column => column.Name))}")}: "
                + "two messages of one key could be parted when a run goes on. Give the table the product's key."));
        }
        else if (!chat.KeyIsClustered)
        {
            findings.Add(new("B2", Severity.Warning, Chat, "",
                $"{Chat} does not lie in the order of its key (channelID, chatID), as the product makes it; every message is looked up, and reading is slow."));
        }

        return findings;
    }

    /// <inheritdoc/>
    public DatabaseShape ReadShape()
    {
        using var session = Open();
        using var command = session.Command(
            """
            SELECT c.TABLE_NAME, c.COLUMN_NAME, t.TABLE_TYPE FROM INFORMATION_SCHEMA.COLUMNS AS c
            JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE c.TABLE_SCHEMA = @p0
            """,
            Schema);
        using var row = command.ExecuteReader();
        var tables = new Dictionary<string, IReadOnlySet<string>>(StringComparer.OrdinalIgnoreCase);
        while (row.Read())
        {
            var name = row.GetString(0);
            if (row.GetString(2) == "VIEW" && ChatSchema.Legacy.Find(name) is null && ChatSchema.Persistent.Find(name) is null)
            {
                // What a view of somebody's shows is in the tables.
                continue;
            }

            if (!tables.TryGetValue(name, out var columns))
            {
                tables[name] = columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            }

            ((HashSet<string>)columns).Add(row.GetString(1));
        }

        return new DatabaseShape(tables);
    }

    /// <inheritdoc/>
    public long CountRows(string table)
    {
        using var session = Open();
        using var command = session.Command($"SELECT COUNT_BIG(*) FROM {TableName(table)}");
        return (long)command.ExecuteScalar();
    }

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken)
    {
        var facts = Facts(table.Name);
        if (facts.Columns.Count == 0)
        {
            yield break;
        }

        var position = new KeysetPosition(facts, after);
        var columns = table.Columns.Select(column => facts.Find(column.Name) is { } found ? Quote(found.Name) : "NULL");
        using var session = Open();
        using var command = session.Command(
            $"SELECT {string.Join(", ", position.Columns.Concat(columns))} FROM {TableName(table.Name)} {position.Where} {position.OrderBy}");
        position.AddParameters(command);
        using var row = command.ExecuteReader();
        position.Skip(row, cancellationToken);
        foreach (var page in Pages(row, position, table.Columns.Count, limits, cancellationToken))
        {
            yield return page;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A loop on the server walks from room to room, three seeks each; some thousand rooms a round trip, so that it can be cancelled.</remarks>
    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken)
    {
        var facts = Facts(Chat);
        if (!IsKeyed(facts))
        {
            yield break;
        }

        using var session = Open();
        var (table, room, id) = (TableName(Chat), ColumnOf(facts, "channelID"), ColumnOf(facts, "chatID"));
        object? after = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var command = session.Command(
                $"""
                DECLARE @rooms TABLE (room bigint, lowest bigint, highest bigint);
                DECLARE @room {facts.Find("channelID")!.Type}, @left int;
                SET @left = {RoomsAtOnce};
                SET @room = (SELECT MIN({room}) FROM {table} {(after is null ? "" : $"WHERE {room} > @p0")});
                WHILE @room IS NOT NULL AND @left > 0
                BEGIN
                    INSERT INTO @rooms (room, lowest, highest)
                        SELECT @room, (SELECT MIN({id}) FROM {table} WHERE {room} = @room), (SELECT MAX({id}) FROM {table} WHERE {room} = @room);
                    SET @room = (SELECT MIN({room}) FROM {table} WHERE {room} > @room);
                    SET @left = @left - 1;
                END
                SELECT room, lowest, highest FROM @rooms ORDER BY room;
                """);
            if (after is not null)
            {
                command.Parameters.Add(facts.Find("channelID")!.Parameter("@p0", after));
            }

            var found = new List<Segment>();
            var rooms = 0;
            using (var row = command.ExecuteReader())
            {
                while (row.Read())
                {
                    rooms++;
                    after = row.GetInt64(0);
                    if (!row.IsDBNull(1))
                    {
                        found.Add(new Segment(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));
                    }
                }
            }

            foreach (var segment in found)
            {
                yield return segment;
            }

            if (rooms < RoomsAtOnce)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public long CountMessages(Segment segment)
    {
        var facts = Facts(Chat);
        if (!IsKeyed(facts) || !facts.Find("channelID")!.Holds(segment.Room))
        {
            return 0;
        }

        using var session = Open();
        using var command = session.Command($"SELECT COUNT_BIG(*) FROM {TableName(Chat)} WHERE {MessageQuery.Between(facts, 0)}");
        MessageQuery.AddParameters(command, facts, 0, segment);
        return (long)command.ExecuteScalar();
    }

    /// <inheritdoc/>
    /// <remarks>Pages that grow: who takes the first number only must not pay for a room.</remarks>
    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) =>
        Pages(segment, "", static row => Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture), static id => id, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Pages that grow, as for <see cref="ReadChatIds"/>.</remarks>
    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) => Facts(Chat).Find("chatDate") is not { IsInteger: true } date
        ? []
        : Pages(segment, $", {Quote(date.Name)}", static row => (
            Id: Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture), Ticks: row.IsDBNull(1) ? (long?)null : Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture)),
            static time => time.Id, cancellationToken)
            .Where(time => time.Ticks is not null).Select(time => new MessageTime(time.Id, time.Ticks!.Value));

    private IEnumerable<T> Pages<T>(Segment segment, string columns, Func<SqlDataReader, T> read, Func<T, long> idOf, CancellationToken cancellationToken)
    {
        var facts = Facts(Chat);
        if (!IsKeyed(facts) || !facts.Find("channelID")!.Holds(segment.Room))
        {
            yield break;
        }

        var id = ColumnOf(facts, "chatID");
        using var session = Open();
        for (var size = 1; ; size = Math.Min(size * 10, MostIds))
        {
            var found = new List<T>(size);
            using (var command = session.Command($"SELECT TOP (@n) {id}{columns} FROM {TableName(Chat)} WHERE {MessageQuery.Between(facts, 0)} ORDER BY {id}"))
            {
                command.Parameters.AddWithValue("@n", size);
                MessageQuery.AddParameters(command, facts, 0, segment);
                using var row = command.ExecuteReader();
                while (row.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    found.Add(read(row));
                }
            }

            foreach (var one in found)
            {
                yield return one;
            }

            if (found.Count < size || idOf(found[^1]) >= segment.UpTo)
            {
                yield break;
            }

            segment = segment with { From = idOf(found[^1]) + 1 };
        }
    }

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken)
    {
        var facts = Facts(Chat);
        using var session = Open();
        using var messages = new SqlServerMessageReader(facts, keepHalfPairs);
        var query = new MessageQuery(facts, segments, after);
        var batch = pool.Rent();
        while (query.Next() is { } group)
        {
            using var command = session.Command(query.Sql(group));
            query.AddParameters(command, group);
            using var row = command.ExecuteReader(messages.Behaviour);
            foreach (var segment in group)
            {
                var rows = 0;
                var last = segment.From;
                while (row.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    last = messages.Append(batch, row, segment.Room);
                    rows++;
                    if (batch.Count + batch.Irregular.Count >= limits.Rows || batch.Bytes >= limits.Bytes)
                    {
                        batch.To = new MessageKey(segment.Room, last).ToString();
                        yield return batch;
                        batch = pool.Rent();
                    }
                }

                if (!query.GoOn(segment, rows, last))
                {
                    batch.To = new MessageKey(segment.Room, segment.UpTo).ToString();
                }

                row.NextResult();
            }
        }

        if (batch.Count + batch.Irregular.Count == 0 && batch.To.Length == 0)
        {
            pool.Return(batch);
            yield break;
        }

        yield return batch;
    }

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken)
    {
        var facts = Facts(Chat);
        var (room, id) = (facts.Find("channelID"), facts.Find("chatID"));
        if (room is null || id is null || (IsKeyed(facts) && !room.Nullable && !id.Nullable))
        {
            yield break;
        }

        var where = IsKeyed(facts) ? $"WHERE {Quote(room.Name)} IS NULL OR {Quote(id.Name)} IS NULL" : "";
        var columns = MessageColumns.Select(column => facts.Find(column) is { } found ? Quote(found.Name) : column == "isAlert" ? "0" : "NULL");
        var position = new KeysetPosition(facts with { Key = [] }, after);
        using var session = Open();
        using var command = session.Command($"SELECT {string.Join(", ", columns)} FROM {TableName(Chat)} {where} {position.OrderBy}");
        using var row = command.ExecuteReader();
        position.Skip(row, cancellationToken);
        foreach (var page in Pages(row, position, MessageColumns.Length, limits, cancellationToken))
        {
            yield return page;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Connections live no longer than the enumeration that opened them; the driver's pool keeps them warm.
    }

    private IEnumerable<RowPage> Pages(SqlDataReader row, KeysetPosition position, int width, BatchLimits limits, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        var bytes = 0L;
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cells = new object?[width];
            for (var i = 0; i < width; i++)
            {
                cells[i] = SqlServerCells.Read(row, position.Columns.Count + i, keepHalfPairs);
                bytes += SqlServerCells.Size(cells[i]);
            }

            rows.Add(cells);
            position.Pass(row);
            if (rows.Count >= limits.Rows || bytes >= limits.Bytes)
            {
                yield return new RowPage(rows, position.ToString());
                rows = [];
                bytes = 0;
            }
        }

        if (rows.Count > 0)
        {
            yield return new RowPage(rows, position.ToString());
        }
    }

    private static bool IsKeyed(SourceTable chat) => chat.Find("channelID") is { IsInteger: true } && chat.Find("chatID") is { IsInteger: true };

    private static string ColumnOf(SourceTable table, string column) => Quote(table.Find(column)!.Name);

    private static bool AllowsSnapshot(SqlServerEnd end, bool readOnlyIntent)
    {
        using var connection = OpenForReading(end, readOnlyIntent);
        using var command = Command(end, connection, null, "SELECT CAST(snapshot_isolation_state AS int) FROM sys.databases WHERE name = DB_NAME()");
        return command.ExecuteScalar() is 1;
    }

    private SourceTable Facts(string table) => LazyInitializer.EnsureInitialized(ref _tables, ReadTables).GetValueOrDefault(table) ?? new SourceTable([], [], false);

    private IReadOnlyDictionary<string, SourceTable> ReadTables()
    {
        using var session = Open();
        return SourceTable.ReadAll(end, session.Connection, session.Transaction, PreferredKey);
    }

    private static IReadOnlyList<string> PreferredKey(string table) => table.Equals(Chat, StringComparison.OrdinalIgnoreCase) ? ["channelID", "chatID"] : [];

    private ReadSession Open() => new(end, readOnlyIntent, _snapshot.Value);
}
