using System.Text;
using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.EndToEnd;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>Whatever happens to a package, it is refused, and what does not match is named.</summary>
public sealed class PackageDamageTests : IDisposable
{
    private const int Seed = 20131112;
    private const string Mark = "a text like no other";
    private static readonly Lazy<byte[]> Sound = new(Make);

    private readonly Rehearsal _place = new();

    public PackageDamageTests() => File.WriteAllBytes(_place.SourcePath, Sound.Value);

    [Theory]
    [InlineData("UPDATE tblChat SET content = content || '.' WHERE channelId = :room AND chatId = :id", "tblChat :room")]
    [InlineData("UPDATE tblChat SET content = CAST(content AS BLOB) WHERE channelId = :room AND chatId = :id", "tblChat :room")]
    [InlineData("UPDATE tblChat SET chatDate = CAST(chatDate AS TEXT) WHERE channelId = :room AND chatId = :id", "tblChat :room")]
    [InlineData("DELETE FROM tblChat WHERE channelId = :room AND chatId = :id", "tblChat :room")]
    [InlineData("INSERT INTO tblChat SELECT channelId, 999999999, chatDate, userId, isAlert, content FROM tblChat WHERE channelId = :room AND chatId = :id", "tblChat :room")]
    [InlineData("UPDATE tblChat SET channelId = :other, chatId = 999999999 WHERE channelId = :room AND chatId = :id", "tblChat :room", "tblChat :other")]
    [InlineData("UPDATE tblChat SET channelId = NULL WHERE channelId = :room AND chatId = :id", "tblChat :room", "tblChat ")]
    [InlineData("DELETE FROM tblPrincipalRole WHERE rowid = 1", "tblPrincipalRole ")]
    [InlineData("UPDATE tblPrincipal SET prinDisabled = 0 WHERE prinDisabled = 1", "tblPrincipal ")]
    [InlineData("UPDATE tblNode SET nodeName = 'another' WHERE nodeID = :room", "tblNode ")]
    [InlineData("ALTER TABLE tblScopePrincipal ADD COLUMN scopeIsDenied", "tblScopePrincipal ")]
    [InlineData("DROP TABLE tblPreference", "tblPreference ")]
    [InlineData("DROP TABLE tblVersion; CREATE TABLE tblActivePeers (aplServerID, aplPeerID)", "tblVersion ", "tblActivePeers ")]
    [InlineData("UPDATE package_room SET rows = rows + 1 WHERE channel = :room", " ", "tblChat :room")]
    [InlineData("UPDATE package_table SET rows = rows + 1 WHERE name = 'tblNode'", " ", "tblNode ")]
    [InlineData("UPDATE package_manifest SET value = 'categories' WHERE name = 'level'", " ")]
    [InlineData("UPDATE package_manifest SET value = 'Lync2019' WHERE name = 'generation'", " ")]
    [InlineData("UPDATE package_manifest SET value = '9' WHERE name = 'format'", " ")]
    [InlineData("UPDATE package_room SET digest = 'none' WHERE channel = :room", " ")]
    [InlineData("DROP INDEX package_chat", "tblChat ")]
    [InlineData("DELETE FROM package_manifest WHERE name = 'seal'", " ")]
    public async Task A_changed_package_is_refused_with_the_table_and_room(string sql, params string[] named)
    {
        var rooms = _place.AskSource("SELECT channelId, min(chatId) FROM tblChat JOIN tblNode ON nodeID = channelId GROUP BY channelId ORDER BY count(*) DESC LIMIT 2");
        string Fill(string text) => text.Replace(":room", $"{rooms[0][0]}", StringComparison.Ordinal).Replace(":other", $"{rooms[1][0]}", StringComparison.Ordinal)
            .Replace(":id", $"{rooms[0][1]}", StringComparison.Ordinal);
        _place.ChangeSource(Fill(sql));

        var refused = await Assert.ThrowsAsync<PlanException>(() => _place.RunAsync());

        var found = refused.Errors.Where(error => error.Rule == "package").Select(error => $"{error.Table} {error.Key}").Distinct(StringComparer.Ordinal).ToList();
        Assert.All(named, name => Assert.Contains(Fill(name), found, StringComparer.Ordinal));
        Assert.Empty(_place.Ask("SELECT name FROM sqlite_master WHERE name = 'chatetl_run'"));
    }

