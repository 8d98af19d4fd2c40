using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>A migration from a package ends as the migration from its source would.</summary>
public sealed class PackageRoundTripTests : IDisposable
{
    private const string Irregular = """
        CREATE TABLE kept AS SELECT * FROM tblChat;
        DROP TABLE tblChat;
        CREATE TABLE tblChat (channelID {0}, chatID {0}, chatDate, userId, isAlert, content);
        INSERT INTO tblChat SELECT * FROM kept;
        DROP TABLE kept;
        INSERT INTO tblChat (channelID, chatID, chatDate, userId, isAlert, content)
        SELECT room, id, date, userId, alert, text FROM
            (SELECT channelID AS home, max(userId) AS userId FROM tblChat WHERE typeof(userId) = 'integer' GROUP BY channelID ORDER BY count(*) DESC LIMIT 1),
            (SELECT NULL AS room, 1 AS id, 5 AS date, 0 AS alert, 'no room' AS text
            UNION ALL VALUES ('lobby', 1, 5, 0, 'a room of letters'), (2.5, 1, 5, 0, 'half a room'), (99999999999, 1, 5, 0, 'a room out of range'),
                (NULL, NULL, 5, 0, 'no key at all'), (x'00', x'00', 5, 0, 'a room of bytes'), (-1e300, 4, 5, 0, 'far below'))
        UNION ALL
        SELECT home, id, date, userId, alert, text FROM
            (SELECT channelID AS home, max(userId) AS userId FROM tblChat WHERE typeof(userId) = 'integer' GROUP BY channelID ORDER BY count(*) DESC LIMIT 1),
            (SELECT NULL AS id, 5 AS date, 0 AS alert, 'no id' AS text
            UNION ALL VALUES ('first', 5, 0, 'an id of letters'), (6.5, 5, 0, 'between two'), (1e300, 5, 0, 'far above'), (880001, 'in May', 0, 'a date of letters'),
                (880002, 5, '1', 'an alert of a letter'), (880003, '634000000000000000', 0, 'a date that converts'), (880004, 5, 0, x''), (880005, 5, 0, 7),
                (880006, 5, 0, CAST(x'62FFFE' AS TEXT)), (880006, 5, 0, 'a key that occurs twice'), (880007, 5.0, 0, 'a date that is no integer'));
        """;

    private readonly List<Rehearsal> _rehearsals = [];

