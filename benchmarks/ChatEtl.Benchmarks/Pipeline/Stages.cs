using System.Diagnostics;
using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Transforming;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Where does the time go? Each stage alone on one thread, in processor seconds, beside INSERT … SELECT.</summary>
internal static class Stages
{
    /// <summary>Argument: number of messages (1,000,000).</summary>
    public static int Run(string[] args)
    {
        var messages = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        using var pool = new Pool(messages);
        for (var round = 0; round < 3; round++)
        {
            pool.Reset();
            Report(SqliteWays.InsertSelect, messages, () => SqliteWays.RunAsync(SqliteWays.InsertSelect, pool.Source, pool.Destination, new PipelineOptions()).GetAwaiter().GetResult());
            pool.Reset();
            using var source = new SqliteSource(pool.Source);
            using var reader = new SqliteSource(pool.Destination);
            using var destination = new SqliteDestination(pool.Destination, TimeProvider.System);
            var rules = new RuleOptions { DisabledRooms = DisabledRooms.Keep, NameCollisions = NameCollisions.Rename };
            var plan = PassPlanner.Plan(source, new ExplainedDestination(destination), reader, null, rules, forWriting: false, CancellationToken.None);
            var transform = new MessageTransform(plan.Directory, rules, null);
            var segments = source.ReadExtents(CancellationToken.None).ToList();
            var batches = new MessageBatchPool(2 << 20);
            var limits = new BatchLimits(10_000, 2 << 20);
            Report("read", messages, () => Drain(source, segments, limits, batches, _ => { }));
            Report("read, transform", messages, () => Drain(source, segments, limits, batches, transform.Apply));
            var run = new RunRecord(1, plan.Fingerprint, RunState.Running, 1, 1, false, DateTime.UnixEpoch, DateTime.UnixEpoch, "benchmark");
            destination.Begin(new Writing.PassStart
            {
                ExpectedEpoch = null,
                Run = run,
                Tables = [],
                NewScopes = [],
                StaleAccess = [],
                Decisions = plan.Directory.Decisions,
                Ranges = [new Range(1, Streams.Messages, segments)],
                Books = plan.Directory.Books,
                Findings = [],
                Rejections = [],
            });
            var from = "";
            Report("read, transform, write", messages, () => Drain(source, segments, limits, batches, batch =>
            {
                transform.Apply(batch);
                (batch.RangeId, batch.From) = (1, from);
                from = destination.Write(batch, 1).Position;
            }));
        }

        return 0;
    }

    private static void Drain(SqliteSource source, List<Segment> segments, BatchLimits limits, MessageBatchPool pool, Action<MessageBatch> use)
    {
        foreach (var batch in source.ReadMessages(segments, null, limits, pool, CancellationToken.None))
        {
            use(batch);
            pool.Return(batch);
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
