using ChatEtl.Chat;

namespace ChatEtl.Configuration;

/// <summary>All options as data; validation, <c>--set</c>, the JSON schema and the README's table are made from it alone.</summary>
/// <remarks>Order matters: it is the order of schema and README, and an optional section stands before its options.</remarks>
internal static class OptionTable
{
    private static readonly OptionSection<SourceOptions> Source =
        new("source", o => o.Source, (o, s) => o with { Source = s });

    private static readonly OptionSection<SampleOptions> Sample =
        new("source.sample", o => o.Source.Sample ?? new(), (o, s) => o with { Source = o.Source with { Sample = s } });

    private static readonly OptionSection<DestinationOptions> Destination =
        new("destination", o => o.Destination, (o, s) => o with { Destination = s });

    private static readonly OptionSection<RuleOptions> Rules =
        new("rules", o => o.Rules, (o, s) => o with { Rules = s });

    private static readonly OptionSection<PipelineOptions> Pipeline =
        new("pipeline", o => o.Pipeline, (o, s) => o with { Pipeline = s });

    private static readonly OptionSection<RetryOptions> Retry =
        new("retry", o => o.Retry, (o, s) => o with { Retry = s });

    private static readonly OptionSection<CompareOptions> Compare =
        new("compare", o => o.Compare, (o, s) => o with { Compare = s });

    private static readonly OptionSection<ReportOptions> Report =
        new("report", o => o.Report, (o, s) => o with { Report = s });

    private static readonly (string Word, EndKind Kind)[] Kinds = [("sqlite", EndKind.Sqlite), ("sqlServer", EndKind.SqlServer)];

    private static readonly (string, Generation?)[] Generations =
        [("auto", null), ("2007R2", Generation.OcsR2), ("2010", Generation.Lync2010), ("2013", Generation.Lync2013)];

    /// <summary>What each section is about, by its path.</summary>
    internal static IReadOnlyDictionary<string, string> Sections { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["source"] = "Where the chat comes from.",
        ["destination"] = "Where the chat goes.",
        ["rules"] = "What the data becomes; docs explain each rule by its number.",
        ["pipeline"] = "How wide the pipeline is and what travels through it.",
        ["retry"] = "How transient faults are retried.",
        ["compare"] = "When the two sides are compared.",
        ["report"] = "Where the run report and the manifest go.",
    };

