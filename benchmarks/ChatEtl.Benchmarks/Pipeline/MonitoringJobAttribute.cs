using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>For work of seconds that changes a database: once an iteration, each iteration on a new one.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MonitoringJobAttribute() : SimpleJobAttribute(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5, invocationCount: 1);
