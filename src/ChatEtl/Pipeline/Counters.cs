using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>T21: the legacy counters of migrated rooms and principals, with the books of both tables.</summary>
internal sealed class Counters
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    /// <summary>By destination nodeID; null when messages are not carried.</summary>
    public Dictionary<int, long?>? LastChatIds { get; private set; }

    /// <summary>By destination prinID; null when invitations are not carried.</summary>
    public Dictionary<int, long?>? LastInviteIds { get; private set; }

    /// <summary>Books of tblLastChatId and tblLastInviteId.</summary>
    public Dictionary<string, Book> Books { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rows of theirs that cannot be carried.</summary>
    public List<Rejection> Rejections { get; } = [];

    /// <summary>Reads both tables.</summary>
    public static Counters Read(IChatSource source, SourceShape shape, DirectoryPlan plan, RuleOptions rules, CancellationToken cancellationToken)
    {
        var counters = new Counters();
        if (Levels.Content(rules))
        {
            counters.LastChatIds = plan.Decisions.Nodes.Values.Where(node => !node.IsCategory)
                .Select(node => node.DestinationId).Distinct().ToDictionary(id => id, _ => (long?)null);
        }

        if (Levels.Rooms(rules) && rules.Invitations == CarryOrLeave.Carry)
        {
            counters.LastInviteIds = plan.Decisions.Principals.Values.Select(principal => principal.DestinationId).Distinct().ToDictionary(id => id, _ => (long?)null);
        }

        counters.Read(source, shape.Schema["tblLastChatId"], "nodeID", "lastChatID", long.MaxValue, counters.LastChatIds, "T26", id => plan.RouteOf(id) switch
        {
            { Fate: RoomFate.Migrated } route => RowOutcome.Keep([route.DestinationId]),
            { Fate: RoomFate.Skipped } route => RowOutcome.Skip(route.Rule),
            _ => RowOutcome.Reject("T21", $"No room has the nodeID {id}."),
        }, cancellationToken);
        counters.Read(
            source, shape.Schema["tblLastInviteId"], "prinID", "lastInviteID", int.MaxValue, counters.LastInviteIds,
            Levels.Rooms(rules) ? "T22" : "T26",
            id => plan.PrincipalIdOf(id) is { } who ? RowOutcome.Keep([who]) : RowOutcome.Reject("T21", $"No principal has the prinID {id}."),
            cancellationToken);
        return counters;
    }

    /// <summary>The end of the pass, or of a replay, that raises them.</summary>
    public PassEnd End(long epoch, RuleOptions rules, EventNote note) => new()
    {
        Epoch = epoch,
        LastChatIds = LastChatIds,
        LastInviteIds = LastInviteIds,
        RaiseRevision = Levels.Content(rules),
        Books = Books,
        Rejections = Rejections,
        Ended = note.At,
        Note = note,
    };

    private void Read(
        IChatSource source, Table table, string keyColumn, string column, long highest, Dictionary<int, long?>? counters, string leftRule,
        Func<int, RowOutcome> route, CancellationToken cancellationToken)
    {
        var book = Books[table.Name] = new Book();
        foreach (var cells in source.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
        {
            book.Read++;
            if (counters is null)
            {
                book.Skip(leftRule);
                continue;
            }

            var outcome = Cells.TryInteger(cells[table.Ordinal(keyColumn)], int.MinValue, int.MaxValue, out var id)
                ? route((int)id)
                : RowOutcome.Reject("B4", $"{keyColumn} is no whole number in its range.");
            if (outcome.Cells is not null && !Cells.TryInteger(cells[table.Ordinal(column)], -highest - 1, highest, out _))
            {
                outcome = RowOutcome.Reject("B4", $"{column} is no whole number in its range.");
            }

            if (outcome.Cells is { } kept)
            {
                Cells.TryInteger(cells[table.Ordinal(column)], -highest - 1, highest, out var value);
                var key = (int)kept[0]!;
                counters[key] = Math.Max(counters.GetValueOrDefault(key) ?? long.MinValue, value);
                book.Written++;
            }
            else if (outcome.Reason is { } reason)
            {
                Rejections.Add(new Rejection(table.Name, Cells.Key(table, cells), outcome.Rule, reason, Cells.ToJson(table, cells)));
                book.Rejected++;
            }
            else
            {
                book.Skip(outcome.Rule);
            }
        }
    }
}
