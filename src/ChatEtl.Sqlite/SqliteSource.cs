using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static ChatEtl.Sqlite.SqliteDatabase;

namespace ChatEtl.Sqlite;

/// <summary>A chat database in an SQLite file, of any generation; also a destination read back.</summary>
/// <remarks>
/// Messages are read by seeks on the key (channelId, chatId). SQLite's columns are only hints: values that are no whole numbers, bits or
/// UTF-8 text travel as <see cref="MessageBatch.Irregular"/> and are judged by the rules, never dropped.
/// </remarks>
public sealed class SqliteSource : IChatSource
{
    private const string RowId = "rowid";
    private const string LowestId = "-9223372036854775808";
    private const string HighestId = "9223372036854775807";
    private static readonly string[] MessageColumns = ["channelId", "chatId", "chatDate", "userId", "isAlert", "content", "rtf"];

    private readonly string _path;
    private readonly Lazy<DatabaseShape> _shape;
    private readonly Lazy<bool> _keysAreText;
    private IReadOnlyList<Finding>? _checked;

    /// <summary>Names the file; it is opened when first read.</summary>
    public SqliteSource(string path)
    {
        _path = Path.GetFullPath(path);

        // A fault is not kept: the next read may be luckier.
        _shape = new(LoadShape, LazyThreadSafetyMode.PublicationOnly);
        _keysAreText = new(LoadKeysAreText, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public string Description => $"SQLite {_path}";

    /// <inheritdoc/>
    public Remedy RemedyFor(Exception exception) => SqliteFaults.RemedyFor(exception);

    /// <inheritdoc/>
    public string Explain(Exception exception) => SqliteFaults.Explain(exception);

    /// <inheritdoc/>
    /// <remarks>A package is read whole and compared with its manifest, once for all callers.</remarks>
    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => _checked ??= PackageCheck.Verify(_path, cancellationToken);

    /// <inheritdoc/>
    public DatabaseShape ReadShape() => _shape.Value;

    /// <inheritdoc/>
    public long CountRows(string table)
    {
        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(connection, $"SELECT count(*) FROM {Quote(table)}");
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken)
    {
        if (!_shape.Value.Has(table.Name))
        {
            yield break;
        }

        using var connection = OpenForReading(_path);
        var keys = KeyColumns(connection, table.Name);
        var columns = string.Join(", ", table.Columns.Select(column => Has(table.Name, column.Name) ? Quote(column.Name) : "NULL"));
        var key = string.Join(", ", keys.Select(Quote));
        var where = after.Length == 0 ? "" : $"WHERE ({key}) > ({string.Join(", ", keys.Select((_, i) => $"?{i + 1}"))})";
        using var statement = new SqliteStatement(
            connection, $"SELECT {key}, {columns} FROM {Quote(table.Name)} {where} ORDER BY {key}");
        if (after.Length > 0)
        {
            var values = Positions.Parse(after);
            for (var i = 0; i < values.Length; i++)
            {
                statement.Bind(i + 1, values[i]);
            }
        }

        // Asked for every row, and needed once a page.
        var (last, rowid) = (new object?[keys.Count], 0L);
        var pages = keys is [RowId]
            ? Pages(statement, 1, table.Columns.Count, limits, () => rowid = statement.Integer(0), () => Positions.Format([rowid]), cancellationToken)
            : Pages(statement, keys.Count, table.Columns.Count, limits, () => Positions.Read(statement, last), () => Positions.Format(last), cancellationToken);
        foreach (var page in pages)
        {
            yield return page;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken)
    {
        if (_keysAreText.Value)
        {
            yield break;
        }

        using var connection = OpenSnapshot(_path);
        using var lowest = new SqliteStatement(connection, ExtentSql("ASC"));
        using var highest = new SqliteStatement(connection, ExtentSql("DESC"));
        foreach (var room in Rooms(connection, cancellationToken).OfType<long>())
        {
            if (Bound(lowest, room, Math.Floor) is { } from && Bound(highest, room, Math.Ceiling) is { } upTo)
            {
                yield return new Segment(room, from, upTo);
            }
        }
    }

    /// <inheritdoc/>
    public long CountMessages(Segment segment)
    {
        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(
            connection, "SELECT count(*) FROM tblChat WHERE channelId = ?1 AND chatId > ?2 AND chatId <= ?3");
        statement.Bind(1, segment.Room);
        statement.Bind(2, SqliteMessageReader.Below(segment.From));
        statement.Bind(3, segment.UpTo);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <inheritdoc/>
    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken)
    {
        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(
            connection, "SELECT chatId FROM tblChat WHERE channelId = ?1 AND chatId > ?2 AND chatId <= ?3 ORDER BY chatId");
        statement.Bind(1, segment.Room);
        statement.Bind(2, SqliteMessageReader.Below(segment.From));
        statement.Bind(3, segment.UpTo);
        while (statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (statement.TypeOf(0) == raw.SQLITE_INTEGER)
            {
                yield return statement.Integer(0);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken)
    {
        if (!Has("tblChat", "chatDate"))
        {
            yield break;
        }

        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(
            connection, "SELECT chatId, chatDate FROM tblChat WHERE channelId = ?1 AND chatId >= ?2 AND chatId <= ?3 ORDER BY chatId");
        statement.Bind(1, segment.Room);
        statement.Bind(2, segment.From);
        statement.Bind(3, segment.UpTo);
        while (statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (statement.TypeOf(0) == raw.SQLITE_INTEGER && statement.TypeOf(1) == raw.SQLITE_INTEGER)
            {
                yield return new MessageTime(statement.Integer(0), statement.Integer(1));
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken)
    {
        using var connection = OpenSnapshot(_path);
        using var reader = new SqliteMessageReader(connection, _shape.Value);
        var batch = pool.Rent();
        foreach (var segment in segments)
        {
            var from = segment.From;
            if (after is { } key && (segment.Room, segment.UpTo).CompareTo((key.Room, key.Id)) <= 0)
            {
                continue;
            }

            if (after is { } inside && inside.Room == segment.Room && inside.Id >= from)
            {
                from = inside.Id + 1;
            }

            reader.Open(segment.Room, from, segment.UpTo);
            while (reader.Fill(batch, limits, cancellationToken))
            {
                yield return batch;
                batch = pool.Rent();
            }

            batch.To = new MessageKey(segment.Room, segment.UpTo).ToString();
        }

        if (batch.To.Length == 0)
        {
            pool.Return(batch);
            yield break;
        }

        yield return batch;
    }

    /// <inheritdoc/>
    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken)
    {
        using var connection = OpenSnapshot(_path);
        var done = after.Length == 0 ? 0 : long.Parse(after, CultureInfo.InvariantCulture);
        var passed = 0L;
        foreach (var statement in IrregularRows(connection, cancellationToken))
        {
            while (passed < done && statement.Step())
            {
                passed++;
            }

            if (passed < done)
            {
                continue;
            }

            var pages = Pages(
                statement, 0, MessageColumns.Length, limits, () => passed++, () => passed.ToString(CultureInfo.InvariantCulture), cancellationToken);
            foreach (var page in pages)
            {
                done = passed;
                yield return page;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Connections live no longer than the enumeration that opened them.
    }

    /// <summary>Finds every row whose key is not a whole number: statements to step through, each of which seeks on the key, in an order that does not change.</summary>
    private IEnumerable<SqliteStatement> IrregularRows(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", MessageColumns.Select(column => Has("tblChat", column) ? Quote(column) : column == "isAlert" ? "0" : "NULL"));
        string[] beyond = _keysAreText.Value ? ["TRUE"] : ["channelId IS NULL", $"channelId < {LowestId}", $"channelId > {HighestId}"];
        foreach (var condition in beyond)
        {
            using var statement = Rows(condition);
            yield return statement;
        }

        if (_keysAreText.Value)
        {
            yield break;
        }

        using var fractional = Rows("channelId = ?1");
        foreach (var room in Rooms(connection, cancellationToken).Where(room => room is double number && number is > long.MinValue and < long.MaxValue))
        {
            yield return Of(fractional, room);
        }

        using var none = Rows("channelId = ?1 AND chatId IS NULL");
        using var below = Rows($"channelId = ?1 AND chatId < {LowestId}");
        using var above = Rows($"channelId = ?1 AND chatId > {HighestId}");
        foreach (var room in Rooms(connection, cancellationToken).Where(room => room is long))
        {
            yield return Of(none, room);
            yield return Of(below, room);
            yield return Of(above, room);
        }

        SqliteStatement Rows(string condition) => new(connection, $"SELECT {columns} FROM tblChat WHERE {condition} ORDER BY channelId, chatId");

        static SqliteStatement Of(SqliteStatement statement, object room)
        {
            statement.Reset();
            statement.Bind(1, room);
            return statement;
        }
    }

    /// <summary>Every channelId that is a number, ascending, one seek each.</summary>
    private static IEnumerable<object> Rooms(SqliteConnection connection, CancellationToken cancellationToken)
    {
        using var next = new SqliteStatement(connection, "SELECT channelId FROM tblChat WHERE channelId > ?1 ORDER BY channelId LIMIT 1");
        object room = double.NegativeInfinity;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            next.Bind(1, room);
            var found = next.Step() ? next.Cell(0) : null;
            next.Reset();
            if (found is not (long or double))
            {
                yield break;
            }

            yield return found;
            room = found;
        }
    }

    private static string ExtentSql(string order) =>
        $"SELECT chatId FROM tblChat WHERE channelId = ?1 AND chatId >= {LowestId} AND chatId <= {HighestId} ORDER BY chatId {order} LIMIT 1";

    private static long? Bound(SqliteStatement statement, long room, Func<double, double> round)
    {
        statement.Bind(1, room);
        var found = statement.Step() ? statement.Cell(0) : null;
        statement.Reset();
        return found switch
        {
            long id => id,
            double id => (long)round(id),
            _ => null,
        };
    }

    private static IEnumerable<RowPage> Pages(
        SqliteStatement statement, int skip, int width, BatchLimits limits, Action onRow, Func<string> position, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        var bytes = 0L;
        while (statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = new object?[width];
            for (var i = 0; i < width; i++)
            {
                row[i] = statement.Cell(skip + i);
                bytes += row[i] switch { string text => text.Length, byte[] blob => blob.Length, UnreadableText text => text.Bytes.Length, _ => 8 };
            }

            rows.Add(row);
            onRow();
            if (rows.Count >= limits.Rows || bytes >= limits.Bytes)
            {
                yield return new RowPage(rows, position());
                rows = [];
                bytes = 0;
            }
        }

        if (rows.Count > 0)
        {
            yield return new RowPage(rows, position());
        }
    }

    /// <summary>What orders a table without change: its rowid, or the key of a table without one.</summary>
    private static List<string> KeyColumns(SqliteConnection connection, string table)
    {
        using var list = new SqliteStatement(connection, "SELECT wr FROM pragma_table_list WHERE lower(name) = lower(?1) AND schema = 'main'");
        list.BindText(1, Encoding.UTF8.GetBytes(table));
        if (!list.Step() || list.Integer(0) == 0)
        {
            return [RowId];
        }

        using var info = new SqliteStatement(connection, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk");
        info.BindText(1, Encoding.UTF8.GetBytes(table));
        var keys = new List<string>();
        while (info.Step())
        {
            keys.Add(info.Text(0));
        }

        return keys;
    }

    private bool Has(string table, string column) => _shape.Value.Has(table, column);

    private DatabaseShape LoadShape()
    {
        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(
            connection, "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type IN ('table', 'view')");
        var tables = new Dictionary<string, IReadOnlySet<string>>(StringComparer.OrdinalIgnoreCase);
        while (statement.Step())
        {
            var name = statement.Text(0);
            if (!tables.TryGetValue(name, out var columns))
            {
                tables[name] = columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            }

            ((HashSet<string>)columns).Add(statement.Text(1));
        }

        return new DatabaseShape(tables);
    }

    private bool LoadKeysAreText()
    {
        using var connection = OpenForReading(_path);
        using var statement = new SqliteStatement(
            connection, "SELECT upper(type) FROM pragma_table_info('tblChat') WHERE lower(name) IN ('channelid', 'chatid')");
        var text = false;
        while (statement.Step())
        {
            var type = statement.Text(0);
            text |= !type.Contains("INT", StringComparison.Ordinal)
                && (type.Contains("CHAR", StringComparison.Ordinal) || type.Contains("CLOB", StringComparison.Ordinal) || type.Contains("TEXT", StringComparison.Ordinal));
        }

        return text;
    }

    /// <summary>Positions in small tables: the key's values as a JSON array.</summary>
    private static class Positions
    {
        public static void Read(SqliteStatement statement, object?[] key)
        {
            for (var i = 0; i < key.Length; i++)
            {
                key[i] = statement.Cell(i);
            }
        }

        public static string Format(object?[] key) => JsonSerializer.Serialize(key.Select(value => value switch
        {
            byte[] bytes => new Hex(Convert.ToHexString(bytes)),
            UnreadableText text => new Hex(Convert.ToHexString(text.Bytes)),
            _ => value,
        }));

        public static object?[] Parse(string position) =>
        [
            .. JsonSerializer.Deserialize<JsonElement[]>(position)!.Select(value => (object?)(value.ValueKind switch
            {
                JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Object => Convert.FromHexString(value.GetProperty(nameof(Hex.Bytes)).GetString()!),
                _ => null,
            })),
        ];

        private sealed record Hex(string Bytes);
    }
}
