using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using ChatEtl.Chat;

namespace ChatEtl.Checkpoints;

/// <summary>Something that is to be recorded in the event log.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Who">User, process and host.</param>
/// <param name="Kind">What happened, in a word or two.</param>
/// <param name="Detail">More about it, as one JSON object on one line.</param>
public sealed record EventNote(DateTime At, string Who, string Kind, string Detail);

/// <summary>An entry of the event log at a destination. Each holds the hash of the one before it, so that none can be changed or taken out unnoticed.</summary>
/// <param name="Sequence">1 for the first, then one more for each.</param>
/// <param name="At">When, UTC, as stored: ISO 8601 with seven digits of a second.</param>
/// <param name="Epoch">The epoch of the run.</param>
/// <param name="Who">User, process and host; on SQL Server the login too.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">More about it, as a JSON object.</param>
/// <param name="Previous">The hash of the entry before; zeros for the first.</param>
/// <param name="Hash">SHA-256 of all this, as 64 lower-case hex digits.</param>
public sealed record EventEntry(long Sequence, string At, long Epoch, string Who, string Kind, string Detail, string Previous, string Hash)
{
    /// <summary>What the first entry has for the hash of the one before.</summary>
    public static string NoPrevious { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>The entry that follows another.</summary>
    /// <param name="last">The last entry; null when the log is empty.</param>
    /// <param name="note">What is to be recorded.</param>
    /// <param name="epoch">The epoch of the run.</param>
    /// <returns>The entry; null when the last one records the same already, for then an earlier attempt was in and its answer was lost.</returns>
    public static EventEntry? Following(EventEntry? last, EventNote note, long epoch)
    {
        var entry = new EventEntry(
            (last?.Sequence ?? 0) + 1, note.At.ToString("o", CultureInfo.InvariantCulture), epoch, note.Who, note.Kind, note.Detail, last?.Hash ?? NoPrevious, "");
        var isThere = last is not null && entry with { Sequence = last.Sequence, Previous = last.Previous, Hash = last.Hash } == last;
        return isThere ? null : entry with { Hash = HashOf(entry) };
    }

    /// <summary>Checks a log: the first fault as a sentence, or null when the chain holds.</summary>
    /// <param name="entries">All entries, in order.</param>
    public static string? FaultOf(IReadOnlyList<EventEntry> entries)
    {
        for (var (i, previous) = (0, NoPrevious); i < entries.Count; previous = entries[i].Hash, i++)
        {
            var entry = entries[i];
            var name = string.Create(CultureInfo.InvariantCulture, $"entry {entry.Sequence} ({entry.Kind}, {entry.At})");
            if (entry.Sequence != i + 1)
            {
                return string.Create(CultureInfo.InvariantCulture, $"The event log has {name} in the place of entry {i + 1}.");
            }

            if (entry.Previous != previous)
            {
                return $"The event log is broken at {name}: it does not follow the entry before it.";
            }

            if (entry.Hash != HashOf(entry))
            {
                return $"The event log is broken at {name}: it was changed.";
            }
        }

        return null;
    }

    /// <summary>SHA-256 over the seven values before the hash, each as UTF-8 behind its length in four bytes, big-endian (docs/evidence.md).</summary>
    private static string HashOf(EventEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var value in new[]
        {
            entry.Sequence.ToString(CultureInfo.InvariantCulture), entry.At, entry.Epoch.ToString(CultureInfo.InvariantCulture), entry.Who, entry.Kind, entry.Detail,
            entry.Previous,
        })
        {
            var text = WideText.Encode(value);
            BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
