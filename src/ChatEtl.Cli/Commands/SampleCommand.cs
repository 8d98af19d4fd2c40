using System.CommandLine;
using System.Diagnostics;
using ChatEtl.Chat;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;
using ChatEtl.Sqlite;

namespace ChatEtl.Cli.Commands;

/// <summary><c>sample</c>: a legacy pool with all the corners that real ones have.</summary>
internal static class SampleCommand
{
    private static readonly Dictionary<string, Generation> Generations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["2007R2"] = Generation.OcsR2,
        ["2010"] = Generation.Lync2010,
        ["2013"] = Generation.Lync2013,
    };

    public static Command Make()
    {
        var path = new Argument<string>("file") { Description = "The SQLite file to make; it must not exist." };
        var generation = new Option<string>("--generation") { Description = "2007R2, 2010 or 2013.", DefaultValueFactory = _ => "2010" };
        generation.AcceptOnlyFromAmong([.. Generations.Keys]);
        var rooms = new Option<int>("--rooms") { Description = "Number of rooms.", DefaultValueFactory = _ => 200 };
        var messages = new Option<long>("--messages") { Description = "Number of messages.", DefaultValueFactory = _ => 20_000 };
        var people = new Option<int>("--people") { Description = "Number of people.", DefaultValueFactory = _ => 500 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same pool.", DefaultValueFactory = _ => 1 };
        var faults = new Option<bool>("--planted-faults") { Description = "Plants rows that cannot be carried and are to be rejected." };
        var command = new Command("sample", "Makes a sample chat pool in an SQLite file.") { path, generation, rooms, messages, people, seed, faults };
        command.SetAction(parsed =>
        {
            var options = new SampleOptions
            {
                Path = parsed.GetValue(path)!,
                Generation = Generations[parsed.GetValue(generation)!],
                Rooms = parsed.GetValue(rooms),
                Messages = parsed.GetValue(messages),
                People = parsed.GetValue(people),
                Seed = parsed.GetValue(seed),
                PlantedFaults = parsed.GetValue(faults),
            };
            var problems = options.Validate();
            if (problems.Count > 0)
            {
                throw new ConfigurationException([.. problems.Select(problem => new ConfigurationProblem("sample", problem))]);
            }

            var clock = Stopwatch.GetTimestamp();
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
                var report = SamplePool.Make(options);
                Say.Line($"Made {options.Path}: {report.Messages:N0} messages, {options.Rooms:N0} rooms in {Stopwatch.GetElapsedTime(clock).TotalSeconds:0.0} s.");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
            {
                throw new DestinationException("the sample", null, null, 1, new IOException(exception.Message, exception));
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
