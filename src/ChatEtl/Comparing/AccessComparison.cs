using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Proves that nobody gains access: every entry that reads a room at the destination read it in the source.</summary>
/// <remarks>
/// By entry: a group counts as one. In rooms that stood there before us an entry is accepted when it, or one it is affiliated to, reads the source room (E3a).
/// </remarks>
internal sealed class AccessComparison
{
    private const short Auditorium = 5;
    private const short Open = 6;

    private readonly DirectoryPlan _plan;
    private readonly DifferenceLog _log;
    private readonly ChatDirectory _directory;
    private readonly SourceAccess _source;
    private readonly ScopeSets _scopes;
    private readonly RoleNames _names;
    private readonly RowsByNode<Role> _roles;
    private readonly Dictionary<int, Node> _nodes;
    private readonly HashSet<int> _active;
    private readonly HashSet<int> _created;
    private readonly ILookup<int, int> _sourcesOf;
    private readonly Dictionary<int, int> _readers = [];
    private readonly AccessReport _report = new();

    public AccessComparison(ChatDirectory source, ChatDirectory destination, DirectoryPlan plan, DifferenceLog log)
    {
        _plan = plan;
        _log = log;
        _directory = destination;
        _source = new SourceAccess(source);
        _scopes = new ScopeSets(destination);
        _names = new RoleNames(destination);
        _roles = new RowsByNode<Role>(destination.Roles, role => role.Node);
        _nodes = destination.Nodes.GroupBy(node => node.Id).ToDictionary(group => group.Key, group => group.First());
        _active = [.. destination.Principals.Where(principal => principal.Disabled == 0).Select(principal => principal.Id)];
        _created = [.. plan.Nodes.Select(node => node.Id)];
        _sourcesOf = plan.Decisions.Principals.Values.ToLookup(decision => decision.DestinationId, decision => decision.SourceId);
    }

    /// <summary>Judges every migrated room and counts what rules take from skipped ones.</summary>
    public AccessReport Run(CancellationToken cancellationToken)
    {
        var rooms = _plan.Decisions.Nodes.Values
            .Where(room => !room.IsCategory && _nodes.ContainsKey(room.DestinationId) && _plan.RouteOf(room.SourceId).Fate == RoomFate.Migrated)
            .OrderBy(room => _nodes[room.DestinationId].Parent).ThenBy(room => room.DestinationId).ThenBy(room => room.SourceId);
        foreach (var room in rooms)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_source.Choose(room.SourceId))
            {
                Judge(_nodes[room.DestinationId]);
            }
        }

        return _report;
    }

    /// <summary>Counts the readers of a source room that is left out.</summary>
    public void CountSkipped(IEnumerable<Node> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes.Where(node => !node.IsCategory).OrderBy(node => node.Parent))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var route = _plan.RouteOf(node.Id);
            if (route.Fate == RoomFate.Skipped && _source.Choose(node.Id))
            {
                _report.Lose(route.Rule, _source.Readers().LongCount());
            }
        }
    }

    private void Judge(Node room)
    {
        _report.Rooms++;
        var category = room.Parent ?? room.Id;
        var scope = _scopes.Of(category);
        var isAuditorium = (room.Behaviour ?? 4) == Auditorium;
        var isOurs = _created.Contains(room.Id);
        HashSet<int>? affiliated = null;
        _readers.Clear();
        foreach (var role in _roles.Of(room.Id))
        {
            var reads = _names.IsMember(role.Type) || _names.IsManager(role.Type) || (isAuditorium && _names.IsVoiced(role.Type));
            if (reads && _active.Contains(role.Principal) && scope.Contains(role.Principal) && _readers.TryAdd(role.Principal, role.Type))
            {
                _report.Entries++;
                if (!ReadsInSource(role.Principal, !isOurs) && (isOurs || !(affiliated ??= AffiliatedToReaders()).Contains(role.Principal)))
                {
                    Gain(room.Id, role.Principal, role.Type, "No source principal that stands for it could read the source room.");
                }
            }
        }

        if (room.Visibility == Open)
        {
            JudgeOpen(room, category, scope);
        }

        CountLosses(scope, room.Visibility == Open);
    }

    private bool ReadsInSource(int principal, bool orFederated)
    {
        foreach (var source in _sourcesOf[principal])
        {
            if (_source.Reads(source, orFederated))
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<int> AffiliatedToReaders() =>
        _directory.Affiliations.MembersOf(_source.Readers().Select(reader => _plan.PrincipalIdOf(reader)).OfType<int>().ToList());

    /// <summary>An open room is read by everyone in scope: the source room must be as open, and its scope as wide.</summary>
    private void JudgeOpen(Node room, int category, ScopeSet scope)
    {
        _report.Entries++;
        if (!_source.IsOpen)
        {
            Gain(room.Id, 0, null, "The room is open to all in scope, the source room was not.");
        }
        else if (scope.IsUnlimited && !_source.Scope.IsUnlimited)
        {
            Gain(room.Id, 0, null, "The room is open to everyone, the source room only to its scope.");
        }

        if (!_source.IsOpen)
        {
            return;
        }

        foreach (var row in _scopes.RowsOf(category).Where(row => !row.Denied && _active.Contains(row.Principal)))
        {
            if (!_source.Scope.IsUnlimited && !_sourcesOf[row.Principal].Any(_source.Scope.Contains))
            {
                Gain(room.Id, row.Principal, null, "The open room's scope lets it in, the source's did not.");
            }
        }

        foreach (var row in _source.Scopes.RowsOf(_source.ScopeNode).Where(row => row.Denied))
        {
            if (_plan.PrincipalIdOf(row.Principal) is { } denied && !scope.Denies(denied))
            {
                Gain(room.Id, denied, null, "The source's scope denies it, the open room's does not.");
            }
        }
    }

    private void CountLosses(ScopeSet scope, bool isOpen)
    {
        foreach (var reader in _source.Readers())
        {
            var destination = _plan.PrincipalIdOf(reader);
            if (destination is { } id && (_readers.ContainsKey(id) || (isOpen && _active.Contains(id) && scope.Contains(id))))
            {
                continue;
            }

            _report.Lose(destination is null || _source.IsFederated(reader) || !_active.Contains(destination.Value) ? "T11"
                : !scope.Contains(destination.Value) ? "T17"
                : "unexplained");
        }
    }

    private void Gain(int room, int principal, int? type, string reason)
    {
        _report.Gain(new AccessGain(room, principal, reason));
        _log.Gain(
            "tblPrincipalRole",
            type is { } role ? string.Create(CultureInfo.InvariantCulture, $"{room}/{principal}/{role}") : string.Create(CultureInfo.InvariantCulture, $"{room}/{principal}"),
            reason);
    }
}
