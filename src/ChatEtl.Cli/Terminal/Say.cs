using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Plain words to people: results on standard output, everything else on standard error.</summary>
internal static class Say
{
    private static readonly IAnsiConsole Error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>A line of result.</summary>
    public static void Line(string text = "") => Console.Out.WriteLine(text);

    /// <summary>A line about what is going on.</summary>
    public static void Notice(string text) => Console.Error.WriteLine(text);

    /// <summary>What went wrong, and what stands and is to be done.</summary>
    public static void Failure(string message, string hint)
    {
        Error.MarkupLineInterpolated($"[red]error:[/] {message}");
        Console.Error.WriteLine(hint);
    }

    /// <summary>A table of results.</summary>
    public static void Table(Table table)
    {
        if (Console.IsOutputRedirected)
        {
            // A pipe has no width to fit: let no cell be cut.
            AnsiConsole.Profile.Width = 200;
        }

        AnsiConsole.Write(table);
    }
}
