using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Pipeline;
using ChatEtl.Reading;

namespace ChatEtl.Planning;

/// <summary>Takes the inventory of a source from its directory and the survey of its messages.</summary>
internal static class InventoryTaker
{
    /// <summary>Takes it; a broken tree does not hinder.</summary>
    public static SourceInventory Take(PassPlan pass, MessageSurvey survey, IChatSource source, string separator)
    {
        var directory = pass.Source;
        var paths = new NodePaths(directory.Nodes, separator);
        var roles = directory.Roles.GroupBy(role => role.Node).ToDictionary(rows => rows.Key, rows => rows.LongCount());
        var rooms = directory.Nodes.Where(node => !node.IsCategory).DistinctBy(node => node.Id).ToList();
        var inside = rooms.ToLookup(room => room.Parent ?? 0);
        return new SourceInventory
        {
            Tables = Tables(pass, survey, source),
            Categories = directory.Nodes.Count(node => node.IsCategory && node.Parent != node.Id),
            Rooms = rooms.Count,
            People = directory.Principals.Count(row => row.Type is PrincipalTypes.User or PrincipalTypes.ExternalUser or PrincipalTypes.FederatedUser),
            Groups = directory.Principals.Count(row => row.Type is PrincipalTypes.Group or PrincipalTypes.FederatedGroup or PrincipalTypes.Folder or PrincipalTypes.Domain),
            Memberships = directory.Roles.Count,
            Messages = Sum(survey.Rooms.Select(survey.Of)),
            IsExact = survey.IsExact,
            MessagesRead = survey.Read,
            ByCategory =
            [
                .. directory.Nodes.Where(node => node.IsCategory).DistinctBy(node => node.Id)
                    .Select(node => new CategoryInventory(
                        node.Id, paths.Of(node), inside[node.Id].Count(),
                        RolesOf(node.Id) + inside[node.Id].Sum(room => RolesOf(room.Id)), Sum(inside[node.Id].Select(room => survey.Of(room.Id)))))
                    .OrderBy(category => category.Path, StringComparer.OrdinalIgnoreCase).ThenBy(category => category.Id),
            ],
            LargestRooms =
            [
                .. rooms.Select(room => (Room: room, Figures: survey.Of(room.Id))).Where(room => room.Figures.Messages > 0)
                    .OrderByDescending(room => room.Figures.Messages).ThenBy(room => room.Room.Id).Take(SourceInventory.LargestListed)
                    .Select(room => new RoomInventory(room.Room.Id, paths.OfCategory(room.Room), room.Room.Name, room.Figures)),
            ],
        };

        long RolesOf(int node) => roles.GetValueOrDefault(node);
    }

    /// <summary>Rows of every table: those read are known, tblChat is the survey's, the small others are counted.</summary>
    private static Dictionary<string, long> Tables(PassPlan pass, MessageSurvey survey, IChatSource source)
    {
        var tables = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in pass.Shape.Shape.Tables.Keys.Where(name => !name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase))
        {
            tables[table] = pass.Source.RowsRead.TryGetValue(table, out var read) ? read
                : table.Equals(Streams.Messages, StringComparison.OrdinalIgnoreCase) ? survey.Rooms.Sum(room => survey.Of(room).Messages) + survey.IrregularRows
                : source.CountRows(table);
        }

        return tables;
    }

    private static MessageFigures Sum(IEnumerable<MessageFigures> figures) => figures.Aggregate(MessageFigures.None, (sum, one) => sum.Add(one));
}

/// <summary>Full paths of nodes, whatever is wrong with the tree.</summary>
internal sealed class NodePaths(IReadOnlyList<Node> nodes, string separator)
{
    private readonly Dictionary<int, Node> _nodes = nodes.DistinctBy(node => node.Id).ToDictionary(node => node.Id);

    /// <summary>Names from below the root to the node; the root's own name.</summary>
    public string Of(Node node)
    {
        var names = new List<string> { node.Name };
        var seen = new HashSet<int> { node.Id };
        while (node.Parent is { } parent && seen.Add(parent) && _nodes.TryGetValue(parent, out var above) && above.Parent != above.Id)
        {
            names.Add(above.Name);
            node = above;
        }

        names.Reverse();
        return string.Join(separator, names);
    }

    /// <summary>Path of the category of a room.</summary>
    public string OfCategory(Node room) => room.Parent is { } parent && _nodes.TryGetValue(parent, out var category) ? Of(category) : "";
}
