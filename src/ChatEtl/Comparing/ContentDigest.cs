using ChatEtl.Chat;
using ChatEtl.Reading;

namespace ChatEtl.Comparing;

/// <summary>Everything the documented tables of a 2013 database hold, as one count and one digest by table; the order of rows does not matter.</summary>
/// <remarks>Knows neither source nor rules: it tells whether two databases hold the same rows to the byte, ids included.</remarks>
public static class ContentDigest
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    /// <summary>Reads every row.</summary>
    /// <param name="database">A 2013 database.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <returns>"rows digest" by table; a table that is missing is left out.</returns>
    public static IReadOnlyDictionary<string, string> Of(IChatSource database, CancellationToken cancellationToken)
    {
        var shape = database.ReadShape();
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in ChatSchema.Persistent.Tables.Where(table => shape.Has(table.Name)))
        {
            var (rows, sum) = (0L, UInt128.Zero);
            foreach (var cells in database.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
            {
                rows++;
                sum = RowDigest.Add(sum, RowDigest.OfCells(cells));
            }

            digests[table.Name] = $"{rows} {RowDigest.Format(sum)}";
        }

        return digests;
    }
}