    /// <summary>The rows, in the order of schema and README.</summary>
    internal static IReadOnlyList<Option> Rows { get; } =
    [
        .. End(Source),
        Source.Flag("readOnlyIntent", "Lets a readable secondary replica of an availability group serve.",
            s => s.ReadOnlyIntent, (s, v) => s with { ReadOnlyIntent = v }) with { For = EndKind.SqlServer },
        Source.Choice("generation", Generations, "The product release whose schema the source has; `auto` finds it by its shape.",
            s => s.Generation, (s, v) => s with { Generation = v }),
        Source.Optional("sample", "Makes this sample pool when the file is missing; null makes none, and so does another path on the command line.",
            s => s.Sample is not null, (s, v) => s with { Sample = v ? new() : null }) with { For = EndKind.Sqlite },
        Sample.Whole("rooms", 1, 100_000, "", "Chat rooms of the sample pool.", s => s.Rooms, (s, v) => s with { Rooms = v }) with { For = EndKind.Sqlite },
        Sample.Whole("messages", 0, 1_000_000_000, "", "Messages of the sample pool, all rooms together.",
            s => s.Messages, (s, v) => s with { Messages = v }) with { For = EndKind.Sqlite },
        Sample.Whole("people", 1, 1_000_000, "", "Users of the sample pool.", s => s.People, (s, v) => s with { People = v }) with { For = EndKind.Sqlite },
        Sample.Whole("seed", 0, int.MaxValue, "", "Seed of the random choices: the same seed makes the same pool.",
            s => s.Seed, (s, v) => s with { Seed = v }) with { For = EndKind.Sqlite },

        .. End(Destination),
        Destination.Flag("create", "Provisions a missing SQLite file, empty, in the 2013 schema. A SQL Server database and its tables come from the product's own setup (or, to rehearse, from `provision`) and are never made on the way.",
            s => s.Create, (s, v) => s with { Create = v }),
        Destination.Choice<LoadHint>("tableLock", "", "Whether a bulk load locks its whole table; `auto` goes by the table's indexes and the number of writers.",
            s => s.TableLock, (s, v) => s with { TableLock = v }) with { For = EndKind.SqlServer },
        Destination.Choice<LoadHint>("orderHint", "", "Whether a bulk load says that its rows are in key order; `auto` when the table lies in that order.",
            s => s.OrderHint, (s, v) => s with { OrderHint = v }) with { For = EndKind.SqlServer },
        Destination.Flag("allowLive", "Writes even though Persistent Chat servers are alive in the database; they do not see what is written until they start again.",
            s => s.AllowLive, (s, v) => s with { AllowLive = v }) with { For = EndKind.SqlServer },

        Rules.Text("nameSeparator", "Joins category names to a full path.",
            s => s.NameSeparator, (s, v) => s with { NameSeparator = v }) with { Rule = "T1", Min = 1 },
        Rules.Choice<KeepOrDrop>("emptyCategories", "T1", "Categories without a migrated room.",
            s => s.EmptyCategories, (s, v) => s with { EmptyCategories = v }),
        Rules.Text("rootRoomsCategory", "Name of the category that takes rooms directly under the root.",
            s => s.RootRoomsCategory, (s, v) => s with { RootRoomsCategory = v }) with { Rule = "T2", NotBlank = true, Min = 1, Max = 256 },
        Rules.Choice<LongNames>("longNames", "T3", "Names over 256 characters: an error of the plan, or cut with a digest at the end.",
            s => s.LongNames, (s, v) => s with { LongNames = v }),
        Rules.Choice<NameCollisions>("nameCollisions", "T4", "Equal names in the source: an error of the plan, or numbered.",
            s => s.NameCollisions, (s, v) => s with { NameCollisions = v }),
        Rules.Choice<ExistingNames>("existingNames", "T5", "A name the destination has already: an error of the plan, numbered, or joined.",
            s => s.ExistingNames, (s, v) => s with { ExistingNames = v }),
        Rules.Choice<DisabledRooms>("disabledRooms", "T6", "Disabled rooms: left out and listed, or migrated as disabled rooms.",
            s => s.DisabledRooms, (s, v) => s with { DisabledRooms = v }),
        Rules.Choice<Topics>("topics", "T9", "A room's topic: joined to its description where it fits, or only counted.",
            s => s.Topics, (s, v) => s with { Topics = v }),
        Rules.Choice<Creators>("creators", "T15", "Who becomes Creator of a category whose members may create rooms.",
            s => s.Creators, (s, v) => s with { Creators = v }),
        Rules.Choice<OutOfScope>("outOfScope", "T17", "Roles that gave no access because of the scope.",
            s => s.OutOfScope, (s, v) => s with { OutOfScope = v }),
        Rules.Choice<UnknownAuthors>("unknownAuthors", "T20", "Messages without an author: rejected, or under a disabled placeholder.",
            s => s.UnknownAuthors, (s, v) => s with { UnknownAuthors = v }),
        Rules.Choice<CarryOrLeave>("invitations", "T22", "Invitations to rooms.",
            s => s.Invitations, (s, v) => s with { Invitations = v }),
        Rules.Choice<CarryOrLeave>("preferences", "T23", "Preferences of users.",
            s => s.Preferences, (s, v) => s with { Preferences = v }),
        Rules.Choice<CarryOrLeave>("affiliations", "T24", "Group affiliations; left, they come from the directory sync.",
            s => s.Affiliations, (s, v) => s with { Affiliations = v }),
        Rules.Choice<Level>("level", "T26", "How much is migrated; each level includes what it needs, `content` is everything.",
            s => s.Level, (s, v) => s with { Level = v }),
        Rules.Texts("categories", "Full paths of the categories to migrate, each with everything under it; empty means all.",
            s => s.Categories, (s, v) => s with { Categories = v }) with { Rule = "T26", NotBlank = true },
        Rules.Instant("messagesSince", "Messages before this instant are skipped and counted; null skips none.",
            s => s.MessagesSince, (s, v) => s with { MessagesSince = v }) with { Rule = "T26" },

        Pipeline.Whole("readers", 1, 16, "", "Ranges read at the same time, at least one for each writer.", s => s.Readers, (s, v) => s with { Readers = v }),
        Pipeline.Whole("transformers", 1, 16, "", "Batches transformed at the same time.",
            s => s.Transformers, (s, v) => s with { Transformers = v }),
        Pipeline.Whole("writers", 1, 16, "", "Batches written at the same time, each on its own connection; SQLite takes one.",
            s => s.Writers, (s, v) => s with { Writers = v }),
        Pipeline.Flag("selfTuning", "Whether batchRows, readers and writers are limits, within which a run finds what is fastest, or what it takes.",
            s => s.SelfTuning, (s, v) => s with { SelfTuning = v }),
        Pipeline.Whole("batchRows", 1, 100_000, "rows", "Rows that each writer has in hand at most, read and not yet committed: a kill makes no more be read again. By default a batch, one transaction, is half of them, or fewer with selfTuning.",
            s => s.BatchRows, (s, v) => s with { BatchRows = v }),
        Pipeline.Whole("firstBatchRows", 1, 100_000, "rows", "Rows of the first batches with selfTuning.",
            s => s.FirstBatchRows, (s, v) => s with { FirstBatchRows = v }),
        Pipeline.Whole("batchBytes", 1_024, 67_108_864, "bytes", "Closes a batch of fewer rows at so many bytes.",
            s => s.BatchBytes, (s, v) => s with { BatchBytes = v }),
        Pipeline.Whole("capacity", 1, 64, "batches", "Batches that wait for each writer or are written, at most, beside the ones being read: together they have no more than batchRows.",
            s => s.Capacity, (s, v) => s with { Capacity = v }),
        Pipeline.Whole("rangeRows", 1_000, 100_000_000, "messages", "Messages a range aims at; fewer where several readers or writers share a small pool.",
            s => s.RangeRows, (s, v) => s with { RangeRows = v }),
        Pipeline.Whole("maxRejections", 0, int.MaxValue, "rows", "Stops the run when more rows than this are rejected; 0 means no limit.",
            s => s.MaxRejections, (s, v) => s with { MaxRejections = v }),
        Pipeline.Whole("maxRejectionShare", 0, 100, "%", "Stops the run when more than this share of the rows that the pass has read is rejected, from 10000 rows on; 0 means no limit.",
            s => s.MaxRejectionShare, (s, v) => s with { MaxRejectionShare = v }),

        Retry.Whole("attempts", 0, 100, "retries", "Retries of one page or batch after its first attempt; 0 means none.",
            s => s.Attempts, (s, v) => s with { Attempts = v }),
        Retry.Delay("baseDelay", 1, 60_000, "About how long the first retry waits; the wait doubles each time, with jitter.",
            s => s.BaseDelay, (s, v) => s with { BaseDelay = v }),
        Retry.Delay("maxDelay", 1, 3_600_000, "The longest wait between two attempts.",
            s => s.MaxDelay, (s, v) => s with { MaxDelay = v }),
        Retry.Delay("patience", 1, 86_400_000, "How long an end that is down is waited for: no server, a failover, a database that starts, a full log. It is asked every few seconds.",
            s => s.Patience, (s, v) => s with { Patience = v }),

        Compare.Flag("afterMigrate", "Ends a migration with a comparison of both sides.",
            s => s.AfterMigrate, (s, v) => s with { AfterMigrate = v }),

        Report.File("path", "The JSON run report, relative to the folder of this configuration; null writes none.",
            s => s.Path, (s, v) => s with { Path = v }) with { Nullable = true },
        Report.File("html", "The same report as one HTML page, relative to the folder of this configuration; null writes none.",
            s => s.Html, (s, v) => s with { Html = v }) with { Nullable = true },
        Report.File("evidence", "The manifest, relative to the folder of this configuration: `finish` writes it before it removes our tables; null writes none.",
            s => s.Evidence, (s, v) => s with { Evidence = v }) with { Nullable = true },
    ];

