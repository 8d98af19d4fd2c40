using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Transforming;

namespace ChatEtl.Tests.Support;

/// <summary>Plans in one line, and questions tests ask of a plan.</summary>
internal static class Plans
{
    public static MessageFacts NoMessages { get; } = new() { CountInSource = _ => 0, HoldsForeignMessages = (_, _) => false };

    public static DirectoryPlan Of(
        DirectoryBuilder source, RuleOptions? rules = null, DirectoryBuilder? destination = null, Decisions? earlier = null, MessageFacts? facts = null) =>
        DirectoryRules.Plan(
            source.Build(), (destination ?? DirectoryBuilder.Destination()).Build(), rules ?? new RuleOptions(), earlier ?? Decisions.None, facts ?? NoMessages);

    /// <summary>Rules and severities of the findings in order of their text, for example <c>T4 Error 7</c>.</summary>
    public static IReadOnlyList<string> Said(this DirectoryPlan plan) =>
        [.. plan.Findings.Select(f => $"{f.Rule} {f.Severity} {f.Key}".TrimEnd()).Order(StringComparer.Ordinal)];

    public static bool Says(this DirectoryPlan plan, string finding) => plan.Said().Contains(finding, StringComparer.Ordinal);

    /// <summary>Keys of the rejected rows in order of their text.</summary>
    public static IReadOnlyList<string> RejectedKeys(this DirectoryPlan plan) => [.. plan.Rejections.Select(r => r.Key).Order(StringComparer.Ordinal)];

    public static Node Node(this DirectoryPlan plan, int sourceId) => plan.Nodes.Single(n => n.Id == plan.Decisions.Nodes[sourceId].DestinationId);

    public static string NameOf(this DirectoryPlan plan, int sourceId) => plan.Decisions.Nodes[sourceId].Name;

    public static Principal Principal(this DirectoryPlan plan, int sourceId) =>
        plan.Principals.Single(p => p.Id == plan.Decisions.Principals[sourceId].DestinationId);

    /// <summary>Roles of a source node in source ids of principals, for example <c>Member 7</c>.</summary>
    public static IReadOnlyList<string> Roles(this DirectoryPlan plan, int sourceId)
    {
        string[] kinds = ["Member", "Manager", "Voiced", "Creator"];
        return [.. plan.RolesOf(sourceId).Select(r => $"{kinds[r.Type - 11]} {plan.SourceOf(r.Principal)}")];
    }

    /// <summary>Scope rows of a source category in source ids of principals; denied ones with a minus.</summary>
    public static IReadOnlyList<string> ScopeOf(this DirectoryPlan plan, int sourceId) =>
    [
        .. plan.Scopes.Where(s => s.Node == plan.Decisions.Nodes[sourceId].DestinationId)
            .Select(s => $"{(s.Type == AccessRow.DeniedScopeType ? "-" : "")}{plan.SourceOf(s.Principal)}"),
    ];

    public static int SourceOf(this DirectoryPlan plan, int destinationId) =>
        plan.Decisions.Principals.Values.Where(d => d.DestinationId == destinationId).Min(d => d.SourceId);

    public static Book Book(this DirectoryPlan plan, string table) => plan.Books[table];

    /// <summary>The destination as it stands once a plan is written to it.</summary>
    public static ChatDirectory Written(this DirectoryPlan plan, ChatDirectory destination)
    {
        var roles = destination.Roles.Concat(plan.RoleNodes.SelectMany(n => plan.RolesOf(n)).Select(r => new Role(r.Node, r.Principal, r.Type, r.UpdatedBy)));
        var scopes = destination.Scopes.Concat(plan.Scopes.Select(s => new Scope(s.Node, s.Principal, s.Type == AccessRow.DeniedScopeType, s.UpdatedBy)));
        return new ChatDirectory
        {
            Generation = destination.Generation,
            Principals = [.. plan.Principals.Concat(destination.Principals).DistinctBy(p => p.Id).OrderBy(p => p.Id)],
            Nodes = [.. plan.Nodes.Concat(destination.Nodes).DistinctBy(n => n.Id).OrderBy(n => n.Id)],
            Roles = [.. roles.DistinctBy(r => (r.Node, r.Principal, r.Type)).OrderBy(r => (r.Node, r.Principal, r.Type))],
            Scopes = [.. scopes.DistinctBy(s => (s.Node, s.Principal)).OrderBy(s => (s.Node, s.Principal))],
            AddIns = [.. plan.AddIns.Concat(destination.AddIns).DistinctBy(a => a.Id)],
            RoleTypes = destination.RoleTypes,
            Affiliations = destination.Affiliations,
        };
    }
}
