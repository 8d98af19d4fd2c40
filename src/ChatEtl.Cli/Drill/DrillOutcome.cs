using System.Globalization;
using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Cli.Drill;

/// <summary>What a migration left behind, as lines that a killed and an undisturbed one must have in common.</summary>
internal static class DrillOutcome
{
    /// <summary>Rows and digest of every table, ids included; with <paramref name="destination"/>, books and open rejections too.</summary>
    public static IReadOnlyList<string> Of(IChatSource reader, IChatDestination? destination, CancellationToken cancellationToken)
    {
        var lines = ContentDigest.Of(reader, cancellationToken).Select(table => $"{table.Key}: {table.Value}").ToList();
        if (destination is not null)
        {
            lines.AddRange(destination.ReadBooks(0).OrderBy(book => book.Key, StringComparer.OrdinalIgnoreCase).Select(book => string.Create(
                CultureInfo.InvariantCulture,
                $"books of {book.Key}: {book.Value.Read} read, {book.Value.Written} written, {book.Value.Reused} reused, {book.Value.Rejected} rejected, {book.Value.Derived} derived, skipped {string.Join(' ', book.Value.Skipped)}")));
            lines.AddRange(destination.ReadRejections(RejectionFilter.All, 0, int.MaxValue).Select(rejection => rejection.Row)
                .Select(row => $"rejected: {row.Table} {row.Key} {row.Rule} {row.Reason}").Order(StringComparer.Ordinal));
        }

        return lines;
    }

    /// <summary>The first lines that one side has and the other has not.</summary>
    public static string Difference(IReadOnlyList<string> undisturbed, IReadOnlyList<string> found) => string.Join(
        "; ",
        undisturbed.Except(found, StringComparer.Ordinal).Take(3).Select(line => $"undisturbed {line}")
            .Concat(found.Except(undisturbed, StringComparer.Ordinal).Take(3).Select(line => $"here {line}")));
}
