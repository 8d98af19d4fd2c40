using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>A source row that the rules keep: as it goes to the destination, and as it was read.</summary>
internal readonly record struct KeptRow(object?[] Cells, object?[] Source);

/// <summary>Compares a table of many small rows without holding it: digests of buckets first, then only the rows of buckets that differ.</summary>
/// <remarks>
/// Rows of principals or rooms that we created are ours: both sides must hold the same. Of the others only those that the rules give must
/// be there by their key, because an equal key at the destination is kept (T22, T24).
/// </remarks>
internal sealed class KeyedComparison
{
    private const int Buckets = 4096;

    private readonly Table _source;
    private readonly string _name;
    private readonly Func<object?[], bool> _isOurs;
    private readonly OpenRejections _rejections;
    private readonly DifferenceLog _log;
    private readonly TableComparison _figures;
    private readonly Table _table;
    private readonly RowCode _code;
    private readonly bool _mayKeep;
    private readonly bool _mayOutlive;
    private readonly int _heldRows;
    private readonly Bucket[] _wanted = new Bucket[Buckets];
    private readonly Bucket[] _found = new Bucket[Buckets];

    /// <summary>Names what is compared.</summary>
    /// <param name="source">The source table, for keys of rejections.</param>
    /// <param name="destination">The destination table.</param>
    /// <param name="isOurs">Whether a destination row can only have come from us.</param>
    /// <param name="rejections">Open rejections of the source table.</param>
    /// <param name="log">Where differences go.</param>
    /// <param name="mayKeep">Whether a row of equal key may differ: after later passes, which keep what earlier ones wrote.</param>
    /// <param name="mayOutlive">Whether a row may have outlived its source row, which has gone since an earlier pass.</param>
    /// <param name="heldRows">Rows that may be held in memory at once.</param>
    public KeyedComparison(
        Table source, Table destination, Func<object?[], bool> isOurs, OpenRejections rejections, DifferenceLog log, bool mayKeep = false,
        bool mayOutlive = false, int heldRows = 1_000_000)
    {
        _source = source;
        _name = destination.Name;
        _isOurs = isOurs;
        _rejections = rejections;
        _log = log;
        _figures = log.Of(destination.Name);
        _code = new RowCode(destination);
        _table = destination;
        (_mayKeep, _mayOutlive, _heldRows) = (mayKeep, mayOutlive, heldRows);
    }

    /// <summary>Compares; both sides are read at least once.</summary>
    /// <param name="expected">Reads the rows that the rules give; tells the key of each rejected one where an action is given.</param>
    /// <param name="found">Reads the destination's rows.</param>
    /// <param name="onFound">Gets every row of the destination once.</param>
    public void Run(Func<Action<string>?, IEnumerable<KeptRow>> expected, Func<IEnumerable<object?[]>> found, Action<object?[]>? onFound)
    {
        var shared = 0L;
        foreach (var row in expected(key => _rejections.Judge(_source.Name, key, _log)))
        {
            _figures.Expected++;
            if (_isOurs(row.Cells))
            {
                Put(_wanted, row.Cells);
            }
            else
            {
                shared++;
            }
        }

        foreach (var cells in found())
        {
            onFound?.Invoke(cells);
            if (_isOurs(cells))
            {
                Put(_found, cells);
            }
        }

        foreach (var group in DifferingBuckets())
        {
            NameDifferences(group, expected(null), found());
        }

        for (var part = 0; part * (long)_heldRows < shared; part++)
        {
            CompareShared(part, (int)((shared + _heldRows - 1) / _heldRows), expected, found);
        }

        _rejections.ReportUnmet(_name, _log);
    }

    private int BucketOf(object?[] cells) => (int)(_code.KeyOf(cells) % Buckets);

    private void Put(Bucket[] buckets, object?[] cells)
    {
        ref var bucket = ref buckets[BucketOf(cells)];
        bucket.Digest = RowDigest.Add(bucket.Digest, _code.DigestOf(cells));
        bucket.Rows++;
    }