    [Fact]
    public void One_flipped_bit_in_a_text_is_found_in_its_room()
    {
        var bytes = Sound.Value.ToArray();
        var room = _place.AskSource($"SELECT channelId FROM tblChat WHERE content = '{Mark}'")[0][0];
        bytes[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Mark)) + 3] ^= 1;
        File.WriteAllBytes(_place.SourcePath, bytes);

        var found = Assert.Single(Packages.Verify(_place.SourcePath));

        Assert.Equal(("tblChat", $"{room}"), (found.Table, found.Key));
        Assert.Contains("not the same", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bit_flipped_anywhere_is_found_or_changes_nothing()
    {
        var dump = Packages.Dump(_place.SourcePath);
        var random = new Random(Seed);
        var harmless = 0;
        for (var i = 0; i < 80; i++)
        {
            var bytes = Sound.Value.ToArray();
            var place = random.Next(bytes.Length);
            bytes[place] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_place.SourcePath, bytes);
            if (IsTakenForSound())
            {
                harmless++;
                Assert.True(dump.SequenceEqual(Packages.Dump(_place.SourcePath), StringComparer.Ordinal), $"byte {place} of seed {Seed}");
            }
        }

        Assert.InRange(harmless, 1, 60);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.9)]
    public async Task A_file_that_was_cut_off_is_refused_as_damaged(double kept)
    {
        File.WriteAllBytes(_place.SourcePath, Sound.Value[..(int)(Sound.Value.Length * kept)]);

        var refused = await Assert.ThrowsAnyAsync<ChatEtlException>(() => _place.RunAsync());

        Assert.Contains(refused.ExitCode, new[] { ExitCodes.NotAllowed, ExitCodes.Source });
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_rooms_that_do_not_match_are_listed_up_to_a_limit()
    {
        _place.ChangeSource("UPDATE tblChat SET chatDate = chatDate + 1");

        var found = Packages.Verify(_place.SourcePath);

        Assert.Equal(21, found.Count);
        Assert.Contains("more rooms do not match", found[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spoiled_page_names_the_table_it_belongs_to()
    {
        BadSourceTests.Damage(_place.SourcePath, "tblPrincipal");

        var found = Packages.Verify(_place.SourcePath);

        Assert.Equal(["tblPrincipal"], found.Select(finding => finding.Table).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains("cannot be read to its end", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_is_read_whole_once_for_migration_and_comparison()
    {
        using var source = new SqliteSource(_place.SourcePath);

        var first = source.Check(CancellationToken.None);

        Assert.Same(first, source.Check(CancellationToken.None));
        await _place.RunAsync();
    }

    public void Dispose() => _place.Dispose();

    /// <summary>Whether a migration would begin.</summary>
    private bool IsTakenForSound()
    {
        try
        {
            return PackageCheck.Verify(_place.SourcePath, CancellationToken.None) is not { Count: > 0 } found || found[0].Severity == Severity.Information;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static byte[] Make()
    {
        using var pool = new Rehearsal(Rehearsal.Sample(messages: 600, rooms: 40));
        using var folder = new TempFolder();
        pool.ChangeSource($"UPDATE tblChat SET content = '{Mark}' WHERE (channelID, chatID) IN (SELECT channelID, chatID FROM tblChat WHERE length(content) < 100 LIMIT 1 OFFSET 200)");
        Packages.Export(pool.SourcePath, folder.File("pool.pkg"));
        return File.ReadAllBytes(folder.File("pool.pkg"));
    }
}
