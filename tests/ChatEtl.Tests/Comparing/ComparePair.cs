using System.Globalization;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Comparing;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;

namespace ChatEtl.Tests.Comparing;

/// <summary>A legacy source and a destination to which it was migrated without fault, with the plan, all by hand.</summary>
/// <remarks>
/// Source: root 1, category 2 with scope {group 13}, rooms 3 to 5, disabled room 6. Ann 10 and Bob 11 belong to 13, Carl 12 does not;
/// Ann is Member on the category, Bob on room 3, Ann manages the root. Destination ids: principals and nodes plus 100; the reused room 5 is 50.
/// </remarks>
internal sealed class ComparePair : IDisposable
{
    public const int RoomA = 103;
    public const int RoomB = 104;
    public const int ReusedRoom = 50;
    public const int Ann = 110;
    public const int Bob = 111;
    public const int Carl = 112;
    public const int Group = 113;
    public const int ReusedPerson = 14;
    public const int Member = 21;
    public const int Manager = 22;
    public const long Time = 633_979_008_000_000_000;

    private readonly List<NodeDecision> _nodes = [];
    private readonly List<PrincipalDecision> _principals = [];
    private readonly List<Principal> _newPrincipals = [];
    private readonly List<Node> _newNodes = [];
    private readonly Dictionary<int, RoomRoute> _routes = [];
    private readonly Dictionary<int, List<AccessRow>> _roles = [];
    private readonly List<AccessRow> _scopes = [];
    private readonly List<string> _rejected = [];

    public ComparePair()
    {
        AddPrincipals();
        AddNodes();
        AddRights();
        AddSmallTables();
        Message(3, 1, 10, "hello");
        Message(3, 2, 11, "a \ud83d\ude00 face");
        Message(3, 5, 10, "", alert: true);
        Message(4, 1, 12, "other");
        Message(5, 7, 14, "in the reused room");
        Source.Add("tblChat", ("channelID", 6), ("chatID", 1), ("chatDate", Time), ("userId", 10), ("content", "skipped"));
        RejectedMessage(3, 9, 999);
        Counter(3, 5, 9);
        Counter(4, 1, null);
        Counter(5, 7, 7);
    }

    public PlainPool Source { get; } = new(ChatSchema.Legacy);

    public PlainPool Destination { get; } = new(ChatSchema.Persistent);

    public RuleOptions Rules { get; set; } = new();

    public long KeptPreferences { get; set; }

    public List<Difference> Differences { get; } = [];

    /// <summary>Adds a message to both sides.</summary>
    public void Message(int room, long id, int author, string content, bool alert = false, long? date = null)
    {
        Source.Add("tblChat", [(long)room, id, date ?? Time + id, (long)author, alert, content]);
        Destination.Add("tblChat", [(long)_routes[room].DestinationId, id, date ?? Time + id, (long)Map(author), alert, content, null]);
    }

    /// <summary>Adds a message whose author is unknown, and its rejection.</summary>
    public void RejectedMessage(int room, long id, int author)
    {
        Source.Add("tblChat", [(long)room, id, Time, (long)author, false, "of nobody"]);
        Reject("tblChat", string.Create(CultureInfo.InvariantCulture, $"{room}/{id}"));
    }

    public void Reject(string table, string key) => _rejected.Add($"{table}:{key}");

    public void Unreject(string table, string key) => _rejected.Remove($"{table}:{key}");

    /// <summary>Adds a room to the source that goes into a room of the destination.</summary>
    public void Room(int source, int destination, RoomFate fate = RoomFate.Migrated, Origin origin = Origin.Created)
    {
        var guid = new Guid(source, 0, 0, new byte[8]);
        Source.Add(
            "tblNode", ("nodeID", source), ("nodeGuid", guid), ("parentID", 2), ("nodeName", $"Room {source}"), ("behavior", 4), ("visibility", 3),
            ("scopeDefinerId", 2), ("roleDefinerId", 2), ("disabled", fate == RoomFate.Skipped));
        _routes[source] = new RoomRoute(fate, fate == RoomFate.Migrated ? destination : 0, fate == RoomFate.Skipped ? "T6" : "");
        if (fate != RoomFate.Migrated)
        {
            return;
        }

        _nodes.Add(new NodeDecision(source, destination, origin, false, $"Room {source}", $"Room {source}"));
        if (_nodes.Count(node => node.DestinationId == destination) > 1)
        {
            return;
        }

        var row = new Node { Id = destination, Guid = guid, Parent = 102, IsCategory = false, Name = $"Room {source}", Behaviour = 4, Visibility = 3, AddedBy = 1, UpdatedBy = 1 };
        Destination.Add("tblNode", PersistentRows.Of(row));
        if (origin == Origin.Created)
        {
            _newNodes.Add(row);
        }
    }

