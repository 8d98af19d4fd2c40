using System.Diagnostics;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>What one run of a way cost.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of the process, all threads.</param>
/// <param name="PeakBytes">Peak working set of the process since its start.</param>
/// <param name="AllocatedBytes">Managed bytes allocated.</param>
/// <param name="Limit">The slowest stage, for a pipeline.</param>
internal sealed record Measurement(double Seconds, double CpuSeconds, long PeakBytes, long AllocatedBytes, string? Limit)
{
    /// <summary>Runs some work, which may tell its slowest stage.</summary>
    public static async Task<Measurement> OfAsync(Func<Task<string?>> work)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (cpu, allocated, clock) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        var limit = await work();
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        process.Refresh();
        return new Measurement(
            seconds, (process.TotalProcessorTime - cpu).TotalSeconds, process.PeakWorkingSet64, GC.GetTotalAllocatedBytes(precise: true) - allocated, limit);
    }
}
