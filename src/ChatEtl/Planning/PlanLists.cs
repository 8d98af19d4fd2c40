using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Transforming;

namespace ChatEtl.Planning;

/// <summary>Lists what becomes of single entities, from the decisions and findings of the rules.</summary>
internal sealed class PlanLists
{
    private readonly PassPlan _pass;
    private readonly MessageSurvey _survey;
    private readonly RuleOptions _rules;
    private readonly RowNames _names;
    private readonly NodePaths _paths;
    private readonly ILookup<(string Table, string Key), Finding> _byRow;
    private readonly IReadOnlyList<Finding> _findings;

    private PlanLists(PassPlan pass, MessageSurvey survey, IReadOnlyList<Finding> findings, RuleOptions rules)
    {
        (_pass, _survey, _findings, _rules) = (pass, survey, findings, rules);
        _names = new RowNames(pass.Source);
        _paths = new NodePaths(pass.Source.Nodes, rules.NameSeparator);
        _byRow = findings.ToLookup(finding => (finding.Table, finding.Key));
    }

    /// <summary>All lists, empty ones included. With errors in the plan, those that need decisions hold what is decided so far.</summary>
    public static IReadOnlyList<PlanList> Of(PassPlan pass, MessageSurvey survey, IReadOnlyList<Finding> findings, RuleOptions rules)
    {
        var lists = new PlanLists(pass, survey, findings, rules);
        return
        [
            new("renames", "Renamed", "new name", [.. lists.Renames()]),
            new("longNames", "Names over 256 characters", "new name", [.. lists.LongNames()]),
            new("collisions", "Equal names", "what becomes of it", [.. lists.Said(["T4", "T5"], Notes.Nodes, Notes.AddIns)]),
            new("invitationsTurnedOff", "Invitations turned off", "why", [.. lists.Said(["T7"], Notes.Nodes)]),
            new("rootManagers", "Managers of the root, who become managers of every room", "address", [.. lists.RootManagers()]),
            new("settingsWithoutPlace", "Settings without a place", "which", [.. lists.Said(["T8"], Notes.Nodes)]),
            new("topics", "Topics", "what becomes of it", [.. lists.Topics()]),
            new("federatedAndDisabled", "Federated and disabled people and groups", "why", [.. lists.WithoutAccess()]),
            new("outOfScope", "Roles out of scope", "how many", [.. lists.Said(["T17"], Notes.Nodes)]),
            new("skippedRooms", "Rooms left out", "by rule", [.. lists.SkippedRooms()]),
            new("unknownAuthors", "Authors that the source does not have", "what becomes of the messages", [.. lists.UnknownAuthors()]),
            new("notCarried", "Tables and columns not carried", "what", [.. lists.Said(["T27"])]),
            new("reused", "There already, and left as they are", "at the destination", [.. lists.Met(Origin.Reused)]),
            new("merged", "Joined with what the destination has", "at the destination", [.. lists.Met(Origin.Merged)]),
            new("kept", "Only at the destination, and left alone", "what", [.. lists.Kept()]),
        ];
    }

    private IEnumerable<PlanItem> Renames()
    {
        foreach (var node in _pass.Source.Nodes)
        {
            if (DecisionOf(node) is { } decision && node.Parent != node.Id && decision.Name != node.Name)
            {
                var rules = RulesOf(Notes.Nodes, Key(node.Id), decision.FullName != node.Name ? (node.IsCategory ? "T1" : "T2") : null);
                yield return new PlanItem(Notes.Nodes, Key(node.Id), node.Name, $"{decision.Name} ({rules})");
            }
        }

        foreach (var row in _pass.Source.AddIns)
        {
            if (_pass.Directory.Decisions.AddIns.TryGetValue(row.Id, out var decision) && decision.Name != row.Name)
            {
                yield return new PlanItem(Notes.AddIns, Cells.FormatGuid(row.Id), row.Name, $"{decision.Name} ({RulesOf(Notes.AddIns, Cells.FormatGuid(row.Id), null)})");
            }
        }
    }

    private string RulesOf(string table, string key, string? first) => string.Join(
        ", ", new[] { first }.OfType<string>().Concat(_byRow[(table, key)].Select(finding => finding.Rule).Where(rule => rule is "T3" or "T4" or "T5" or "T25").Distinct(StringComparer.Ordinal)));

    private IEnumerable<PlanItem> LongNames() =>
        from node in _pass.Source.Nodes
        let decision = DecisionOf(node)
        where decision is not null && decision.FullName.Length > ShortName.NodeLength
        select new PlanItem(Notes.Nodes, Key(node.Id), decision.FullName, decision.Name, decision.FullName.Length);

