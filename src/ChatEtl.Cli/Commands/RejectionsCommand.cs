using System.CommandLine;
using System.Globalization;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Commands;

/// <summary><c>rejections list|show|replay</c>: the rows that could not be carried, and how they are taken again.</summary>
internal static class RejectionsCommand
{
    private static readonly Option<string?> TableName = new("--table") { Description = "Only those of this source table, for example tblChat.", HelpName = "name" };
    private static readonly Option<string?> Rule = new("--rule") { Description = "Only those under this rule, for example T20.", HelpName = "rule" };
    private static readonly Option<string?> Key = new("--key")
    {
        Description = "Only those of exactly this key; with an asterisk at its end those whose key begins so: --key \"12/*\" for the messages of channelId 12.",
        HelpName = "key",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Writes one JSON object." };

    public static Command Make(Interrupts interrupts) => new("rejections", "Rows that could not be carried: lists them, shows one, takes them again.")
    {
        MakeList(),
        MakeShow(),
        MakeReplay(interrupts),
    };

    private static Command MakeList()
    {
        var limit = new Option<long>("--limit") { Description = "How many rows to list at most; 0 lists all. The counts are of all.", HelpName = "rows", DefaultValueFactory = _ => 100 };
        CommandLine.Demand(limit, 0, "--limit wants a number of rows, or 0.");
        var command = new Command(
            "list", "Lists open rejections, and counts them by table and rule. No message text is listed. Exit code 5 when any is open, 0 when none is.")
        {
            TableName, Rule, Key, limit, Json,
        };
        command.SetAction(parsed =>
        {
            using var destination = Ends.OpenDestination(CommandLine.Options(parsed).Destination);
            var known = new ExplainedDestination(destination);
            var open = RejectionView.List(known, FilterOf(parsed), parsed.GetValue(limit), parsed.GetValue(Json));
            return open > 0 ? ExitCodes.TooManyRejections : ExitCodes.Success;
        });
        return command;
    }

    private static Command MakeShow()
    {
        var id = new Argument<long>("id") { Description = "Its number, as the list has it." };
        var command = new Command(
            "show", "Shows one rejection with the original values of its row. This is the only place where message text may appear. Exit code 2 when there is none of this number.")
        {
            id, Json,
        };
        command.SetAction(parsed =>
        {
            using var destination = Ends.OpenDestination(CommandLine.Options(parsed).Destination);
            if (new ExplainedDestination(destination).ReadRejection(parsed.GetValue(id)) is not { } rejection)
            {
                Say.Failure(
                    string.Create(CultureInfo.InvariantCulture, $"No open rejection has the number {parsed.GetValue(id)}."),
                    "Nothing was changed. See chat-etl rejections list; a number is gone when its row was replayed or a pass planned it anew.");
                return ExitCodes.NotAllowed;
            }

            RejectionView.Show(rejection, parsed.GetValue(Json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command MakeReplay(Interrupts interrupts)
    {
        var closeGone = new Option<bool>("--close-gone") { Description = "Also closes rejections whose row the source no longer holds; they count as skipped (B6)." };
        var command = new Command(
            "replay",
            "Takes rejected rows again, from the source and by the rules, once their cause is mended. Each counts once, however often the command is given or killed. "
            + "Rows of the directory and the counters are not replayed: every migrate plans them anew. Exit code 0 when nothing is left open among the chosen, 5 when "
            + "something is, 2 while a pass is open.")
        {
            TableName, Rule, Key, closeGone, Json,
        };
        command.SetAction(async (parsed, _) => await Task.Run(() => Replay(
            CommandLine.Options(parsed), FilterOf(parsed), parsed.GetValue(closeGone), parsed.GetValue(Json), interrupts)));
        return command;
    }

    private static int Replay(ChatEtlOptions options, RejectionFilter filter, bool closeGone, bool json, Interrupts interrupts)
    {
        using var ends = Ends.Open(options, prepare: false);
        var replay = new Replay(
            ends.Source, ends.Destination, ends.Reader, options, Owner.Now, TimeProvider.System);
        replay.Progress.Notice += Say.Notice;
        var report = replay.Run(filter, closeGone, interrupts.Stop, interrupts.Abort);
        RejectionView.Show(report, json);
        if (!report.Complete)
        {
            Say.Notice("Stopped. What was replayed is counted; give the same command again to go on.");
            return ExitCodes.Cancelled;
        }

        return report.Left.Count > 0 ? ExitCodes.TooManyRejections : ExitCodes.Success;
    }

    private static RejectionFilter FilterOf(ParseResult parsed)
    {
        var key = parsed.GetValue(Key);
        var isPrefix = key is not null && key.EndsWith('*');
        return new RejectionFilter(parsed.GetValue(TableName), parsed.GetValue(Rule), isPrefix ? key![..^1] : key, isPrefix);
    }
}
