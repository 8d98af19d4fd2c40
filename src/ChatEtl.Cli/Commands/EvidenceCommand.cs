using System.CommandLine;
using ChatEtl.Checkpoints;
using ChatEtl.Cli.Terminal;
using ChatEtl.Configuration;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Commands;

/// <summary><c>evidence manifest|verify|prove|check|log</c>: what a migration left, proved a year later.</summary>
internal static class EvidenceCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Writes one JSON object." };

    private static readonly Option<string?> Database = new("--database")
    {
        Description = "An SQLite file instead of the configured destination: a copy of it, or a package of the same rooms.",
        HelpName = "file",
    };

    public static Command Make(Interrupts interrupts) => new(
        "evidence", "Proves what a migration left: a manifest with a digest for each room, proofs of single messages, the event log.")
    {
        MakeManifest(interrupts),
        MakeVerify(interrupts),
        MakeProve(interrupts),
        MakeCheck(),
        MakeLog(),
    };

    /// <summary>Makes the manifest of the configured destination and writes it; its digest.</summary>
    public static string Write(ExplainedDestination known, IChatSource reader, string path, CancellationToken cancellationToken)
    {
        var manifest = new ManifestMaker(known, reader, Owner.Now, TimeProvider.System).Make(null, cancellationToken);
        var digest = EvidenceFile.Write(path, manifest);
        Say.Line($"Manifest of {manifest.Messages:N0} messages in {manifest.Rooms.Count:N0} rooms: {path}");
        Say.Line($"root   {manifest.Root}");
        Say.Line($"digest {digest}");
        return digest;
    }

    /// <summary>Adds an entry to the event log of a destination.</summary>
    public static void Record(IChatDestination destination, ChatEtlOptions options, EventNote note, long epoch) =>
        new ExplainedDestination(destination, Retries(destination, options, CancellationToken.None)).Record(note, epoch);

    private static Command MakeManifest(Interrupts interrupts)
    {
        var path = new Option<string?>("--out") { Description = "Where to write it; without it to report.evidence of the configuration.", HelpName = "file" };
        var command = new Command(
            "manifest",
            "Writes the manifest of a finished migration: for each room the digest of its messages, read back from the destination, and the event log. "
            + "Replaces only the manifest of an earlier state of the same migration. Exit code 2 while a pass is open, or once the migration was finished.") { path };
        command.SetAction(async (parsed, _) => await Task.Run(() =>
        {
            var options = CommandLine.Options(parsed);
            var file = parsed.GetValue(path) ?? options.Report.Evidence ?? throw new EvidenceException(
                "No file is named for the manifest.", "Nothing was written. Give --out, or set report.evidence in the configuration.");
            using var either = Either(interrupts);
            using var destination = Ends.OpenDestination(options.Destination);
            using var reader = Ends.OpenReader(options, keepHalfPairs: true);
            var retries = Retries(destination, options, either.Token);
            Write(new ExplainedDestination(destination, retries), ExplainedSource.OfDestination(reader, retries), file, either.Token);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command MakeVerify(Interrupts interrupts)
    {
        var file = new Argument<string>("manifest") { Description = "The manifest." };
        var allowNewer = new Option<bool>("--allow-newer") { Description = "Messages behind the last one of a room are counted, and are no difference: people went on writing." };
        var command = new Command(
            "verify",
            "Checks the manifest itself, its event log, and whether the database still holds exactly its messages; names each room that differs. Reads the "
            + "configured destination or, without configuration and server, a file. Exit code 6 when anything differs, 2 when the manifest is of another database.")
        {
            file, Database, allowNewer, Json,
        };
        command.SetAction(async (parsed, _) => await Task.Run(() =>
            Verify(parsed, parsed.GetValue(file)!, parsed.GetValue(allowNewer), parsed.GetValue(Json), interrupts)));
        return command;
    }

    private static int Verify(ParseResult parsed, string file, bool allowNewer, bool json, Interrupts interrupts)
    {
        using var either = Either(interrupts);
        var (manifest, digest, isWhole) = EvidenceFile.ReadManifest(file);
        var faults = Faults(manifest, isWhole);
        using var database = OpenDatabase(parsed, either.Token, out var source, out var known);
        if (known?.ReadRun() is { Format: RunRecord.CurrentFormat } && !known.ReadEvents().Take(manifest.Events.Count).SequenceEqual(manifest.Events))
        {
            faults.Add("The event log of the database does not begin with that of the manifest.");
        }

        var report = new EvidenceCheck(manifest, new EvidenceDatabase(source, either.Token)).Run(allowNewer, null, either.Token);
        EvidenceView.Show(source.Description, digest, manifest, faults, report, json);
        return faults.Count + report.Differences.Count > 0 ? ExitCodes.SidesDiffer : ExitCodes.Success;
    }

    private static Command MakeProve(Interrupts interrupts)
    {
        var file = new Argument<string>("manifest") { Description = "The manifest." };
        var room = new Option<Guid>("--room") { Description = "The nodeGuid of the room.", Required = true, HelpName = "guid" };
        var chat = new Option<long>("--chat") { Description = "The chatId of the message.", Required = true, HelpName = "number" };
        var path = new Option<string>("--out") { Description = "Where to write the proof.", Required = true, HelpName = "file" };
        var command = new Command(
            "prove",
            "Writes the proof that one message belongs to the manifest. It holds no other message, and hashes instead of the texts of this one. Exit code 6 when "
            + "the room is no longer as the manifest says, 2 when there is no such message.")
        {
            file, room, chat, path, Database,
        };
        command.SetAction(async (parsed, _) => await Task.Run(() =>
            Prove(parsed, parsed.GetValue(file)!, parsed.GetValue(room), parsed.GetValue(chat), parsed.GetValue(path)!, interrupts)));
        return command;
    }

    private static int Prove(ParseResult parsed, string file, Guid room, long chat, string path, Interrupts interrupts)
    {
        using var either = Either(interrupts);
        var (manifest, digest, isWhole) = EvidenceFile.ReadManifest(file);
        if (Faults(manifest, isWhole) is [var fault, ..])
        {
            throw new EvidenceException(fault, "Nothing was written. Take the manifest as it was written.", ExitCodes.SidesDiffer);
        }

        using var database = OpenDatabase(parsed, either.Token, out var source, out _);
        var proof = new EvidenceCheck(manifest, new EvidenceDatabase(source, either.Token)).Prove(digest, room, chat, either.Token);
        EvidenceFile.Write(path, proof);
        Say.Line($"Proof of message {proof.Message.ChatId} of room {proof.Room.Guid}: {path}");
        return ExitCodes.Success;
    }

    private static Command MakeCheck()
    {
        var file = new Argument<string>("proof") { Description = "The proof." };
        var manifest = new Option<string?>("--manifest") { Description = "The manifest it must belong to.", HelpName = "file" };
        var root = new Option<string?>("--root") { Description = "The root of that manifest, for whoever does not have the manifest itself.", HelpName = "hex" };
        var command = new Command("check", "Checks a proof, without any database. Exit code 6 when it does not hold.") { file, manifest, root };
        command.SetAction(parsed =>
        {
            var proof = EvidenceFile.ReadProof(parsed.GetValue(file)!);
            var fault = (parsed.GetValue(manifest), parsed.GetValue(root)) switch
            {
                ({ } path, null) => Fault(proof, path),
                (null, { } hex) => hex.Equals(proof.Root, StringComparison.OrdinalIgnoreCase) ? proof.FaultOf() : "The proof is of another manifest: the roots differ.",
                _ => throw new EvidenceException("A proof alone proves nothing.", "Nothing was checked. Give --manifest or --root, one of both."),
            };
            EvidenceView.Show(proof, fault);
            return fault is null ? ExitCodes.Success : ExitCodes.SidesDiffer;
        });
        return command;
    }

    private static Command MakeLog()
    {
        var file = new Argument<string?>("manifest") { Description = "A manifest, to show the log in it; without it the configured destination.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("log", "Shows the event log: who ran what when. Exit code 6 when its chain is broken.") { file, Json };
        command.SetAction(parsed =>
        {
            var (entries, faults) = parsed.GetValue(file) is { } path ? LogOf(path) : LogOf(CommandLine.Options(parsed));
            EvidenceView.Show(entries, faults, parsed.GetValue(Json));
            return faults.Count > 0 ? ExitCodes.SidesDiffer : ExitCodes.Success;
        });
        return command;
    }

    private static (IReadOnlyList<EventEntry> Entries, IReadOnlyList<string> Faults) LogOf(string path)
    {
        var (manifest, _, isWhole) = EvidenceFile.ReadManifest(path);
        return (manifest.Events, Faults(manifest, isWhole));
    }

    private static (IReadOnlyList<EventEntry> Entries, IReadOnlyList<string> Faults) LogOf(ChatEtlOptions options)
    {
        using var destination = Ends.OpenDestination(options.Destination);
        var known = new ExplainedDestination(destination);
        if (known.ReadRun() is not { } run)
        {
            throw new EvidenceException(
                "There is no event log here: no migration has begun, or it was finished and its tables removed.", "The log of a finished migration is in its manifest: evidence log MANIFEST.");
        }

        ManifestMaker.DemandFormat(run);
        var entries = known.ReadEvents();
        return (entries, EventEntry.FaultOf(entries) is { } fault ? [fault] : []);
    }

    private static List<string> Faults(EvidenceManifest manifest, bool isWhole) =>
        [.. isWhole ? Array.Empty<string>() : ["The manifest was changed: its digest is not that of the file."], .. manifest.Faults()];

    private static string? Fault(InclusionProof proof, string path)
    {
        var (manifest, _, isWhole) = EvidenceFile.ReadManifest(path);
        return Faults(manifest, isWhole) is [var fault, ..] ? fault : proof.FaultOf(manifest);
    }

    /// <summary>The file, or the configured destination with what it knows of our runs.</summary>
    private static IDisposable OpenDatabase(ParseResult parsed, CancellationToken cancellationToken, out IChatSource source, out ExplainedDestination? known)
    {
        if (parsed.GetValue(Database) is { } path)
        {
            if (!File.Exists(path))
            {
                throw new EvidenceException($"{path} does not exist.", "Nothing was checked. Check --database.");
            }

            var file = new SqliteSource(path);
            (source, known) = (ExplainedSource.OfDestination(file), null);
            return file;
        }

        var options = CommandLine.Options(parsed);
        var destination = Ends.OpenDestination(options.Destination);
        var retries = Retries(destination, options, cancellationToken);
        (source, known) = (ExplainedSource.OfDestination(Ends.OpenReader(options, keepHalfPairs: true), retries), new ExplainedDestination(destination, retries));
        return destination;
    }

    private static EndRetries Retries(IChatDestination destination, ChatEtlOptions options, CancellationToken cancellationToken)
    {
        var retries = EndRetries.Of(destination, options.Retry, TimeProvider.System, Say.Notice);
        retries.Abort = cancellationToken;
        return retries;
    }

    private static CancellationTokenSource Either(Interrupts interrupts) => CancellationTokenSource.CreateLinkedTokenSource(interrupts.Stop, interrupts.Abort);
}
