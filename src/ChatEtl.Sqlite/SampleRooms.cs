using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>The categories and rooms of a sample pool: first one of each corner, then ordinary ones up to the number asked for.</summary>
internal static class SampleRooms
{
    /// <summary>The room that gets about a third of all messages, and all the odd ones.</summary>
    public const string Giant = "Watercooler";

    /// <summary>A room that nobody ever wrote in.</summary>
    public const string Silent = "Silent";

    /// <summary>A room that nobody may enter (T13).</summary>
    public const string Deserted = "Deserted";

    /// <summary>Adds everything of the legacy family: a tree with inheritance.</summary>
    public static void AddLegacy(SampleWorld world, SampleTree tree)
    {
        var root = tree.Root;
        var (people, add) = (tree.People, world.AddIns);
        var engineering = tree.Category(root, "Engineering", n => n with { Invite = true, Topic = "A category's topic" });
        var storageId = tree.ReserveId();
        var platform = tree.Category(engineering, "Platform", n => n with { Description = "What the rest stands on" });

        // Moved below a younger category once: its id is the lower one.
        var storage = tree.Category(platform, "Storage", id: storageId);
        var tapes = tree.Category(storage, "Tapes", n => n with { OverrideMember = true, Visibility = 2 });
        var sales = tree.Category(root, "Sales", n => n with { RestrictChildCreate = true, Invite = false, Logged = false });
        var emea = tree.Category(sales, "EMEA", n => n with { RestrictChildCreate = false, FilePost = false });
        var koeln = tree.Category(emea, "Köln");
        var apac = tree.Category(sales, "APAC", n => n with { Logged = true });
        var confidential = tree.Category(
            root,
            "Confidential",
            n => n with { OverrideMember = true, Visibility = 2, Inheritance = true },
            [people.Groups[0], people.Groups[1]]);
        var projects = tree.Category(confidential, "Projects", n => n with { OverrideMember = true }, [people.Groups[0]]);
        var board = tree.Category(confidential, "Board");
        var office = tree.Category(root, "会議室");
        var osaka = tree.Category(office, "営業部");
        var arabic = tree.Category(root, "مشاريع", n => n with { Description = "مشاريع الفريق" });
        var news = tree.Category(root, "Новости");
        var rockets = tree.Category(root, "Team_🚀");
        tree.Category(root, "Archive", n => n with { Description = "No room in here" });
        var old = tree.Category(root, "Old", n => n with { Disabled = true });
        var longTop = tree.Category(root, "Long_" + new string('x', 245));
        var longPath = tree.Category(tree.Category(root, new string('L', 120)), new string('M', 100));

        tree.Room(platform, Giant, n => n with { Description = "Everyone is here" });
        tree.Room(engineering, "Announcements");
        tree.Room(platform, "Announcements");
        tree.Room(storage, "Announcements", n => n with { Topic = "Planned downtime" });
        tree.Room(emea, "announcements");
        tree.Room(osaka, "Announcements");
        tree.Room(sales, "Announcements", n => n with { Disabled = true });
        tree.Room(root, "Lobby", n => n with { Description = "Under the root" });
        tree.Room(root, "Help-Desk", n => n with { Topic = "Call 4711" });
        tree.Room(engineering, "TownHall", n => n with { Behaviour = 5 });
        tree.Room(emea, "AllHands", n => n with { Behaviour = 5, Visibility = 2 });
        tree.Room(sales, "OldProject", n => n with { Disabled = true, Description = "Closed" });
        tree.Room(engineering, Silent);
        tree.Room(tapes, "Robots", n => n with { OverrideMember = true });
        tree.Room(sales, "InvitesOn", n => n with { Invite = true });
        tree.Room(engineering, "Quiet", n => n with { Invite = false });
        tree.Room(sales, "History", n => n with { Logged = true });
        tree.Room(emea, "Uploads", n => n with { FilePost = true });
        tree.Room(engineering, "Secret", n => n with { Visibility = 2 });
        tree.Room(confidential, "Open_Door", n => n with { Visibility = 3 });
        tree.Room(projects, "Merger");
        tree.Room(board, "Minutes");
        tree.Room(engineering, "TopicOnly", n => n with { Topic = "Only a topic" });
        tree.Room(engineering, "TopicBoth", n => n with { Description = "A description", Topic = "and a topic" });
        tree.Room(engineering, "TopicLong", n => n with { Description = new string('d', 200), Topic = new string('t', 200) });
        tree.Room(engineering, "TopicSame", n => n with { Description = "Twice", Topic = "Twice" });
        tree.Room(engineering, "Tickets", n => n with { AddIn = add[0].Id });
        tree.Room(engineering, "Long_" + new string('y', 251));
        tree.Room(longTop, "Short");
        tree.Room(longPath, new string('N', SampleNames.MaxLength - tree.PrefixLength(longPath)));
        tree.Room(office, "会議室_大阪");
        tree.Room(arabic, "غرفة_الأخبار");
        tree.Room(news, "Курилка", n => n with { Description = "Перекур" });
        tree.Room(rockets, "Lounge_🎉");
        tree.Room(rockets, "𠮷野家_Cafe\u0301", n => n with { Topic = "👨‍💻 e\u0301" });
        tree.Room(sales, "Desk ", n => n with { Description = "  blanks at both ends  " });
        tree.Room(koeln, "Karneval");
        tree.Room(apac, "Tokyo", n => n with { AddIn = add[2].Id });
        tree.Room(old, "Leftover");
        tree.Room(sales, "Override", n => n with { OverrideMember = true });
        tree.Room(engineering, Deserted, n => n with { OverrideMember = true });
        AddLostAddIn(world, tree, engineering);
        FillLegacy(world, tree);
    }

