using System.Data.SqlTypes;
using ChatEtl.Chat;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Looks at rows of the directory before they are written: does each value fit its column, and does the server's collation tell all names apart (N2)?</summary>
internal sealed class RowCheck(SqlServerEnd end, SqlConnection connection, Func<string, DestinationTable> tableOf)
{
    private const int NamesAStatement = 500;

    /// <summary>Names that must differ, and the table's rows that are no names of ours to give.</summary>
    private static readonly Dictionary<string, (string Column, string Others)> Named = new(StringComparer.Ordinal)
    {
        ["tblNode"] = ("nodeName", "t.parentID <> t.nodeID"),
        ["tblSiopWhiteList"] = ("siopName", "1 = 1"),
    };

    /// <summary>All that is found.</summary>
    public IReadOnlyList<Finding> Run(IReadOnlyList<TableChanges> tables)
    {
        var findings = new List<Finding>();
        foreach (var changes in tables)
        {
            var table = tableOf(changes.Table.Name);
            var rows = changes.Inserts.Concat(changes.Updates).ToList();
            findings.AddRange(rows.SelectMany(row => Misfits(table, row)));
            if (Named.TryGetValue(changes.Table.Name, out var name) && rows.Count > 0)
            {
                findings.AddRange(EqualNames(table, rows, name.Column, name.Others));
            }
        }

        return findings;
    }

    private static IEnumerable<Finding> Misfits(DestinationTable table, object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var column = table.Find(table.Table.Columns[i].Name)!;
            var why = row[i] switch
            {
                string text when column.Length > 0 && text.Length > column.Length => $"is longer than {column.Length} characters",
                string text when !column.Keeps(text) => "has characters that the column's code page lacks",
                DateTime time when column.Type == "datetime" && time < SqlDateTime.MinValue.Value => "is earlier than the year 1753",
                DateTime time when column.Type == "datetime" && time > SqlDateTime.MaxValue.Value => "is later than the last datetime",
                _ => null,
            };
            if (why is not null)
            {
                yield return new Finding("B4", Severity.Error, table.Table.Name, Cells.Key(table.Table, row), $"{column.Name} {why}; the destination cannot store it.");
            }
        }
    }

    private IEnumerable<Finding> EqualNames(DestinationTable table, List<object?[]> rows, string nameColumn, string others)
    {
        var (key, name) = (table.Find(table.Table.Key[0])!, table.Find(nameColumn)!);
        var (keyAt, nameAt) = (table.Table.Ordinal(key.Name), table.Table.Ordinal(nameColumn));
        Run($"CREATE TABLE #names (ordinal int NOT NULL PRIMARY KEY, id {key.SqlType} NOT NULL, name {name.SqlType} {(name.Collation is { } collation ? $"COLLATE {collation} " : "")}NOT NULL)");
        try
        {
            for (var first = 0; first < rows.Count; first += NamesAStatement)
            {
                var chunk = rows.GetRange(first, Math.Min(NamesAStatement, rows.Count - first));
                Run(
                    $"INSERT INTO #names (ordinal, id, name) VALUES {string.Join(", ", chunk.Select((_, i) => $"({first + i}, @p{2 * i}, @p{(2 * i) + 1})"))}",
                    [.. chunk.SelectMany(row => new[] { row[keyAt], row[nameAt] })]);
            }

            var pairs = Rows(
                end, connection, null,
                $"""
                SELECT a.ordinal, CAST(b.ordinal AS int), CAST(NULL AS nvarchar(256)) FROM #names AS a JOIN #names AS b ON b.name = a.name AND b.ordinal > a.ordinal
                UNION ALL SELECT a.ordinal, CAST(NULL AS int), t.{Quote(name.Name)} FROM #names AS a JOIN {TableName(table.Table.Name)} AS t ON t.{Quote(name.Name)} = a.name
                WHERE {others} AND t.{Quote(key.Name)} NOT IN (SELECT id FROM #names)
                """,
                row => (First: row.GetInt32(0), Other: row.IsDBNull(1) ? row.GetString(2) : (string)rows[row.GetInt32(1)][nameAt]!)).ToList();
            return pairs.Select(pair => new Finding(
                "T4", Severity.Error, table.Table.Name, Cells.Key(table.Table, rows[pair.First]),
                $"\"{rows[pair.First][nameAt]}\" and \"{pair.Other}\" are one name to the destination's collation {name.Collation}. Rename one of them in the source.")).ToList();
        }
        finally
        {
            Run("DROP TABLE #names");
        }
    }

    private void Run(string sql, params object?[] parameters)
    {
        using var command = Command(end, connection, null, sql, parameters);
        command.ExecuteNonQuery();
    }
}
