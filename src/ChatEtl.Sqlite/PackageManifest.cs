using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>What a package says of itself.</summary>
/// <param name="Values">Name and value of each statement: format, tool, source, root, generation, filters, times, seal.</param>
/// <param name="Tables">The documented tables that the source has.</param>
/// <param name="NotExported">Tables and columns of the source that no document knows.</param>
public sealed record PackageManifest(
    IReadOnlyDictionary<string, string> Values, IReadOnlyList<PackageTable> Tables, IReadOnlyList<PackageLeft> NotExported)
{
    /// <summary>The layout this version writes and reads.</summary>
    public const string CurrentFormat = "1";

    /// <summary>Whether the export has ended.</summary>
    public bool IsComplete => Values.ContainsKey("seal");

    /// <summary>Where the rows came from, for people.</summary>
    public string Source => Value("source");

    /// <summary>The generation the source was read as.</summary>
    public Generation Generation => Enum.Parse<Generation>(Value("generation"));

    /// <summary>What the filters left out, in a few words; empty when nothing was.</summary>
    public string Filters => string.Join(", ", new[]
    {
        Value("level") is "" or "all" ? "" : $"level {Value("level")}",
        Value("categories") is "" or "[]" ? "" : $"categories {Value("categories")}",
        Value("since").Length == 0 ? "" : $"messages since {Value("since")}",
    }.Where(filter => filter.Length > 0));

    /// <summary>A statement; empty when it is missing.</summary>
    public string Value(string name) => Values.GetValueOrDefault(name, "");
}

/// <summary>A documented table in a package.</summary>
/// <param name="Name">Its name; the messages of irregular keys have a line of their own, which counts them a second time.</param>
/// <param name="Columns">The columns it has, joined by a comma.</param>
/// <param name="Rows">Rows in the package.</param>
/// <param name="Left">Rows that the filters left behind.</param>
/// <param name="Digest">Sum of the digests of its rows.</param>
/// <param name="Position">Where the export goes on; only the source can read it.</param>
/// <param name="Done">Whether nothing is left to read.</param>
public sealed record PackageTable(string Name, string Columns, long Rows, long Left, UInt128 Digest, string Position, bool Done);

/// <summary>The messages of one channel in a package.</summary>
/// <param name="Channel">channelId; null for all messages whose channelId is no whole number.</param>
/// <param name="From">Lowest chatId when the export began.</param>
/// <param name="UpTo">Highest chatId when the export began; what came later is not in the package.</param>
/// <param name="Rows">Messages in the package.</param>
/// <param name="Left">Messages that the filters left behind.</param>
/// <param name="Bytes">Bytes of their texts.</param>
/// <param name="Lowest">Lowest chatId in the package; null when there is none.</param>
/// <param name="Highest">Highest chatId in the package; null when there is none.</param>
/// <param name="Digest">Sum of the digests of the messages.</param>
public sealed record PackageRoom(
    long? Channel, long? From, long? UpTo, long Rows, long Left, long Bytes, long? Lowest, long? Highest, UInt128 Digest);

/// <summary>A table or column of the source that is not in the package.</summary>
/// <param name="Name">Its name, a column's behind that of its table.</param>
/// <param name="Rows">Rows of the table.</param>
public sealed record PackageLeft(string Name, long Rows);