    /// <summary>The word for a product.</summary>
    internal static string WordOf(EndKind kind) => Kinds.First(known => known.Kind == kind).Word;

    /// <summary>How a database is reached: the same at both ends.</summary>
    private static Option[] End<T>(OptionSection<T> end)
        where T : EndOptions =>
    [
        end.Choice("kind", Kinds, "The database product.", s => s.Kind, (s, v) => s with { Kind = v }),
        end.File("path", "The database file, relative to the folder of this configuration.",
            s => s.Path, (s, v) => s with { Path = v! }) with { For = EndKind.Sqlite, Required = true },
        end.Text("server", "The server, with its instance or port: `SQL01`, `SQL01\\RTC`, `sql01.example.com,1433`.",
            s => s.Server, (s, v) => s with { Server = v }) with { For = EndKind.SqlServer, Required = true, NotBlank = true, Min = 1 },
        end.Text("database", "The name of the database.",
            s => s.Database, (s, v) => s with { Database = v }) with { For = EndKind.SqlServer, Required = true, NotBlank = true, Min = 1, Max = 128 },
        end.MaybeText("user", "The SQL login; null for Windows integrated security.",
            s => s.User, (s, v) => s with { User = v }) with { For = EndKind.SqlServer, NotBlank = true, Min = 1, Max = 128 },
        end.Secret("password", "The password of the SQL login, from the environment; never in a file, on a command line or in a log.",
            s => s.Password, (s, v) => s with { Password = v }) with { For = EndKind.SqlServer },
        end.Flag("encrypt", "Encrypts the connection; the server's certificate must be trusted.",
            s => s.Encrypt, (s, v) => s with { Encrypt = v }) with { For = EndKind.SqlServer },
        end.Flag("trustServerCertificate", "Takes the server's certificate unchecked: for a network you trust.",
            s => s.TrustServerCertificate, (s, v) => s with { TrustServerCertificate = v }) with { For = EndKind.SqlServer },
        end.Seconds("connectTimeout", 1, 3_600, "How long a connection attempt may take.",
            s => s.ConnectTimeout, (s, v) => s with { ConnectTimeout = v }) with { For = EndKind.SqlServer },
        end.Seconds("commandTimeout", 1, 86_400, "How long a statement may take.",
            s => s.CommandTimeout, (s, v) => s with { CommandTimeout = v }) with { For = EndKind.SqlServer },
        end.Seconds("lockTimeout", 1, 3_600, "How long a statement waits for a lock.",
            s => s.LockTimeout, (s, v) => s with { LockTimeout = v }) with { For = EndKind.SqlServer },
    ];
}
