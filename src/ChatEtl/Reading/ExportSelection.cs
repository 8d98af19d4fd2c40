using ChatEtl.Chat;

namespace ChatEtl.Reading;

/// <summary>What of a source goes into a package: everything, or less by level, categories and time (T26).</summary>
/// <remarks>
/// Judges rows as they are, by their ids alone. A row whose node does not exist stays in, so that it is rejected as it would be from the
/// source; so does a message without a readable time. Safe for concurrent use.
/// </remarks>
public sealed class ExportSelection
{
    private static readonly Dictionary<string, string> NodeColumns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tblNode"] = "nodeID",
        ["tblPrincipalRole"] = "prinRoleNodeID",
        ["tblScopePrincipal"] = "scopeNodeID",
        ["tblPrincipalInvites"] = "nodeID",
        ["tblLastChatId"] = "nodeID",
    };

    /// <summary>The root's guid, the generation and the filters, by name, as people read them: an export with others may not go on.</summary>
    public required IReadOnlyDictionary<string, string> Parts { get; init; }

    /// <summary>Tables that stay behind whole; their columns go along, so that the generation can be told.</summary>
    public IReadOnlySet<string> TablesLeft { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>nodeIDs that stay behind, with their roles and scope rows.</summary>
    public IReadOnlySet<int> NodesLeft { get; init; } = new HashSet<int>();

    /// <summary>Those of <see cref="NodesLeft"/> that are rooms: their messages, counters and invitations stay behind, too.</summary>
    public IReadOnlySet<int> RoomsLeft { get; init; } = new HashSet<int>();

    /// <summary>Messages with a chatDate before this one stay behind.</summary>
    public long Since { get; init; } = long.MinValue;

    /// <summary>Whether rows of a table may go along.</summary>
    public bool TakesTable(string table) => !TablesLeft.Contains(table);

    /// <summary>Whether a row of a small table goes along.</summary>
    public bool Takes(Table table, object?[] cells) =>
        !NodeColumns.TryGetValue(table.Name, out var column)
        || !Cells.TryInteger(cells[table.Ordinal(column)], int.MinValue, int.MaxValue, out var node)
        || !(table.Name is "tblPrincipalInvites" or "tblLastChatId" ? RoomsLeft : NodesLeft).Contains((int)node);

    /// <summary>Whether messages of a channel go along.</summary>
    public bool TakesRoom(long channel) => channel is < int.MinValue or > int.MaxValue || !RoomsLeft.Contains((int)channel);

    /// <summary>Whether a message goes along, as cells in the order of the 2013 tblChat.</summary>
    public bool TakesMessage(object?[] cells) =>
        !(Cells.TryInteger(cells[0], long.MinValue, long.MaxValue, out var room) && !TakesRoom(room))
        && !(Cells.TryInteger(cells[2], long.MinValue, long.MaxValue, out var date) && date < Since);
}
