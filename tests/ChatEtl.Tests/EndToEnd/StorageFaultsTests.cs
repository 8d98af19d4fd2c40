using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>The files under a run fail for real: it ends with a clear error, nothing is lost, and the same command goes on once they are mended.</summary>
[Collection(ProgramTests.Name)]
public sealed class StorageFaultsTests(BigPool pool)
{
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly string[] Slowly =
        ["migrate", "--set", "pipeline.rangeRows=5000", "--set", "pipeline.batchRows=50", "--set", "compare.afterMigrate=false"];

    [Fact]
    public async Task A_file_that_may_not_grow_any_more_stops_the_run_and_room_completes_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The size of a file is limited by a Linux shell.");
        using var place = pool.Open();

        // Three megabytes a file; a write beyond is refused instead of ending the process. The runtime maps its code from a larger one, if let.
        place.Variables["DOTNET_EnableWriteXorExecute"] = "0";
        var stopped = await place.RunAsync(4, "sh -c", ["trap '' XFSZ; ulimit -f 6144; exec \"$@\"", "sh"], Slowly);
        var progress = Progress.Of(place.Destination, count: true);
        var resumed = await place.RunAsync(0, "migrate");

        Assert.Matches("The disk is full|The disk reported a read or write error. Check the disk and its free space", stopped.Error);
        Assert.Contains("Mend the destination and give the same command again", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(("Running", progress.Written), (progress.State, progress.Stored));
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(BigPool.Messages, Progress.Of(place.Destination).Read);
    }

    [Fact]
    public async Task A_source_cut_short_while_it_is_read_stops_the_run_and_the_whole_one_completes_it()
    {
        using var place = pool.OpenCopy();
        var source = place.File("legacy.db");
        var length = new FileInfo(source).Length;
        using var process = place.Start(Slowly);
        await MovingAsync(process, place);

        using (var file = File.OpenWrite(source))
        {
            file.SetLength(length / 2);
        }

        var stopped = await process.EndAsync();
        var progress = Progress.Of(place.Destination, count: true);
        pool.Restore(place);
        var resumed = await place.RunAsync(0, "migrate");

        Assert.Equal(3, stopped.ExitCode);
        Assert.Matches("The database file is damaged|The disk reported a read or write error", stopped.Error);
        Assert.Contains("Mend the source and give the same command again", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(("Running", progress.Written), (progress.State, progress.Stored));
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_removed_while_it_is_written_is_never_reported_as_finished_and_the_same_command_begins_anew()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let go of a file in use.");
        using var place = pool.Open();
        using var process = place.Start(Slowly);
        await MovingAsync(process, place);

        foreach (var file in Directory.GetFiles(place.Path, "persistent.db*"))
        {
            File.Delete(file);
        }

        var stopped = await process.EndAsync();
        var again = await place.RunAsync(0, "migrate");

        Assert.Equal(4, stopped.ExitCode);
        Assert.Contains("was removed, renamed or replaced while it was written", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("begin anew", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Pass 1", again.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("resumed", again.Output, StringComparison.Ordinal);
        Assert.Equal(BigPool.Messages, Progress.Of(place.Destination).Read);
    }

    [Fact]
    public async Task A_right_withdrawn_while_it_runs_or_between_two_runs_is_named_and_given_back_the_run_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights are withdrawn by file modes.");
        using var place = pool.OpenCopy();
        var user = Environment.IsPrivilegedProcess ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "";
        Share(place);
        Assert.SkipUnless((await place.RunAsync(user, [], ["--version"])).ExitCode == 0, "No right binds this account, and no other account can run the program.");
        using var process = place.Start(user, [], Slowly);
        await MovingAsync(process, place);

        // Files that are open stay open; the next range opens its own.
        SetMode(place.File("legacy.db"), UnixFileMode.None);
        var withoutSource = await process.EndAsync();
        SetMode(place.File("legacy.db"), Everybody);
        foreach (var file in Directory.GetFiles(place.Path, "persistent.db*"))
        {
            SetMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        var readOnly = await place.RunAsync(user, [], Slowly);
        Share(place);
        var progress = Progress.Of(place.Destination, count: true);
        var resumed = await place.RunAsync(user, [], ["migrate"]);

        Assert.Equal((3, 4, 0), (withoutSource.ExitCode, readOnly.ExitCode, resumed.ExitCode));
        Assert.Contains("The file cannot be opened. Check that the path exists and that this account may read it.", withoutSource.Error, StringComparison.Ordinal);
        Assert.Contains("Mend the source and give the same command again", withoutSource.Error, StringComparison.Ordinal);
        Assert.Contains("is read-only. Grant this account the right to write both", readOnly.Error, StringComparison.Ordinal);
        Assert.Equal(("Running", progress.Written), (progress.State, progress.Stored));
        Assert.Contains("Pass 1, resumed", resumed.Output, StringComparison.Ordinal);
    }

    private static Task MovingAsync(ChatEtlProcess process, Workplace place) =>
        process.WaitUntilAsync("rows had moved", () => Progress.Of(place.Destination).Read >= 10_000);

    private static void Share(Workplace place)
    {
        SetMode(place.Path, Everybody | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach (var file in Directory.GetFiles(place.Path))
        {
            SetMode(file, Everybody);
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