    private IEnumerable<PlanItem> RootManagers()
    {
        var types = _pass.Source.RoleTypes.Where(type => EqualNames.Comparer.Equals(type.Description, nameof(RoleKind.Manager))).Select(type => type.Id).ToHashSet();
        var uris = _pass.Source.Principals.DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.Uri);
        return
            from root in _pass.Source.Nodes.Where(node => node.Parent == node.Id).Take(1)
            from role in _pass.Source.Roles
            where role.Node == root.Id && types.Contains(role.Type)
            select new PlanItem(Notes.Principals, Key(role.Principal), _names.Of(Notes.Principals, Key(role.Principal)), uris.GetValueOrDefault(role.Principal, "no such principal"));
    }

    private IEnumerable<PlanItem> Topics()
    {
        foreach (var node in _pass.Source.Nodes)
        {
            if (node.Topic.Length == 0 || DecisionOf(node) is null)
            {
                continue;
            }

            var isLost = node.IsCategory || _rules.Topics == Configuration.Topics.Drop || _byRow[(Notes.Nodes, Key(node.Id))].Any(finding => finding.Rule == "T9");
            yield return new PlanItem(Notes.Nodes, Key(node.Id), node.Name, isLost ? "left out" : node.Description.Length == 0 ? "becomes the description" : "joined to the description");
        }
    }

    private IEnumerable<PlanItem> WithoutAccess() =>
        from row in _pass.Source.Principals
        let federated = PrincipalRules.IsFederated(row)
        where federated || row.Disabled != 0
        select new PlanItem(Notes.Principals, Key(row.Id), row.DisplayName ?? row.Name ?? row.Uri, federated ? "federated: the messages are kept, the access ends" : "disabled");

    private IEnumerable<PlanItem> SkippedRooms() =>
        from node in _pass.Source.Nodes
        where !node.IsCategory
        let route = _pass.Directory.RouteOf(node.Id)
        where route.Fate == RoomFate.Skipped
        select new PlanItem(Notes.Nodes, Key(node.Id), $"{_paths.OfCategory(node)}{_rules.NameSeparator}{node.Name}", route.Rule, _survey.Of(node.Id).Messages);

    private IEnumerable<PlanItem> UnknownAuthors() =>
        from author in _survey.UnknownAuthors.OrderByDescending(author => author.Value).ThenBy(author => author.Key)
        select new PlanItem(
            Checkpoints.Streams.Messages, Key(author.Key), "", _rules.UnknownAuthors == Configuration.UnknownAuthors.Reject ? "rejected" : "under a disabled placeholder", author.Value);

    private IEnumerable<PlanItem> Met(Origin origin)
    {
        foreach (var row in _pass.Source.Principals)
        {
            if (_pass.Directory.Decisions.Principals.TryGetValue(row.Id, out var decision) && decision.Origin == origin)
            {
                yield return new PlanItem(Notes.Principals, Key(row.Id), row.DisplayName ?? row.Name ?? row.Uri, $"prinID {decision.DestinationId}");
            }
        }

        foreach (var node in _pass.Source.Nodes)
        {
            if (DecisionOf(node) is { } decision && decision.Origin == origin)
            {
                yield return new PlanItem(Notes.Nodes, Key(node.Id), node.Name, $"{(decision.IsCategory ? "category" : "room")} {decision.DestinationId} \"{decision.Name}\"");
            }
        }
    }

    private IEnumerable<PlanItem> Kept()
    {
        var people = _pass.Directory.Decisions.Principals.Values.Select(decision => decision.DestinationId).ToHashSet();
        var nodes = _pass.Directory.Decisions.Nodes.Values.Select(decision => decision.DestinationId).ToHashSet();
        return _pass.Destination.Nodes.Where(node => node.Parent != node.Id && !nodes.Contains(node.Id))
            .Select(node => new PlanItem(Notes.Nodes, Key(node.Id), node.Name, node.IsCategory ? "category" : "room"))
            .Concat(_pass.Destination.Principals.Where(row => !people.Contains(row.Id))
                .Select(row => new PlanItem(Notes.Principals, Key(row.Id), row.DisplayName ?? row.Name ?? row.Uri, PrincipalRules.TypeOf(row.Type) == PrincipalTypes.User ? "person" : "group or system identity")));
    }

    private IEnumerable<PlanItem> Said(string[] rules, params string[] tables) =>
        from finding in _findings
        where rules.Contains(finding.Rule, StringComparer.Ordinal) && (tables.Length == 0 || tables.Contains(finding.Table, StringComparer.Ordinal))
        select new PlanItem(finding.Table, finding.Key, _names.Of(finding.Table, finding.Key), finding.Message);

    private NodeDecision? DecisionOf(Node node) => _pass.Directory.Decisions.Nodes.GetValueOrDefault(node.Id);

    private static string Key(int id) => id.ToString(CultureInfo.InvariantCulture);
}
