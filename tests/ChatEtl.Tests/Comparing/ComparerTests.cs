using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Comparing;

public sealed class ComparerTests : IDisposable
{
    private readonly ComparePair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void A_pair_without_fault_is_clean_and_every_row_is_counted()
    {
        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Empty(_pair.Differences);
        Assert.Equal(5, report.Of("tblChat")!.Equal);
        Assert.Equal(1, report.Of("tblChat")!.Rejected);
        Assert.Equal(7, report.Of("tblPrincipalRole")!.Equal);
        Assert.Equal(3, report.Of("tblPrincipalInvites")!.Equal);
        Assert.All(report.Tables, table => Assert.Equal(table.Expected, table.Equal));
        Assert.Equal(32, report.Digest.Length);
        Assert.Equal(3, report.Access.Rooms);
        Assert.Equal(4, report.Access.Entries);
        Assert.Equal(1, report.Access.Losses["T6"]);
    }

    [Theory]
    [InlineData("UPDATE tblChat SET content = 'hellp' WHERE channelId = 103 AND chatId = 1", "103/1 (source 3/1)", "content")]
    [InlineData("UPDATE tblChat SET content = 'hello ' WHERE channelId = 103 AND chatId = 1", "103/1 (source 3/1)", "content")]
    [InlineData("UPDATE tblChat SET content = 'a ? face' WHERE channelId = 103 AND chatId = 2", "103/2 (source 3/2)", "content")]
    [InlineData("UPDATE tblChat SET content = CAST(content AS BLOB) WHERE channelId = 103 AND chatId = 2", "103/2 (source 3/2)", "content")]
    [InlineData("UPDATE tblChat SET userId = 111 WHERE channelId = 103 AND chatId = 1", "103/1 (source 3/1)", "userId")]
    [InlineData("UPDATE tblChat SET chatDate = chatDate + 1 WHERE channelId = 104", "104/1 (source 4/1)", "chatDate")]
    [InlineData("UPDATE tblChat SET isAlert = 0 WHERE isAlert = 1", "103/5 (source 3/5)", "isAlert")]
    [InlineData("UPDATE tblChat SET isAlert = 2 WHERE isAlert = 1", "103/5 (source 3/5)", "isAlert")]
    [InlineData("UPDATE tblChat SET rtf = '' WHERE channelId = 50", "50/7 (source 5/7)", "rtf")]
    [InlineData("UPDATE tblChat SET rtf = '', userId = 1 WHERE channelId = 50", "50/7 (source 5/7)", "userId, rtf")]
    [InlineData("UPDATE tblNode SET nodeDesc = 'second' WHERE nodeID = 102", "102 (source 2)", "nodeDesc")]
    [InlineData("UPDATE tblNode SET invite = NULL WHERE nodeID = 102", "102 (source 2)", "invite")]
    [InlineData("UPDATE tblPrincipal SET prinUri = 'sip:x' WHERE prinID = 111", "111 (source 11)", "prinUri")]
    [InlineData("UPDATE tblPrincipal SET prinDisabled = 1 WHERE prinID = 113", "113 (source 13)", "prinDisabled")]
    [InlineData("UPDATE tblPrincipalRole SET prinRoleUpdatedBy = 2 WHERE prinRoleNodeID = 104 AND prinRoleTypeID = 21", "104/110/21", "prinRoleUpdatedBy")]
    [InlineData("UPDATE tblScopePrincipal SET scopeIsDenied = 1", "102/113", "scopeIsDenied")]
    [InlineData("UPDATE tblPrincipalInvites SET createdOn = '2010-01-01 00:00:00.001' WHERE prinID = 110", "110/103 (source 10/3)", "createdOn")]
    [InlineData("UPDATE tblPrincipalAffiliations SET updatedBy = 2 WHERE principalID = 110", "110/0/113 (source 10/0/13)", "updatedBy")]
    [InlineData("UPDATE tblPreference SET prefContent = 'red'", "theme/2 (source theme/2)", "prefContent")]
    [InlineData("UPDATE tblLastChatId SET lastChatID = 8 WHERE nodeID = 103", "103", "lastChatID")]
    [InlineData("UPDATE tblLastChatId SET lastChatID = 6 WHERE nodeID = 50", "50", "lastChatID")]
    [InlineData("UPDATE tblLastInviteId SET lastInviteID = 1 WHERE prinID = 110", "110", "lastInviteID")]
    public void A_changed_value_is_named_with_key_and_column(string defect, string key, string column)
    {
        _pair.Destination.Execute(defect);

        var report = _pair.Compare();

        Assert.False(report.IsClean);
        var found = Assert.Single(_pair.Differences);
        Assert.Equal((DifferenceKinds.Different, TableOf(defect), key, column), (found.Kind, found.Table, found.Key, found.Column));
        Assert.Equal(1, report.Differences);
        Assert.DoesNotContain("hello", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM tblChat WHERE channelId = 103 AND chatId = 1", "103/1 (source 3/1)")]
    [InlineData("DELETE FROM tblPrincipalRole WHERE prinRolePrinID = 111", "103/111/21")]
    [InlineData("DELETE FROM tblPrincipalRole WHERE prinRoleNodeID = 50 AND prinRoleTypeID = 21", "50/110/21")]
    [InlineData("DELETE FROM tblScopePrincipal", "102/113")]
    [InlineData("DELETE FROM tblPrincipalInvites WHERE prinID = 111", "111/103 (source 11/3)")]
    [InlineData("DELETE FROM tblPrincipalAffiliations WHERE principalID = 111", "111/0/113 (source 11/0/13)")]
    [InlineData("DELETE FROM tblPreference", "theme (source theme/2)")]
    [InlineData("DELETE FROM tblLastChatId WHERE nodeID = 104", "104")]
    [InlineData("DELETE FROM tblLastInviteId WHERE prinID = 111", "111")]
    [InlineData("DELETE FROM tblPrincipal WHERE prinID = 112", "112 (source 12)")]
    [InlineData("DELETE FROM tblPrincipal WHERE prinID = 14", "14 (source 14)")]
    [InlineData("DELETE FROM tblNode WHERE nodeID = 50", "50 (source 5)")]
    public void A_lost_row_is_named(string defect, string key)
    {
        _pair.Destination.Execute(defect);

        _pair.Compare();

        var found = Assert.Single(_pair.Differences, difference => difference.Kind == DifferenceKinds.Missing);
        Assert.Equal((TableOf(defect), key), (found.Table, found.Key));
    }

    [Theory]
    [InlineData("INSERT INTO tblChat SELECT channelId, 3, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = 103 AND chatId = 2", "103/3")]
    [InlineData("INSERT INTO tblChat SELECT 7777, chatId, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = 104", "7777/1")]
    [InlineData("INSERT INTO tblChat SELECT 102, chatId, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = 104", "102/1")]
    [InlineData("INSERT INTO tblChat SELECT 103, 1.5, chatDate, userId, isAlert, content, rtf FROM tblChat WHERE channelId = 104", "103/1.5")]
    [InlineData("INSERT INTO tblChat VALUES (103, 9, 633979008000000000, 112, 0, 'of nobody', NULL)", "103/9")]
    [InlineData("INSERT INTO tblPrincipalRole VALUES (104, 111, 24, 1)", "104/111/24")]
    [InlineData("INSERT INTO tblScopePrincipal VALUES (103, 113, 0, 1)", "103/113")]
    [InlineData("INSERT INTO tblPrincipalInvites VALUES (112, 1, 104, '2010-01-01 00:00:00.000')", "112/104")]
    [InlineData("INSERT INTO tblPrincipalAffiliations VALUES (112, 113, 0, 1)", "112/0/113")]
    [InlineData("INSERT INTO tblLastInviteId VALUES (112, 1)", "112")]
    public void A_row_too_many_is_named(string defect, string key)
    {
        _pair.Destination.Execute(defect);

        _pair.Compare();

        var found = Assert.Single(_pair.Differences, difference => difference.Kind == DifferenceKinds.Extra);
        Assert.Equal((TableOf(defect), key), (found.Table, found.Key));
    }

    [Fact]
    public void A_message_in_the_wrong_room_is_missing_here_and_too_many_there()
    {
        _pair.Destination.Execute("UPDATE tblChat SET channelId = 104 WHERE channelId = 103 AND chatId = 2");

        _pair.Compare();

        // The number now in use passes the other room's counter, and that is named too.
        Assert.Equal(["missing 103/2 (source 3/2)", "extra 104/2", "different 104"], _pair.Differences.Select(found => $"{found.Kind} {found.Key}"), StringComparer.Ordinal);
    }

    [Fact]
    public void A_row_neither_written_nor_rejected_is_missing()
    {
        _pair.Unreject("tblChat", "3/9");

        _pair.Compare();

        var found = Assert.Single(_pair.Differences);
        Assert.Equal((DifferenceKinds.Missing, "source 3/9"), (found.Kind, found.Key));
        Assert.Contains("neither written nor rejected", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3/1")]
    [InlineData("3/77")]
    public void A_rejection_that_stands_for_no_row_is_too_many(string key)
    {
        _pair.Reject("tblChat", key);

        _pair.Compare();

        var found = Assert.Single(_pair.Differences);
        Assert.Equal((DifferenceKinds.Extra, "source " + key), (found.Kind, found.Key));
    }

    [Fact]
    public void A_row_that_the_destination_refused_counts_as_rejected()
    {
        _pair.Destination.Execute("DELETE FROM tblChat WHERE channelId = 103 AND chatId = 1; DELETE FROM tblPrincipalInvites WHERE prinID = 111");
        _pair.Reject("tblChat", "3/1");
        _pair.Reject("tblPrincipalInvites", "11/3");

        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Equal(2, report.Of("tblChat")!.Rejected);
        Assert.Equal(1, report.Of("tblPrincipalInvites")!.Rejected);
    }

    [Fact]
    public void Rooms_that_become_one_are_merged_by_number_and_a_rejected_twin_is_no_difference()
    {
        _pair.Room(8, ComparePair.RoomB);
        _pair.Source.Add("tblChat", [8L, 1L, ComparePair.Time, 10L, false, "the loser of the key"]);
        _pair.Reject("tblChat", "8/1");
        for (var id = 2; id < 20; id++)
        {
            _pair.Message(id % 3 == 0 ? 4 : 8, id, 10, "m");
        }

        _pair.Destination.Execute("UPDATE tblLastChatId SET lastChatID = 19 WHERE nodeID = 104");
        var clean = _pair.Compare();
        _pair.Destination.Execute("DELETE FROM tblChat WHERE channelId = 104 AND chatId = 11");
        _pair.Compare();

        Assert.True(clean.IsClean);
        Assert.Equal(24, clean.Of("tblChat")!.Expected);
        Assert.Equal("104/11 (source 8/11)", Assert.Single(_pair.Differences).Key);
    }

    [Fact]
    public void Empty_rooms_on_either_side_are_no_trouble()
    {
        _pair.Room(30, 130);
        _pair.Room(31, 131);
        _pair.Destination.Execute("INSERT INTO tblChat VALUES (131, 1, 5, 110, 0, 'x', NULL)");

        _pair.Compare();

        Assert.Equal(["131/1", "131"], _pair.Differences.Select(found => found.Key), StringComparer.Ordinal);
    }

    [Fact]
    public void Nothing_at_all_on_one_side_names_every_row()
    {
        _pair.Destination.Execute("DELETE FROM tblChat");

        var report = _pair.Compare();

        Assert.Equal(5, report.Of("tblChat")!.Missing);
        Assert.Equal(new string('0', 32), report.Digest);
    }

    [Fact]
    public void Odd_values_of_the_source_are_judged_by_the_rules()
    {
        // Text in integer columns that converts, text in keys, a key that is none, and a NULL: as an old SQLite copy may hold them.
        _pair.Source.Execute(
            """
            CREATE TABLE odd (channelId, chatId, chatDate, userId, isAlert, content);
            INSERT INTO odd SELECT * FROM tblChat;
            DROP TABLE tblChat;
            ALTER TABLE odd RENAME TO tblChat;
            CREATE UNIQUE INDEX odd_key ON tblChat (channelId, chatId);
            INSERT INTO tblChat VALUES (3, 3, '633979008000000000', 10, 0, 'c');
            INSERT INTO tblChat VALUES (3, '4', 5, 10, 0, 'd');
            INSERT INTO tblChat VALUES (3, 'x', 5, 10, 0, 'e');
            INSERT INTO tblChat VALUES (3, NULL, 5, 10, 0, 'f');
            INSERT INTO tblChat VALUES (3, 6, 5, 10, 0, NULL);
            """);
        _pair.Destination.Execute("INSERT INTO tblChat VALUES (103, 3, 633979008000000000, 110, 0, 'c', NULL), (103, 4, 5, 110, 0, 'd', NULL)");
        _pair.Reject("tblChat", "3/x");
        _pair.Reject("tblChat", "3/NULL");
        _pair.Reject("tblChat", "3/6");

        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Equal(7, report.Of("tblChat")!.Equal);
        Assert.Equal(4, report.Of("tblChat")!.Rejected);
    }

    [Fact]
    public void Messages_of_rooms_that_the_source_does_not_know_must_be_rejected()
    {
        _pair.Source.Add("tblChat", [66L, 1L, ComparePair.Time, 10L, false, "lost"]);
        _pair.Compare();
        var before = Assert.Single(_pair.Differences);
        _pair.Reject("tblChat", "66/1");

        var report = _pair.Compare();

        Assert.Equal("source 66/1", before.Key);
        Assert.True(report.IsClean, _pair.Describe());
    }

    [Fact]
    public void Messages_of_other_rooms_at_the_destination_are_not_ours_to_judge()
    {
        _pair.Destination.Add("tblNode", ("nodeID", 60), ("parentID", 1), ("nodeName", "theirs"));
        _pair.Destination.Execute("INSERT INTO tblChat VALUES (60, 1, 5, 14, 0, 'x', 'y')");

        Assert.True(_pair.Compare().IsClean, _pair.Describe());
    }

    [Fact]
    public void A_label_that_the_destination_had_may_differ_when_the_books_say_so()
    {
        _pair.Destination.Execute("UPDATE tblPreference SET prefContent = 'red', prefSeqID = 9");
        _pair.KeptPreferences = 1;

        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Equal(1, report.Of("tblPreference")!.Kept);
    }

    [Fact]
    public void An_invitation_that_the_destination_had_is_kept()
    {
        _pair.Destination.Execute("UPDATE tblPrincipalInvites SET invID = 4 WHERE prinID = 14");

        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Equal(1, report.Of("tblPrincipalInvites")!.Kept);
    }

    [Fact]
    public void A_level_without_messages_does_not_look_at_them()
    {
        _pair.Rules = new RuleOptions { Level = Level.Rooms };
        _pair.Destination.Execute("DELETE FROM tblChat; DELETE FROM tblLastChatId");

        var report = _pair.Compare();

        Assert.True(report.IsClean, _pair.Describe());
        Assert.Null(report.Of("tblChat"));
    }

    [Fact]
    public void A_fault_of_a_database_reaches_the_caller()
    {
        _pair.Destination.Execute("ALTER TABLE tblChat RENAME COLUMN userId TO author");

        Assert.ThrowsAny<Exception>(() => _pair.Compare());
    }

    [Fact]
    public void A_cancelled_comparison_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => _pair.Compare(cancelled.Token));
    }

    [Fact]
    public void Many_batches_are_compared_in_order()
    {
        _pair.Destination.Execute("BEGIN");
        _pair.Source.Execute("BEGIN");
        for (var id = 10; id < 30_010; id++)
        {
            _pair.Message(id % 2 == 0 ? 3 : 4, id, 10, $"message {id}");
        }

        _pair.Source.Execute("COMMIT");
        _pair.Destination.Execute("COMMIT; UPDATE tblLastChatId SET lastChatID = 30008 WHERE nodeID = 103; UPDATE tblLastChatId SET lastChatID = 30009 WHERE nodeID = 104");
        var clean = _pair.Compare();
        _pair.Destination.Execute("UPDATE tblChat SET content = content || ' ' WHERE chatId = 29997");
        _pair.Compare();

        Assert.True(clean.IsClean);
        Assert.Equal(30_005, clean.Of("tblChat")!.Equal);
        Assert.Equal("104/29997 (source 4/29997)", Assert.Single(_pair.Differences).Key);
    }

    private static string TableOf(string sql) => sql.Split(' ').First(word => word.StartsWith("tbl", StringComparison.Ordinal));
}