    /// <summary>Adds a counter: the destination's, and the legacy one where there was one.</summary>
    public void Counter(int room, long value, long? legacy)
    {
        if (legacy is { } old)
        {
            Source.Add("tblLastChatId", ("nodeID", room), ("lastChatID", old));
        }

        Destination.Add("tblLastChatId", ("nodeID", _routes[room].DestinationId), ("lastChatID", Math.Max(value, legacy ?? value)));
    }

    /// <summary>Adds a right to the plan and to the destination.</summary>
    public void Right(int sourceNode, int principal, int type)
    {
        var node = _nodes.First(decision => decision.SourceId == sourceNode).DestinationId;
        var row = new AccessRow(node, principal, type, 1);
        if (!_roles.TryGetValue(sourceNode, out var rows))
        {
            _roles[sourceNode] = rows = [];
        }

        rows.Add(row);
        Destination.Add("tblPrincipalRole", PersistentRows.Of(row));
    }

    public CompareReport Compare(CancellationToken cancellationToken = default)
    {
        Differences.Clear();
        using var source = new SqliteSource(Source.Path);
        using var destination = new SqliteSource(Destination.Path);
        var shape = SourceShape.Detect(source.ReadShape(), Generation.Lync2010);
        var plan = new PassPlan(
            shape, DirectoryReader.Read(source, shape, cancellationToken),
            DirectoryReader.Read(destination, SourceShape.Detect(destination.ReadShape(), Generation.Lync2013), cancellationToken), Plan(), null, Decisions.None,
            new RunFingerprint(new Dictionary<string, string>(StringComparer.Ordinal)), []);
        return new Comparer(source, destination, plan, Rules, Rejected, _ => KeptPreferences).Run(Differences.Add, null, cancellationToken);
    }

    public string Describe() => string.Join(Environment.NewLine, Differences);

    public void Dispose()
    {
        Source.Dispose();
        Destination.Dispose();
    }

    private DirectoryPlan Plan() => new()
    {
        Findings = [],
        Decisions = new Decisions
        {
            Principals = _principals.ToDictionary(decision => decision.SourceId),
            Nodes = _nodes.ToDictionary(decision => decision.SourceId),
        },
        Principals = _newPrincipals,
        Nodes = _newNodes,
        Scopes = _scopes,
        RoleNodes = [.. _nodes.Select(node => node.SourceId).Order()],
        RolesOf = node => _roles.TryGetValue(node, out var rows) ? rows : [],
        RouteOf = room => _routes.GetValueOrDefault(room),
        SystemPrincipalId = 1,
    };

    private IEnumerable<string> Rejected(string table) =>
        _rejected.Where(key => key.StartsWith(table + ":", StringComparison.Ordinal)).Select(key => key[(table.Length + 1)..]);

    private int Map(int principal) => _principals.First(decision => decision.SourceId == principal).DestinationId;

    private void AddPrincipals()
    {
        Source.Add("tblPrincipal", ("prinID", 1), ("prinGuid", new Guid(1, 1, 1, new byte[8])), ("prinUri", "system"), ("prinTypeID", 4));
        Destination.Add("tblPrincipal", ("prinID", 1), ("prinGuid", new Guid(1, 1, 1, new byte[8])), ("prinUri", "system"), ("prinTypeID", 4));
        _principals.Add(new PrincipalDecision(1, 1, Origin.Reused, false));
        foreach (var (id, type) in new[] { (10, 5), (11, 5), (12, 5), (13, 9), (14, 5) })
        {
            var row = new Principal
            {
                Id = id == 14 ? ReusedPerson : id + 100,
                Guid = new Guid(id, 1, 1, new byte[8]),
                Uri = $"sip:p{id}@example.com",
                Name = $"P {id}",
                DisplayName = $"P {id}",
                Type = (short)type,
                AddedOn = Time,
                VerifiedOn = new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            };
            Source.Add("tblPrincipal", ("prinID", id), ("prinGuid", row.Guid), ("prinUri", row.Uri), ("prinName", row.Name), ("prinTypeID", type), ("prinAddedOn", Time));
            Destination.Add("tblPrincipal", PersistentRows.Of(row));
            _principals.Add(new PrincipalDecision(id, row.Id, id == 14 ? Origin.Reused : Origin.Created, false));
            if (id != 14)
            {
                _newPrincipals.Add(row);
            }
        }
    }

