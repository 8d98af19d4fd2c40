using System.CommandLine;
using System.Globalization;
using ChatEtl.Cli.Commands;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;

namespace ChatEtl.Cli;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    private const string ExitCodeTable = """
        Exit codes: 0 done and clean; 1 a bug, or the output cannot be written; 2 bad configuration, errors in the plan, or resume refused;
        3 source fault; 4 destination fault; 5 too many rejections, or some are open; 6 the sides differ, or a package is damaged;
        7 a plan with warnings only; 130 stopped by Ctrl-C (go on with the same command).
        """;

    /// <summary>The configuration file.</summary>
    public static Option<string> Config { get; } = new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => "pipeline.json",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary>Overrides of single options.</summary>
    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "Overrides one option of the configuration, for example --set pipeline.readers=4. May be given several times.",
        HelpName = "option=value",
        Recursive = true,
    };

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args, Interrupts interrupts)
    {
        // Figures read alike on every machine.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = new RootCommand(
            "Moves chat rooms, memberships and message history from Group Chat (2007 R2, 2010) to Persistent Chat (2013): exactly once, nothing "
            + "silently changed, nobody gains access.\n\n" + ExitCodeTable)
        {
            Config,
            Set,
            PlanCommand.Make(interrupts),
            MigrateCommand.Make(interrupts),
            CompareCommand.Make(interrupts),
            StatusCommand.Make(),
            RejectionsCommand.Make(interrupts),
            FinishCommand.Make(interrupts),
            ReportCommand.Make(),
            EvidenceCommand.Make(interrupts),
            ExportCommand.Make(interrupts),
            InspectCommand.Make(interrupts),
            SampleCommand.Make(),
            ProvisionCommand.Make(),
            DrillCommand.Make(interrupts),
            DrillCommand.MakeWorker(interrupts),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Say.Failure(string.Join(Environment.NewLine, parsed.Errors.Select(error => error.Message)), "See chat-etl --help.");
            return ExitCodes.NotAllowed;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Refuses what is no whole number of at least <paramref name="least"/>. Asking the option itself for a text that is no number would throw.</summary>
    public static void Demand<T>(Option<T> option, T least, string error)
        where T : struct, ISpanParsable<T>, IComparable<T> =>
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => !T.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) || number.CompareTo(least) < 0))
            {
                result.AddError(error);
            }
        });

    /// <summary>The configuration that a command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="overrides">Overrides that a command adds to those given with --set, and that count before them.</param>
    public static ChatEtlOptions Options(ParseResult parsed, params IEnumerable<string> overrides) =>
        ConfigurationLoader.Load(parsed.GetValue(Config)!, [.. parsed.GetValue(Set) ?? [], .. overrides]);
}
