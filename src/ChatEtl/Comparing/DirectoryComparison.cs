using ChatEtl.Chat;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Principals, nodes and add-ins: rows we created column by column, rows we reused by their existence.</summary>
internal sealed class DirectoryComparison(IChatSource destination, DirectoryPlan plan, DifferenceLog log, CancellationToken cancellationToken)
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    /// <summary>Compares the three tables.</summary>
    public void Run()
    {
        var decisions = plan.Decisions;
        Compare(
            "tblPrincipal",
            plan.Principals.Select(PersistentRows.Of),
            decisions.Principals.Values.Select(decision => ((object)(long)decision.DestinationId, Cells.Format((long)decision.SourceId), decision.Origin)));
        Compare(
            "tblNode",
            plan.Nodes.Select(PersistentRows.Of),
            decisions.Nodes.Values.Select(decision => ((object)(long)decision.DestinationId, Cells.Format((long)decision.SourceId), decision.Origin)));
        Compare(
            "tblSiopWhiteList",
            plan.AddIns.Select(PersistentRows.Of),
            decisions.AddIns.Values.Select(decision => ((object)decision.DestinationId, Cells.FormatGuid(decision.SourceId), decision.Origin)));
    }

    private void Compare(string name, IEnumerable<object?[]> rows, IEnumerable<(object Destination, string Source, Origin Origin)> decisions)
    {
        var figures = log.Of(name);
        var table = ChatSchema.Persistent[name];
        var code = new RowCode(table);
        var key = table.Ordinal(table.Key[0]);
        var wanted = rows.ToDictionary(row => KeyOf(table, row[key]), row => (Cells: row, IsSeen: false), StringComparer.Ordinal);
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        var reused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, source, origin) in decisions)
        {
            var decided = KeyOf(table, id);
            sources.TryAdd(decided, source);
            if (origin != Origin.Created && !wanted.ContainsKey(decided))
            {
                reused.Add(decided);
            }
        }

        figures.Expected += wanted.Count + reused.Count;
        foreach (var cells in destination.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
        {
            var found = KeyOf(table, cells[key]);
            if (!wanted.TryGetValue(found, out var row))
            {
                figures.Equal += reused.Remove(found) ? 1 : 0;
            }
            else if (row.IsSeen)
            {
                log.Extra(name, Named(found), "The key stands there more than once.");
            }
            else
            {
                wanted[found] = (row.Cells, true);
                Judge(row.Cells, cells, found);
            }
        }

        foreach (var missing in wanted.Where(row => !row.Value.IsSeen).Select(row => row.Key))
        {
            log.Missing(name, Named(missing), "The row that a run of ours wrote is not there.");
        }

        foreach (var missing in reused)
        {
            log.Missing(name, Named(missing), "The row of the destination that was reused is not there any more.");
        }

        string Named(string id) => sources.TryGetValue(id, out var source) ? $"{id} (source {source})" : id;

        void Judge(object?[] want, object?[] have, string id)
        {
            var (columns, detail) = code.Differences(want, have);
            if (columns.Length == 0)
            {
                figures.Equal++;
            }
            else
            {
                log.Different(name, Named(id), columns, detail);
            }
        }
    }

    private static string KeyOf(Table table, object? cell) => table.Columns[table.Ordinal(table.Key[0])].Type == ColumnType.Guid
        ? Cells.TryGuid(cell, out var guid) ? Cells.FormatGuid(guid) : Cells.Format(cell)
        : Cells.TryInteger(cell, long.MinValue, long.MaxValue, out var number) ? Cells.Format(number) : Cells.Format(cell);
}
