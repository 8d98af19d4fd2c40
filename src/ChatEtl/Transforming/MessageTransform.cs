using System.Text;
using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>T19, T20, T26 and M1 to M3 for batches of messages: maps room and author, keeps everything else to the byte.</summary>
/// <remarks>Safe for concurrent use on different batches.</remarks>
public sealed class MessageTransform
{
    private const long LastTick = 3155378975999999999;

    private readonly DirectoryPlan _plan;
    private readonly UnknownAuthors _unknownAuthors;
    private readonly Func<int, int>? _placeholder;
    private readonly long _since;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, int> _placeholders = new();

    /// <summary>Takes the plan's maps.</summary>
    /// <param name="plan">Where rooms and principals go.</param>
    /// <param name="rules">T20 and T26.</param>
    /// <param name="placeholder">Makes a placeholder for a missing source prinID and tells its destination prinID; null when none may be made.</param>
    public MessageTransform(DirectoryPlan plan, RuleOptions rules, Func<int, int>? placeholder)
    {
        _plan = plan;
        _unknownAuthors = rules.UnknownAuthors;
        _placeholder = placeholder;
        _since = rules.MessagesSince?.Ticks ?? long.MinValue;
    }

    /// <summary>Transforms a batch in place: rows kept stand first, the others are in its book and its rejections.</summary>
    public void Apply(MessageBatch batch)
    {
        foreach (var cells in batch.Irregular)
        {
            Judge(batch, cells);
        }

        batch.Irregular.Clear();
        var digest = UInt128.Zero;
        var kept = 0;
        var (room, route) = (int.MinValue, _plan.RouteOf(int.MinValue));
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.SourceRoom[row] != room)
            {
                room = batch.SourceRoom[row];
                route = _plan.RouteOf(room);
            }

            if (SkipRule(route, batch.Date[row]) is { } rule)
            {
                batch.Book.Skip(rule);
                continue;
            }

            var reason = Refusal(batch, row, route, out var author);
            if (reason is { } refused)
            {
                batch.Reject(MessageRejections.Of(batch, row, refused.Rule, refused.Reason));
                continue;
            }

            batch.Room[row] = route.DestinationId;
            batch.Author[row] = author;
            batch.Move(row, kept++);
            digest = RowDigest.Add(digest, batch.DigestOf(kept - 1));
        }

        batch.Keep(kept);
        batch.Digest = digest;
    }

    private string? SkipRule(RoomRoute route, long date) =>
        route.Fate == RoomFate.Skipped ? route.Rule : date < _since ? "T26" : null;

    private (string Rule, string Reason)? Refusal(MessageBatch batch, int row, RoomRoute route, out int author)
    {
        author = 0;
        if (route.Fate == RoomFate.Unknown)
        {
            return ("T19", $"No room has the channelId {batch.SourceRoom[row]}.");
        }

        if (batch.Date[row] is < 0 or > LastTick)
        {
            return ("T19", "chatDate is out of range.");
        }

        return Author(batch.SourceAuthor[row], out author);
    }

    private (string Rule, string Reason)? Author(int source, out int author)
    {
        if (_plan.Decisions.Principals.TryGetValue(source, out var decision))
        {
            author = decision.DestinationId;
            return null;
        }

        author = 0;
        if (_plan.RejectedPrincipals.Contains(source))
        {
            return ("T11", $"The author {source} is rejected (E8).");
        }

        if (_unknownAuthors == UnknownAuthors.Reject)
        {
            return ("T20", $"No principal has the userId {source}.");
        }

        if (_placeholder is null)
        {
            return ("T20", $"No placeholder stands for the missing author {source}.");
        }

        author = _placeholders.GetOrAdd(source, _placeholder);
        return null;
    }

    /// <summary>Makes a row of cells an ordinary one when every value converts exactly (B4), else skips or rejects it.</summary>
    private void Judge(MessageBatch batch, object?[] cells)
    {
        var faults = new List<string>();
        var hasRoom = Integer(cells, 0, "channelId", long.MinValue, long.MaxValue, faults, out var room);
        Integer(cells, 1, "chatId", long.MinValue, long.MaxValue, faults, out var id);
        var hasDate = Integer(cells, 2, "chatDate", long.MinValue, long.MaxValue, faults, out var date);
        Integer(cells, 3, "userId", int.MinValue, int.MaxValue, faults, out var author);
        Integer(cells, 4, "isAlert", 0, 1, faults, out var alert);
        if (cells[5] is not string)
        {
            faults.Add(cells[5] is null ? "content is NULL" : "content is no valid text (M2)");
        }

        if (cells[6] is not (null or string))
        {
            faults.Add("rtf is no valid text (M2)");
        }

        var inRange = hasRoom && room is >= int.MinValue and <= int.MaxValue;
        var route = inRange ? _plan.RouteOf((int)room) : default;
        if (SkipRule(route, hasDate ? date : long.MaxValue) is { } rule)
        {
            batch.Book.Skip(rule);
        }
        else if (faults.Count == 0 && inRange)
        {
            var rtf = cells[6] is string text ? WideText.Encode(text) : null;
            batch.Append((int)room, id, date, (int)author, alert == 1, WideText.Encode((string)cells[5]!), rtf, rtf is not null);
        }
        else
        {
            if (hasRoom && !inRange)
            {
                faults.Add($"no room has the channelId {room}");
            }

            batch.Reject(MessageRejections.Of(cells, "T19", string.Join("; ", faults) + "."));
        }
    }

    private static bool Integer(object?[] cells, int column, string name, long lowest, long highest, List<string> faults, out long value)
    {
        if (Cells.TryInteger(cells[column], lowest, highest, out value))
        {
            return true;
        }

        faults.Add(cells[column] is null ? $"{name} is NULL" : $"{name} is no whole number in its range");
        return false;
    }
}
