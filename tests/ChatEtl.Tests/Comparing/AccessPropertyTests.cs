using ChatEtl.Chat;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Comparing;

/// <summary>The access proof over directories by chance: it agrees with the slow and simple way, and the rules never widen access.</summary>
public sealed class AccessPropertyTests
{
    private const AccessRights Reading = AccessRights.Join | AccessRights.Read;

    [Fact]
    public void No_plan_widens_access_and_every_loss_has_its_rule()
    {
        var (plans, losses) = (0, 0L);
        var unexpected = new List<string>();
        for (var seed = 0; seed < 2000; seed++)
        {
            var pool = new RandomDirectories(seed);
            if (Migrated(pool) is not { } migrated)
            {
                continue;
            }

            plans++;
            var (report, changes) = Prove(migrated, migrated.After);
            losses += report.Losses.Values.Sum(figures => figures.Total);
            unexpected.AddRange(changes
                .Where(change => change.Kind is AccessChangeKind.Gain or AccessChangeKind.Unexplained && !migrated.WasThereBefore(change)).Select(change => $"seed {seed}: {change}"));
        }

        Assert.True(unexpected.Count == 0, $"{unexpected.Count}: {string.Join('\n', unexpected.Take(40))}");
        Assert.True(plans > 200 && losses > 500, $"{plans} plans and {losses} losses are too few to prove anything");
    }

    [Fact]
    public void Every_change_is_what_the_simple_way_finds_person_by_person()
    {
        var (gains, lost) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var pool = new RandomDirectories(seed);
            if (Migrated(pool) is { } migrated)
            {
                var random = new Random(seed);
                for (var changed = migrated.After; random.Next(4) > 0; changed = Mutated(changed, random))
                {
                    var (found, wanted) = (Flat(Prove(migrated, changed).Changes), Wanted(migrated, changed));
                    Assert.True(
                        wanted.SetEquals(found),
                        $"seed {seed}, overlooked: {string.Join("; ", wanted.Where(line => !found.Contains(line)))}; made up: {string.Join("; ", found.Where(line => !wanted.Contains(line)))}");
                    gains += wanted.Count(line => line.StartsWith("gain", StringComparison.Ordinal));
                    lost += wanted.Count(line => line.StartsWith("loss", StringComparison.Ordinal));
                }
            }
        }

