using System.Diagnostics;
using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Reading;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Where does the time go? Each stage alone on one thread, in processor seconds, beside INSERT … SELECT.</summary>
internal static class Stages
{
    /// <summary>Argument: number of messages (1,000,000).</summary>
    public static int Run(string[] args)
    {
        var messages = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        using var pool = new PlannedPool(messages);
        for (var round = 0; round < 3; round++)
        {
            Report(SqliteWays.InsertSelect, messages, pool.InsertSelect);
            using var destination = pool.Begin();
            var batches = new MessageBatchPool(2 << 20);
            Report("read", messages, () => Drain(pool, batches, _ => { }));
            Report("read, transform", messages, () => Drain(pool, batches, pool.Transform.Apply));
            Report("read, transform, write", messages, () => Drain(pool, batches, batch =>
            {
                pool.Transform.Apply(batch);
                destination.Write(batch, PlannedPool.Epoch);
            }));
        }

        return 0;
    }

    private static void Drain(PlannedPool pool, MessageBatchPool batches, Action<MessageBatch> use)
    {
        foreach (var batch in pool.Read(new BatchLimits(10_000, 2 << 20), batches))
        {
            use(batch);
            batches.Return(batch);
        }
    }

    private static void Report(string what, long messages, Action work)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        work();
        process.Refresh();
        var seconds = (process.TotalProcessorTime - before).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-24} {seconds,6:0.00} processor s, {seconds / messages * 1e6,6:0.00} µs a message, {(double)allocated / messages,6:0.0} bytes allocated a message"));
    }
}