    /// <summary>Adds everything of a Persistent Chat pool: one level of categories.</summary>
    public static void AddPersistent(SampleWorld world, SampleTree tree)
    {
        var root = tree.Root;
        var people = tree.People;
        var everyone = new[] { people.Domain };
        var engineering = tree.Category(root, "Engineering", scope: everyone);
        var sales = tree.Category(root, "Sales", n => n with { Invite = false, Logged = false, FilePost = false }, everyone);
        var confidential = tree.Category(root, "Confidential", scope: [people.Groups[0], people.Groups[1]]);
        var office = tree.Category(root, "会議室", scope: everyone);
        var arabic = tree.Category(root, "مشاريع", scope: everyone);
        tree.Category(root, "Archive", scope: everyone);

        // Denied wins over allowed; both stand beside each other on one category.
        world.AddScope(sales, people.Groups[5].Id, denied: true);
        world.AddScope(confidential, people.Staff[^1].Id, denied: true);

        tree.Room(engineering, Giant, n => n with { Description = "Everyone is here" });
        tree.Room(engineering, "Open", n => n with { Visibility = 6 });
        tree.Room(sales, "Market", n => n with { Visibility = 6 });
        tree.Room(engineering, "TownHall", n => n with { Behaviour = 5 });
        tree.Room(engineering, Silent);
        tree.Room(sales, "OldProject", n => n with { Disabled = true, PurgedOn = SampleWorld.End });
        tree.Room(engineering, "Quiet", n => n with { Invite = false });
        tree.Room(engineering, "Secret", n => n with { Visibility = 2 });
        tree.Room(confidential, "Merger", n => n with { Visibility = 2 });
        tree.Room(engineering, "Tickets", n => n with { AddIn = world.AddIns[0].Id });
        tree.Room(engineering, "Long_" + new string('y', 251));
        tree.Room(office, "会議室_大阪");
        tree.Room(arabic, "غرفة_الأخبار");
        tree.Room(engineering, "Lounge_🎉");
        AddLostAddIn(world, tree, engineering);
        FillPersistent(world, tree);
    }

