using System.Text.Json;
using System.Text.Json.Nodes;
using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>A folder with a pipeline.json in which the program is run.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Begins with the repository's own pipeline.json.</summary>
    public Workplace() => System.IO.File.Copy(Repository.PathOf("pipeline.json"), Configuration);

    /// <summary>Begins with a small configuration: this source, a destination of its own, no report.</summary>
    public Workplace(string source) => Configure(new JsonObject
    {
        ["source"] = new JsonObject { ["kind"] = "sqlite", ["path"] = source },
        ["destination"] = new JsonObject { ["kind"] = "sqlite", ["path"] = "persistent.db" },
    });

    /// <summary>Environment variables of the program, on top of those of the tests.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Path => _folder.Path;

    public string Configuration => File("pipeline.json");

    public string Destination => File("persistent.db");

    public string File(string name) => _folder.File(name);

    public void Configure(JsonNode json) => System.IO.File.WriteAllText(Configuration, json.ToJsonString());

    /// <summary>Makes a pool by the library, for tests that are not about the command.</summary>
    public string Sample(string name, Generation generation = Generation.Lync2010, int messages = 2_000, int seed = 1, bool faults = false)
    {
        SamplePool.Make(new SampleOptions
        {
            Path = File(name),
            Generation = generation,
            Rooms = 60,
            Messages = messages,
            People = 100,
            Seed = seed,
            PlantedFaults = faults,
        });
        return File(name);
    }

    /// <summary>Starts the program; the caller disposes of it.</summary>
    public ChatEtlProcess Start(params IEnumerable<string> arguments) => ChatEtlProcess.Start(Path, Variables, arguments);

    /// <summary>Runs the program to its end. Whatever happens, it shows no stack and no control characters.</summary>
    public async Task<Outcome> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        return Plain(await process.EndAsync());
    }

    /// <summary>Starts the program by another one, such as a shell that limits it; an empty one starts it as it is.</summary>
    public ChatEtlProcess Start(string by, IEnumerable<string> byArguments, IEnumerable<string> arguments) =>
        ChatEtlProcess.Start(Path, Variables, arguments, [.. by.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. byArguments]);

    /// <summary>Runs the program by another one to its end.</summary>
    public async Task<Outcome> RunAsync(string by, IEnumerable<string> byArguments, IEnumerable<string> arguments)
    {
        using var process = Start(by, byArguments, arguments);
        return Plain(await process.EndAsync());
    }

    /// <summary>Runs the program by another one and wants an exit code.</summary>
    public async Task<Outcome> RunAsync(int exitCode, string by, IEnumerable<string> byArguments, IEnumerable<string> arguments)
    {
        var outcome = await RunAsync(by, byArguments, arguments);
        Assert.True(outcome.ExitCode == exitCode, $"exit code {outcome.ExitCode}, not {exitCode}:\n{outcome.Everything}");
        return outcome;
    }

    /// <summary>Runs the program and wants an exit code.</summary>
    public async Task<Outcome> RunAsync(int exitCode, params IEnumerable<string> arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == exitCode, $"exit code {outcome.ExitCode}, not {exitCode}:\n{outcome.Everything}");
        return outcome;
    }

    /// <summary>Runs the program and reads its standard output as JSON.</summary>
    public async Task<JsonElement> JsonAsync(int exitCode, params IEnumerable<string> arguments)
    {
        var outcome = await RunAsync(exitCode, arguments);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    /// <summary>The content digest of a comparison that is clean.</summary>
    public async Task<string> DigestAsync(params IEnumerable<string> settings)
    {
        var report = await JsonAsync(0, ["compare", "--json", .. settings]);
        Assert.True(report.GetProperty("clean").GetBoolean());
        return report.GetProperty("digest").GetString()!;
    }

    /// <summary>Changes a database behind the program's back.</summary>
    public static void Execute(string path, string sql)
    {
        using var connection = SqliteDatabase.OpenForWriting(path);
        SqliteDatabase.Execute(connection, sql);
    }

    /// <summary>A connection that holds a lock until it is disposed.</summary>
    public static SqliteConnection Hold(string path, string begin)
    {
        SqliteNative.Init();
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        SqliteDatabase.Execute(connection, begin);
        return connection;
    }

    /// <summary>Number of rows by table of ours and theirs.</summary>
    public static Dictionary<string, long> CountRows(string path)
    {
        using var pool = new PoolReader(path);
        return pool.Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
            .ToDictionary(row => (string)row[0]!, row => pool.Count($"SELECT count(*) FROM \"{row[0]}\""), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Outcome Plain(Outcome outcome)
    {
        Assert.DoesNotContain('\u001b', outcome.Everything);
        Assert.DoesNotContain("   at ", outcome.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("This is a bug", outcome.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", outcome.Everything, StringComparison.Ordinal);
        return outcome;
    }
}
