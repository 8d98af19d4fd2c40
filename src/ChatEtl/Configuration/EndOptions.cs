using ChatEtl.Chat;

namespace ChatEtl.Configuration;

/// <summary>The database product at one end of the pipeline.</summary>
public enum EndKind
{
    /// <summary>An SQLite file.</summary>
    Sqlite,
}

/// <summary>What both ends of the pipeline need to be told.</summary>
public abstract record EndOptions
{
    /// <summary>The database product. Default sqlite.</summary>
    public EndKind Kind { get; init; } = EndKind.Sqlite;

    /// <summary>The full path of the database file; required, in the file relative to the folder of pipeline.json.</summary>
    public string Path { get; init; } = "";
}

/// <summary>Where the chat comes from (section <c>source</c> of pipeline.json).</summary>
public sealed record SourceOptions : EndOptions
{
    /// <summary>The product release whose schema the source has; null (<c>auto</c>, the default) finds it by its shape.</summary>
    public Generation? Generation { get; init; }

    /// <summary>The sample pool to make when the file is missing; null, the default, makes none.</summary>
    public SampleOptions? Sample { get; init; }
}

/// <summary>The sample pool that is made when the source file is missing (section <c>source.sample</c> of pipeline.json).</summary>
public sealed record SampleOptions
{
    /// <summary>Chat rooms. Default 200, range 1 to 100000.</summary>
    public int Rooms { get; init; } = 200;

    /// <summary>Messages in all rooms together. Default 20000, range 0 to 1000000000.</summary>
    public int Messages { get; init; } = 20_000;

    /// <summary>Users. Default 500, range 1 to 1000000.</summary>
    public int People { get; init; } = 500;

    /// <summary>Seed of the random choices: the same seed makes the same pool. Default 1, range 0 to 2147483647.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Where the chat goes (section <c>destination</c> of pipeline.json).</summary>
public sealed record DestinationOptions : EndOptions
{
    /// <summary>Whether a missing destination is provisioned, empty, in the 2013 schema. Default true.</summary>
    public bool Create { get; init; } = true;
}