        Assert.True(gains > 500 && lost > 500, $"{gains} gains and {lost} losses are too few to prove anything");
    }

    private static Case? Migrated(RandomDirectories pool)
    {
        var (source, there) = (pool.Source.Build(), pool.Destination.Build());
        var plan = DirectoryRules.Plan(source, there, pool.Rules, Decisions.None, Plans.NoMessages);
        return plan.HasErrors ? null : new Case(source, there, plan, pool.Rules, WithAffiliations(plan.Written(there), source, plan));
    }

    /// <summary>T24, as the stream of affiliations carries them.</summary>
    private static ChatDirectory WithAffiliations(ChatDirectory there, ChatDirectory source, DirectoryPlan plan)
    {
        var graph = new AffiliationGraph();
        foreach (var (principal, to) in source.Affiliations.Rows)
        {
            if (!plan.WithoutAccess.Contains(principal) && plan.PrincipalIdOf(principal) is { } id && plan.PrincipalIdOf(to) is { } group)
            {
                graph.Add(id, group);
            }
        }

        return With(there, affiliations: graph);
    }

    private static (AccessProofReport Report, List<AccessChange> Changes) Prove(Case pair, ChatDirectory there)
    {
        var changes = new List<AccessChange>();
        var report = new AccessProof(pair.Source, there, pair.Rules, pair.Plan.Decisions).Run(changes.Add, new AccessListing(0, WithLosses: true), CancellationToken.None);
        Assert.Equal(report.Gains.Total + report.Newcomers.Total + report.Unexplained.Total + report.Losses.Values.Sum(figures => figures.Total), changes.Sum(change => Single(change.Rights).Count()));
        Assert.Equal(report.IsClean, changes.TrueForAll(change => change.Kind is AccessChangeKind.Newcomer or AccessChangeKind.Loss));
        return (report, changes);
    }

    /// <summary>Gains against the narrow reading and losses against the wide one, a line for each right of each person.</summary>
    private static HashSet<string> Wanted(Case pair, ChatDirectory there)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        var (narrow, wide, after) = (
            new AccessReference(pair.Source, isSource: true, isWide: false), new AccessReference(pair.Source, isSource: true, isWide: true),
            new AccessReference(there, isSource: false, isWide: true));
        foreach (var node in pair.Source.Nodes)
        {
            var counterpart = pair.CounterpartOf(node, there);
            var (least, most, now) = (narrow.Of(node), wide.Of(node), counterpart is null ? [] : after.Of(counterpart).ToDictionary(person => KeyOf(person.Key), person => person.Value));
            foreach (var person in most.Keys.Concat(now.Keys).Distinct())
            {
                foreach (var right in Single(now.GetValueOrDefault(person) & ~least.GetValueOrDefault(person)))
                {
                    lines.Add($"gain {node.Guid} {person} {right}");
                }

                foreach (var right in Single(most.GetValueOrDefault(person) & ~now.GetValueOrDefault(person)))
                {
                    lines.Add($"loss {node.Guid} {person} {right}");
                }
            }
        }

        return lines;
    }

    /// <summary>The system's identity is matched by its prinUri.</summary>
    private static Guid KeyOf(Guid person) => person == DirectoryBuilder.PrincipalGuid(9001) ? DirectoryBuilder.PrincipalGuid(1) : person;

    private static HashSet<string> Flat(List<AccessChange> changes) => changes.SelectMany(change => Single(change.Rights).Select(right =>
        $"{(change.Kind is AccessChangeKind.Gain or AccessChangeKind.Newcomer ? "gain" : "loss")} {change.Room} {change.Person} {right}")).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<AccessRights> Single(AccessRights rights) => AccessProofReport.SingleRights.Where(right => rights.HasFlag(right));

    /// <summary>The destination after one more change behind our back.</summary>
    private static ChatDirectory Mutated(ChatDirectory there, Random random)
    {
        var (principals, nodes, roles, scopes) = (there.Principals.ToList(), there.Nodes.ToList(), there.Roles.ToList(), there.Scopes.ToList());
        var graph = new AffiliationGraph();
        foreach (var (principal, to) in there.Affiliations.Rows)
        {
            graph.Add(principal, to);
        }

        var (who, node) = (random.Next(principals.Count), random.Next(nodes.Count));
        switch (random.Next(9))
        {
            case 0:
                roles.Add(new Role(nodes[node].Id, principals[who].Id, 11 + random.Next(4), null));
                break;
            case 1 when scopes.Count > 0:
                scopes.RemoveAt(random.Next(scopes.Count));
                break;
            case 2:
                scopes.Add(new Scope(nodes[node].Id, principals[who].Id, random.Next(3) == 0, null));
                break;
            case 3:
                principals[who] = principals[who] with { Disabled = (short)random.Next(2) };
                break;
            case 4:
                nodes[node] = nodes[node] with { Visibility = (short)(random.Next(3) switch { 0 => 2, 1 => 3, _ => 6 }) };
                break;
            case 5:
                nodes[node] = nodes[node] with { Behaviour = (short)random.Next(4, 6), Disabled = !nodes[node].IsCategory && random.Next(2) == 0 };
                break;
            case 6:
                graph.Add(principals[who].Id, principals[random.Next(principals.Count)].Id);
                break;
            case 7 when roles.Count > 0:
                roles.RemoveAt(random.Next(roles.Count));
                break;
            default:
                if (!nodes[node].IsCategory && nodes.FindAll(other => other.IsCategory && other.Id != 1) is { Count: > 0 } categories)
                {
                    nodes[node] = nodes[node] with { Parent = categories[random.Next(categories.Count)].Id };
                }

                break;
        }

        return With(there, principals, nodes, [.. roles.DistinctBy(row => (row.Node, row.Principal, row.Type)).OrderBy(row => (row.Node, row.Principal, row.Type))],
            [.. scopes.DistinctBy(row => (row.Node, row.Principal)).OrderBy(row => (row.Node, row.Principal))], graph);
    }

    private static ChatDirectory With(
        ChatDirectory directory, List<Principal>? principals = null, List<Node>? nodes = null, List<Role>? roles = null, List<Scope>? scopes = null,
        AffiliationGraph? affiliations = null) => new()
        {
            Generation = directory.Generation,
            Principals = principals ?? directory.Principals,
            Nodes = nodes ?? directory.Nodes,
            Roles = roles ?? directory.Roles,
            Scopes = scopes ?? directory.Scopes,
            AddIns = directory.AddIns,
            RoleTypes = directory.RoleTypes,
            Affiliations = affiliations ?? directory.Affiliations,
        };

    private sealed record Case(ChatDirectory Source, ChatDirectory There, DirectoryPlan Plan, RuleOptions Rules, ChatDirectory After)
    {
        public Node? CounterpartOf(Node node, ChatDirectory there) =>
            (node.Id == 1 ? null : there.Nodes.FirstOrDefault(other => other.Guid == node.Guid && other.IsCategory == node.IsCategory))
            ?? (Plan.Decisions.Nodes.TryGetValue(node.Id, out var decision) ? there.Nodes.FirstOrDefault(other => other.Id == decision.DestinationId) : null);

        /// <summary>
        /// Gains that no run of ours gave: in a room that is not migrated or that stood there before, where the rules look at reading alone
        /// (E3), and of people who were active there before, by a scope that names nobody or that stood there.
        /// </summary>
        public bool WasThereBefore(AccessChange change)
        {
            var room = Source.Nodes.Single(node => node.Guid == change.Room);
            var isMigrated = room.IsCategory ? Plan.Decisions.Nodes.ContainsKey(room.Id) : Plan.RouteOf(room.Id).Fate == RoomFate.Migrated;
            var isOurs = IsOurs(change.DestinationRoom);
            var isScopeOurs = IsOurs(After.Nodes.FirstOrDefault(node => node.Id == change.DestinationRoom)?.Parent);
            var stranger = There.Principals.FirstOrDefault(principal => principal.Guid == change.Person) is { Disabled: 0 }
                && !Source.Principals.Any(principal => principal.Guid == change.Person && principal is { Disabled: 0, Type: 4 or 5 });
            return change.Kind == AccessChangeKind.Gain
                && (!isMigrated || (!isOurs && (change.Rights & Reading) == AccessRights.None)
                    || (stranger && change.Through.StartsWith("everyone in scope", StringComparison.Ordinal))
                    || (stranger && !isScopeOurs && change.Through.StartsWith("in scope", StringComparison.Ordinal)));
        }

        private bool IsOurs(int? id) => Plan.Nodes.Any(node => node.Id == id);
    }
}
