using System.Globalization;
using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Pipeline;

/// <summary>Decides what of a source goes into a package, so that its migration ends as the source's would under the same rules (T26, F1, F2).</summary>
/// <remarks>
/// Whatever the filters, nothing that decides who may read is parted: every node that goes along has its ancestors, its roles and its
/// scope rows with it, and principals and affiliations are whole.
/// </remarks>
public static class ExportPlanner
{
    private static readonly string[] ForUsers = ["tblPrincipal", "tblPrincipalAffiliations", "tblPreference", "tblNode", "tblRoleType"];
    private static readonly string[] ForCategories = ["tblPrincipalRole", "tblScopePrincipal"];
    private static readonly string[] ForRooms = ["tblSiopWhiteList", "tblPrincipalInvites", "tblLastInviteId"];
    private static readonly string[] ForContent = ["tblChat", "tblLastChatId", "tblSystemRevision"];

    /// <summary>Makes the selection.</summary>
    /// <param name="source">The source.</param>
    /// <param name="generation">The configured generation; null for auto.</param>
    /// <param name="rules">Level, categories and time.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <exception cref="PlanException">The source is not what it should be, or a category does not exist.</exception>
    /// <exception cref="ConfigurationException">The filters contradict each other.</exception>
    public static (SourceShape Shape, ExportSelection Selection) Plan(
        IChatSource source, Generation? generation, RuleOptions rules, CancellationToken cancellationToken)
    {
        if (rules.Level == Level.Users && rules.Categories.Count > 0)
        {
            throw new ConfigurationException([new("$.rules.categories", "the level users takes no categories along; give level categories or more")]);
        }

        var known = ExplainedSource.OfSource(source);
        var shape = SourceShape.Detect(known.ReadShape(), generation);
        StopOn([.. shape.Findings, .. known.Check(cancellationToken)]);
        var (nodes, problems) = DirectoryReader.ReadNodes(known, shape, cancellationToken);
        var left = NodesLeft(nodes, problems, rules);
        return (shape, new ExportSelection
        {
            Parts = Parts(shape.Generation, nodes, rules),
            TablesLeft = TablesLeft(shape.Schema, rules),
            NodesLeft = left.Select(node => node.Id).ToHashSet(),
            RoomsLeft = left.Where(node => !node.IsCategory).Select(node => node.Id).ToHashSet(),
            Since = rules.MessagesSince?.Ticks ?? long.MinValue,
        });
    }

    private static HashSet<string> TablesLeft(ChatSchema schema, RuleOptions rules)
    {
        var isWhole = Levels.Content(rules) && rules.Categories.Count == 0;
        string[] taken =
        [
            .. ForUsers,
            .. Levels.Categories(rules) ? ForCategories : [],
            .. Levels.Rooms(rules) ? ForRooms : [],
            .. Levels.Content(rules) ? ForContent : [],
        ];

        // What no rule carries (T27) goes along with everything else, or not at all.
        return isWhole
            ? new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            : schema.Tables.Select(table => table.Name).Except(taken, StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static List<Node> NodesLeft(IReadOnlyList<Node> nodes, IReadOnlyList<Finding> problems, RuleOptions rules)
    {
        if (!Levels.Categories(rules))
        {
            return [.. nodes.Where(node => node.Parent != node.Id)];
        }

        if (rules.Categories.Count == 0)
        {
            return [];
        }

        var notes = new Notes(problems);
        if (!StructureRules.Hold(nodes, notes))
        {
            throw new PlanException(notes.Findings);
        }

        var tree = new NodeTree(nodes);
        var chosen = FilterRules.ChosenPlaces(rules, tree, notes);
        StopOn(notes.Findings);
        var needed = new bool[nodes.Count];
        needed[tree.Root] = true;
        foreach (var place in tree.TopDown.Reverse().Where(place => chosen[place] || needed[place]))
        {
            needed[place] = needed[tree.ParentOf(place)] = true;
        }

        return [.. tree.Nodes.Where((_, place) => !needed[place])];
    }

    private static Dictionary<string, string> Parts(Generation generation, IReadOnlyList<Node> nodes, RuleOptions rules)
    {
        var root = nodes.FirstOrDefault(node => node.Parent == node.Id);
        var parts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["root"] = root is null ? "none" : Cells.FormatGuid(root.Guid),
            ["generation"] = generation.ToString(),
            ["level"] = rules.Level.ToString().ToLowerInvariant(),
            ["categories"] = JsonSerializer.Serialize(rules.Categories.Order(StringComparer.Ordinal)),
            ["since"] = rules.MessagesSince?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) ?? "",
        };
        if (rules.Categories.Count > 0)
        {
            // They say what a path means.
            parts["nameSeparator"] = rules.NameSeparator;
            parts["rootRoomsCategory"] = rules.RootRoomsCategory;
        }

        return parts;
    }

    private static void StopOn(IReadOnlyList<Finding> findings)
    {
        var errors = findings.Where(finding => finding.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new PlanException(errors);
        }
    }
}
