using ChatEtl.Chat;
using static ChatEtl.SqlServer.SqlServerDatabase;
using Tables = ChatEtl.SqlServer.SqlServerCheckpointTables;

namespace ChatEtl.SqlServer;

/// <summary>Rows of a small table, loaded in bulk beside it and then brought in by one statement, which keeps what is there.</summary>
/// <remarks>Lives within one transaction: who made it clears it before the commit, so that nobody ever sees a row of it.</remarks>
internal sealed class StagedRows
{
    private readonly SqlServerWriteSession _session;
    private readonly DestinationTable _table;
    private readonly string _stage;
    private readonly string _target;

    /// <summary>Loads the rows.</summary>
    /// <param name="session">The session, in its transaction.</param>
    /// <param name="table">The table they are for.</param>
    /// <param name="rows">Cells in the order of the documented columns.</param>
    public StagedRows(SqlServerWriteSession session, DestinationTable table, IEnumerable<object?[]> rows)
    {
        (_session, _table) = (session, table);
        (_stage, _target) = (Tables.Stage(table.Table), TableName(table.Table.Name));
        _session.Load(_stage, ["ordinal", .. table.DocumentedNames], [.. rows.Select((cells, i) => (object?[])[i, .. cells])]);
    }

    /// <summary>The stage joined to the table: s and t.</summary>
    public string Joined => $"FROM {_target} AS t JOIN {_stage} AS s ON {KeyIsEqual("t", "s")}";

    /// <summary>Rows of keys that the table does not have, the first of each key: s.</summary>
    public string Missing => $"""
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {string.Join(", ", Key)} ORDER BY ordinal) AS copy FROM {_stage}) AS s
        WHERE s.copy = 1 AND NOT EXISTS (SELECT * FROM {_target} AS t WHERE {KeyIsEqual("t", "s")})
        """;

    private IEnumerable<string> Key => _table.Table.Key.Select(Column);

    /// <summary>A documented column, as the server spells it, in SQL.</summary>
    public string Column(string documented) => Quote(_table.Find(documented)!.Name);

    /// <summary>Inserts what is missing; how many rows that was.</summary>
    public int InsertMissing()
    {
        var columns = _table.DocumentedNames.Select(Quote).ToList();
        var insert = $"INSERT INTO {_target} ({string.Join(", ", columns)}) SELECT {string.Join(", ", columns.Select(column => "s." + column))} {Missing}";
        if (!_table.KeepsIdentity)
        {
            return _session.Run(insert);
        }

        _session.Execute($"SET IDENTITY_INSERT {_target} ON");
        var inserted = _session.Run(insert);
        _session.Execute($"SET IDENTITY_INSERT {_target} OFF");
        return inserted;
    }

    /// <summary>Ordinals of rows whose key is in the table for the server's collation only: another text stands there.</summary>
    public IReadOnlyList<int> Lookalikes()
    {
        var texts = _table.Table.Key.Where(column => _table.Table.Columns[_table.Table.Ordinal(column)].Type == ColumnType.Text).Select(Column).ToList();
        return texts.Count == 0
            ? []
            :
            [
                .. _session.Rows(
                    $"SELECT s.ordinal {Joined} WHERE {string.Join(" OR ", texts.Select(column => $"t.{column} <> s.{column} COLLATE Latin1_General_BIN2"))} ORDER BY s.ordinal",
                    row => row.GetInt32(0)),
            ];
    }

    /// <summary>Gives the rows of these keys the staged values.</summary>
    public void Update()
    {
        var key = Key.ToHashSet(StringComparer.Ordinal);
        var values = _table.DocumentedNames.Select(Quote).Where(column => !key.Contains(column)).Select(column => $"{column} = s.{column}");
        _session.Execute($"UPDATE t SET {string.Join(", ", values)} {Joined}");
    }

    /// <summary>Empties the stage.</summary>
    public void Clear() => _session.Execute($"DELETE FROM {_stage}");

    private string KeyIsEqual(string left, string right) => string.Join(" AND ", Key.Select(column => $"{left}.{column} = {right}.{column}"));
}
