using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>A principal that reads a room at the destination and could not read it in the source; in destination ids.</summary>
/// <param name="Room">nodeID.</param>
/// <param name="Principal">prinID; 0 stands for everyone in an open room's scope.</param>
/// <param name="Reason">What stands against it.</param>
public sealed record AccessGain(int Room, int Principal, string Reason);

/// <summary>Who can read what, entry by entry; groups count as one.</summary>
public sealed class AccessReport
{
    private const int GainsHeld = 1000;

    private readonly List<AccessGain> _gains = [];
    private readonly SortedDictionary<string, long> _losses = new(StringComparer.Ordinal);

    /// <summary>Migrated rooms judged.</summary>
    public long Rooms { get; internal set; }

    /// <summary>Reading entries of migrated rooms judged at the destination.</summary>
    public long Entries { get; internal set; }

    /// <summary>Gained rights, the first thousand.</summary>
    public IReadOnlyList<AccessGain> Gains => _gains;

    /// <summary>Number of gained rights.</summary>
    public long GainCount { get; private set; }

    /// <summary>Source readers who no longer read, by the rule that most likely says so; <c>unexplained</c> where none is seen.</summary>
    public IReadOnlyDictionary<string, long> Losses => _losses;

    /// <summary>Whether nobody gains access.</summary>
    public bool IsClean => GainCount == 0;

    internal void Gain(AccessGain gain)
    {
        GainCount++;
        if (_gains.Count < GainsHeld)
        {
            _gains.Add(gain);
        }
    }

    internal void Lose(string rule, long entries = 1)
    {
        if (entries > 0)
        {
            _losses[rule] = _losses.GetValueOrDefault(rule) + entries;
        }
    }

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteBoolean("clean", IsClean);
        json.WriteNumber("rooms", Rooms);
        json.WriteNumber("entries", Entries);
        json.WriteNumber("gains", GainCount);
        json.WriteStartObject("losses");
        foreach (var (rule, entries) in Losses)
        {
            json.WriteNumber(rule, entries);
        }

        json.WriteEndObject();
    }
}
