using System.Text;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class BadSourceTests : IDisposable
{
    private const string Mark = "This page will be spoiled.";

    private readonly Workplace _place = new("legacy.db");

    [Fact]
    public async Task A_missing_source_is_named_and_no_destination_is_made()
    {
        var outcome = await Refused(3, $"{_place.File("legacy.db")} does not exist. Check source.path.");

        Assert.Contains("Mend the source", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_place.Destination));
    }

    [Fact]
    public async Task A_source_that_is_a_folder_is_refused()
    {
        Directory.CreateDirectory(_place.File("legacy.db"));

        await Refused(3, "legacy.db is a folder.");
    }

    [Fact]
    public async Task A_source_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(_place.File("legacy.db"), new string('x', 10_000), TestContext.Current.CancellationToken);

        await Refused(3, "The file is not an SQLite database.");
    }

    [Fact]
    public async Task A_database_of_something_else_is_refused()
    {
        await File.WriteAllBytesAsync(_place.File("legacy.db"), [], TestContext.Current.CancellationToken);
        Workplace.Execute(_place.File("legacy.db"), "CREATE TABLE books (title TEXT)");

        await Refused(2, "This is not a chat database");
    }

    [Fact]
    public async Task A_source_cut_short_is_refused()
    {
        var source = _place.Sample("legacy.db", messages: 10_000);
        using (var file = File.OpenWrite(source))
        {
            file.SetLength(file.Length / 2);
        }

        await Refused(3, "The database file is damaged.");
    }

    [Fact]
    public async Task A_source_damaged_in_the_middle_stops_the_run_and_the_mended_one_completes_it()
    {
        var source = _place.Sample("legacy.db", messages: 20_000);
        Workplace.Execute(source, $"""
            UPDATE tblChat SET content = '{Mark}' WHERE (channelId, chatId) =
                (SELECT channelId, chatId FROM tblChat JOIN tblNode ON nodeID = channelId WHERE disabled = 0 ORDER BY channelId, chatId LIMIT 1 OFFSET 10000);
            PRAGMA journal_mode=DELETE;
            """);
        var sound = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
        var damaged = sound.ToArray();
        long size;
        using (var pool = new PoolReader(source))
        {
            size = pool.Count("PRAGMA page_size");
        }

        // The page that holds a text of the middle.
        var page = (sound.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Mark)) / size) + 1;

        damaged.AsSpan((int)((page - 1) * size), (int)size).Fill(0xFF);
        await File.WriteAllBytesAsync(source, damaged, TestContext.Current.CancellationToken);
        string[] migrate = ["migrate", "--set", "pipeline.batchRows=500", "--set", "pipeline.rangeRows=2000"];
        var stopped = await _place.RunAsync(3, migrate);
        var progress = Progress.Of(_place.Destination, count: true);
        await File.WriteAllBytesAsync(source, sound, TestContext.Current.CancellationToken);
        var resumed = await _place.RunAsync(0, migrate);

        Assert.Contains("Reading tblChat after key", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("The database file is damaged.", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("The last checkpoint stands", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(("Running", progress.Written), (progress.State, progress.Stored));
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    [Fact]
    public async Task A_source_damaged_in_its_directory_is_refused_and_so_is_its_comparison()
    {
        var source = _place.Sample("legacy.db");
        await _place.RunAsync(0, "migrate");
        foreach (var table in new[] { "tblNode", "tblChat", "tblPrincipalInvites", "tblLastChatId", "tblPreference" })
        {
            var sound = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
            Damage(source, table);

            var migrate = await _place.RunAsync(3, "migrate");
            var compare = await _place.RunAsync(3, "compare");

            Assert.Contains("The database file is damaged.", migrate.Error, StringComparison.Ordinal);
            Assert.Contains("The database file is damaged.", compare.Error, StringComparison.Ordinal);
            await File.WriteAllBytesAsync(source, sound, TestContext.Current.CancellationToken);
        }

        await _place.RunAsync(0, "migrate");
    }

    [Fact]
    public async Task A_locked_source_is_said_to_be_locked()
    {
        var source = _place.Sample("legacy.db");
        using (Workplace.Hold(source, "BEGIN EXCLUSIVE"))
        {
            await Refused(3, "Another program holds a lock");
        }

        await _place.RunAsync(0, "migrate");
    }

    public void Dispose() => _place.Dispose();

    /// <summary>Spoils the first page of a table.</summary>
    internal static void Damage(string path, string table)
    {
        long page, size;
        using (var pool = new PoolReader(path))
        {
            (page, size) = (pool.Count($"SELECT rootpage FROM sqlite_master WHERE lower(name) = lower('{table}')"), pool.Count("PRAGMA page_size"));
        }

        using var file = File.OpenWrite(path);
        file.Position = (page - 1) * size;
        file.Write(Enumerable.Repeat((byte)0xFF, (int)size).ToArray());
    }

    private async Task<Outcome> Refused(int exitCode, string message)
    {
        var outcome = await _place.RunAsync(exitCode, "migrate", "--set", "retry.attempts=1");
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Matches("stands|Nothing was", outcome.Error);
        return outcome;
    }
}
