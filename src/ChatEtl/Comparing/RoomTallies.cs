using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Transforming;

namespace ChatEtl.Comparing;

/// <summary>Figures by room, gathered while messages are compared. Memory goes by the number of rooms, not of messages.</summary>
internal sealed class RoomTallies
{
    private readonly Dictionary<int, RoomComparison> _migrated = [];
    private readonly List<RoomComparison> _skipped = [];
    private readonly Func<int, RoomRoute> _routeOf;
    private readonly bool _hasMessages;
    private RoomComparison? _last;

    /// <summary>Takes the rooms' names: those of the source as they were read, those of the destination as the rules give them.</summary>
    public RoomTallies(ChatDirectory source, ChatDirectory destination, DirectoryPlan plan, RuleOptions rules)
    {
        _routeOf = plan.RouteOf;
        _hasMessages = rules.Level >= Level.Content;
        var tree = new Names(source);
        var there = destination.Nodes.GroupBy(node => node.Id).ToDictionary(group => group.Key, group => group.First());
        var given = new Dictionary<int, string>();
        foreach (var decision in plan.Decisions.Nodes.Values)
        {
            given.TryAdd(decision.DestinationId, decision.Name);
        }

        foreach (var room in source.Nodes.Where(node => !node.IsCategory && node.Parent != node.Id).OrderBy(node => node.Id))
        {
            var route = plan.RouteOf(room.Id);
            var path = tree.PathOf(room.Parent, rules.NameSeparator);
            if (route.Fate != RoomFate.Migrated)
            {
                var rule = route.Fate == RoomFate.Skipped ? route.Rule : RoomComparison.IsRejected;
                _skipped.Add(new RoomComparison { SourceIds = [room.Id], Source = room.Name, SourceCategory = path, SkippedBy = rule });
            }
            else
            {
                var node = there.GetValueOrDefault(route.DestinationId);
                _migrated[route.DestinationId] = _migrated.TryGetValue(route.DestinationId, out var merged)
                    ? merged with { SourceIds = [.. merged.SourceIds, room.Id], Source = $"{merged.Source} + {room.Name}" }
                    : new RoomComparison
                    {
                        SourceIds = [room.Id],
                        Source = room.Name,
                        SourceCategory = path,
                        Id = route.DestinationId,
                        Name = node is null ? "" : given.GetValueOrDefault(node.Id, ""),
                        Category = node?.Parent is { } parent ? given.GetValueOrDefault(parent) ?? there.GetValueOrDefault(parent)?.Name ?? "" : "",
                    };
            }
        }
    }

    /// <summary>The figures of a migrated room.</summary>
    /// <param name="room">nodeID at the destination.</param>
    public RoomComparison Of(int room)
    {
        if (_last?.Id == room)
        {
            return _last;
        }

        if (!_migrated.TryGetValue(room, out var found))
        {
            // A room that was decided earlier and that the source no longer has.
            _migrated[room] = found = new RoomComparison { SourceIds = [], Source = "", SourceCategory = "", Id = room };
        }

        return _last = found;
    }

    /// <summary>Counts what was read of source rooms.</summary>
    public void Read(IReadOnlyList<RoomRows> rows)
    {
        foreach (var read in rows)
        {
            if (_routeOf(read.Room) is { Fate: RoomFate.Migrated } route)
            {
                Of(route.DestinationId).Read += read.Rows;
            }
        }
    }

    /// <summary>Counts a message that a rule refuses.</summary>
    /// <param name="key">Its key in the source, channelId and chatId; any other names no room.</param>
    public void Refuse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && int.TryParse(key.AsSpan(0, slash), System.Globalization.CultureInfo.InvariantCulture, out var room)
            && _routeOf(room) is { Fate: RoomFate.Migrated } route)
        {
            var tally = Of(route.DestinationId);
            tally.Rejected++;
            tally.Refused++;
        }
    }

    /// <summary>Counts what the destination holds of a room.</summary>
    public void Find(RoomRows rows)
    {
        if (_migrated.ContainsKey(rows.Room))
        {
            var tally = Of(rows.Room);
            tally.Found += rows.Rows;
            tally.Digest = RowDigest.Add(tally.Digest, rows.Digest);
        }
    }

    /// <summary>All rooms.</summary>
    /// <param name="countInSource">Counts the messages of a room that is left out, from the key index alone.</param>
    public IReadOnlyList<RoomComparison> All(Func<Segment, long> countInSource)
    {
        if (_hasMessages)
        {
            foreach (var room in _skipped)
            {
                room.Read = countInSource(new Segment(room.SourceIds[0], long.MinValue, long.MaxValue));
                room.Rejected = room.SkippedBy == RoomComparison.IsRejected ? room.Read : 0;
            }
        }

        return [.. _migrated.Values.Concat(_skipped).OrderBy(room => room.SourceCategory, StringComparer.OrdinalIgnoreCase).ThenBy(room => room.Source, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Names of source categories by their place, also where the tree is broken.</summary>
    private sealed class Names(ChatDirectory source)
    {
        private readonly Dictionary<int, Node> _nodes = source.Nodes.GroupBy(node => node.Id).ToDictionary(group => group.Key, group => group.First());

        public string PathOf(int? category, string separator)
        {
            var names = new List<string>();
            while (category is { } id && _nodes.TryGetValue(id, out var node) && node.Parent != id && names.Count < _nodes.Count)
            {
                names.Add(node.Name);
                category = node.Parent;
            }

            names.Reverse();
            return string.Join(separator, names);
        }
    }
}
