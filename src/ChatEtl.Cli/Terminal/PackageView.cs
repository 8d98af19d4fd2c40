using System.Text.Encodings.Web;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using Spectre.Console;

namespace ChatEtl.Cli.Terminal;

/// <summary>Shows a package, for people or as JSON.</summary>
internal static class PackageView
{
    /// <summary>Rooms listed when nobody says how many.</summary>
    public const int RoomsShown = 20;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a package whole; the errors found.</summary>
    public static IReadOnlyList<Finding> Verify(string path, CancellationToken stop)
    {
        using var source = new SqliteSource(path);
        return [.. ExplainedSource.OfSource(source).Check(stop).Where(finding => finding.Severity == Severity.Error)];
    }

    /// <summary>Shows it.</summary>
    /// <param name="path">The package.</param>
    /// <param name="json">Whether as JSON.</param>
    /// <param name="problems">What does not match; null when nobody looked.</param>
    /// <param name="mostRooms">Rooms to list.</param>
    public static void Show(string path, bool json, IReadOnlyList<Finding>? problems, int mostRooms)
    {
        var (manifest, roomCount, rooms) = PackageFile.Read(path, mostRooms);
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(output, Indented);
            Write(writer, path, manifest, roomCount, rooms, problems);
        }
        else
        {
            Show(path, manifest, roomCount, rooms, problems);
        }
    }

    private static void Show(
        string path, PackageManifest manifest, long roomCount, IReadOnlyList<(PackageRoom Room, string? Name)> rooms, IReadOnlyList<Finding>? problems)
    {
        Say.Line($"{path}: {(manifest.IsComplete ? "a complete package" : "an unfinished package")} of {manifest.Source}");
        Say.Line($"generation {NameOf(manifest.Generation)}, root node {manifest.Value("root")}, begun {manifest.Value("begun")}{(manifest.IsComplete ? $", ended {manifest.Value("ended")}" : "")}, by {manifest.Value("tool")}");
        Say.Line($"filters: {(manifest.Filters.Length == 0 ? "none" : manifest.Filters)}");
        var tables = SummaryView.Figures("Table", "Rows", "Left behind");
        foreach (var table in TablesOf(manifest))
        {
            tables.AddRow(table.Name, $"{table.Rows:N0}", $"{table.Left:N0}");
        }

        Say.Table(tables);
        if (rooms.Count > 0)
        {
            var list = SummaryView.Figures("Room", "channelId", "Messages", "Left behind", "Bytes of text", "Lowest chatId", "Highest chatId");
            foreach (var (room, name) in rooms)
            {
                list.AddRow(
                    Markup.Escape(name ?? (room.Channel is null ? "(no whole number)" : "(no such room)")), $"{room.Channel}", $"{room.Rows:N0}", $"{room.Left:N0}",
                    $"{room.Bytes:N0}", $"{room.Lowest}", $"{room.Highest}");
            }

            Say.Table(list);
        }

        if (roomCount > rooms.Count)
        {
            Say.Line($"{roomCount:N0} rooms have messages; --rooms of inspect lists more of them.");
        }

        foreach (var left in manifest.NotExported)
        {
            Say.Line($"not exported, as no document knows it: {left.Name} ({left.Rows:N0} rows)");
        }

        foreach (var problem in problems ?? [])
        {
            Say.Line($"error {problem.Table} {problem.Key}: {problem.Message}");
        }

        if (problems is not null)
        {
            Say.Line(problems.Count == 0 ? "Every table and room matches." : $"{problems.Count:N0} {(problems.Count == 1 ? "thing does" : "things do")} not match.");
        }
    }

    private static void Write(
        Utf8JsonWriter json, string path, PackageManifest manifest, long roomCount, IReadOnlyList<(PackageRoom Room, string? Name)> rooms,
        IReadOnlyList<Finding>? problems)
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteBoolean("complete", manifest.IsComplete);
        foreach (var (name, value) in manifest.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteStartArray("tables");
        foreach (var table in TablesOf(manifest))
        {
            json.WriteStartObject();
            json.WriteString("table", table.Name);
            json.WriteNumber("rows", table.Rows);
            json.WriteNumber("leftBehind", table.Left);
            json.WriteString("digest", RowDigest.Format(table.Digest));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("roomCount", roomCount);
        json.WriteStartArray("rooms");
        foreach (var (room, name) in rooms)
        {
            json.WriteStartObject();
            WriteNumber(json, "channelId", room.Channel);
            json.WriteString("name", name);
            json.WriteNumber("messages", room.Rows);
            json.WriteNumber("leftBehind", room.Left);
            json.WriteNumber("bytes", room.Bytes);
            WriteNumber(json, "lowest", room.Lowest);
            WriteNumber(json, "highest", room.Highest);
            json.WriteString("digest", RowDigest.Format(room.Digest));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notExported");
        foreach (var left in manifest.NotExported)
        {
            json.WriteStartObject();
            json.WriteString("name", left.Name);
            json.WriteNumber("rows", left.Rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (problems is null)
        {
            json.WriteNull("matches");
        }
        else
        {
            json.WriteBoolean("matches", problems.Count == 0);
        }

        json.WriteStartArray("problems");
        foreach (var problem in problems ?? [])
        {
            json.WriteStartObject();
            json.WriteString("table", problem.Table);
            json.WriteString("key", problem.Key);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static IEnumerable<PackageTable> TablesOf(PackageManifest manifest) => manifest.Tables.Where(table => table.Name != Streams.IrregularMessages);

    private static string NameOf(Generation generation) => generation switch
    {
        Generation.OcsR2 => "2007 R2",
        Generation.Lync2010 => "2010",
        _ => "2013",
    };
}
