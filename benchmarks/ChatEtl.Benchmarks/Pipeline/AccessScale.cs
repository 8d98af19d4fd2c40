using System.Diagnostics;
using System.Globalization;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Is the access of the published capacity model proved in a minute, person by person, and in how much memory?</summary>
internal static class AccessScale
{
    /// <summary>Arguments: number of rooms (33,077), of people (150,000), of access entries (2,000,000). Migrates, then proves in a process of its own.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (rooms, people, entries) = (Throughput.Number(args, 0, 33_077), Throughput.Number(args, 1, 150_000), Throughput.Number(args, 2, 2_000_000));
        using var pool = new Pool(new ChatEtl.Sqlite.SampleOptions { Path = "", Rooms = rooms, People = people, Messages = 1_000 });
        var (roles, _, affiliations) = DirectoryScale.Fill(pool.Source, rooms, entries);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rooms:N0} rooms, {people:N0} people, {roles:N0} access entries, {affiliations:N0} affiliations"));
        await SqliteWays.MigrateAsync(new SqliteSource(pool.Source), pool.Destination, new PipelineOptions(), SqliteWays.Rules with { Invitations = CarryOrLeave.Leave }, null);
        using var worker = Throughput.StartSelf("access-worker", pool.Source, pool.Destination);
        Console.Write(await worker.StandardOutput.ReadToEndAsync());
        await worker.WaitForExitAsync();
        return worker.ExitCode;
    }

    /// <summary>Arguments: source, destination. Proves, and says what it took.</summary>
    public static int RunWorker(string[] args)
    {
        using var source = new SqliteSource(args[0]);
        using var reader = new SqliteSource(args[1]);
        using var destination = new SqliteDestination(args[1], TimeProvider.System);
        var clock = Stopwatch.GetTimestamp();
        var (here, there) = AccessDirectories.Read(source, reader, null, CancellationToken.None);
        var read = Stopwatch.GetElapsedTime(clock);
        var report = new AccessProof(here, there, SqliteWays.Rules, destination.ReadDecisions()).Run(static _ => { }, new AccessListing(1_000, WithLosses: false), CancellationToken.None);
        var whole = Stopwatch.GetElapsedTime(clock);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            both directories read: {read.TotalSeconds:0.0} s
            proved: {(whole - read).TotalSeconds:0.0} s, in all {whole.TotalSeconds:0.0} s
            {report.Rooms:N0} rooms, {report.Categories:N0} categories, {report.People:N0} people, {report.Entries:N0} entries of both sides
            {report.Gains.Total:N0} gains, {report.Unexplained.Total:N0} unexplained, losses {string.Join(", ", report.Losses.Select(loss => $"{loss.Value.Total:N0} {loss.Key}"))}
            peak working set {process.PeakWorkingSet64 / 1048576.0:0} MiB
            """));
        return 0;
    }
}
