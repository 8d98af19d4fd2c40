using ChatEtl.Chat;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Loads rows of a batch within the transaction of a session: messages in bulk, rows of small tables over a stage.</summary>
/// <param name="tableOf">A table as the server has it.</param>
/// <param name="load">How messages are loaded.</param>
/// <param name="chat">Where messages go, as it is written in SQL; null for tblChat itself.</param>
internal sealed class SqlServerRowLoader(Func<string, DestinationTable> tableOf, SqlServerLoad load, string? chat = null)
{
    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];
    private static readonly Table Roles = ChatSchema.Persistent["tblPrincipalRole"];

    /// <summary>Whether a batch holds roles, whose books the plan keeps.</summary>
    public static bool IsRoles(Batch batch) => batch is RowBatch rows && rows.Table.Name == Roles.Name;

    /// <summary>Loads rows of a batch; how many rows were inserted or changed, and which are not in because only the collation finds their keys taken.</summary>
    public (int Changed, IReadOnlyList<(int Row, Rejection Rejection)> Lookalikes) Load(SqlServerWriteSession session, Batch batch, IReadOnlyList<int> rows)
    {
        if (rows.Count == 0)
        {
            return (0, []);
        }

        if (batch is MessageBatch messages)
        {
            LoadMessages(session, messages, rows);
            return (rows.Count, []);
        }

        var small = (RowBatch)batch;
        var staged = new StagedRows(session, tableOf(small.Table.Name), rows.Select(row => small.Rows[row].Cells));
        var changed = 0;
        IReadOnlyList<(int Row, Rejection Rejection)> lookalikes = [];
        if (IsRoles(batch))
        {
            changed = UpdateRoles(session, staged);
            SqlServerPassWriter.Remember(session, staged, "prinRoleNodeID", "prinRolePrinID", $"s.{staged.Column("prinRoleTypeID")}");
            changed += staged.InsertMissing();
        }
        else
        {
            changed = staged.InsertMissing();
            if (changed < rows.Count)
            {
                lookalikes = [.. staged.Lookalikes().Select(i => rows[i]).Select(row => (row, new Rejection(
                    small.Table.Name, small.Rows[row].SourceKey, "N2", "The destination has another row whose key its collation finds equal.", small.Rows[row].SourceValues)))];
            }
        }

        staged.Clear();
        return (changed, lookalikes);
    }

    private void LoadMessages(SqlServerWriteSession session, MessageBatch batch, IReadOnlyList<int> rows)
    {
        var table = tableOf(Chat.Name);
        using var reader = new BatchDataReader(batch, Sorted(batch, rows));
        session.Load(
            chat ?? TableName(Chat.Name), table.DocumentedNames, reader, table.KeepsIdentity,
            load.TableLock switch
            {
                BulkHint.On => true,
                BulkHint.Off => false,
                _ => load.Writers == 1 && (table.ClusteredKey.Count == 0 || table.IsEmpty),
            },
            load.OrderHint switch
            {
                BulkHint.Off => null,
                BulkHint.On => KeyOf(table),
                _ => table.ClusteredKey.SequenceEqual(Chat.Key, StringComparer.OrdinalIgnoreCase) ? KeyOf(table) : null,
            });

        static string[] KeyOf(DestinationTable table) => [.. Chat.Key.Select(column => table.Find(column)!.Name)];
    }

    /// <summary>In the order of the destination's key: new rooms get their numbers in the source's order, so there is mostly nothing to sort.</summary>
    private static IReadOnlyList<int> Sorted(MessageBatch batch, IReadOnlyList<int> rows)
    {
        for (var i = 1; i < rows.Count; i++)
        {
            if (Compare(rows[i - 1], rows[i]) > 0)
            {
                var sorted = rows.ToArray();
                Array.Sort(sorted, Compare);
                return sorted;
            }
        }

        return rows;

        int Compare(int left, int right) =>
            batch.Room[left] != batch.Room[right] ? batch.Room[left].CompareTo(batch.Room[right]) : batch.Id[left].CompareTo(batch.Id[right]);
    }

    /// <summary>Brings roles that an earlier pass of ours wrote up to date (B6, U2); others are left alone.</summary>
    private static int UpdateRoles(SqlServerWriteSession session, StagedRows staged)
    {
        var (node, principal, type, by) = (staged.Column("prinRoleNodeID"), staged.Column("prinRolePrinID"), staged.Column("prinRoleTypeID"), staged.Column("prinRoleUpdatedBy"));
        return session.Run(
            $"""
            UPDATE t SET {by} = s.{by} {staged.Joined} WHERE (t.{by} <> s.{by} OR t.{by} IS NULL)
                AND EXISTS (SELECT * FROM chatetl.access AS a WHERE a.node_id = s.{node} AND a.principal_id = s.{principal} AND a.type_id = s.{type})
            """);
    }
}
