using System.CommandLine;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;
using ChatEtl.Sqlite;

namespace ChatEtl.Cli.Commands;

/// <summary><c>inspect</c>: what a package says of itself, and whether it holds.</summary>
internal static class InspectCommand
{
    public static Command Make(Interrupts interrupts)
    {
        var path = new Argument<string>("file") { Description = "The package." };
        var rooms = new Option<int>("--rooms") { Description = "Rooms to list, the largest first.", DefaultValueFactory = _ => PackageView.RoomsShown };
        var verify = new Option<bool>("--verify") { Description = "Reads everything and compares it with the manifest; exit code 6 when it does not match." };
        var json = new Option<bool>("--json") { Description = "Writes one JSON object." };
        var command = new Command("inspect", "Shows what a package holds: source, filters, tables, rooms, what was not exported.") { path, rooms, verify, json };
        command.SetAction(async (parsed, _) => await Task.Run(() => Run(
            Path.GetFullPath(parsed.GetValue(path)!), parsed.GetValue(rooms), parsed.GetValue(verify), parsed.GetValue(json), interrupts)));
        return command;
    }

    private static int Run(string path, int rooms, bool verify, bool json, Interrupts interrupts)
    {
        var (manifest, _, _) = PackageFile.Read(path, 0);
        var problems = verify ? PackageView.Verify(path, interrupts.Stop) : null;
        PackageView.Show(path, json, problems, Math.Max(0, rooms));
        if (problems is null && !json && manifest.IsComplete)
        {
            Say.Line("Not verified; --verify reads everything and compares it with the manifest.");
        }

        return problems is { Count: > 0 } ? ExitCodes.SidesDiffer : ExitCodes.Success;
    }
}
