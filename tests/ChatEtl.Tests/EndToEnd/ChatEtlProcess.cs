using System.Diagnostics;
using System.Text;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>What a run of the program left behind.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>Everything it said.</summary>
    public string Everything => Output + Error;
}

/// <summary>The real program as a child process; killed when disposed.</summary>
internal sealed class ChatEtlProcess : IDisposable
{
    /// <summary>What the system reports of a process that SIGKILL ended.</summary>
    public const int Killed = 128 + 9;

    // Only for what hangs: a drill alone starts the program forty times, on a machine that may be busy.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private ChatEtlProcess(Process process) => _process = process;

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts the program in a folder.</summary>
    public static ChatEtlProcess Start(string folder, params IEnumerable<string> arguments) =>
        Start(folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts the program in a folder, with variables of its own in its environment.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="variables">On top of those of the tests.</param>
    /// <param name="arguments">Of the program.</param>
    /// <param name="by">Another program, with its arguments, that starts it; null for none.</param>
    public static ChatEtlProcess Start(
        string folder, IReadOnlyDictionary<string, string> variables, IEnumerable<string> arguments, IEnumerable<string>? by = null)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        string[] command = [.. by ?? [], dotnet, Path.Combine(AppContext.BaseDirectory, "chat-etl.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // As on a terminal that knows colours, with nobody at it.
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["COLORTERM"] = "truecolor";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var child = new ChatEtlProcess(Process.Start(start)!);
        child._process.OutputDataReceived += (_, line) => Add(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => Add(child._error, line.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>What it has said on standard error so far.</summary>
    public string ErrorSoFar()
    {
        lock (_error)
        {
            return _error.ToString();
        }
    }

    /// <summary>Sends a signal, named as kill(1) names it.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends SIGKILL; the exit code tells whether it hit a process that ran.</summary>
    public async Task<Outcome> KillAsync()
    {
        _process.Kill();
        return await EndAsync();
    }

    /// <summary>Waits until something is so, as long as the process runs.</summary>
    public async Task WaitUntilAsync(string what, Func<bool> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!holds())
        {
            if (_process.HasExited)
            {
                var outcome = await EndAsync();
                Assert.Fail($"The program ended with {outcome.ExitCode} before {what}:\n{outcome.Everything}");
            }

            Assert.True(waited.Elapsed < Deadline, $"Waited too long for: {what}");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Outcome> EndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return new Outcome(_process.ExitCode, Text(_output), Text(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }
}
