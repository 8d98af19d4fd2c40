using System.CommandLine;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;

namespace ChatEtl.Cli.Commands;

/// <summary><c>provision</c>: an empty 2013-shaped destination.</summary>
internal static class ProvisionCommand
{
    public static Command Make()
    {
        var path = new Argument<string>("file") { Description = "The SQLite file to make; it must not exist." };
        var command = new Command("provision", "Makes an empty Persistent Chat 2013 database in an SQLite file.") { path };
        command.SetAction(parsed =>
        {
            Ends.ProvisionNew(parsed.GetValue(path)!);
            Say.Line($"Made {parsed.GetValue(path)}.");
            return ExitCodes.Success;
        });
        return command;
    }
}
