using System.Globalization;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using Microsoft.Data.Sqlite;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Sqlite;

/// <summary>Our own tables at an SQLite destination: their layout and how they are read. Removed by <c>finish</c>.</summary>
internal static class SqliteCheckpointTables
{
    /// <summary>All of them.</summary>
    public static readonly string[] Names =
    [
        "chatetl_run", "chatetl_principal", "chatetl_node", "chatetl_addin", "chatetl_access", "chatetl_range", "chatetl_segment",
        "chatetl_watermark", "chatetl_book", "chatetl_rejection", "chatetl_finding", "chatetl_event",
    ];

    /// <summary>Makes the tables that are missing.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS chatetl_run (
            id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL,
            epoch INTEGER NOT NULL, pass INTEGER NOT NULL, last_pass INTEGER NOT NULL, started TEXT NOT NULL, updated TEXT NOT NULL,
            owner TEXT NOT NULL, wrote INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_principal (
            source_id INTEGER PRIMARY KEY, destination_id INTEGER NOT NULL, origin TEXT NOT NULL, had_affiliations INTEGER NOT NULL, digest TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_node (
            source_id INTEGER PRIMARY KEY, destination_id INTEGER NOT NULL, origin TEXT NOT NULL, is_category INTEGER NOT NULL,
            full_name TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_addin (
            source_id TEXT PRIMARY KEY, destination_id TEXT NOT NULL, origin TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_access (
            node_id INTEGER NOT NULL, principal_id INTEGER NOT NULL, type_id INTEGER NOT NULL, PRIMARY KEY (node_id, principal_id, type_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS chatetl_range (
            range_id INTEGER PRIMARY KEY, pass INTEGER NOT NULL, stream TEXT NOT NULL, next_key TEXT NOT NULL, done INTEGER NOT NULL,
            epoch INTEGER NOT NULL, rows_read INTEGER NOT NULL, written INTEGER NOT NULL, reused INTEGER NOT NULL, rejected INTEGER NOT NULL,
            derived INTEGER NOT NULL, skipped TEXT NOT NULL, bytes INTEGER NOT NULL, digest TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_segment (
            range_id INTEGER NOT NULL, ordinal INTEGER NOT NULL, channel_id INTEGER NOT NULL, from_id INTEGER NOT NULL, up_to_id INTEGER NOT NULL,
            PRIMARY KEY (range_id, ordinal)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS chatetl_watermark (channel_id INTEGER PRIMARY KEY, up_to_id INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_book (
            pass INTEGER NOT NULL, source_table TEXT NOT NULL, rows_read INTEGER NOT NULL, written INTEGER NOT NULL, reused INTEGER NOT NULL,
            rejected INTEGER NOT NULL, derived INTEGER NOT NULL, skipped TEXT NOT NULL, PRIMARY KEY (pass, source_table)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS chatetl_rejection (
            rejection_id INTEGER PRIMARY KEY, pass INTEGER NOT NULL, range_id INTEGER NOT NULL, source_table TEXT NOT NULL,
            source_key TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, source_values TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS chatetl_rejection_key ON chatetl_rejection (source_table, source_key);
        CREATE TABLE IF NOT EXISTS chatetl_finding (
            finding_id INTEGER PRIMARY KEY, pass INTEGER NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, source_table TEXT NOT NULL,
            source_key TEXT NOT NULL, message TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS chatetl_event (
            sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, epoch INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
            previous TEXT NOT NULL, hash TEXT NOT NULL);
        """;

    /// <summary>Whether the tables are there.</summary>
    public static bool Exist(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'chatetl_run'");
        return statement.Step();
    }

    /// <summary>Reads the run row; null when there is none.</summary>
    public static RunRecord? ReadRun(SqliteConnection connection)
    {
        if (!Exist(connection))
        {
            return null;
        }

        using var statement = new SqliteStatement(
            connection, "SELECT format, fingerprint, state, epoch, pass, last_pass, started, updated, owner FROM chatetl_run");
        return !statement.Step()
            ? null
            : new RunRecord(
                (int)statement.Integer(0), RunFingerprint.FromJson(statement.Text(1)), Enum.Parse<RunState>(statement.Text(2)), statement.Integer(3),
                (int)statement.Integer(4), statement.Integer(5) == 1, Time(statement.Text(6)), Time(statement.Text(7)), statement.Text(8));
    }

    /// <summary>Reads the id maps.</summary>
    public static Decisions ReadDecisions(SqliteConnection connection)
    {
        var principals = new Dictionary<int, PrincipalDecision>();
        foreach (var row in Rows(connection, "SELECT source_id, destination_id, origin, had_affiliations, digest FROM chatetl_principal"))
        {
            var id = (int)row.Integer(0);
            principals[id] = new(id, (int)row.Integer(1), Enum.Parse<Origin>(row.Text(2)), row.Integer(3) == 1, row.Text(4));
        }

        var nodes = new Dictionary<int, NodeDecision>();
        foreach (var row in Rows(connection, "SELECT source_id, destination_id, origin, is_category, full_name, name, digest FROM chatetl_node"))
        {
            var id = (int)row.Integer(0);
            nodes[id] = new(id, (int)row.Integer(1), Enum.Parse<Origin>(row.Text(2)), row.Integer(3) == 1, row.Text(4), row.Text(5), row.Text(6));
        }

        var addIns = new Dictionary<Guid, AddInDecision>();
        foreach (var row in Rows(connection, "SELECT source_id, destination_id, origin, name, digest FROM chatetl_addin"))
        {
            var id = Guid.Parse(row.Text(0));
            addIns[id] = new(id, Guid.Parse(row.Text(1)), Enum.Parse<Origin>(row.Text(2)), row.Text(3), row.Text(4));
        }

        return new Decisions { Principals = principals, Nodes = nodes, AddIns = addIns };
    }

    /// <summary>Reads the rights that runs of ours wrote.</summary>
    public static IEnumerable<AccessRow> ReadAccess(SqliteConnection connection) =>
        Rows(connection, "SELECT node_id, principal_id, type_id FROM chatetl_access")
            .Select(row => new AccessRow((int)row.Integer(0), (int)row.Integer(1), (int)row.Integer(2), 0));

    /// <summary>Reads up to which chatId each channelId was taken.</summary>
    public static Dictionary<long, long> ReadWatermarks(SqliteConnection connection) =>
        Rows(connection, "SELECT channel_id, up_to_id FROM chatetl_watermark").Select(row => (row.Integer(0), row.Integer(1))).ToDictionary();

    /// <summary>Reads the ranges of the current pass.</summary>
    public static List<RangeProgress> ReadRanges(SqliteConnection connection)
    {
        const string Current = "pass = (SELECT pass FROM chatetl_run)";
        var segments = Rows(
                connection, $"SELECT range_id, channel_id, from_id, up_to_id FROM chatetl_segment WHERE range_id IN (SELECT range_id FROM chatetl_range WHERE {Current}) ORDER BY range_id, ordinal")
            .Select(row => (Range: (int)row.Integer(0), Segment: new Segment(row.Integer(1), row.Integer(2), row.Integer(3))))
            .ToLookup(row => row.Range, row => row.Segment);
        return
        [
            .. Rows(connection, $"SELECT {CheckpointColumns}, stream FROM chatetl_range WHERE {Current} ORDER BY range_id")
                .Select(row =>
                {
                    var checkpoint = Checkpoint(row);
                    return new RangeProgress(new Range(checkpoint.RangeId, row.Text(11), [.. segments[checkpoint.RangeId]]), checkpoint);
                }),
        ];
    }

    /// <summary>Reads how far one range is.</summary>
    public static RangeCheckpoint ReadCheckpoint(SqliteConnection connection, int rangeId)
    {
        using var statement = new SqliteStatement(connection, $"SELECT {CheckpointColumns} FROM chatetl_range WHERE range_id = ?1");
        statement.Bind(1, rangeId);
        return statement.Step() ? Checkpoint(statement) : throw new InvalidOperationException($"Range {rangeId} is not at the destination.");
    }

    /// <summary>Reads the books of one pass, or of all with 0.</summary>
    public static Dictionary<string, Book> ReadBooks(SqliteConnection connection, int pass)
    {
        var books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase);
        const string Sql = """
            SELECT stream, rows_read, written, reused, rejected, derived, skipped FROM chatetl_range WHERE ?1 IN (0, pass)
            UNION ALL SELECT source_table, rows_read, written, reused, rejected, derived, skipped FROM chatetl_book WHERE ?1 IN (0, pass)
            """;
        foreach (var row in Rows(connection, Sql, pass))
        {
            var table = Streams.TableOf(row.Text(0));
            if (!books.TryGetValue(table, out var sum))
            {
                books[table] = sum = new Book();
            }

            sum.Add(ReadBook(row, 1));
        }

        return books;
    }

    /// <summary>Reads a page of open rejections, without the values of their rows.</summary>
    public static IEnumerable<StoredRejection> ReadRejections(SqliteConnection connection, RejectionFilter filter, long after, int most) =>
        Rows(
            connection,
            $"SELECT rejection_id, pass, range_id, source_table, source_key, rule, reason, '' FROM chatetl_rejection WHERE {Filtered} AND rejection_id > ?5 ORDER BY rejection_id LIMIT ?6",
            [.. Parameters(filter), after, most])
            .Select(Rejection);

    /// <summary>Reads one open rejection with the values of its row.</summary>
    public static StoredRejection? ReadRejection(SqliteConnection connection, long id) =>
        Rows(
            connection, "SELECT rejection_id, pass, range_id, source_table, source_key, rule, reason, source_values FROM chatetl_rejection WHERE rejection_id = ?1", id)
            .Select(Rejection).FirstOrDefault();

    /// <summary>Counts open rejections by table and rule.</summary>
    public static IEnumerable<RejectionCount> CountRejections(SqliteConnection connection, RejectionFilter filter) =>
        Rows(
            connection, $"SELECT source_table, rule, range_id <> 0, count(*) FROM chatetl_rejection WHERE {Filtered} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            Parameters(filter))
            .Select(row => new RejectionCount(row.Text(0), row.Text(1), row.Integer(2) == 1, row.Integer(3)));

    /// <summary>Reads the event log, the last entry first.</summary>
    public static IEnumerable<EventEntry> ReadEventsBackwards(SqliteConnection connection) =>
        Rows(connection, "SELECT sequence, at, epoch, who, kind, detail, previous, hash FROM chatetl_event ORDER BY sequence DESC")
            .Select(row => new EventEntry(row.Integer(0), row.Text(1), row.Integer(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7)));

    /// <summary>Runs a query; the statement given out stands on the current row.</summary>
    public static IEnumerable<SqliteStatement> Rows(SqliteConnection connection, string sql, params object?[] parameters)
    {
        using var statement = new SqliteStatement(connection, sql);
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Bind(i + 1, parameters[i]);
        }

        while (statement.Step())
        {
            yield return statement;
        }
    }

    /// <summary>The skipped counts of a book, as stored.</summary>
    public static string FormatSkipped(Book book) => JsonSerializer.Serialize(book.Skipped);

    private const string Filtered =
        "(?1 IS NULL OR lower(source_table) = lower(?1)) AND (?2 IS NULL OR lower(rule) = lower(?2)) AND (?3 IS NULL OR source_key = ?3) "
        + "AND (?4 IS NULL OR substr(source_key, 1, length(?4)) = ?4)";

    private const string CheckpointColumns = "range_id, next_key, done, rows_read, written, reused, rejected, derived, skipped, bytes, digest";

    private static object?[] Parameters(RejectionFilter filter) => [filter.Table, filter.Rule, filter.IsPrefix ? null : filter.Key, filter.IsPrefix ? filter.Key : null];

    private static StoredRejection Rejection(SqliteStatement row) => new(
        row.Integer(0), (int)row.Integer(1), (int)row.Integer(2), new Rejection(row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7)));

    private static RangeCheckpoint Checkpoint(SqliteStatement row) => new(
        (int)row.Integer(0), row.Text(1), row.Integer(2) == 1, ReadBook(row, 3), row.Integer(9), RowDigest.Parse(row.Text(10)));

    private static Book ReadBook(SqliteStatement row, int first)
    {
        var book = new Book
        {
            Read = row.Integer(first),
            Written = row.Integer(first + 1),
            Reused = row.Integer(first + 2),
            Rejected = row.Integer(first + 3),
            Derived = row.Integer(first + 4),
        };
        foreach (var (rule, rows) in JsonSerializer.Deserialize<Dictionary<string, long>>(row.Text(first + 5)) ?? [])
        {
            book.Skip(rule, rows);
        }

        return book;
    }

    private static DateTime Time(string text) => DateTime.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
