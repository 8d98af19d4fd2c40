using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

/// <summary>Readers of each room before and after, counted the slow and simple way, over directories by chance.</summary>
public class AccessNeverWidensTests
{
    private const int Member = DirectoryBuilder.Member;
    private const int Manager = DirectoryBuilder.Manager;
    private const int Voiced = DirectoryBuilder.Voiced;

    [Fact]
    public void Nobody_reads_a_room_there_that_it_could_not_read_before()
    {
        var (plans, readers) = (0, 0);
        for (var seed = 0; seed < 6000; seed++)
        {
            var random = new RandomDirectories(seed);
            var (source, there) = (random.Source.Build(), random.Destination.Build());
            var plan = DirectoryRules.Plan(source, there, random.Rules, Decisions.None, Plans.NoMessages);
            if (plan.HasErrors)
            {
                continue;
            }

            plans++;
            var after = plan.Written(there);
            var links = source.Affiliations.Rows.Where(r => !plan.WithoutAccess.Contains(r.Principal)).Select(r => (plan.PrincipalIdOf(r.Principal), plan.PrincipalIdOf(r.AffiliatedTo)))
                .Where(l => l.Item1 is not null && l.Item2 is not null).Select(l => (l.Item1!.Value, l.Item2!.Value)).ToList();
            foreach (var room in source.Nodes.Where(n => !n.IsCategory && plan.RouteOf(n.Id).Fate == RoomFate.Migrated))
            {
                var before = ReadersBefore(source, room, random.IsLegacy).Select(p => plan.PrincipalIdOf(p)).OfType<int>().ToHashSet();
                var now = ReadersAfter(after, links, after.Nodes.Single(n => n.Id == plan.RouteOf(room.Id).DestinationId));
                if (room.Visibility == 6 && !source.Scopes.Any(s => s.Node == room.Parent && !s.Denied))
                {
                    // Everyone active could read; whom only the destination knows as active is a difference of directory data.
                    now.RemoveWhere(p => plan.Decisions.Principals.Values.All(d => d.DestinationId != p || plan.WithoutAccess.Contains(d.SourceId)));
                }

                readers += now.Count;
                Assert.True(now.IsSubsetOf(before), $"seed {seed}, room {room.Id}: {string.Join(',', now.Except(before))} gained access");
            }
        }

        Assert.True(plans > 1000 && readers > 5000, $"{plans} plans and {readers} readers are too few to prove anything");
    }

    private static HashSet<int> ReadersBefore(ChatDirectory source, Node room, bool isLegacy)
    {
        var nodes = source.Nodes.ToDictionary(n => n.Id);
        List<int> path = [room.Id];
        while (path[^1] != 1)
        {
            path.Add(nodes[path[^1]].Parent!.Value);
        }

        var entries = new HashSet<int>();
        var takesMembers = true;
        var definer = isLegacy ? Definer(source, nodes, path, room) : room.Id;
        foreach (var id in isLegacy ? path : [room.Id])
        {
            foreach (var role in source.Roles.Where(r => r.Node == id))
            {
                if (role.Type == Manager || (role.Type == Member && takesMembers) || (role.Type == Voiced && id == room.Id && room.Behaviour == 5))
                {
                    entries.Add(role.Principal);
                }
            }

            takesMembers &= id != definer;
        }

        var scopeNode = isLegacy ? path.Find(id => source.Scopes.Any(s => s.Node == id)) : room.Parent!.Value;
        var links = source.Affiliations.Rows.ToList();
        var active = source.Principals.Where(p => p.Disabled == 0 && p.Type is not (6 or 7 or 11)).Select(p => p.Id).ToHashSet();
        return Readers(entries, active, source.Scopes.Where(s => s.Node == scopeNode).ToList(), links, room.Visibility == 6);
    }

    private static int Definer(ChatDirectory source, Dictionary<int, Node> nodes, List<int> path, Node room)
    {
        if (room.RoleDefiner is { } told)
        {
            return told;
        }

        var overriding = path.Find(id => nodes[id].OverrideMember == true);
        var withMembers = path.Find(id => source.Roles.Any(r => r.Node == id && r.Type == Member));
        return overriding != 0 ? overriding : withMembers != 0 ? withMembers : 1;
    }

    private static HashSet<int> ReadersAfter(ChatDirectory there, List<(int, int)> links, Node room)
    {
        var entries = there.Roles.Where(r => r.Node == room.Id && (r.Type is 11 or 12 || (r.Type == 13 && room.Behaviour == 5))).Select(r => r.Principal).ToHashSet();
        var active = there.Principals.Where(p => p.Disabled == 0).Select(p => p.Id).ToHashSet();
        return Readers(entries, active, there.Scopes.Where(s => s.Node == room.Parent).ToList(), links, room.Visibility == 6);
    }

    private static HashSet<int> Readers(HashSet<int> entries, HashSet<int> active, List<Scope> scopes, List<(int Principal, int To)> links, bool isOpen)
    {
        var allowed = Expand(scopes.Where(s => !s.Denied).Select(s => s.Principal), links);
        var denied = Expand(scopes.Where(s => s.Denied).Select(s => s.Principal), links);
        var inScope = active.Where(p => (scopes.TrueForAll(s => s.Denied) || allowed.Contains(p)) && !denied.Contains(p)).ToHashSet();
        if (isOpen)
        {
            return inScope;
        }

        return Expand(entries.Where(inScope.Contains), links).Where(inScope.Contains).ToHashSet();
    }

    private static HashSet<int> Expand(IEnumerable<int> groups, List<(int Principal, int To)> links)
    {
        var all = groups.ToHashSet();
        for (var before = -1; before != all.Count;)
        {
            before = all.Count;
            all.UnionWith([.. links.Where(l => all.Contains(l.To)).Select(l => l.Principal)]);
        }

        return all;
    }
}
