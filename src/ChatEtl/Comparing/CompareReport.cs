using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>What a comparison found about one destination table.</summary>
/// <remarks>expected = equal + kept + missing + different + the refused part of rejected.</remarks>
/// <param name="table">The destination table.</param>
public sealed class TableComparison(string table)
{
    /// <summary>The destination table.</summary>
    public string Table { get; } = table;

    /// <summary>Rows that the rules give.</summary>
    public long Expected { get; internal set; }

    /// <summary>Expected rows found equal.</summary>
    public long Equal { get; internal set; }

    /// <summary>Expected rows whose key the destination had already; its own row was kept (T22 to T24).</summary>
    public long Kept { get; internal set; }

    /// <summary>Source rows that stand among the open rejections instead.</summary>
    public long Rejected { get; internal set; }

    /// <summary>Expected rows, or rejections, that are not there.</summary>
    public long Missing { get; internal set; }

    /// <summary>Rows that the rules do not give, and rejections that stand for no row.</summary>
    public long Extra { get; internal set; }

    /// <summary>Expected rows found with other values.</summary>
    public long Different { get; internal set; }

    /// <summary>Whether nothing differs.</summary>
    public bool IsClean => Missing + Extra + Different == 0;
}

/// <summary>The outcome of a comparison, row by row, of a source under the rules with a destination.</summary>
/// <remarks>Single differences go to who asked for them as they are met; the report holds only figures.</remarks>
public sealed class CompareReport
{
    /// <summary>Figures by destination table, in the order the tables were compared.</summary>
    public required IReadOnlyList<TableComparison> Tables { get; init; }

    /// <summary>Sum of the digests of all messages in migrated rooms as they stand at the destination, 32 hex digits; empty when the level leaves messages out.</summary>
    public required string Digest { get; init; }

    /// <summary>Who can read what, before and after.</summary>
    public required AccessReport Access { get; init; }

    /// <summary>Every room of the source, migrated or skipped, with its messages on both sides; by category and name of the source.</summary>
    public IReadOnlyList<RoomComparison> Rooms { get; init; } = [];

    /// <summary>Rows expected, over all tables.</summary>
    public long Expected => Tables.Sum(table => table.Expected);

    /// <summary>Differences, over all tables, and gained rights.</summary>
    public long Differences => Tables.Sum(table => table.Missing + table.Extra + table.Different) + Access.GainCount;

    /// <summary>Whether the destination holds exactly what the rules give and nobody gains access.</summary>
    public bool IsClean => Tables.All(table => table.IsClean) && Access.IsClean;

    /// <summary>Figures of one table; null when it was not compared.</summary>
    public TableComparison? Of(string table) => Tables.FirstOrDefault(found => found.Table.Equals(table, StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the report as properties of the object that is open.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteBoolean("clean", IsClean);
        json.WriteNumber("expected", Expected);
        json.WriteNumber("differenceCount", Differences);
        json.WriteString("digest", Digest);
        json.WriteStartArray("tables");
        foreach (var table in Tables)
        {
            json.WriteStartObject();
            json.WriteString("table", table.Table);
            json.WriteNumber("expected", table.Expected);
            json.WriteNumber("equal", table.Equal);
            json.WriteNumber("kept", table.Kept);
            json.WriteNumber("rejected", table.Rejected);
            json.WriteNumber("missing", table.Missing);
            json.WriteNumber("extra", table.Extra);
            json.WriteNumber("different", table.Different);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("access");
        Access.WriteTo(json);
        json.WriteEndObject();
    }
}
