using System.Globalization;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.SqlServer;

/// <summary>Our own tables at a SQL Server destination, schema chatetl: their layout and how they are read. Removed by <c>finish</c>.</summary>
/// <remarks>As in SQLite, but that each range says for itself when it was written: one row that all writers update would make them wait for each other.</remarks>
internal static class SqlServerCheckpointTables
{
    /// <summary>The schema.</summary>
    public const string Schema = "chatetl";

    /// <summary>All of them but the stages.</summary>
    public static readonly string[] Names =
        ["run", "principal", "node", "addin", "access", "range", "segment", "watermark", "book", "rejection", "finding", "event", "counter"];

    /// <summary>Texts that are compared to the last bit.</summary>
    private const string Exact = "COLLATE Latin1_General_BIN2";

    private const string CheckpointColumns = "range_id, next_key, done, rows_read, written, reused, rejected, derived, skipped, bytes, digest";

    private static readonly (string Name, string Columns)[] Layout =
    [
        ("run", "id int NOT NULL PRIMARY KEY CHECK (id = 1), format int NOT NULL, fingerprint nvarchar(max) NOT NULL, state varchar(20) NOT NULL, epoch bigint NOT NULL, "
            + "pass int NOT NULL, last_pass bit NOT NULL, started varchar(40) NOT NULL, updated varchar(40) NOT NULL, owner_name nvarchar(400) NOT NULL, wrote bit NOT NULL"),
        ("principal", "source_id int NOT NULL PRIMARY KEY, destination_id int NOT NULL, origin varchar(20) NOT NULL, had_affiliations bit NOT NULL, digest varchar(32) NOT NULL"),
        ("node", "source_id int NOT NULL PRIMARY KEY, destination_id int NOT NULL, origin varchar(20) NOT NULL, is_category bit NOT NULL, full_name nvarchar(max) NOT NULL, "
            + "name nvarchar(256) NOT NULL, digest varchar(32) NOT NULL"),
        ("addin", "source_id uniqueidentifier NOT NULL PRIMARY KEY, destination_id uniqueidentifier NOT NULL, origin varchar(20) NOT NULL, name nvarchar(50) NOT NULL, digest varchar(32) NOT NULL"),
        ("access", "node_id int NOT NULL, principal_id int NOT NULL, type_id int NOT NULL, PRIMARY KEY (node_id, principal_id, type_id)"),
        ("range", $"range_id int NOT NULL PRIMARY KEY, pass int NOT NULL, stream nvarchar(128) NOT NULL, next_key nvarchar(max) {Exact} NOT NULL, done bit NOT NULL, "
            + "epoch bigint NOT NULL, updated varchar(40) NOT NULL, wrote bit NOT NULL, rows_read bigint NOT NULL, written bigint NOT NULL, reused bigint NOT NULL, "
            + "rejected bigint NOT NULL, derived bigint NOT NULL, skipped nvarchar(max) NOT NULL, bytes bigint NOT NULL, digest varchar(32) NOT NULL"),
        ("segment", "range_id int NOT NULL, ordinal int NOT NULL, channel_id bigint NOT NULL, from_id bigint NOT NULL, up_to_id bigint NOT NULL, PRIMARY KEY (range_id, ordinal)"),
        ("watermark", "channel_id bigint NOT NULL PRIMARY KEY, up_to_id bigint NOT NULL"),
        ("book", "pass int NOT NULL, source_table nvarchar(128) NOT NULL, rows_read bigint NOT NULL, written bigint NOT NULL, reused bigint NOT NULL, rejected bigint NOT NULL, "
            + "derived bigint NOT NULL, skipped nvarchar(max) NOT NULL, PRIMARY KEY (pass, source_table)"),
        ("rejection", "rejection_id bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, pass int NOT NULL, range_id int NOT NULL, source_table nvarchar(128) NOT NULL, "
            + "source_key nvarchar(max) NOT NULL, rule_id varchar(20) NOT NULL, reason nvarchar(max) NOT NULL, source_values nvarchar(max) NOT NULL"),
        ("finding", "finding_id bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, pass int NOT NULL, rule_id varchar(20) NOT NULL, severity varchar(20) NOT NULL, "
            + "source_table nvarchar(128) NOT NULL, source_key nvarchar(max) NOT NULL, message nvarchar(max) NOT NULL"),
        ("event", "sequence bigint NOT NULL PRIMARY KEY, at varchar(40) NOT NULL, epoch bigint NOT NULL, who nvarchar(1000) NOT NULL, kind varchar(40) NOT NULL, "
            + "detail nvarchar(max) NOT NULL, previous varchar(64) NOT NULL, hash varchar(64) NOT NULL"),
        ("counter", "id int NOT NULL PRIMARY KEY, legacy bigint NULL, value bigint NULL"),
    ];