    private void AddNodes()
    {
        foreach (var side in new[] { Source, Destination })
        {
            side.Add("tblNode", ("nodeID", 1), ("nodeGuid", Guid.Empty), ("parentID", 1), ("nodeType", 1), ("nodeName", "root"), ("behavior", 4), ("visibility", 3));
        }

        var guid = new Guid(2, 0, 0, new byte[8]);
        Source.Add(
            "tblNode", ("nodeID", 2), ("nodeGuid", guid), ("parentID", 1), ("nodeType", 1), ("nodeName", "Top"), ("behavior", 4), ("scopeDefinerId", 2), ("roleDefinerId", 2));
        var row = new Node { Id = 102, Guid = guid, Parent = 1, IsCategory = true, Name = "Top", Description = "first", Behaviour = 4, Visibility = 3, Invite = true, AddedBy = 1, UpdatedBy = 1 };
        Destination.Add("tblNode", PersistentRows.Of(row));
        _newNodes.Add(row);
        _nodes.Add(new NodeDecision(2, 102, Origin.Created, true, "Top", "Top"));
        Room(3, RoomA);
        Room(4, RoomB);
        Room(5, ReusedRoom, origin: Origin.Reused);
        Room(6, 0, RoomFate.Skipped);
    }

    private void AddRights()
    {
        foreach (var (id, name) in new[] { (1, "Member"), (2, "Manager"), (3, "Voiced"), (4, "Creator") })
        {
            Source.Add("tblRoleType", ("rtypeID", id), ("rtypeDesc", name));
            Destination.Add("tblRoleType", ("rtypeID", id + 20), ("rtypeDesc", name));
        }

        Source.Add("tblPrincipalRole", ("prinRoleNodeID", 2), ("prinRolePrinID", 10), ("prinRoleTypeID", 1), ("prinRoleUpdatedBy", 1));
        Source.Add("tblPrincipalRole", ("prinRoleNodeID", 3), ("prinRolePrinID", 11), ("prinRoleTypeID", 1), ("prinRoleUpdatedBy", 1));
        Source.Add("tblPrincipalRole", ("prinRoleNodeID", 1), ("prinRolePrinID", 10), ("prinRoleTypeID", 2), ("prinRoleUpdatedBy", 1));
        foreach (var room in new[] { 3, 4, 5 })
        {
            Right(room, Ann, Member);
            Right(room, Ann, Manager);
        }

        Right(3, Bob, Member);
        Source.Add("tblScopePrincipal", ("scopeNodeID", 2), ("scopePrinID", 13), ("scopeUpdatedBy", 1));
        var scope = new AccessRow(102, Group, AccessRow.ScopeType, 1);
        _scopes.Add(scope);
        Destination.Add("tblScopePrincipal", PersistentRows.Of(scope));
    }

    private void AddSmallTables()
    {
        foreach (var who in new[] { 10, 11 })
        {
            Source.Add("tblPrincipalAffiliations", ("principalID", who), ("affiliationID", 13), ("index", 0), ("updatedBy", 1));
            Destination.Add("tblPrincipalAffiliations", ("principalID", who + 100), ("affiliationID", Group), ("index", 0), ("updatedBy", 1));
            Source.Add("tblPrincipalInvites", ("prinID", who), ("invID", who), ("nodeID", 3));
            Destination.Add("tblPrincipalInvites", ("prinID", who + 100), ("invID", who), ("nodeID", RoomA));
            Source.Add("tblLastInviteId", ("prinID", who), ("lastInviteID", who + 5));
            Destination.Add("tblLastInviteId", ("prinID", who + 100), ("lastInviteID", who + 5));
        }

        Source.Add("tblPrincipalInvites", ("prinID", 14), ("invID", 3), ("nodeID", 5));
        Destination.Add("tblPrincipalInvites", ("prinID", ReusedPerson), ("invID", 3), ("nodeID", ReusedRoom));
        Destination.Add("tblLastInviteId", ("prinID", ReusedPerson), ("lastInviteID", 30));
        Source.Add("tblPreference", ("prefLabel", "theme"), ("prefSeqID", 1), ("prefContent", "old"), ("lastModifiedBy", 10));
        Source.Add("tblPreference", ("prefLabel", "theme"), ("prefSeqID", 2), ("prefContent", "blue"), ("lastModifiedBy", 10));
        Destination.Add("tblPreference", ("prefLabel", "theme"), ("prefSeqID", 2), ("prefContent", "blue"), ("lastModifiedBy", Ann));
    }
}