    /// <summary>A planted fault: a room whose add-in is not in the list (N7).</summary>
    private static void AddLostAddIn(SampleWorld world, SampleTree tree, Node category)
    {
        if (world.Options.PlantedFaults)
        {
            tree.Room(category, "LostAddIn", n => n with { AddIn = world.NextGuid() });
        }
    }

    private static void FillLegacy(SampleWorld world, SampleTree tree)
    {
        var categories = new List<(Node Node, int Depth)>();
        while (!tree.IsFull)
        {
            if (categories.Count == 0 || categories.Count * 15 < world.Nodes.Count - 60)
            {
                var (parent, depth) = categories.Count == 0 || world.Chance(0.4) ? (tree.Root, 0) : world.Any(categories);
                if (depth < 5)
                {
                    categories.Add((FurtherCategory(world, tree, parent, depth, categories.Count), depth + 1));
                }
            }

            tree.Room(world.Any(categories).Node, SampleNames.Room(world), n => n with
            {
                Description = world.Chance(0.5) ? $"About {n.Name}" : "",
                Topic = world.Chance(0.3) ? $"Topic of {n.Name}" : "",
                Invite = world.Chance(0.8) ? null : world.Chance(0.5),
                Logged = world.Chance(0.95) ? null : world.Chance(0.5),
                FilePost = world.Chance(0.95) ? null : world.Chance(0.5),
                Visibility = world.Chance(0.85) ? null : (short)(world.Chance(0.6) ? 2 : 3),
                Behaviour = (short)(world.Chance(0.04) ? 5 : 4),
                Disabled = world.Chance(0.02),
                OverrideMember = world.Chance(0.1),
                AddIn = world.Chance(0.03) ? world.Any(world.AddIns).Id : null,
            });
        }
    }

    private static Node FurtherCategory(SampleWorld world, SampleTree tree, Node parent, int depth, int number)
    {
        // Every eighth branch is for one folder only, with members of its own.
        var narrow = depth == 0 && number % 8 == 3;
        return tree.Category(
            parent,
            string.Create(CultureInfo.InvariantCulture, $"Unit{number + 1}"),
            n => n with
            {
                OverrideMember = narrow || world.Chance(0.2),
                Invite = world.Chance(0.7) ? null : world.Chance(0.5),
                Logged = world.Chance(0.8) ? null : world.Chance(0.5),
                FilePost = world.Chance(0.8) ? null : world.Chance(0.5),
                Visibility = world.Chance(0.8) ? null : (short)(world.Chance(0.5) ? 2 : 3),
                RestrictChildCreate = world.Chance(0.7) ? null : world.Chance(0.5),
                Inheritance = world.Chance(0.05),
            },
            narrow ? [tree.People.Folders[number / 8 % tree.People.Folders.Count]] : null);
    }

    private static void FillPersistent(SampleWorld world, SampleTree tree)
    {
        var categories = new List<Node>();
        while (!tree.IsFull)
        {
            if (categories.Count == 0 || categories.Count * 15 < world.Nodes.Count - 20)
            {
                var number = categories.Count + 1;
                categories.Add(tree.Category(
                    tree.Root,
                    string.Create(CultureInfo.InvariantCulture, $"Unit{number}"),
                    n => n with { Invite = world.Chance(0.7), Logged = world.Chance(0.8), FilePost = world.Chance(0.8) },
                    [number % 8 == 3 ? tree.People.Folders[number / 8 % tree.People.Folders.Count] : tree.People.Domain]));
            }

            tree.Room(world.Any(categories), SampleNames.Room(world), n => n with
            {
                Description = world.Chance(0.5) ? $"About {n.Name}" : "",
                Invite = world.Chance(0.8) ? null : false,
                Visibility = (short)(world.Chance(0.8) ? 3 : world.Chance(0.5) ? 2 : 6),
                Behaviour = (short)(world.Chance(0.04) ? 5 : 4),
                Disabled = world.Chance(0.02),
                AddIn = world.Chance(0.03) ? world.Any(world.AddIns).Id : null,
            });
        }
    }
}
