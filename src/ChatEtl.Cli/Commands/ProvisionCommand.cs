using System.CommandLine;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;

namespace ChatEtl.Cli.Commands;

/// <summary><c>provision</c>: an empty 2013-shaped destination.</summary>
internal static class ProvisionCommand
{
    public static Command Make()
    {
        var path = new Argument<string?>("file")
        {
            Description = "The SQLite file to make; it must not exist. Without it the destination of the configuration is provisioned: its file, or "
                + "the tables in a SQL Server database that exists and has none of the product's.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "provision", "Makes an empty Persistent Chat 2013 database, to rehearse: in an SQLite file, or in an empty database on SQL Server.") { path };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(path) is { } file)
            {
                Ends.ProvisionNew(file);
                Say.Line($"Made {file}.");
            }
            else
            {
                Say.Line($"Made {Ends.Provision(CommandLine.Options(parsed).Destination)}.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