    /// <summary>Buckets that differ, in groups that fit into memory; the others are equal.</summary>
    private List<HashSet<int>> DifferingBuckets()
    {
        var groups = new List<HashSet<int>>();
        var rows = 0L;
        for (var i = 0; i < Buckets; i++)
        {
            if (_wanted[i].Digest == _found[i].Digest && _wanted[i].Rows == _found[i].Rows)
            {
                _figures.Equal += _wanted[i].Rows;
                continue;
            }

            rows += _wanted[i].Rows + _found[i].Rows;
            if (groups.Count == 0 || rows > _heldRows)
            {
                groups.Add([]);
                rows = _wanted[i].Rows + _found[i].Rows;
            }

            groups[^1].Add(i);
        }

        return groups;
    }

    private void NameDifferences(HashSet<int> buckets, IEnumerable<KeptRow> expected, IEnumerable<object?[]> found)
    {
        var wanted = expected.Where(row => _isOurs(row.Cells) && buckets.Contains(BucketOf(row.Cells))).ToLookup(row => _code.KeyOf(row.Cells));
        var there = found.Where(cells => _isOurs(cells) && buckets.Contains(BucketOf(cells))).ToLookup(_code.KeyOf);
        foreach (var rows in wanted)
        {
            if (there[rows.Key].FirstOrDefault() is { } cells)
            {
                Judge(rows, cells);
            }
            else
            {
                foreach (var row in rows)
                {
                    Absent(row);
                }
            }
        }

        foreach (var rows in there)
        {
            foreach (var cells in rows.Skip(wanted.Contains(rows.Key) ? 1 : _mayOutlive ? int.MaxValue : 0))
            {
                _log.Extra(_name, Cells.Key(_table, cells), "No source row gives this row.");
            }
        }
    }

    /// <summary>Compares the source rows of one key with the destination's row; of several one has won, the others met it.</summary>
    private void Judge(IEnumerable<KeptRow> rows, object?[] cells)
    {
        var differing = new List<KeptRow>();
        var isClaimed = false;
        foreach (var row in rows)
        {
            if (_code.Differences(row.Cells, cells).Columns.Length == 0)
            {
                _figures.Equal++;
                isClaimed = true;
            }
            else if (_rejections.Meet(Cells.Key(_source, row.Source)))
            {
                _figures.Rejected++;
            }
            else
            {
                differing.Add(row);
            }
        }

        foreach (var row in differing)
        {
            if (isClaimed || _mayKeep)
            {
                _figures.Kept++;
                continue;
            }

            var (columns, detail) = _code.Differences(row.Cells, cells);
            _log.Different(_name, Key(row), columns, detail);
        }

        if (!isClaimed && differing.Count == 0)
        {
            _log.Extra(_name, Cells.Key(_table, cells), "The source row is among the open rejections, and yet a row stands there.");
        }
    }

    /// <summary>Looks whether the destination has the keys of rows that need not be ours, one part of them at a time.</summary>
    private void CompareShared(int part, int parts, Func<Action<string>?, IEnumerable<KeptRow>> expected, Func<IEnumerable<object?[]>> found)
    {
        var wanted = new Dictionary<ulong, UInt128>();
        foreach (var row in Part(expected(null)))
        {
            wanted.TryAdd(_code.KeyOf(row.Cells), _code.DigestOf(row.Cells));
        }

        foreach (var cells in found().Where(cells => !_isOurs(cells)))
        {
            if (wanted.Remove(_code.KeyOf(cells), out var digest))
            {
                var isEqual = digest == _code.DigestOf(cells);
                _figures.Equal += isEqual ? 1 : 0;
                _figures.Kept += isEqual ? 0 : 1;
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        foreach (var row in Part(expected(null)).Where(row => wanted.ContainsKey(_code.KeyOf(row.Cells))))
        {
            Absent(row);
        }

        IEnumerable<KeptRow> Part(IEnumerable<KeptRow> rows) =>
            rows.Where(row => !_isOurs(row.Cells) && (int)(_code.KeyOf(row.Cells) % (ulong)parts) == part);
    }

    private void Absent(KeptRow row)
    {
        if (_rejections.Meet(Cells.Key(_source, row.Source)))
        {
            _figures.Rejected++;
        }
        else
        {
            _log.Missing(_name, Key(row), "The destination has no such row, and no open rejection names it.");
        }
    }

    private string Key(KeptRow row) => $"{Cells.Key(_table, row.Cells)} (source {Cells.Key(_source, row.Source)})";

    private struct Bucket
    {
        public UInt128 Digest;
        public long Rows;
    }
}