    /// <summary>A table of ours, as it is written in SQL.</summary>
    public static string Name(string table) => $"{Schema}.{Quote(table)}";

    /// <summary>The table that rows of a product's table pass through.</summary>
    public static string Stage(Table table) => Name($"stage_{table.Name}");

    /// <summary>Makes the schema and the tables that are missing.</summary>
    public static void Create(SqlServerWriteSession session, IEnumerable<DestinationTable> staged)
    {
        session.Execute($"IF SCHEMA_ID('{Schema}') IS NULL EXEC('CREATE SCHEMA {Schema}')");
        session.Execute(string.Join('\n', Layout.Concat(staged.Select(StageOf)).Select(table =>
            $"IF OBJECT_ID('{Schema}.{table.Name}') IS NULL CREATE TABLE {Name(table.Name)} ({table.Columns});")));
    }

    private static (string Name, string Columns) StageOf(DestinationTable table)
    {
        var columns = table.Table.Columns.Select(column => table.Find(column.Name)!)
            .Select(column => $"{Quote(column.Name)} {column.SqlType} {(column.Collation is { } collation ? $"COLLATE {collation} " : "")}NULL");
        return ($"stage_{table.Table.Name}", $"ordinal int NOT NULL PRIMARY KEY, {string.Join(", ", columns)}");
    }

    /// <summary>The statement that makes a table like that of the ranges.</summary>
    public static string CreateRanges(string name) => $"CREATE TABLE {Name(name)} ({Layout.Single(table => table.Name == "range").Columns})";

    /// <summary>Removes the tables and the schema.</summary>
    public static void Drop(SqlServerWriteSession session, IEnumerable<Table> staged)
    {
        foreach (var table in Names.Concat(staged.Select(table => $"stage_{table.Name}")))
        {
            session.Execute($"IF OBJECT_ID('{Schema}.{table}') IS NOT NULL DROP TABLE {Name(table)}");
        }

        session.Execute($"DROP SCHEMA {Schema}");
    }

    /// <summary>Whether the tables are there.</summary>
    public static bool Exist(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction) =>
        Rows(end, connection, transaction, $"SELECT CASE WHEN OBJECT_ID('{Schema}.run') IS NULL THEN 0 ELSE 1 END", row => row.GetInt32(0)).Single() == 1;

    /// <summary>Reads the run row; null when there is none.</summary>
    public static RunRecord? ReadRun(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction)
    {
        const string Sql = """
            SELECT format, fingerprint, state, epoch, pass, last_pass, started, updated, owner_name,
                (SELECT MAX(updated) FROM chatetl.range AS written WHERE written.pass = run.pass)
            FROM chatetl.run AS run
            """;
        return !Exist(end, connection, transaction) ? null : Rows(end, connection, transaction, Sql, Read).FirstOrDefault();

        static RunRecord Read(SqlDataReader row)
        {
            var (updated, written) = (row.GetString(7), row.IsDBNull(9) ? "" : row.GetString(9));
            return new RunRecord(
                row.GetInt32(0), RunFingerprint.FromJson(row.GetString(1)), Enum.Parse<RunState>(row.GetString(2)), row.GetInt64(3), row.GetInt32(4), row.GetBoolean(5),
                Time(row.GetString(6)), Time(string.CompareOrdinal(updated, written) >= 0 ? updated : written), row.GetString(8));
        }
    }

