using System.Diagnostics;

namespace ChatEtl.Diagnostics;

/// <summary>The spans of a run, as .NET activities: run, directory, batch, commit and so on. Without a listener they cost a look at a field.</summary>
/// <remarks>They hold counts and ids, never a text of the data or a secret. The crash drill kills its worker at their edges.</remarks>
public static class Spans
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "ChatEtl";

    /// <summary>One pass of a migration, from planning to its counters.</summary>
    public const string Pass = "chatetl.pass";

    /// <summary>The transaction that begins a pass or takes it over.</summary>
    public const string Directory = "chatetl.directory";

    /// <summary>The rows of one directory table, within <see cref="Directory"/>; tag <see cref="Table"/>.</summary>
    public const string DirectoryTable = "chatetl.directory.table";

    /// <summary>Writing one batch, retries included; tags <see cref="Range"/>, <see cref="To"/>, <see cref="Rows"/>, <see cref="EndsRange"/>.</summary>
    public const string Batch = "chatetl.batch";

    /// <summary>Within the transaction of a batch: its rows are in, its checkpoint is being moved.</summary>
    public const string Checkpoint = "chatetl.checkpoint";

    /// <summary>The commit of any transaction at the destination.</summary>
    public const string Commit = "chatetl.commit";

    /// <summary>The transaction that ends a pass: counters and books.</summary>
    public const string Counters = "chatetl.counters";

    /// <summary>Removing our own tables.</summary>
    public const string Finish = "chatetl.finish";

    /// <summary>Comparing one part of both sides; tag <see cref="Table"/>.</summary>
    public const string Compare = "chatetl.compare";

    /// <summary>Tag: the table.</summary>
    public const string Table = "chatetl.table";

    /// <summary>Tag: the range's id.</summary>
    public const string Range = "chatetl.range";

    /// <summary>Tag: the position the range stands at behind the batch; a key, no text.</summary>
    public const string To = "chatetl.to";

    /// <summary>Tag: number of rows.</summary>
    public const string Rows = "chatetl.rows";

    /// <summary>Tag: whether the range is complete with this batch.</summary>
    public const string EndsRange = "chatetl.ends_range";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a span; it ends when it is disposed of. Null when nobody listens.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>Begins a span about a table.</summary>
    public static Activity? Start(string name, string table) => Source.StartActivity(name)?.SetTag(Table, table);
}
