using BenchmarkDotNet.Running;
using ChatEtl.Benchmarks.Pipeline;

if (args is ["throughput", ..])
{
    return await Throughput.RunAsync(args[1..]);
}

if (args is ["throughput-sqlserver", ..])
{
    return await Throughput.RunOnServerAsync(args[1..]);
}

if (args is ["tuning", ..])
{
    return await Throughput.RunTuningAsync(args[1..]);
}

if (args is ["timeline", ..])
{
    return await Timeline.RunAsync(args[1..]);
}

if (args is ["directory", ..])
{
    return await DirectoryScale.RunAsync(args[1..]);
}

if (args is ["way", ..])
{
    return await Throughput.RunWayAsync(args[1..]);
}

if (args is ["resume", ..])
{
    return await Resume.RunAsync(args[1..]);
}

if (args is ["resume-worker", ..])
{
    return await Resume.RunWorkerAsync(args[1..]);
}

if (args is ["stages", ..])
{
    return Stages.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Throughput).Assembly).Run(args);
return 0;
