using System.Diagnostics;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class BadDestinationTests : IDisposable
{
    private static readonly string[] Migrate = ["migrate", "--set", "retry.attempts=1", "--set", "retry.baseDelay=1"];

    private readonly Workplace _place = new("legacy.db");

    public BadDestinationTests() => _place.Sample("legacy.db");

    [Fact]
    public async Task A_missing_destination_is_made_only_when_the_configuration_says_so()
    {
        foreach (var command in new[] { "migrate", "compare", "status", "finish" })
        {
            var outcome = await _place.RunAsync(4, command, "--set", "destination.create=false");
            Assert.Contains($"{_place.Destination} does not exist.", outcome.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_place.Destination));
    }

    [Fact]
    public async Task A_destination_that_is_a_folder_or_no_database_is_refused()
    {
        Directory.CreateDirectory(_place.Destination);
        await Refused(4, "persistent.db is a folder.");
        Directory.Delete(_place.Destination);

        await File.WriteAllTextAsync(_place.Destination, new string('x', 10_000), TestContext.Current.CancellationToken);

        await Refused(4, "The file is not an SQLite database.");
        Assert.Contains("not an SQLite database", (await _place.RunAsync(4, "status")).Error, StringComparison.Ordinal);
        Assert.Contains("not an SQLite database", (await _place.RunAsync(4, "compare")).Error, StringComparison.Ordinal);
        Assert.Contains("not an SQLite database", (await _place.RunAsync(4, "finish")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_something_else_is_refused_with_one_line_a_table()
    {
        await File.WriteAllBytesAsync(_place.Destination, [], TestContext.Current.CancellationToken);
        Workplace.Execute(_place.Destination, "CREATE TABLE books (title TEXT)");

        var outcome = await Refused(2, "The destination has no table tblNode: it is no Persistent Chat 2013 database.");

        Assert.InRange(outcome.Error.Split('\n').Length, 10, 15);
        Assert.Equal("books", Assert.Single(Workplace.CountRows(_place.Destination)).Key);
    }

    [Theory]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("BEGIN EXCLUSIVE")]
    public async Task A_locked_destination_is_tried_again_and_then_said_to_be_locked(string begin)
    {
        await _place.RunAsync(0, "provision", "persistent.db");
        using (Workplace.Hold(_place.Destination, begin))
        {
            var outcome = await Refused(4, "Another program holds a lock");
            if (begin == "BEGIN IMMEDIATE")
            {
                Assert.Contains("trying again", outcome.Error, StringComparison.Ordinal);
                Assert.Contains("after 2 attempts", outcome.Error, StringComparison.Ordinal);
            }
        }

        await _place.RunAsync(0, "migrate");
        using (Workplace.Hold(_place.Destination, begin))
        {
            await Refused(4, "Another program holds a lock");
            Assert.Contains("Another program holds a lock", (await _place.RunAsync(4, "finish", "--set", "retry.attempts=1")).Error, StringComparison.Ordinal);
        }

        await _place.RunAsync(0, "migrate");
    }

    [Fact]
    public async Task A_damaged_destination_is_named_as_such_by_every_command()
    {
        await _place.RunAsync(0, "migrate");
        BadSourceTests.Damage(_place.Destination, "tblChat");

        var compare = await _place.RunAsync(4, "compare");
        var finish = await _place.RunAsync(4, "finish");
        BadSourceTests.Damage(_place.Destination, "chatetl_range");
        var migrate = await _place.RunAsync(4, Migrate);
        var status = await _place.RunAsync(4, "status");

        Assert.All([compare, finish, migrate, status], outcome => Assert.Contains("The database file is damaged.", outcome.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_nobody_can_write_is_refused()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no /proc here, the one folder that nobody can write.");

        var migrate = await _place.RunAsync(4, [.. Migrate, "--set", "destination.path=/proc/chat/persistent.db"]);
        var provision = await _place.RunAsync(4, "provision", "/proc/persistent.db");
        var sample = await _place.RunAsync(4, "sample", "/proc/legacy.db");

        Assert.All(
            [migrate, provision, sample],
            outcome => Assert.Matches(@"error: .*/proc/.*\n.*Mend the destination", outcome.Error));
    }

    [Fact]
    public async Task A_read_only_destination_is_refused()
    {
        await _place.RunAsync(0, "provision", "persistent.db");
        var folder = Directory.CreateDirectory(_place.File("frozen")).FullName;
        File.Move(_place.Destination, Path.Combine(folder, "persistent.db"));
        Assert.SkipUnless(await MountAsync("--bind", folder, folder), "A read-only mount needs root on Linux.");
        try
        {
            Assert.True(await MountAsync("-o", "remount,ro,bind", folder));

            var outcome = await _place.RunAsync(4, [.. Migrate, "--set", "destination.path=frozen/persistent.db"]);

            Assert.Contains("is read-only", outcome.Error, StringComparison.Ordinal);
        }
        finally
        {
            await RunAsync("umount", folder);
        }
    }

    [Fact]
    public async Task A_full_disk_stops_the_run_and_more_room_completes_it()
    {
        _place.Sample("many.db", messages: 20_000);
        var folder = Directory.CreateDirectory(_place.File("small")).FullName;
        Assert.SkipUnless(await MountAsync("-t", "tmpfs", "-o", "size=3m", "tmpfs", folder), "A small disk needs root on Linux.");
        try
        {
            string[] settings = ["--set", "source.path=many.db", "--set", "destination.path=small/persistent.db", "--set", "pipeline.batchRows=500"];

            var full = await _place.RunAsync(4, [.. Migrate, .. settings]);
            var stopped = Progress.Of(_place.File("small/persistent.db"), count: true);
            Assert.True(await MountAsync("-o", "remount,size=200m", folder));
            var resumed = await _place.RunAsync(0, ["migrate", .. settings]);

            Assert.Contains("The disk is full.", full.Error, StringComparison.Ordinal);
            Assert.Contains("The last checkpoint stands", full.Error, StringComparison.Ordinal);
            Assert.Equal(("Running", stopped.Written), (stopped.State, stopped.Stored));
            Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
            await _place.DigestAsync(settings);
        }
        finally
        {
            await RunAsync("umount", folder);
        }
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_does_not_undo_the_migration()
    {
        Directory.CreateDirectory(_place.File("report.json"));

        var outcome = await _place.RunAsync(0, "migrate", "--set", "report.path=report.json");

        Assert.Contains("warning: the report cannot be written", outcome.Error, StringComparison.Ordinal);
        await _place.DigestAsync();
    }

    public void Dispose() => _place.Dispose();

    private static Task<bool> MountAsync(params string[] arguments) => RunAsync("mount", arguments);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }

    private async Task<Outcome> Refused(int exitCode, string message)
    {
        var outcome = await _place.RunAsync(exitCode, Migrate);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Matches("stands|Nothing was", outcome.Error);
        return outcome;
    }
}
