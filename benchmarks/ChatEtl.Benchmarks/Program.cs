using BenchmarkDotNet.Running;
using ChatEtl.Benchmarks.Pipeline;

return args switch
{
    ["throughput", .. var rest] => await Throughput.RunAsync(rest),
    ["throughput-sqlserver", .. var rest] => await Throughput.RunOnServerAsync(rest),
    ["tuning", .. var rest] => await Throughput.RunTuningAsync(rest),
    ["way", .. var rest] => await Throughput.RunWayAsync(rest),
    ["timeline", .. var rest] => await Timeline.RunAsync(rest),
    ["directory", .. var rest] => await DirectoryScale.RunAsync(rest),
    ["access", .. var rest] => await AccessScale.RunAsync(rest),
    ["access-worker", .. var rest] => AccessScale.RunWorker(rest),
    ["resume", .. var rest] => await Resume.RunAsync(rest),
    ["resume-worker", .. var rest] => await Resume.RunWorkerAsync(rest),
    ["prediction", .. var rest] => await PredictionTrial.RunAsync(rest),
    ["prediction-worker", .. var rest] => await PredictionTrial.PredictAsync(rest),
    ["prediction-run", .. var rest] => await PredictionTrial.MigrateAsync(rest),
    ["stages", .. var rest] => Stages.Run(rest),
    _ => RunBenchmarks(args),
};

static int RunBenchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Throughput).Assembly).Run(args);
    return 0;
}
