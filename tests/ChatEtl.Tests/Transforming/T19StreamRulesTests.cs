using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Reporting;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Transforming;

/// <summary>T19 to T27 over a whole migration of one category (2) with rooms 3 (open) and 4 (disabled), people 10 to 12, and a row of type 1 (13).</summary>
public sealed class T19StreamRulesTests : IDisposable
{
    private const long Day = TimeSpan.TicksPerDay;
    private static readonly DateTime Time = new(2012, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly Rehearsal _rehearsal = new();

    [Fact]
    public async Task T19_ids_are_mapped_and_everything_else_is_carried_to_the_byte()
    {
        Make(pool =>
        {
            Message(pool, 3, long.MinValue, 0, 10, 0, "");
            Message(pool, 3, 5, 3155378975999999999, 11, 1, "a\0b\r\n\u00e9\u4f1a\U0001F389 ");
            Message(pool, 3, long.MaxValue, 5 * Day, 10, 0, new string('x', 1 << 20));
        });

        var report = await _rehearsal.RunAsync();

        var (room, first, second) = (Node(3), Person(10), Person(11));
        Assert.NotEqual(10, first);
        Assert.Equal(
            [$"{room}/-9223372036854775808/0/{first}/0//text", $"{room}/5/3155378975999999999/{second}/1/{Hex("a\0b\r\n\u00e9\u4f1a\U0001F389 ")}/text", $"{room}/9223372036854775807/{5 * Day}/{first}/0/{Hex(new string('x', 1 << 20))}/text"],
            Chat(),
            StringComparer.Ordinal);
        Assert.Equal(0, _rehearsal.Count("SELECT count(*) FROM tblChat WHERE rtf IS NOT NULL"));
        Assert.Equal((3L, 3L), (report.Books["tblChat"].Read, report.Books["tblChat"].Written));
    }

    [Fact]
    public async Task T19_rtf_of_a_2013_source_is_carried()
    {
        Make(
            pool =>
            {
                pool.Add("tblChat", ("channelId", 3), ("chatId", 1), ("chatDate", 5L), ("userId", 10), ("content", "a"), ("rtf", "{\\rtf1 \u00e9}"));
                pool.Add("tblChat", ("channelId", 3), ("chatId", 2), ("chatDate", 5L), ("userId", 10), ("content", "b"), ("rtf", ""));
                pool.Add("tblChat", ("channelId", 3), ("chatId", 3), ("chatDate", 5L), ("userId", 10), ("content", "c"), ("rtf", null));
            },
            Generation.Lync2013);

        await _rehearsal.RunAsync();

        Assert.Equal(["{\\rtf1 \u00e9}", "", null], _rehearsal.Ask("SELECT rtf FROM tblChat ORDER BY chatId").Select(row => row[0]));
    }

    [Theory]
    [InlineData(-1L, 10L, 0L, "chatDate")]
    [InlineData(3155378976000000000L, 10L, 0L, "chatDate")]
    [InlineData("in May", 10L, 0L, "chatDate")]
    [InlineData(null, 10L, 0L, "chatDate is NULL")]
    [InlineData(5L, 10L, 7L, "isAlert")]
    [InlineData(5L, 10L, null, "isAlert is NULL")]
    [InlineData(5L, null, 0L, "userId is NULL")]
    [InlineData(5L, 99999999999L, 0L, "userId")]
    public async Task M1_values_out_of_range_are_rejected_with_their_original_values(object? date, object? author, object? alert, string reason)
    {
        Make(pool => Message(pool, 3, 1, date, author, alert, "secret"));

        await _rehearsal.RunAsync();

        var rejection = Assert.Single(Rejections("tblChat"));
        Assert.Equal(("3/1", "T19"), (rejection[1], rejection[2]));
        Assert.Contains(reason, (string)rejection[3]!, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", (string)rejection[3]!, StringComparison.Ordinal);
        Assert.Contains("\"content\":\"secret\"", (string)rejection[4]!, StringComparison.Ordinal);
        Assert.Empty(Chat());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(99)]
    public async Task M1_messages_of_the_root_a_category_or_nothing_are_in_an_unknown_room(int node)
    {
        Make(pool => Message(pool, node, 1, 5L, 10, 0, "x"));

        await _rehearsal.RunAsync();

        Assert.Equal("T19", Assert.Single(Rejections("tblChat"))[2]);
    }

    [Fact]
    public async Task M2_blobs_and_text_that_is_not_UTF8_are_rejected_and_B4_numbers_kept_as_text_count()
    {
        Make(pool =>
        {
            Message(pool, 3, 1, 5L, 10, 0, new byte[] { 1, 2 });
            Message(pool, 3, 2, 5L, 10, 0, new RawText([0x62, 0xFF]));
            Message(pool, 3, 3, 5L, 10, 0, new RawText([0xED, 0xA0, 0xBD]));
            Message(pool, 3, 4, 5L, 10, 0, null);
            Message(pool, 3, 5, 5L, 10, "1", "kept");
        });
        _rehearsal.ChangeSource("CREATE TABLE other AS SELECT channelID, chatID, CAST(chatDate AS TEXT) AS chatDate, userId, isAlert, content FROM tblChat; DROP TABLE tblChat; ALTER TABLE other RENAME TO tblChat");

        await _rehearsal.RunAsync();

        Assert.Equal(["3/1", "3/2", "3/3", "3/4"], Rejections("tblChat").Select(row => (string)row[1]!).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains("0102", (string)Rejections("tblChat").Single(row => (string)row[1]! == "3/1")[4]!, StringComparison.Ordinal);
        Assert.Equal([$"{Node(3)}/5/5/{Person(10)}/1/{Hex("kept")}/text"], Chat(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task T20_messages_of_unknown_authors_are_rejected_by_default()
    {
        Make(pool =>
        {
            Message(pool, 3, 1, 5L, 77, 0, "x");
            Message(pool, 3, 2, 5L, 13, 0, "x");
        });

        await _rehearsal.RunAsync();

        Assert.Equal(["3/1 T20", "3/2 T11"], Rejections("tblChat").Select(row => $"{row[1]} {row[2]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task T20_a_placeholder_stands_for_a_missing_author_and_for_nothing_else()
    {
        Make(pool =>
        {
            Message(pool, 3, 1, 5L, 77, 0, "x");
            Message(pool, 3, 2, 5L, 77, 0, "y");
            Message(pool, 3, 3, 5L, 13, 0, "z");
            pool.Add("tblPrincipalInvites", ("prinID", 77), ("invID", 1), ("nodeID", 3), ("createdOn", Time));
            pool.Add("tblPrincipalAffiliations", ("principalID", 77), ("affiliationID", 10), ("index", 1), ("updatedBy", 1));
            pool.Add("tblPreference", ("prefLabel", "a"), ("prefSeqID", 1), ("prefContent", "x"), ("lastModifiedBy", 77));
        });
        Rules(rules => rules with { UnknownAuthors = UnknownAuthors.Placeholder });

        await _rehearsal.RunAsync();
        await _rehearsal.RunAsync();

        var root = new Guid((string)_rehearsal.AskSource("SELECT nodeGuid FROM tblNode WHERE nodeID = 1")[0][0]!);
        var made = Assert.Single(_rehearsal.Ask("SELECT prinID, prinGuid, prinName, prinDisplayName, prinDisabled, prinTypeID, prinAddedBy, prinAddedOn, prinVerifiedOn FROM tblPrincipal WHERE prinUri = 'sip:unknown-77@migrated.invalid'"));
        Assert.Equal(Cells.FormatGuid(ChatEtl.Transforming.PlaceholderAuthors.RowFor(77, root, 1).Guid), made[1]);
        Assert.Equal(["Unknown user 77", "Unknown user 77", 1L, 5L, null, 0L, "1900-01-01 00:00:00.000"], made.Skip(2));
        Assert.Equal([made[0], made[0]], _rehearsal.Ask("SELECT userId FROM tblChat").Select(row => row[0]));
        Assert.Equal("T11", Assert.Single(Rejections("tblChat"))[2]);
        Assert.Equal(0, _rehearsal.Count("SELECT count(*) FROM tblPrincipalInvites"));
        Assert.Equal(0, _rehearsal.Count($"SELECT count(*) FROM tblPrincipalAffiliations WHERE principalID = {made[0]}"));
        Assert.Equal(0, _rehearsal.Count("SELECT count(*) FROM tblPreference"));
        Assert.Equal(3, _rehearsal.Count("SELECT count(*) FROM chatetl_rejection WHERE source_table IN ('tblPrincipalInvites', 'tblPrincipalAffiliations', 'tblPreference')"));
    }

    [Fact]
    public async Task T21_a_counter_is_the_larger_of_the_legacy_one_and_the_highest_chatId_written()
    {
        Make(pool =>
        {
            Message(pool, 3, 40, 5L, 10, 0, "x");
            pool.Add("tblLastChatId", ("nodeID", 3), ("lastChatID", 12L));
            pool.Add("tblLastChatId", ("nodeID", 3), ("lastChatID", 30L));
            pool.Add("tblLastChatId", ("nodeID", 4), ("lastChatID", 30L));
            pool.Add("tblLastChatId", ("nodeID", 99), ("lastChatID", 30L));
            pool.Add("tblLastInviteId", ("prinID", 10), ("lastInviteID", 8));
            pool.Add("tblLastInviteId", ("prinID", 77), ("lastInviteID", 8));
            pool.Add("tblPrincipalInvites", ("prinID", 10), ("invID", 9), ("nodeID", 3), ("createdOn", Time));
        });

        var report = await _rehearsal.RunAsync();

        Assert.Equal([$"{Node(3)} 40"], _rehearsal.Ask("SELECT * FROM tblLastChatId").Select(row => $"{row[0]} {row[1]}"), StringComparer.Ordinal);
        Assert.Equal([$"{Person(10)} 9"], _rehearsal.Ask("SELECT * FROM tblLastInviteId").Select(row => $"{row[0]} {row[1]}"), StringComparer.Ordinal);
        Assert.Equal("99", ((string)Assert.Single(Rejections("tblLastChatId"))[1]!).Split('/')[0]);
        Assert.Equal("77", Assert.Single(Rejections("tblLastInviteId"))[1]);
        Assert.Equal(1, report.Books["tblLastChatId"].Skipped["T6"]);
        Assert.Equal(2, _rehearsal.Count("SELECT sysRevision FROM tblSystemRevision"));
    }

    [Fact]
    public async Task T22_invitations_keep_their_number_and_unknown_ends_are_rejected()
    {
        Make(pool =>
        {
            Invite(pool, 10, 3, 5);
            Invite(pool, 11, 4, 6);
            Invite(pool, 11, 99, 7);
            Invite(pool, 77, 3, 8);
            Invite(pool, 77, 4, 9);
        });

        var report = await _rehearsal.RunAsync();

        Assert.Equal([$"{Person(10)} 5 {Node(3)} 2012-05-06 07:08:09.000"], _rehearsal.Ask("SELECT * FROM tblPrincipalInvites").Select(row => string.Join(' ', row)), StringComparer.Ordinal);
        Assert.Equal(["11/99", "77/3"], Rejections("tblPrincipalInvites").Select(row => (string)row[1]!).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(2, report.Books["tblPrincipalInvites"].Skipped["T6"]);
        Balanced(report);
    }

    [Fact]
    public async Task T23_of_equal_labels_the_highest_number_then_the_smallest_label_is_carried_and_an_existing_one_kept()
    {
        Make(pool =>
        {
            Prefer(pool, "Colour", 1, 10);
            Prefer(pool, "colour", 3, 10);
            Prefer(pool, "COLOUR ", 3, 10);
            Prefer(pool, "there", 9, 10);
            Prefer(pool, "lost", 1, 77);
        });
        _rehearsal.ChangeDestination("INSERT INTO tblPreference VALUES ('There', 1, 'mine', 1)");

        var report = await _rehearsal.RunAsync();

        Assert.Equal(
            [$"COLOUR  3 COLOUR 3 {Person(10)}", "There 1 mine 1"],
            _rehearsal.Ask("SELECT prefLabel, prefSeqID, prefContent, lastModifiedBy FROM tblPreference ORDER BY 1").Select(row => string.Join(' ', row)), StringComparer.Ordinal);
        Assert.Equal("lost/1", Assert.Single(Rejections("tblPreference"))[1]);
        Assert.Equal((2L, 1L), (report.Books["tblPreference"].Skipped["T23"], report.Books["tblPreference"].Reused));
        Balanced(report);
    }

    [Fact]
    public async Task T24_affiliations_map_both_ends_and_keep_their_index()
    {
        Make(pool =>
        {
            Affiliate(pool, 10, 10, -1);
            Affiliate(pool, 10, 11, 4);
            Affiliate(pool, 10, 77, 4);
            Affiliate(pool, 77, 10, 4);
        });

        var report = await _rehearsal.RunAsync();

        Assert.Equal(
            [$"{Person(10)} {Person(10)} -1 {Person(1)}", $"{Person(10)} {Person(11)} 4 {Person(1)}"],
            _rehearsal.Ask("SELECT principalID, affiliationID, \"index\", updatedBy FROM tblPrincipalAffiliations ORDER BY 3").Select(row => string.Join(' ', row)), StringComparer.Ordinal);
        Assert.Equal(2, Rejections("tblPrincipalAffiliations").Count);
        Balanced(report);
    }

    [Fact]
    public async Task E7_rows_that_become_equal_are_written_once()
    {
        Make(pool =>
        {
            Principal(pool, 12, guidOf: 10);
            Invite(pool, 10, 3, 5);
            Invite(pool, 12, 3, 8);
            Affiliate(pool, 10, 10, -1);
            Affiliate(pool, 12, 12, -1);
            Affiliate(pool, 10, 12, 3);
            Affiliate(pool, 10, 11, 4);
            Affiliate(pool, 12, 11, 4);
        });
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { BatchRows = 1 } };

        var report = await _rehearsal.RunAsync();

        Assert.Equal(Person(10), Person(12));
        Assert.Equal([$"{Person(10)} 8 {Node(3)}"], _rehearsal.Ask("SELECT prinID, invID, nodeID FROM tblPrincipalInvites").Select(row => string.Join(' ', row)), StringComparer.Ordinal);
        Assert.Equal(
            [$"{Person(10)} {Person(10)} -1", $"{Person(10)} {Person(11)} 4"],
            _rehearsal.Ask("SELECT principalID, affiliationID, \"index\" FROM tblPrincipalAffiliations ORDER BY 3").Select(row => string.Join(' ', row)), StringComparer.Ordinal);
        Assert.Equal((1L, 3L), (report.Books["tblPrincipalInvites"].Skipped["T11"], report.Books["tblPrincipalAffiliations"].Skipped["T11"]));
        Balanced(report);
    }

    [Theory]
    [InlineData(Level.Users, 0, 0, 1, 0)]
    [InlineData(Level.Categories, 1, 0, 1, 0)]
    [InlineData(Level.Rooms, 1, 1, 1, 0)]
    [InlineData(Level.Content, 1, 1, 1, 1)]
    public async Task T26_a_level_carries_what_it_includes_and_counts_the_rest(Level level, int categories, int rooms, int preferences, int messages)
    {
        Make(pool =>
        {
            Message(pool, 3, 1, 5L, 10, 0, "x");
            Prefer(pool, "a", 1, 10);
            Invite(pool, 10, 3, 5);
        });
        Rules(rules => rules with { Level = level });

        var report = await _rehearsal.RunAsync();

        Assert.Equal(categories, _rehearsal.Count("SELECT count(*) FROM tblNode WHERE nodeType = 1 AND nodeName = 'Cat'"));
        Assert.Equal(rooms, _rehearsal.Count("SELECT count(*) FROM tblNode WHERE nodeType = 0"));
        Assert.Equal(preferences, _rehearsal.Count("SELECT count(*) FROM tblPreference"));
        Assert.Equal(rooms, _rehearsal.Count("SELECT count(*) FROM tblPrincipalInvites"));
        Assert.Equal(messages, _rehearsal.Count("SELECT count(*) FROM tblChat"));
        Assert.Equal(1 + messages, _rehearsal.Count("SELECT sysRevision FROM tblSystemRevision"));
        Assert.Equal(1 - messages, report.Books["tblChat"].Skipped.GetValueOrDefault("T26"));
        Balanced(report);
    }

    [Fact]
    public async Task S1_what_is_skipped_is_not_rejected()
    {
        Make(pool =>
        {
            Message(pool, 3, 1, 5L, 77, 0, "old, by nobody");
            Message(pool, 3, 2, Time.Ticks, 10, 0, "new");
            Message(pool, 3, 3, 5L, 10, 0, null);
            Message(pool, 4, 1, Time.Ticks, 77, 0, "disabled, by nobody");
            Message(pool, 4, 2, "in May", 77, 0, null);
        });
        Rules(rules => rules with { MessagesSince = Time });

        var report = await _rehearsal.RunAsync();

        Assert.Empty(Rejections("tblChat"));
        Assert.Equal((1L, 2L, 2L), (report.Books["tblChat"].Written, report.Books["tblChat"].Skipped["T26"], report.Books["tblChat"].Skipped["T6"]));
        Balanced(report);
    }

    [Fact]
    public async Task T26_rooms_of_other_categories_are_skipped_with_their_messages()
    {
        Make(pool =>
        {
            Node(pool, 5, "Other", parent: 1, category: true);
            Node(pool, 6, "Elsewhere", parent: 5);
            Message(pool, 3, 1, 5L, 10, 0, "x");
            Message(pool, 6, 1, 5L, 77, 0, "y");
            Invite(pool, 10, 6, 5);
        });
        Rules(rules => rules with { Categories = ["cat"] });

        var report = await _rehearsal.RunAsync();

        Assert.Equal(1, _rehearsal.Count("SELECT count(*) FROM tblChat"));
        Assert.Equal((1L, 1L), (report.Books["tblChat"].Skipped["T26"], report.Books["tblPrincipalInvites"].Skipped["T26"]));
        Balanced(report);
    }

    [Fact]
    public async Task T27_tables_that_are_not_carried_are_named_with_their_rows()
    {
        Make(pool =>
        {
            pool.Add("tblPrincipalMembers", ("prinID", 10), ("memberADPath", "CN=a"));
            pool.Add("tblPrincipalMembers", ("prinID", 10), ("memberADPath", "CN=b"));
        });
        _rehearsal.ChangeSource("CREATE TABLE tblHomeMade (a); INSERT INTO tblHomeMade VALUES (1)");

        var report = await _rehearsal.RunAsync();

        var said = report.Findings.Where(finding => finding.Rule == "T27").ToDictionary(finding => finding.Table, finding => finding.Message, StringComparer.OrdinalIgnoreCase);
        Assert.StartsWith("2 rows", said["tblPrincipalMembers"], StringComparison.Ordinal);
        Assert.StartsWith("1 rows", said["tblHomeMade"], StringComparison.Ordinal);
        Assert.DoesNotContain("tblChat", said.Keys, StringComparer.Ordinal);
        Assert.Contains("tblFileToken", said.Keys, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(Generation.OcsR2)]
    [InlineData(Generation.Lync2010)]
    [InlineData(Generation.Lync2013)]
    public async Task B1_the_books_of_every_table_balance_with_planted_faults(Generation generation)
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(messages: 500, rooms: 60, faults: true, generation));

        var report = await rehearsal.RunAsync();

        Assert.True(report.Complete);
        Balanced(report);
        foreach (var table in new[] { "tblChat", "tblPrincipal", "tblNode", "tblPrincipalRole", "tblScopePrincipal", "tblPrincipalInvites", "tblPrincipalAffiliations", "tblPreference", "tblLastChatId" })
        {
            var read = (long)rehearsal.AskSource($"SELECT count(*) FROM {table}")[0][0]!;
            Assert.True(read == report.Books[table].Read, $"{table}: {read} rows, {report.Books[table].Read} read");
        }

        foreach (var (table, book) in report.Books)
        {
            Assert.Equal(book.Rejected, rehearsal.Count($"SELECT count(*) FROM chatetl_rejection WHERE source_table = '{table}'"));
        }

        Assert.Equal(rehearsal.Count("SELECT count(*) FROM tblChat"), report.Books["tblChat"].Written);
        Assert.NotEqual(0, report.Books["tblChat"].Rejected);
    }

    public void Dispose() => _rehearsal.Dispose();

    private static void Balanced(RunReport report) =>
        Assert.All(report.Books, book => Assert.True(book.Value.Balances, $"{book.Key}: {book.Value.Read} read"));

    private static void Message(PoolFile pool, int room, long id, object? date, object? author, object? alert, object? content) => pool.Add(
        "tblChat", ("channelID", room), ("chatID", id), ("chatDate", date), ("userId", author), ("isAlert", alert), ("content", content));

    private static void Invite(PoolFile pool, int principal, int node, int number) =>
        pool.Add("tblPrincipalInvites", ("prinID", principal), ("invID", number), ("nodeID", node), ("createdOn", Time));

    private static void Prefer(PoolFile pool, string label, int number, int by) => pool.Add(
        "tblPreference", ("prefLabel", label), ("prefSeqID", number), ("prefContent", $"{label.Trim()} {number}"), ("lastModifiedBy", by));

    private static void Affiliate(PoolFile pool, int from, int to, int index) =>
        pool.Add("tblPrincipalAffiliations", ("principalID", from), ("affiliationID", to), ("index", index), ("updatedBy", 1));

    private static void Principal(PoolFile pool, int id, int? guidOf = null, short type = PrincipalTypes.User) => pool.Add(
        "tblPrincipal", ("prinID", id), ("prinGuid", DirectoryBuilder.PrincipalGuid(guidOf ?? id)), ("prinUri", $"sip:p{id}@chat.invalid"), ("prinName", $"P {id}"),
        ("prinDisplayName", $"P {id}"), ("prinTypeID", type), ("prinVerifiedOn", Time));

    private static void Node(PoolFile pool, int id, string name, int parent, bool category = false, bool disabled = false) => pool.Add(
        "tblNode", ("nodeID", id), ("nodeGuid", DirectoryBuilder.NodeGuid(id)), ("parentID", parent), ("nodeType", category ? 1 : 0), ("nodeName", name),
        ("nodeDesc", ""), ("topic", ""), ("behavior", 4), ("visibility", 3), ("disabled", disabled ? 1 : 0), ("invite", 1), ("logged", 1), ("filePost", 1),
        ("scopeDefinerId", 1), ("roleDefinerId", 1), ("nodeAddedBy", 1), ("nodeUpdatedBy", 1));

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text));

    private void Make(Action<PoolFile> add, Generation generation = Generation.Lync2010)
    {
        using var pool = PoolFile.Begin(_rehearsal.SourcePath, generation, ChatTableShape.Lenient);
        pool.Add(StaticRows.TypesAndValues(generation));
        pool.Add(StaticRows.RoleTypes(RoleIds.OfSample(generation)));
        Principal(pool, 1, guidOf: 9001, PrincipalTypes.SystemUser);
        Node(pool, 1, "root", parent: 1, category: true);
        Node(pool, 2, "Cat", parent: 1, category: true);
        Node(pool, 3, "Room", parent: 2);
        if (generation != Generation.Lync2013)
        {
            Node(pool, 4, "Closed", parent: 2, disabled: true);
        }

        Principal(pool, 10);
        Principal(pool, 11);
        Principal(pool, 13, type: 1);
        add(pool);
        pool.Complete();
    }

    private void Rules(Func<RuleOptions, RuleOptions> change) => _rehearsal.Options = _rehearsal.Options with { Rules = change(_rehearsal.Options.Rules) };

    private long Node(int source) => _rehearsal.Count($"SELECT destination_id FROM chatetl_node WHERE source_id = {source}");

    private long Person(int source) => _rehearsal.Count($"SELECT destination_id FROM chatetl_principal WHERE source_id = {source}");

    private IReadOnlyList<string> Chat() =>
    [
        .. _rehearsal.Ask("SELECT channelId, chatId, chatDate, userId, isAlert, hex(CAST(content AS BLOB)), typeof(content) FROM tblChat ORDER BY 1, 2")
            .Select(row => string.Join('/', row)),
    ];

    private IReadOnlyList<object?[]> Rejections(string table) =>
        _rehearsal.Ask($"SELECT source_table, source_key, rule, reason, source_values FROM chatetl_rejection WHERE source_table = '{table}'");
}
