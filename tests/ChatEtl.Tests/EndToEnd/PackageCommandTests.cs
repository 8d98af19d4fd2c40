using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class PackageCommandTests(BigPool pool) : IDisposable
{
    private const int Seed = 20100118;
    private const int Kills = 6;

    private readonly Workplace _place = new("legacy.db");

    private string Package => _place.File("pool.pkg");

    [Fact]
    public async Task A_pool_is_exported_inspected_and_migrated_from_its_package()
    {
        _place.Sample("legacy.db");
        await _place.RunAsync(0, "migrate");
        var digest = await _place.DigestAsync();

        var export = await _place.RunAsync(0, "export", "pool.pkg");
        var inspect = await _place.RunAsync(0, "inspect", "pool.pkg");
        var verify = await _place.JsonAsync(0, "inspect", "pool.pkg", "--verify", "--json", "--rooms", "3");
        var migrate = await _place.RunAsync(0, "migrate", "--set", "source.path=pool.pkg", "--set", "destination.path=other.db");

        Assert.Contains("Every table and room matches.", export.Output, StringComparison.Ordinal);
        Assert.Contains("a complete package of SQLite", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("generation 2010, root node ", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("Not verified", inspect.Output, StringComparison.Ordinal);
        Assert.True(verify.GetProperty("complete").GetBoolean());
        Assert.True(verify.GetProperty("matches").GetBoolean());
        Assert.Equal(3, verify.GetProperty("rooms").GetArrayLength());
        Assert.Equal(2_000, verify.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("table").GetString() == "tblChat").GetProperty("rows").GetInt64());
        Assert.Contains("Nobody gains access", migrate.Output, StringComparison.Ordinal);
        Assert.Equal(digest, await _place.DigestAsync("--set", "source.path=pool.pkg"));
        Assert.Equal(digest, await _place.DigestAsync("--set", "destination.path=other.db"));
    }

    [Fact]
    public async Task Filters_are_checked_like_the_configuration_before_anything_is_written()
    {
        _place.Sample("legacy.db");

        Assert.Contains("$.rules.level", (await _place.RunAsync(2, "export", "pool.pkg", "--level", "some")).Error, StringComparison.Ordinal);
        Assert.Contains("$.rules.messagesSince", (await _place.RunAsync(2, "export", "pool.pkg", "--since", "in May")).Error, StringComparison.Ordinal);
        Assert.Contains("\"Nowhere\"", (await _place.RunAsync(2, "export", "pool.pkg", "--categories", "Nowhere")).Error, StringComparison.Ordinal);
        Assert.Contains("$.rules.categories", (await _place.RunAsync(2, "export", "pool.pkg", "--categories", "Nowhere", "--level", "users")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Package));
    }

    [Fact]
    public async Task Only_the_filters_of_the_command_count_and_the_manifest_records_them()
    {
        _place.Sample("legacy.db");

        var all = await _place.JsonAsync(0, "export", "all.pkg", "--json", "--set", "rules.level=users");
        var some = await _place.JsonAsync(0, "export", "pool.pkg", "--json", "--level", "content", "--since", "2011-01-01T00:00:00Z");

        Assert.Equal("all", all.GetProperty("level").GetString());
        Assert.Equal("2011-01-01T00:00:00Z", some.GetProperty("since").GetString());
        var chat = some.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("table").GetString() == "tblChat");
        Assert.Equal(2_000, chat.GetProperty("rows").GetInt64() + chat.GetProperty("leftBehind").GetInt64());
        Assert.Contains("level: was content, is now all", (await Unfinished("--since", "2011-01-01T00:00:00Z")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_a_cut_off_and_an_unfinished_package_are_refused()
    {
        _place.Sample("legacy.db");
        await _place.RunAsync(0, "export", "pool.pkg");
        var sound = await File.ReadAllBytesAsync(Package, TestContext.Current.CancellationToken);
        string[] migrate = ["migrate", "--set", "source.path=pool.pkg"];

        Assert.Contains("never overwritten", (await _place.RunAsync(2, "export", "pool.pkg")).Error, StringComparison.Ordinal);
        Assert.Contains("is no package", (await _place.RunAsync(3, "inspect", "legacy.db")).Error, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", (await _place.RunAsync(3, "inspect", "nothing.pkg")).Error, StringComparison.Ordinal);

        Execute("DELETE FROM tblChat WHERE rowid = 100");
        Assert.Matches("package tblChat [0-9]+: Room [0-9]+ \"", (await _place.RunAsync(2, migrate)).Error);
        Assert.Contains("1 thing does not match", (await _place.RunAsync(6, "inspect", "pool.pkg", "--verify")).Output, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Package, sound[..(sound.Length / 2)], TestContext.Current.CancellationToken);
        Assert.Contains("damaged", (await _place.RunAsync(3, migrate)).Error, StringComparison.Ordinal);
        await _place.RunAsync(3, "inspect", "pool.pkg");

        await File.WriteAllBytesAsync(Package, sound, TestContext.Current.CancellationToken);
        Execute("DELETE FROM package_manifest WHERE name IN ('seal', 'ended')");
        Assert.Contains("not complete", (await _place.RunAsync(2, migrate)).Error, StringComparison.Ordinal);
        Assert.Contains("an unfinished package", (await _place.RunAsync(0, "inspect", "pool.pkg")).Output, StringComparison.Ordinal);
        await _place.RunAsync(0, "export", "pool.pkg");
        await _place.RunAsync(0, migrate);
    }

    [Fact]
    public async Task Killed_again_and_again_an_export_ends_with_the_rows_of_one_that_nobody_disturbed()
    {
        using var place = pool.Open();
        string[] export = ["export", "pool.pkg", "--set", "pipeline.batchRows=20"];
        await place.RunAsync(0, "export", "calm.pkg", "--set", "pipeline.batchRows=20");
        var random = new Random(Seed);
        var rows = 0L;
        for (var i = 0; i < Kills; i++)
        {
            using var process = place.Start(export);
            var target = rows + random.Next(1, (int)(2 * (BigPool.Messages - rows) / (Kills - i + 4)));
            await process.WaitUntilAsync($"kill {i} of seed {Seed}", () => RowsOf(place.File("pool.pkg")) >= target);
            var outcome = await process.KillAsync();

            Assert.Equal(ChatEtlProcess.Killed, outcome.ExitCode);
            rows = RowsOf(place.File("pool.pkg"));
            Assert.InRange(rows, target, BigPool.Messages - 1);
        }

        await place.RunAsync(0, export);

        Assert.Equal(Packages.Dump(place.File("calm.pkg")), Packages.Dump(place.File("pool.pkg")), StringComparer.Ordinal);
        await place.RunAsync(0, "inspect", "pool.pkg", "--verify");
    }

    [Fact]
    public async Task Stopped_politely_it_says_how_to_go_on()
    {
        using var place = pool.Open();

        // Far more transactions than there is time for before the signal arrives, however busy the machine is.
        string[] export = ["export", "pool.pkg", "--set", "pipeline.batchRows=2"];
        using var process = place.Start(export);
        await process.WaitUntilAsync("messages are written", () => RowsOf(place.File("pool.pkg")) > 0);
        await process.SignalAsync("INT");

        var outcome = await process.EndAsync();

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("give the same command again to go on", outcome.Error, StringComparison.Ordinal);
        Assert.InRange(RowsOf(place.File("pool.pkg")), 1, BigPool.Messages - 1);
    }

    [Fact]
    public async Task Real_conversations_are_in_the_package_byte_for_byte()
    {
        Assert.SkipUnless(ChatCorpus.Folder is not null, ChatCorpus.Missing);
        CorpusPool.Make(ChatCorpus.Folder!, _place.File("legacy.db"));

        await _place.RunAsync(0, "export", "pool.pkg");

        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={Package};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "ATTACH $source AS source";
        command.Parameters.AddWithValue("$source", _place.File("legacy.db"));
        command.ExecuteNonQuery();
        command.CommandText = """
            SELECT (SELECT count(*) FROM source.tblChat),
                (SELECT count(*) FROM source.tblChat AS s JOIN main.tblChat AS p ON p.channelId = s.channelId AND p.chatId = s.chatId
                    WHERE CAST(p.content AS BLOB) = CAST(s.content AS BLOB) AND p.chatDate = s.chatDate AND p.userId = s.userId AND p.isAlert = s.isAlert)
            """;
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal((368_272L, 368_272L), (row.GetInt64(0), row.GetInt64(1)));
    }

    public void Dispose() => _place.Dispose();

    /// <summary>An export over a package whose seal is broken, with these filters.</summary>
    private Task<Outcome> Unfinished(params string[] filters)
    {
        Execute("DELETE FROM package_manifest WHERE name IN ('seal', 'ended')");
        return _place.RunAsync(2, ["export", "pool.pkg", .. filters]);
    }

    private void Execute(string sql)
    {
        using var connection = Workplace.Hold(Package, sql);
    }

    private static long RowsOf(string package)
    {
        if (!File.Exists(package))
        {
            return 0;
        }

        try
        {
            using var reader = new PoolReader(package);
            return reader.Count("SELECT count(*) FROM sqlite_master WHERE name = 'package_table'") == 0
                ? 0
                : reader.Count("SELECT rows FROM package_table WHERE name = 'tblChat'");
        }
        catch (SqliteException)
        {
            // The file is being made, or closed.
            return 0;
        }
    }
}
