using System.Diagnostics;
using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Diagnostics;
using ChatEtl.Pipeline;
using ChatEtl.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>What do kills cost? The same migration undisturbed and killed again and again, as processes of their own, in interleaved pairs.</summary>
internal static class Resume
{
    private const int Killed = 128 + 9;
    private const int Seed = 20130401;

    /// <summary>Arguments: number of messages (20,000,000), of kills (20), of pairs (3).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (messages, kills, pairs) = (Throughput.Number(args, 0, 20_000_000), Throughput.Number(args, 1, 20), Throughput.Number(args, 2, 3));
        using var pool = new Pool(messages);
        var (calm, killed, firstRows, again, shares) = (new List<double>(), new List<double>(), new List<double>(), new List<long>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            pool.Reset();
            var clock = Stopwatch.GetTimestamp();
            shares.Add(await EndAsync(Start(pool)));
            calm.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            File.Delete(pool.Counter);

            pool.Reset();
            clock = Stopwatch.GetTimestamp();
            var cost = await KillAsync(pool, messages, kills, new Random(Seed + pair));
            killed.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            firstRows.AddRange(cost.FirstRows);
            again.AddRange(cost.Again);
            var all = CountingSource.Read(pool.Counter) - messages;
            File.Delete(pool.Counter);
            if (all != cost.Again.Sum())
            {
                throw new InvalidOperationException($"{all} messages were read again, and the kills account for {cost.Again.Sum()}.");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}: undisturbed {calm[^1]:0.0} s, {kills} kills {killed[^1]:0.0} s, read again {all:N0} messages"));
        }

        var batch = new PipelineOptions().BatchRows;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {messages:N0} messages, {kills} kills, median of {pairs} pairs
            undisturbed                               {Throughput.Median(calm):0.0} s
            killed and resumed                        {Throughput.Median(killed):0.0} s, {Throughput.Median([.. calm.Zip(killed, (one, other) => other / one)]):0.00} times
            process start to first new row            {Throughput.Median(firstRows):0.00} s, at most {firstRows.Max():0.00} s, each with at least a million rows done
            messages read again for each kill         {again.Average():N0}, at most {again.Max():N0}, where batchRows is {batch:N0}
            moving the checkpoints, of the whole run  {Throughput.Median(shares):P2}
            """));
        return 0;
    }

    /// <summary>The process that is killed; tells its share of time for checkpoints when it comes to its end.</summary>
    public static async Task<int> RunWorkerAsync(string[] args)
    {
        var checkpoints = 0L;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => Interlocked.Add(ref checkpoints, span.OperationName == Spans.Checkpoint ? span.Duration.Ticks : 0),
        };
        ActivitySource.AddActivityListener(listener);
        var clock = Stopwatch.GetTimestamp();
        await SqliteWays.MigrateAsync(new CountingSource(new SqliteSource(args[0]), args[2]), args[1], new PipelineOptions());
        Console.WriteLine((TimeSpan.FromTicks(checkpoints) / Stopwatch.GetElapsedTime(clock)).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Kills at moments spread over the whole migration.</summary>
    /// <returns>Seconds of each process from its start to its first new row, and the messages that each kill made be read again.</returns>
    private static async Task<(IReadOnlyList<double> FirstRows, IReadOnlyList<long> Again)> KillAsync(Pool pool, long messages, int kills, Random random)
    {
        var (firstRows, again) = (new List<double>(), new List<long>());
        using var connection = new SqliteConnection($"Data Source={pool.Destination};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var sum = connection.CreateCommand();
        sum.CommandText = "SELECT COALESCE(SUM(rows_read), 0) FROM chatetl_range WHERE stream = 'tblChat'";
        for (var kill = 0; kill <= kills; kill++)
        {
            var (before, clock) = (Moved(), Stopwatch.GetTimestamp());
            var target = kill == kills ? long.MaxValue : (long)((kill + random.NextDouble()) / kills * messages * 0.95);
            using var process = Start(pool);
            for (var moved = before; moved < target && !process.HasExited; moved = Moved())
            {
                if (moved > before && before >= 1_000_000 && clock != 0)
                {
                    firstRows.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
                    clock = 0;
                }

                await Task.Delay(clock == 0 ? 250 : 10);
            }

            if (kill == kills)
            {
                await EndAsync(process);
                break;
            }

            process.Kill();
            await process.WaitForExitAsync();
            if (process.ExitCode != Killed)
            {
                throw new InvalidOperationException($"Kill {kill} came too late: exit code {process.ExitCode}.");
            }

            again.Add(CountingSource.Read(pool.Counter) - Moved() - again.Sum());
        }

        return (firstRows, again);

        // Cheap enough not to slow down what is measured; the first process has not made the table yet.
        long Moved()
        {
            try
            {
                return (long)sum.ExecuteScalar()!;
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == 1)
            {
                return 0;
            }
        }
    }

    private static Process Start(Pool pool) => Throughput.StartSelf("resume-worker", pool.Source, pool.Destination, pool.Counter);

    private static async Task<double> EndAsync(Process process)
    {
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? double.Parse(said, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"The worker ended with {process.ExitCode}.");
    }
}
