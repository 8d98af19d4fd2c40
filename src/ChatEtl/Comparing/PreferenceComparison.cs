using ChatEtl.Chat;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>tblPreference (T23, M6): one row of each label; an existing label of the destination is kept.</summary>
/// <remarks>Digests of the labels are held, as the rule itself holds the labels; contents are not.</remarks>
internal sealed class PreferenceComparison(DirectoryPlan plan, Table source, OpenRejections rejections, DifferenceLog log, long kept)
{
    private const string Name = "tblPreference";
    private static readonly Table Preferences = ChatSchema.Persistent[Name];

    private readonly RowCode _code = new(Preferences);

    /// <summary>Compares; each side is read twice.</summary>
    public void Run(Func<IEnumerable<object?[]>> read, Func<IEnumerable<object?[]>> found)
    {
        var figures = log.Of(Name);
        var names = new EqualLabels();
        var wanted = Expected(read, names);
        foreach (var cells in found())
        {
            if (cells[0] is string label && wanted.TryGetValue(label, out var row) && row.State != State.Equal)
            {
                wanted[label] = row with { State = row.Digest == _code.DigestOf(cells) ? State.Equal : State.Other };
            }
        }

        figures.Equal += wanted.Values.Count(row => row.State == State.Equal);
        foreach (var (label, row) in wanted.Where(row => row.Value.State == State.Absent))
        {
            Absent(label, row.SourceKey, figures);
        }

        var other = wanted.Where(row => row.Value.State == State.Other).Select(row => row.Key).ToHashSet(names);
        if (other.Count <= kept)
        {
            figures.Kept += other.Count;
        }
        else
        {
            NameDifferences(other, read, found, names);
        }

        rejections.ReportUnmet(Name, log);
    }

    private Dictionary<string, Row> Expected(Func<IEnumerable<object?[]>> read, EqualLabels names)
    {
        var wanted = new Dictionary<string, Row>(names);
        var transform = Transform(read, names);
        foreach (var cells in read())
        {
            var outcome = transform.Of(cells);
            if (outcome.Cells is { } row)
            {
                log.Of(Name).Expected++;
                wanted[(string)row[0]!] = new Row(_code.DigestOf(row), Cells.Key(source, cells), State.Absent);
            }
            else if (outcome.Reason is not null)
            {
                rejections.Judge(Name, Cells.Key(source, cells), log);
            }
        }

        return wanted;
    }

    private RowTransform Transform(Func<IEnumerable<object?[]>> read, EqualLabels names) =>
        SmallTableRules.Preferences(plan, source, SmallTableRules.ChoosePreferences(source, read(), names), new HashSet<string>(names));

    private void Absent(string label, string sourceKey, TableComparison figures)
    {
        if (rejections.Meet(sourceKey))
        {
            figures.Rejected++;
        }
        else
        {
            log.Missing(Name, $"{label} (source {sourceKey})", "The destination has no row of this label, and no open rejection names it.");
        }
    }

    private void NameDifferences(HashSet<string> labels, Func<IEnumerable<object?[]>> read, Func<IEnumerable<object?[]>> found, EqualLabels names)
    {
        var there = new Dictionary<string, object?[]>(names);
        foreach (var cells in found().Where(cells => cells[0] is string label && labels.Contains(label)))
        {
            there[(string)cells[0]!] = [cells[0], cells[1], Digested(cells[2]), cells[3]];
        }

        var transform = Transform(read, names);
        foreach (var cells in read())
        {
            if (transform.Of(cells).Cells is not { } row || !labels.Contains((string)row[0]!))
            {
                continue;
            }

            var (columns, detail) = _code.Differences([row[0], row[1], Digested(row[2]), row[3]], there[(string)row[0]!]);
            log.Different(Name, $"{Cells.Key(Preferences, row)} (source {Cells.Key(source, cells)})", columns, kept == 0
                ? detail
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{detail} {kept} labels stood there before, fewer than differ."));
        }
    }

    /// <summary>A content stands for itself when short and else by its length and digest, so that a table of them fits into memory.</summary>
    private static object? Digested(object? content) => content is string { Length: > 64 } text
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text.Length}:{RowDigest.OfCells([text]):x32}")
        : content;

    private enum State
    {
        Absent,
        Other,
        Equal,
    }

    private sealed record Row(UInt128 Digest, string SourceKey, State State);

    /// <summary>Labels as N2 compares: without trailing spaces and without regard to case.</summary>
    private sealed class EqualLabels : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x.AsSpan().TrimEnd(' ').Equals(y.AsSpan().TrimEnd(' '), StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(string obj) => string.GetHashCode(obj.AsSpan().TrimEnd(' '), StringComparison.OrdinalIgnoreCase);
    }
}