    /// <summary>Reads the id maps.</summary>
    public static Decisions ReadDecisions(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction) => new()
    {
        Principals = Rows(
            end, connection, transaction, "SELECT source_id, destination_id, origin, had_affiliations, digest FROM chatetl.principal",
            row => new PrincipalDecision(row.GetInt32(0), row.GetInt32(1), Enum.Parse<Origin>(row.GetString(2)), row.GetBoolean(3), row.GetString(4)))
            .ToDictionary(decision => decision.SourceId),
        Nodes = Rows(
            end, connection, transaction, "SELECT source_id, destination_id, origin, is_category, full_name, name, digest FROM chatetl.node",
            row => new NodeDecision(
                row.GetInt32(0), row.GetInt32(1), Enum.Parse<Origin>(row.GetString(2)), row.GetBoolean(3), row.GetString(4), row.GetString(5), row.GetString(6)))
            .ToDictionary(decision => decision.SourceId),
        AddIns = Rows(
            end, connection, transaction, "SELECT source_id, destination_id, origin, name, digest FROM chatetl.addin",
            row => new AddInDecision(row.GetGuid(0), row.GetGuid(1), Enum.Parse<Origin>(row.GetString(2)), row.GetString(3), row.GetString(4)))
            .ToDictionary(decision => decision.SourceId),
    };

    /// <summary>Reads up to which chatId each channelId was taken.</summary>
    public static Dictionary<long, long> ReadWatermarks(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction) =>
        Rows(end, connection, transaction, "SELECT channel_id, up_to_id FROM chatetl.watermark", row => (row.GetInt64(0), row.GetInt64(1))).ToDictionary();