    [Theory]
    [InlineData(Generation.OcsR2, false)]
    [InlineData(Generation.OcsR2, true)]
    [InlineData(Generation.Lync2010, false)]
    [InlineData(Generation.Lync2010, true)]
    [InlineData(Generation.Lync2013, false)]
    [InlineData(Generation.Lync2013, true)]
    public async Task A_package_gives_the_destination_the_books_and_the_rejections_of_its_source(Generation generation, bool faults)
    {
        var original = Open(Rehearsal.Sample(generation: generation, faults: faults));

        var package = Packed(original);

        await original.RunAsync();
        var report = await package.RunAsync();
        Assert.Equal(original.Outcome(), package.Outcome(), StringComparer.Ordinal);
        Assert.Equal(generation, report.Generation);
        Assert.DoesNotContain(report.Findings, finding => finding.Table.StartsWith("package_", StringComparison.Ordinal));
        Assert.Single(report.Findings, finding => finding.Rule == "package" && finding.Severity == Severity.Information);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TEXT")]
    public async Task Rows_that_no_table_of_the_product_could_hold_go_along_as_they_are(string keyType)
    {
        var original = Open(Rehearsal.Sample(messages: 200, faults: true));
        original.ChangeSource(Irregular.Replace("{0}", keyType, StringComparison.Ordinal));
        original.ChangeSource("""
            CREATE TABLE roles AS SELECT * FROM tblPrincipalRole;
            INSERT INTO roles SELECT CAST(prinRoleNodeID AS TEXT), 'nobody', x'01', 2.5, NULL, '' FROM tblPrincipalRole LIMIT 3;
            DROP TABLE tblPrincipalRole;
            ALTER TABLE roles RENAME TO tblPrincipalRole;
            """);

        var package = Packed(original);

        await original.RunAsync();
        await package.RunAsync();
        Assert.Equal(original.Outcome(), package.Outcome(), StringComparer.Ordinal);
        Assert.Equal(
            original.AskSource("SELECT count(*), count(DISTINCT typeof(content)), sum(length(CAST(content AS BLOB))) FROM tblChat")[0],
            package.AskSource("SELECT count(*), count(DISTINCT typeof(content)), sum(length(CAST(content AS BLOB))) FROM tblChat")[0]);
    }

    [Fact]
    public async Task Values_come_back_from_a_package_as_a_server_gave_them()
    {
        var original = Open(Rehearsal.Sample(messages: 100, faults: true));
        var package = Open(null);
        using (var source = new ServerLikeSource(new SqliteSource(original.SourcePath)))
        {
            Packages.Export(source, package.SourcePath);
            Assert.Empty(Packages.CompareWith(package.SourcePath, source));
        }

        Assert.Empty(Packages.Verify(package.SourcePath));
        await original.RunAsync(source => new ServerLikeSource(source), null);
        await package.RunAsync();
        Assert.Equal(original.Outcome(), package.Outcome(), StringComparer.Ordinal);
        Assert.NotEmpty(package.AskSource("SELECT 1 FROM tblPrincipal WHERE prinVerifiedOn LIKE '____-__-__ __:__:__.003'"));
        Assert.NotEmpty(package.AskSource("SELECT 1 FROM tblPreference WHERE prefContent = x'610041D8'"));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_that_a_source_keeps_is_stored_as_its_bytes_and_rejected_later()
    {
        var original = Open(Rehearsal.Sample(messages: 50));
        var package = Open(null);
        using (var source = new ServerLikeSource(new SqliteSource(original.SourcePath)) { KeepsHalfPairs = true })
        {
            Packages.Export(source, package.SourcePath);
            Assert.Empty(Packages.CompareWith(package.SourcePath, source));
        }

        Assert.Empty(Packages.Verify(package.SourcePath));
        var report = await package.RunAsync();

        Assert.Equal([(object)"blob", "610041D8"], package.AskSource("SELECT typeof(content), hex(content) FROM tblChat WHERE typeof(content) <> 'text'").Single());
        Assert.Equal("T19", Assert.Single(report.Rejections).Rule);
        Assert.Contains("M2", report.Rejections[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Generation.OcsR2)]
    [InlineData(Generation.Lync2010)]
    [InlineData(Generation.Lync2013)]
    public async Task Under_its_own_filters_a_package_gives_the_destination_of_its_source(Generation generation)
    {
        var original = Open(Rehearsal.Sample(messages: 400, rooms: 30, faults: true, generation: generation));
        var (top, nested) = Paths(original);
        var middle = new DateTime((long)original.AskSource("SELECT CAST(avg(chatDate) AS INTEGER) FROM tblChat WHERE chatDate > 600000000000000000")[0][0]!, DateTimeKind.Utc);
        RuleOptions[] filters =
        [
            Rehearsal.Lenient with { Level = Level.Users },
            Rehearsal.Lenient with { Level = Level.Categories },
            Rehearsal.Lenient with { Level = Level.Categories, EmptyCategories = KeepOrDrop.Drop, Categories = [top] },
            Rehearsal.Lenient with { Level = Level.Rooms },
            Rehearsal.Lenient with { Level = Level.Content, MessagesSince = middle },
            Rehearsal.Lenient with { Categories = [top] },
            Rehearsal.Lenient with { Categories = [nested, "General"], MessagesSince = middle, UnknownAuthors = UnknownAuthors.Placeholder },
        ];
        foreach (var rules in filters)
        {
            original.Restart();
            var package = Open(null);
            Packages.Export(original.SourcePath, package.SourcePath, rules);
            Assert.Empty(Packages.Verify(package.SourcePath));
            original.Options = package.Options = original.Options with { Rules = rules };

            await original.RunAsync();
            await package.RunAsync();

            Assert.Equal(original.Content(), package.Content(), StringComparer.Ordinal);
            const string Rejected = "SELECT source_table || ' ' || source_key || ' ' || rule || ' ' || reason || source_values FROM chatetl_rejection ORDER BY 1";
            Assert.Equal(original.Ask(Rejected).Select(row => row[0]), package.Ask(Rejected).Select(row => row[0]));
        }
    }

    [Fact]
    public void What_filters_leave_behind_is_not_in_the_file_and_counted()
    {
        var original = Open(Rehearsal.Sample(messages: 400, rooms: 30));
        var package = Open(null);
        var (_, nested) = Paths(original);
        var all = (long)original.AskSource("SELECT count(*) FROM tblNode")[0][0]!;

        var manifest = Packages.Export(original.SourcePath, package.SourcePath, new RuleOptions { Categories = [nested] });

        var nodes = manifest.Tables.Single(table => table.Name == "tblNode");
        Assert.Equal(all, nodes.Rows + nodes.Left);
        Assert.InRange(nodes.Rows, 3, all - 1);
        Assert.Equal(nodes.Rows, package.AskSource("SELECT count(*) FROM tblNode")[0][0]);
        Assert.Empty(package.AskSource("SELECT 1 FROM tblChat WHERE channelId NOT IN (SELECT nodeID FROM tblNode)"));
        Assert.Empty(package.AskSource("SELECT 1 FROM tblPrincipalRole WHERE prinRoleNodeID NOT IN (SELECT nodeID FROM tblNode)"));
        Assert.Empty(package.AskSource("SELECT 1 FROM tblNode AS n WHERE parentID NOT IN (SELECT nodeID FROM tblNode)"));
        Assert.True(manifest.Tables.Single(table => table.Name == "tblConfig") is { Rows: 0, Left: > 0 });
        Assert.Contains(nested, manifest.Filters, StringComparison.Ordinal);
    }

    [Fact]
    public void Undocumented_tables_and_columns_are_named_with_their_rows()
    {
        var original = Open(Rehearsal.Sample(messages: 50));
        original.ChangeSource("CREATE TABLE tblOurs (a); INSERT INTO tblOurs VALUES (1), (2); ALTER TABLE tblRoleType ADD COLUMN ours");

        var manifest = Packages.Export(original.SourcePath, Open(null).SourcePath);

        Assert.Equal([new PackageLeft("tblOurs", 2), new PackageLeft("tblRoleType.ours", 3)], manifest.NotExported);
    }

    [Fact]
    public void An_unknown_category_or_a_contradiction_is_refused_before_anything_is_written()
    {
        var original = Open(Rehearsal.Sample(messages: 50));
        var path = Open(null).SourcePath;

        var unknown = Assert.Throws<PlanException>(() => Packages.Export(original.SourcePath, path, new RuleOptions { Categories = ["Nowhere"] }));
        Assert.Throws<ConfigurationException>(() => Packages.Export(original.SourcePath, path, new RuleOptions { Level = Level.Users, Categories = ["Nowhere"] }));

        Assert.Contains("\"Nowhere\"", unknown.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    public void Dispose() => _rehearsals.ForEach(rehearsal => rehearsal.Dispose());

    private Rehearsal Open(ChatEtl.Sqlite.SampleOptions? sample)
    {
        var rehearsal = sample is null ? new Rehearsal() : new Rehearsal(sample);
        _rehearsals.Add(rehearsal);
        return rehearsal;
    }

    /// <summary>A rehearsal whose source is a package of the other's.</summary>
    private Rehearsal Packed(Rehearsal original)
    {
        var package = Open(null);
        Packages.Export(original.SourcePath, package.SourcePath);
        using var source = new SqliteSource(original.SourcePath);
        Assert.Empty(Packages.Verify(package.SourcePath));
        Assert.Empty(Packages.CompareWith(package.SourcePath, source));
        return package;
    }

    /// <summary>A category with nested ones, and the path of one that is nested and holds rooms.</summary>
    private static (string Top, string Nested) Paths(Rehearsal pool)
    {
        var row = pool.AskSource("""
            SELECT top.nodeName, below.nodeName FROM tblNode AS top JOIN tblNode AS below ON below.parentID = top.nodeID
            WHERE top.parentID = 1 AND top.nodeID <> 1 AND below.nodeType = 1 ORDER BY below.nodeID
            """);
        return row.Count > 0
            ? ((string)row[0][0]!, $"{row[0][0]} - {row[0][1]}")
            : pool.AskSource("SELECT nodeName FROM tblNode WHERE parentID = 1 AND nodeID <> 1 AND nodeType = 1 ORDER BY nodeID").Select(only => ((string)only[0]!, (string)only[0]!)).First();
    }

    /// <summary>Gives out values as a server would: typed, with parts of milliseconds, and texts that are none.</summary>
    private sealed class ServerLikeSource(IChatSource inner) : IChatSource
    {
        private static readonly UnreadableText Half = new([0x61, 0x00, 0x41, 0xD8]);

        public bool KeepsHalfPairs { get; init; }

        public string Description => inner.Description;

        public Remedy RemedyFor(Exception exception) => inner.RemedyFor(exception);

        public string Explain(Exception exception) => inner.Explain(exception);

        public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => [];

        public DatabaseShape ReadShape() => inner.ReadShape();

        public long CountRows(string table) => inner.CountRows(table);

        public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) =>
            inner.ReadRows(table, after, limits, cancellationToken).Select(page => page with
            {
                Rows = [.. page.Rows.Select(cells => cells.Select((cell, i) => Typed(table.Columns[i], cell)).ToArray())],
            });

        public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) => inner.ReadExtents(cancellationToken);

        public long CountMessages(Segment segment) => inner.CountMessages(segment);

        public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) => inner.ReadChatIds(segment, cancellationToken);

        public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) => inner.ReadTimes(segment, cancellationToken);

        public IEnumerable<MessageBatch> ReadMessages(
            IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken)
        {
            var isFirst = after is null;
            foreach (var batch in inner.ReadMessages(segments, after, limits, pool, cancellationToken))
            {
                if (KeepsHalfPairs && isFirst)
                {
                    batch.Append(batch.SourceRoom[0], long.MaxValue, batch.Date[0], batch.SourceAuthor[0], false, WideText.Encode("a\uD841"), default, false);
                }

                isFirst = false;
                yield return batch;
            }
        }

        public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) =>
            inner.ReadIrregularMessages(after, limits, cancellationToken);

        public void Dispose() => inner.Dispose();

        private object? Typed(Column column, object? cell) => column switch
        {
            { Type: ColumnType.Guid } when Cells.TryGuid(cell, out var guid) => guid,

            // A datetime counts in steps of a three-hundredth of a second, a datetime2 in ticks.
            { Type: ColumnType.DateTime } when Cells.TryDateTime(cell, out var time) => time.AddTicks(33_333),
            { Name: "prefContent" } when !KeepsHalfPairs => Half,
            _ => cell,
        };
    }
}
