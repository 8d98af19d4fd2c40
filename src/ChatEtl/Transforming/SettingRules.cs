using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>The wanted rows of categories and rooms (T7 to T10, S2 to S5, N6, N8, U1).</summary>
internal sealed class SettingRules(
    PlanInput input, NodeTree tree, Inheritance inheritance, NodeMap nodes, PrincipalMap principals, AddInMap addIns, DestinationView there, Notes notes)
{
    private const int DescriptionLength = 256;
    private int _roomTopicsDropped;
    private int _categoryTopics;

    /// <summary>Rows of all nodes we create, in order of destination id.</summary>
    public IReadOnlyList<Node> Plan()
    {
        var wanted = new List<Node>();
        foreach (var place in nodes.Places)
        {
            CheckInheritance(place);
            if (nodes.IsOurs(place))
            {
                wanted.Add(tree.Nodes[place].IsCategory ? Category(place) : Room(place));
            }
        }

        Count(_roomTopicsDropped, "rooms have a topic, which is left out (topics is drop)");
        Count(_categoryTopics, "categories have a topic, which has no place in 2013");
        return [.. wanted.OrderBy(n => n.Id)];
    }

    private void Count(int rows, string what)
    {
        if (rows > 0)
        {
            notes.Information("T9", Notes.Nodes, "", $"{rows} {what}.");
        }
    }

    private void CheckInheritance(int place)
    {
        var node = tree.Nodes[place];
        if (input.IsLegacy && inheritance.Defies(place))
        {
            notes.Warning("S3", node, $"{Name(node)} sets something else than an ancestor with inheritance = 1 wants; its own value is carried, for visibility the narrower.");
        }

        if (node.IsCategory)
        {
            return;
        }

        if (inheritance.IsNarrowed(place))
        {
            notes.Warning("S3", node, $"{Name(node)} becomes private, as an ancestor with inheritance = 1 wants; widen it after the migration if it is wanted.");
        }

        CheckValues(place);
    }

    /// <summary>T10, S4: resolved values of migrated rooms only.</summary>
    private void CheckValues(int place)
    {
        var node = tree.Nodes[place];
        var visibility = inheritance.VisibilityOf(place);
        if (visibility is not (Visibilities.Private or Visibilities.Scoped) && (input.IsLegacy || visibility != Visibilities.Open))
        {
            notes.Error("T10", node, $"{Name(node)} has the visibility {visibility}, which has no meaning; repair it.");
        }

        if (node.Behaviour is { } behaviour and not (Behaviours.Normal or Behaviours.Auditorium))
        {
            notes.Error("T10", node, $"{Name(node)} has the behaviour {behaviour}, which has no meaning; repair it.");
        }
    }

    private Node Category(int place)
    {
        var node = tree.Nodes[place];
        var isRoot = place == tree.Root;
        if (node.Disabled && !isRoot)
        {
            notes.Warning("N6", node, $"Category {node.Id} is disabled; 2013 has no disabled categories, so it is migrated as any other.");
        }

        if (node.Topic.Length > 0 && !isRoot)
        {
            _categoryTopics++;
        }

        return Row(place) with
        {
            Guid = isRoot ? UuidV5.Create(node.Guid, input.Rules.RootRoomsCategory.TrimEnd(' ').ToUpperInvariant()) : node.Guid,
            Parent = there.RootId,
            Description = isRoot ? "" : CheckedDescription(node),
            Invite = Final(node.Invite, inheritance.Invite[place]),
            Logged = Final(node.Logged, inheritance.Logged[place]),
            FilePost = Final(node.FilePost, inheritance.FilePost[place]),
            Behaviour = input.IsLegacy ? Behaviours.Normal : node.Behaviour ?? Behaviours.Normal,
            Visibility = input.IsLegacy ? Visibilities.Scoped : node.Visibility ?? Visibilities.Scoped,
        };
    }

    private bool? Final(bool? own, bool? resolved) => input.IsLegacy ? resolved ?? true : own;

    private Node Room(int place)
    {
        var node = tree.Nodes[place];
        var category = CategorySettings(place);
        CheckHistoryAndUploads(place, category);
        return Row(place) with
        {
            Guid = node.Guid,
            Parent = nodes.DestinationCategoryOf(place),
            Description = Described(node),
            Invite = input.IsLegacy ? Invitations(place, category) : node.Invite,
            Logged = input.IsLegacy ? null : node.Logged,
            FilePost = input.IsLegacy ? null : node.FilePost,
            Disabled = node.Disabled,
            Behaviour = node.Behaviour ?? Behaviours.Normal,
            Visibility = inheritance.VisibilityOf(place),
            AddIn = AddInOf(node),
            PurgedOn = node.PurgedOn,
        };
    }

    private Node Row(int place) => new()
    {
        Id = nodes[place]!.DestinationId,
        Guid = default,
        IsCategory = tree.Nodes[place].IsCategory,
        Name = nodes[place]!.Name,
        AddedBy = principals.MapOrSystem(tree.Nodes[place].AddedBy),
        AddedOn = tree.Nodes[place].AddedOn,
        UpdatedBy = principals.MapOrSystem(tree.Nodes[place].UpdatedBy),
        UpdatedOn = tree.Nodes[place].UpdatedOn,
    };

    /// <summary>The category's final values: ours as we write them, the destination's as they stand (S2, E2).</summary>
    private (bool Invite, bool Logged, bool FilePost) CategorySettings(int room)
    {
        var category = nodes.CategoryOf(room);
        return nodes.IsOurs(category) || there.Node(nodes.DestinationCategoryOf(room)) is not { } existing
            ? (inheritance.Invite[category] ?? true, inheritance.Logged[category] ?? true, inheritance.FilePost[category] ?? true)
            : (existing.Invite ?? true, existing.Logged ?? true, existing.FilePost ?? true);
    }

    private bool? Invitations(int place, (bool Invite, bool Logged, bool FilePost) category)
    {
        if (inheritance.Invite[place] == false)
        {
            return false;
        }

        if (category.Invite)
        {
            return null;
        }

        notes.Warning("T7", tree.Nodes[place], $"Room {tree.Nodes[place].Id} sent invitations, but its category does not; the room's are turned off.");
        return false;
    }

    private void CheckHistoryAndUploads(int place, (bool Invite, bool Logged, bool FilePost) category)
    {
        if (!input.IsLegacy)
        {
            return;
        }

        var differing = new List<string>();
        if ((inheritance.Logged[place] ?? true) != category.Logged)
        {
            differing.Add("logged");
        }

        if ((inheritance.FilePost[place] ?? true) != category.FilePost)
        {
            differing.Add("filePost");
        }

        if (differing.Count > 0)
        {
            notes.Warning("T8", tree.Nodes[place], $"Room {tree.Nodes[place].Id} differs from its category in {string.Join(" and ", differing)}; 2013 has these on categories only, so the category's holds.");
        }
    }

    private string CheckedDescription(Node node)
    {
        if (node.Description.Length > DescriptionLength)
        {
            notes.Error("T9", node, $"{Name(node)} has a description of {node.Description.Length} units, more than {DescriptionLength}; shorten it.");
        }

        return node.Description;
    }

    private string Described(Node node)
    {
        var description = CheckedDescription(node);
        if (node.Topic.Length == 0)
        {
            return description;
        }

        if (input.Rules.Topics == Topics.Drop)
        {
            _roomTopicsDropped++;
            return description;
        }

        var joined = description.Length == 0 ? node.Topic : $"{description} | {node.Topic}";
        if (joined.Length <= DescriptionLength)
        {
            return joined;
        }

        notes.Warning("T9", node, $"Room {node.Id}: description and topic together are longer than {DescriptionLength} units; the topic is left out.");
        return description;
    }

    private Guid? AddInOf(Node node)
    {
        if (node.AddIn is not { } id)
        {
            return null;
        }

        if (addIns.Decisions.TryGetValue(id, out var decision))
        {
            return decision.DestinationId;
        }

        notes.Warning("T25", node, $"Room {node.Id} uses the add-in {id.ToString().ToUpperInvariant()}, which the source does not have; the room gets none.");
        return null;
    }

    private static string Name(Node node) => $"{(node.IsCategory ? "Category" : "Room")} {node.Id}";
}