    /// <summary>Reads the ranges of the current pass.</summary>
    public static List<RangeProgress> ReadRanges(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction)
    {
        const string Current = "pass = (SELECT pass FROM chatetl.run)";
        var segments = Rows(
                end, connection, transaction,
                $"""
                SELECT range_id, channel_id, from_id, up_to_id FROM chatetl.segment
                WHERE range_id IN (SELECT range_id FROM chatetl.range WHERE {Current}) ORDER BY range_id, ordinal
                """,
                row => (Range: row.GetInt32(0), Segment: new Segment(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3))))
            .ToLookup(row => row.Range, row => row.Segment);
        return
        [
            .. Rows(
                end, connection, transaction, $"SELECT {CheckpointColumns}, stream FROM chatetl.range WHERE {Current} ORDER BY range_id",
                row => (Checkpoint: Checkpoint(row), Stream: row.GetString(11)))
                .Select(row => new RangeProgress(new Range(row.Checkpoint.RangeId, row.Stream, [.. segments[row.Checkpoint.RangeId]]), row.Checkpoint)),
        ];
    }

    /// <summary>Reads how far one range is.</summary>
    public static RangeCheckpoint ReadCheckpoint(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, int rangeId, string table = "range") =>
        Rows(end, connection, transaction, $"SELECT {CheckpointColumns} FROM {Name(table)} WHERE range_id = @p0", Checkpoint, rangeId).FirstOrDefault()
            ?? throw NoSuchRange(rangeId);

    /// <summary>Reads a checkpoint, its epoch and its pass, and keeps others from moving it until the transaction ends.</summary>
    public static (RangeCheckpoint Checkpoint, long Epoch, int Pass) LockCheckpoint(SqlServerWriteSession session, int rangeId, string table = "range")
    {
        using var row = session.Prepared(
            $"SELECT {CheckpointColumns}, epoch, pass FROM {Name(table)} WITH (UPDLOCK, ROWLOCK) WHERE range_id = @p0", rangeId).ExecuteReader();
        return row.Read() ? (Checkpoint(row), row.GetInt64(11), row.GetInt32(12)) : throw NoSuchRange(rangeId);
    }

    private static InvalidOperationException NoSuchRange(int rangeId) => new($"Range {rangeId} is not at the destination.");

    /// <summary>Reads the books of one pass, or of all with 0.</summary>
    public static Dictionary<string, Book> ReadBooks(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, int pass)
    {
        const string Sql = """
            SELECT stream, rows_read, written, reused, rejected, derived, skipped FROM chatetl.range WHERE @p0 IN (0, pass)
            UNION ALL SELECT source_table, rows_read, written, reused, rejected, derived, skipped FROM chatetl.book WHERE @p0 IN (0, pass)
            """;
        var books = new Dictionary<string, Book>(StringComparer.OrdinalIgnoreCase);
        foreach (var (stream, book) in Rows(end, connection, transaction, Sql, row => (row.GetString(0), ReadBook(row, 1)), pass))
        {
            var table = Streams.TableOf(stream);
            books.TryAdd(table, new Book());
            books[table].Add(book);
        }

        return books;
    }

    /// <summary>Reads a page of open rejections, without the values of their rows.</summary>
    public static IEnumerable<StoredRejection> ReadRejections(SqlServerEnd end, SqlConnection connection, RejectionFilter filter, long after, int most)
    {
        var (where, values) = Filtered(filter, after);
        return Rows(
            end, connection, null,
            $"""
            SELECT TOP ({most.ToString(CultureInfo.InvariantCulture)}) rejection_id, pass, range_id, source_table, source_key, rule_id, reason, CAST(N'' AS nvarchar(max))
            FROM chatetl.rejection {where} ORDER BY rejection_id
            """,
            ReadRejection, values);
    }

    /// <summary>Reads one open rejection with the values of its row; null when there is none.</summary>
    public static StoredRejection? ReadRejection(SqlServerEnd end, SqlConnection connection, long id) =>
        Rows(
            end, connection, null, "SELECT rejection_id, pass, range_id, source_table, source_key, rule_id, reason, source_values FROM chatetl.rejection WHERE rejection_id = @p0",
            ReadRejection, id)
            .FirstOrDefault();

    /// <summary>Counts open rejections by table and rule.</summary>
    public static IEnumerable<RejectionCount> CountRejections(SqlServerEnd end, SqlConnection connection, RejectionFilter filter)
    {
        var (where, values) = Filtered(filter);
        return Rows(
            end, connection, null,
            $"""
            SELECT source_table, rule_id, MAX(CASE WHEN range_id <> 0 THEN 1 ELSE 0 END), COUNT(*) FROM chatetl.rejection {where}
            GROUP BY source_table, rule_id, CASE WHEN range_id <> 0 THEN 1 ELSE 0 END ORDER BY source_table, rule_id, 3
            """,
            row => new RejectionCount(row.GetString(0), row.GetString(1), row.GetInt32(2) > 0, row.GetInt32(3)), values);
    }

    /// <summary>Reads the event log, the last entry first.</summary>
    /// <param name="end">The database.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction; null outside of one.</param>
    /// <param name="most">How many entries at most.</param>
    public static IEnumerable<EventEntry> ReadEventsBackwards(SqlServerEnd end, SqlConnection connection, SqlTransaction? transaction, int most) =>
        Rows(
            end, connection, transaction,
            $"SELECT TOP ({most.ToString(CultureInfo.InvariantCulture)}) sequence, at, epoch, who, kind, detail, previous, hash FROM chatetl.event ORDER BY sequence DESC",
            row => new EventEntry(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)));

    /// <summary>The skipped counts of a book, as stored.</summary>
    public static string FormatSkipped(Book book) => JsonSerializer.Serialize(book.Skipped);

    /// <summary>A time, as stored.</summary>
    public static string FormatTime(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);

    /// <summary>The conditions of a filter and the values of their parameters; a filter of nothing has neither.</summary>
    private static (string Where, object?[] Values) Filtered(RejectionFilter filter, long after = 0)
    {
        var (conditions, values) = (new List<string>(), new List<object?>());
        Add("rejection_id > @", after == 0 ? null : after);
        Add("LOWER(source_table) = LOWER(@)", filter.Table);
        Add("LOWER(rule_id) = LOWER(@)", filter.Rule);
        Add(filter.IsPrefix ? $"SUBSTRING(source_key, 1, {filter.Key?.Length.ToString(CultureInfo.InvariantCulture)}) {Exact} = @" : $"source_key {Exact} = @", filter.Key);
        return (conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions), [.. values]);

        void Add(string condition, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition.Replace("@", $"@p{values.Count.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal));
                values.Add(value);
            }
        }
    }

    private static StoredRejection ReadRejection(SqlDataReader row) => new(
        row.GetInt64(0), row.GetInt32(1), row.GetInt32(2),
        new Rejection(row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)));

    private static RangeCheckpoint Checkpoint(SqlDataReader row) => new(
        row.GetInt32(0), row.GetString(1), row.GetBoolean(2), ReadBook(row, 3), row.GetInt64(9), RowDigest.Parse(row.GetString(10)));

    private static Book ReadBook(SqlDataReader row, int first)
    {
        var book = new Book
        {
            Read = row.GetInt64(first),
            Written = row.GetInt64(first + 1),
            Reused = row.GetInt64(first + 2),
            Rejected = row.GetInt64(first + 3),
            Derived = row.GetInt64(first + 4),
        };
        foreach (var (rule, rows) in JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(first + 5)) ?? [])
        {
            book.Skip(rule, rows);
        }

        return book;
    }

    private static DateTime Time(string text) => DateTime.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
