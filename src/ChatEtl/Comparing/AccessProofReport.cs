using System.Numerics;
using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>Figures of one kind of change: how often each right changed, counted by person and room, and in how many rooms.</summary>
public sealed class AccessFigures
{
    private readonly Dictionary<AccessRights, long> _counts = [];

    /// <summary>Rooms and categories in which something changed.</summary>
    public long Rooms { get; internal set; }

    /// <summary>All rights together.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>How many people and rooms a right changed for.</summary>
    public long this[AccessRights right] => _counts.GetValueOrDefault(right);

    internal void Add(AccessRights rights, long people)
    {
        for (var left = (uint)rights; people > 0 && left != 0; left &= left - 1)
        {
            var right = (AccessRights)(1 << BitOperations.TrailingZeroCount(left));
            _counts[right] = this[right] + people;
        }
    }

    internal void WriteTo(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("total", Total);
        json.WriteNumber("rooms", Rooms);
        foreach (var right in AccessProofReport.SingleRights)
        {
            json.WriteNumber(AccessChange.Words(right), this[right]);
        }

        json.WriteEndObject();
    }
}

/// <summary>Who can see, join, read, post to and manage each room, and create rooms in each category, before and after: figures.</summary>
/// <remarks>The unit is one right of one person in one room. Single changes go to who asked for them.</remarks>
public sealed class AccessProofReport
{
    private readonly SortedDictionary<string, AccessFigures> _losses = new(StringComparer.Ordinal);
    private readonly List<(Guid Room, string Name)> _byName = [];

    /// <summary>The rights one by one.</summary>
    public static IReadOnlyList<AccessRights> SingleRights { get; } = [.. Enum.GetValues<AccessRights>().Where(right => right != AccessRights.None)];

    /// <summary>Rooms of the source that were judged.</summary>
    public long Rooms { get; internal set; }

    /// <summary>Categories of the source that were judged.</summary>
    public long Categories { get; internal set; }

    /// <summary>People of both sides, active or not.</summary>
    public long People { get; internal set; }

    /// <summary>Role and scope rows of the source and of the destination.</summary>
    public long Entries { get; internal set; }

    /// <summary>Rooms found by a stored decision, because the destination has no node of their guid (T5).</summary>
    public long RoomsByDecision { get; internal set; }

    /// <summary>Rooms found by nothing but their name: look whether they are what they seem.</summary>
    public IReadOnlyList<(Guid Room, string Name)> RoomsByName => _byName;

    /// <summary>Rooms that only the destination has; nothing stands against them.</summary>
    public long RoomsOnlyThere { get; internal set; }

    /// <summary>Rights gained.</summary>
    public AccessFigures Gains { get; } = new();

    /// <summary>Rights of people whom only the destination knows, through the source's own entries: a difference of directory data.</summary>
    public AccessFigures Newcomers { get; } = new();

    /// <summary>Rights lost without a rule that is seen.</summary>
    public AccessFigures Unexplained { get; } = new();

    /// <summary>Rights lost, by the rule that says so.</summary>
    public IReadOnlyDictionary<string, AccessFigures> Losses => _losses;

    /// <summary>Changes that were counted but not listed.</summary>
    public long Unlisted { get; internal set; }

    /// <summary>Whether nobody gains and every loss is explained.</summary>
    public bool IsClean => Gains.Total + Unexplained.Total == 0;

    internal AccessFigures LossesBy(string rule)
    {
        if (rule == AccessLosses.Unexplained)
        {
            return Unexplained;
        }

        if (!_losses.TryGetValue(rule, out var figures))
        {
            _losses[rule] = figures = new AccessFigures();
        }

        return figures;
    }

    internal void FoundByName(Guid room, string name) => _byName.Add((room, name));

    /// <summary>Writes the report as properties of the object that is open.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteBoolean("clean", IsClean);
        json.WriteNumber("rooms", Rooms);
        json.WriteNumber("categories", Categories);
        json.WriteNumber("people", People);
        json.WriteNumber("entries", Entries);
        json.WriteNumber("roomsByDecision", RoomsByDecision);
        json.WriteNumber("roomsOnlyAtDestination", RoomsOnlyThere);
        json.WriteStartArray("roomsByName");
        foreach (var (room, name) in _byName)
        {
            json.WriteStartObject();
            json.WriteString("room", room);
            json.WriteString("roomName", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Gains.WriteTo(json, "gains");
        Newcomers.WriteTo(json, "newcomers");
        Unexplained.WriteTo(json, "unexplained");
        json.WriteStartObject("losses");
        foreach (var (rule, figures) in _losses)
        {
            figures.WriteTo(json, rule);
        }

        json.WriteEndObject();
        json.WriteNumber("unlisted", Unlisted);
    }
}
