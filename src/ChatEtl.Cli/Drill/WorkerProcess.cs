using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ChatEtl.Cli.Drill;

/// <summary>What became of a worker.</summary>
/// <param name="Killed">Whether the kill hit it: it ran when the kill was sent, and the system says that the kill ended it.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Range">The range of the batch it stood at; 0 for none.</param>
/// <param name="EndsRange">Whether that range is complete with the batch.</param>
/// <param name="To">Where that range stands once the batch is in.</param>
/// <param name="Passed">How often it passed each step; only of one that ended by itself.</param>
/// <param name="Said">What it said, for the case that it should not have ended so.</param>
internal sealed record WorkerEnd(bool Killed, int ExitCode, int Range, bool EndsRange, string To, IReadOnlyDictionary<string, int> Passed, string Said);

/// <summary>Runs this program again as a child, to be killed at a step or after a time.</summary>
/// <param name="configuration">Its configuration file.</param>
/// <param name="settings">Its --set options.</param>
/// <param name="variables">Additions to its environment; where the password is.</param>
internal sealed class WorkerProcess(string configuration, IReadOnlyList<string> settings, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>What Unix reports of a process that SIGKILL ended; Windows reports what was given to TerminateProcess.</summary>
    private static readonly int KilledCode = OperatingSystem.IsWindows() ? -1 : 128 + 9;

    /// <summary>Runs a command without disturbing it.</summary>
    public Task<WorkerEnd> RunAsync(string command, CancellationToken cancellationToken) => RunAsync(command, null, 0, TimeSpan.Zero, cancellationToken);

    /// <summary>Runs a command and kills it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="step">Where; null for nowhere.</param>
    /// <param name="at">At which passing of the step.</param>
    /// <param name="after">How long after its start, where the step is any moment; otherwise how long ahead of the step it gives the sign.</param>
    /// <param name="cancellationToken">Kills it at once.</param>
    public async Task<WorkerEnd> RunAsync(string command, DrillStep? step, int at, TimeSpan after, CancellationToken cancellationToken)
    {
        using var process = Start(command, step, at, after);
        var said = new StringBuilder();
        var passed = new Dictionary<string, int>(StringComparer.Ordinal);
        var (killed, range, ends, to) = (false, 0, false, "");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var timer = step is { IsAt: null } ? KillAfterAsync(process, after, cancellationToken) : Task.FromResult(false);
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                switch (line.StartsWith(DrillWorker.Signal, StringComparison.Ordinal) ? line[DrillWorker.Signal.Length..].Split(' ', 4) : [])
                {
                    case ["at", var rangeId, var endsRange, var position]:
                        killed = Kill(process);
                        (range, ends, to) = (int.Parse(rangeId, CultureInfo.InvariantCulture), bool.Parse(endsRange), position);
                        break;
                    case ["passed", var times, .. var name]:
                        passed[string.Join(' ', name)] = int.Parse(times, CultureInfo.InvariantCulture);
                        break;
                    default:
                        said.AppendLine(line);
                        break;
                }
            }

            await process.WaitForExitAsync(cancellationToken);
            killed |= await timer;
            said.Append(await errors);
            return new WorkerEnd(killed && process.ExitCode == KilledCode, process.ExitCode, range, ends, to, passed, said.ToString());
        }
        finally
        {
            Kill(process);
        }
    }

    private static async Task<bool> KillAfterAsync(Process process, TimeSpan after, CancellationToken cancellationToken)
    {
        await Task.Delay(after, TimeProvider.System, cancellationToken);
        return Kill(process);
    }

    /// <summary>Kills it; whether it ran.</summary>
    private static bool Kill(Process process)
    {
        if (process.HasExited)
        {
            return false;
        }

        process.Kill();
        return true;
    }

    private Process Start(string command, DrillStep? step, int at, TimeSpan ahead)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        }

        string[] arguments =
        [
            "drill-worker", "--step", step?.Name ?? "", "--at", at.ToString(CultureInfo.InvariantCulture),
            "--ahead", ahead.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture), "--", command, "--config", configuration, .. settings.SelectMany(setting => new[] { "--set", setting }),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
