using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Comparing;

public sealed class CompareMutationTests
{
    private static readonly string[] Tables =
    [
        "tblChat", "tblChat", "tblPrincipal", "tblNode", "tblPrincipalRole", "tblScopePrincipal", "tblPrincipalInvites",
        "tblPrincipalAffiliations", "tblPreference", "tblLastChatId", "tblLastInviteId",
    ];

    [Fact]
    public void Any_single_changed_cell_of_ours_is_found_and_a_clean_pair_is_never_reported()
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed);
            using var pair = new ComparePair();
            Fill(pair, random);
            Assert.True(pair.Compare().IsClean, $"seed {seed}: {pair.Describe()}");
            for (var i = 0; i < 12; i++)
            {
                pair.Destination.Execute("SAVEPOINT clean");
                var mutation = Mutate(pair.Destination, random);
                pair.Destination.Execute("RELEASE clean");
                if (mutation is not { } change)
                {
                    continue;
                }

                var report = pair.Compare();
                Assert.False(report.IsClean, $"seed {seed}: {change.Do} was not found");
                Assert.Contains(pair.Differences, found => found.Table == change.Table || found.Table is "tblLastChatId" or "tblLastInviteId");
                pair.Destination.Execute(change.Undo);
                Assert.True(pair.Compare().IsClean, $"seed {seed}: {change.Do}: {pair.Describe()}");
            }
        }
    }

    private static void Fill(ComparePair pair, Random random)
    {
        for (var room = 0; room < random.Next(4); room++)
        {
            pair.Room(200 + room, 400 - room);
        }

        for (var i = 0; i < random.Next(40); i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => char.ConvertFromUtf32(random.Next(3) == 0 ? 0x1F600 : random.Next(32, 400))));
            pair.Message(3 + random.Next(3), 100 + i, 10 + random.Next(5), text, random.Next(4) == 0, random.NextInt64(DateTime.MaxValue.Ticks));
        }

        foreach (var room in new[] { 103, 104, 50 })
        {
            var highest = pair.Destination.Number($"SELECT max(chatId) FROM tblChat WHERE channelId = {room}");
            pair.Destination.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE tblLastChatId SET lastChatID = max({highest}, lastChatID) WHERE nodeID = {room}"));
        }
    }

    /// <summary>Changes one cell of a row that a migration wrote; null when the table does not take the change.</summary>
    private static (string Table, string Do, string Undo)? Mutate(PlainPool pool, Random random)
    {
        var table = ChatSchema.Persistent[Tables[random.Next(Tables.Length)]];
        var column = table.Columns[random.Next(table.Columns.Count)];
        var ours = table.Name switch
        {
            "tblPrincipal" => "prinID > 100",
            "tblNode" => "nodeID > 100",
            "tblPrincipalRole" => "prinRoleNodeID > 100",
            "tblPrincipalInvites" => "prinID > 100",
            "tblLastChatId" => "nodeID > 100",
            "tblLastInviteId" => "prinID > 100",
            _ => "1 = 1",
        };
        var rows = pool.Number($"SELECT count(*) FROM {table.Name} WHERE {ours}");
        if (rows == 0)
        {
            return null;
        }

        var row = pool.Number($"SELECT rowid FROM {table.Name} WHERE {ours} ORDER BY rowid LIMIT 1 OFFSET {random.NextInt64(rows)}");
        var other = column.Type switch
        {
            ColumnType.Bit => $"CASE WHEN \"{column.Name}\" = 1 THEN 0 ELSE 1 END",
            ColumnType.Guid => "'00000000-0000-0000-0000-0000000000FF'",
            ColumnType.DateTime => "'2011-11-11 11:11:11.111'",
            ColumnType.Text => column.Nullable && random.Next(2) == 0 ? $"CASE WHEN \"{column.Name}\" IS NULL THEN '' END" : $"coalesce(\"{column.Name}\", '') || ' '",
            _ => $"coalesce(\"{column.Name}\", 0) + 1000",
        };
        pool.Execute($"DROP TABLE IF EXISTS undo; CREATE TABLE undo AS SELECT * FROM {table.Name}");
        var change = $"UPDATE {table.Name} SET \"{column.Name}\" = {other} WHERE rowid = {row}";
        try
        {
            pool.Execute(change);
        }
        catch (SqliteException)
        {
            return null;
        }

        return (table.Name, change, $"DELETE FROM {table.Name}; INSERT INTO {table.Name} SELECT * FROM undo; DROP TABLE undo");
    }
}
