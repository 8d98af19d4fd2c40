using System.Diagnostics;
using ChatEtl.Pipeline;
using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Shows a run while it goes on: a live block on a terminal, a line now and then otherwise.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan LivePeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LinePeriod = TimeSpan.FromSeconds(5);

    /// <summary>Shows the run until it ends, and ends as it does: a picture that cannot be shown, on a terminal that is gone, ends no run.</summary>
    public static async Task<T> WatchAsync<T>(RunProgress progress, Func<Task<T>> run)
    {
        progress.Notice += Say.Notice;
        var task = Task.Run(run);
        try
        {
            await ShowAsync(progress, task);
        }
        catch (Exception exception)
        {
            Say.Notice($"warning: the progress is no longer shown: {exception.Message}");
        }

        return await task;
    }

    private static async Task ShowAsync(RunProgress progress, Task run)
    {
        var rate = new Rate(progress);
        if (!Say.IsLive)
        {
            while (await Task.WhenAny(run, Task.Delay(LinePeriod)) != run)
            {
                Say.Notice(rate.Line());
            }

            return;
        }

        await Say.Output.Live(new Text("")).AutoClear(true).StartAsync(async context =>
        {
            do
            {
                context.UpdateTarget(Block(progress, rate));
            }
            while (await Task.WhenAny(run, Task.Delay(LivePeriod)) != run);
        });
    }

    private static Table Block(RunProgress progress, Rate rate)
    {
        rate.Sample();
        var (transform, write) = progress.Queues();
        var share = progress.Expected == 0 ? 0 : Math.Min(1, (double)progress.Read / progress.Expected);
        var bar = new string('█', (int)(share * 40)).PadRight(40, '░');
        return new Table().HideHeaders().NoBorder().AddColumns("", "")
            .AddRow(Markup.Escape(progress.Phase), $"{bar} {share:P0}")
            .AddRow("rows", $"{progress.Read:N0} read, {progress.Written:N0} written, {progress.Rejected:N0} rejected")
            .AddRow("rate", $"{rate.RowsPerSecond:N0} rows/s, {rate.BytesPerSecond / 1e6:N1} MB/s, about {rate.Left} left")
            .AddRow("ranges", $"{progress.RangesDone} of {progress.Ranges} done; {transform} batches to transform, {write} to write; {progress.Stages.Slowest.ToString().ToLowerInvariant()} is the slowest stage")
            .AddRow("retries", Markup.Escape($"{progress.Retries}{(progress.Down is { } down ? "; " + down : "")}"));
    }

    /// <summary>Rates over the last few seconds.</summary>
    private sealed class Rate(RunProgress progress)
    {
        private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);
        private readonly Queue<(long Time, long Rows, long Bytes)> _samples = new();

        public double RowsPerSecond { get; private set; }

        public double BytesPerSecond { get; private set; }

        public string Left => RowsPerSecond < 1 || progress.Expected <= progress.Read
            ? "?"
            : Words(TimeSpan.FromSeconds((progress.Expected - progress.Read) / RowsPerSecond));

        private static string Words(TimeSpan left) => left.TotalDays >= 1
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{left.Days} d {left.Hours} h")
            : left.ToString(@"hh\:mm\:ss", System.Globalization.CultureInfo.InvariantCulture);

        public void Sample()
        {
            var now = (Time: Stopwatch.GetTimestamp(), Rows: progress.Read, progress.Bytes);
            _samples.Enqueue(now);
            while (_samples.Count > 2 && Stopwatch.GetElapsedTime(_samples.Peek().Time, now.Time) > Span)
            {
                _samples.Dequeue();
            }

            var first = _samples.Peek();
            var seconds = Math.Max(0.001, Stopwatch.GetElapsedTime(first.Time, now.Time).TotalSeconds);
            (RowsPerSecond, BytesPerSecond) = ((now.Rows - first.Rows) / seconds, (now.Bytes - first.Bytes) / seconds);
        }

        public string Line()
        {
            Sample();
            return $"{progress.Phase}: {progress.Read:N0} rows read, {progress.Written:N0} written, {progress.Rejected:N0} rejected; "
                + $"{RowsPerSecond:N0} rows/s, {BytesPerSecond / 1e6:N1} MB/s; {progress.RangesDone}/{progress.Ranges} ranges; about {Left} left{(progress.Down is { } down ? "; " + down : "")}";
        }
    }
}
