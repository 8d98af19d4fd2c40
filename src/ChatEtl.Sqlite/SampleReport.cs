using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>What was written into a sample or corpus pool.</summary>
/// <param name="Path">The file.</param>
/// <param name="Generation">Which product's database it looks like.</param>
/// <param name="Rows">Rows by table; tables without rows are listed with 0.</param>
/// <param name="Rooms">Rooms in tblNode.</param>
/// <param name="People">People in tblPrincipal, without the system identity, groups, folders and domains.</param>
/// <param name="ContentBytes">UTF-8 bytes of all contents, planted faults left out.</param>
/// <param name="Notes">What a reader should know, for example names that had to be changed.</param>
public sealed record SampleReport(
    string Path,
    Generation Generation,
    IReadOnlyDictionary<string, long> Rows,
    int Rooms,
    int People,
    long ContentBytes,
    IReadOnlyList<string> Notes)
{
    /// <summary>Rows of tblChat.</summary>
    public long Messages => Rows["tblChat"];
}
