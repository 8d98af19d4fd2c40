using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Plain words to people: results on standard output, everything else on standard error.</summary>
/// <remarks>Colours and moving pictures only where a person looks: never into a pipe or a file.</remarks>
internal static class Say
{
    private static readonly IAnsiConsole Error = Make(Console.Error, Console.IsErrorRedirected);

    /// <summary>Standard output, for tables and live pictures.</summary>
    public static IAnsiConsole Output { get; } = Make(Console.Out, Console.IsOutputRedirected);

    /// <summary>Whether standard output can show a picture that changes.</summary>
    public static bool IsLive => !Console.IsOutputRedirected && Output.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Why the first line of result that was lost could not be written; null while none was.</summary>
    public static Exception? Lost { get; private set; }

    /// <summary>A line of result; where it cannot be written the work goes on, no later one is tried, and <see cref="Lost"/> tells.</summary>
    public static void Line(string text = "") => Lost ??= Try(() => Console.Out.WriteLine(text));

    /// <summary>A line about what is going on; lost where it cannot be written.</summary>
    public static void Notice(string text) => Try(() =>
    {
        if (IsLive && !Console.IsErrorRedirected)
        {
            // Both are one terminal: the console in charge of the live picture makes room above it.
            Output.WriteLine(text);
        }
        else
        {
            Console.Error.WriteLine(text);
        }
    });

    /// <summary>What went wrong, and what stands and is to be done; lost where it cannot be written.</summary>
    public static void Failure(string message, string hint) => Try(() =>
    {
        Error.Markup("[red]error:[/] ");
        Console.Error.WriteLine(message);
        Console.Error.WriteLine(hint);
    });

    /// <summary>A table of results, as <see cref="Line"/>.</summary>
    public static void Table(Table table) => Lost ??= Try(() => Output.Write(table));

    /// <summary>Says something; why it could not. No run ends because the volume of its log is full or its terminal is gone.</summary>
    private static Exception? Try(Action say)
    {
        try
        {
            say();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        if (!redirected)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });

        // A pipe has no width to fit: let no cell be cut.
        console.Profile.Width = 250;
        return console;
    }
}
