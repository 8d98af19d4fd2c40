using System.Text.Unicode;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;

namespace ChatEtl.Sqlite;

/// <summary>A channelId as packages tell channels apart: a whole number, or all others together.</summary>
internal readonly record struct Channel(long? Id)
{
    /// <summary>The channel of a message as SQLite keeps it.</summary>
    public static Channel Of(object? stored) => new(stored as long?);
}

/// <summary>What is counted of a channel.</summary>
internal sealed class RoomTally
{
    /// <summary>The bounds that were set when the export began; null for rows that no bounds hold.</summary>
    public Segment? Bounds { get; init; }

    public long Rows { get; set; }

    public long Left { get; set; }

    public long Bytes { get; set; }

    public long? Lowest { get; set; }

    public long? Highest { get; set; }

    public UInt128 Digest { get; set; }

    /// <summary>Begins with what a package says.</summary>
    public static RoomTally Of(PackageRoom room) => new()
    {
        Bounds = room is { Channel: { } channel, From: { } from, UpTo: { } upTo } ? new Segment(channel, from, upTo) : null,
        Rows = room.Rows,
        Left = room.Left,
        Bytes = room.Bytes,
        Lowest = room.Lowest,
        Highest = room.Highest,
        Digest = room.Digest,
    };

    public void Add(long? id, long bytes, UInt128 digest)
    {
        Rows++;
        Bytes += bytes;
        Digest = RowDigest.Add(Digest, digest);
        if (id is { } number)
        {
            Lowest = Lowest is { } lowest && lowest < number ? lowest : number;
            Highest = Highest is { } highest && highest > number ? highest : number;
        }
    }

    /// <summary>Whether the same messages were counted.</summary>
    public bool Matches(long rows, UInt128 digest) => Rows == rows && Digest == digest;
}

/// <summary>Messages of a source counted by channel, as a package counts them.</summary>
internal sealed class MessageTally(ExportSelection selection)
{
    /// <summary>What was counted.</summary>
    public Dictionary<Channel, RoomTally> Rooms { get; } = [];

    /// <summary>Channels that were counted on since <see cref="Forget"/>.</summary>
    public HashSet<Channel> Touched { get; } = [];

    /// <summary>What was counted since <see cref="Forget"/>.</summary>
    public RoomTally Lately { get; private set; } = new();

    /// <summary>Begins another batch.</summary>
    public void Forget()
    {
        Touched.Clear();
        Lately = new();
    }

    /// <summary>Counts a batch; calls back for every message that goes along, with its row or with its cells as SQLite keeps them.</summary>
    public void Add(MessageBatch batch, Action<int>? onRow, Action<object?[]>? onCells)
    {
        var isText = Utf8.IsValid(batch.Text.AsSpan(0, batch.TextLength));
        var (room, tally) = (0, (RoomTally?)null);
        for (var row = 0; row < batch.Count; row++)
        {
            if (tally is null || batch.SourceRoom[row] != room)
            {
                room = batch.SourceRoom[row];
                tally = TallyOf(new Channel(room));
            }

            if (batch.Date[row] < selection.Since)
            {
                tally.Left++;
                Lately.Left++;
            }
            else if (!isText && !Utf8.IsValid(batch.Texts(row)))
            {
                // Half a surrogate pair, kept by a source that was not told to give it out as no text (M2).
                Add(CellsOf(batch, row), onCells);
            }
            else
            {
                var digest = PackageRows.DigestOf(
                    room, batch.Id[row], batch.Date[row], batch.SourceAuthor[row], batch.Alert[row] ? 1 : 0, batch.Content(row), batch.Rtf(row), batch.RtfLength[row] >= 0);
                var bytes = batch.ContentLength[row] + Math.Max(0, batch.RtfLength[row]);
                tally.Add(batch.Id[row], bytes, digest);
                Lately.Add(null, bytes, digest);
                onRow?.Invoke(row);
            }
        }

        foreach (var cells in batch.Irregular)
        {
            Add(cells, onCells);
        }
    }

    /// <summary>Counts a message given as cells in the order of the 2013 tblChat.</summary>
    public void Add(object?[] cells, Action<object?[]>? onCells)
    {
        var stored = Array.ConvertAll(cells, PackageRows.Stored);
        var tally = TallyOf(Channel.Of(stored[0]));
        if (!selection.TakesMessage(cells))
        {
            tally.Left++;
            Lately.Left++;
            return;
        }

        var (bytes, digest) = (PackageRows.TextBytes(stored), PackageRows.DigestOf(stored));
        tally.Add(stored[1] as long?, bytes, digest);
        Lately.Add(null, bytes, digest);
        onCells?.Invoke(stored);
    }

    private RoomTally TallyOf(Channel channel)
    {
        Touched.Add(channel);
        return Rooms.TryGetValue(channel, out var tally) ? tally : Rooms[channel] = new RoomTally();
    }

    private static object?[] CellsOf(MessageBatch batch, int row) =>
    [
        (long)batch.SourceRoom[row], batch.Id[row], batch.Date[row], (long)batch.SourceAuthor[row], batch.Alert[row] ? 1L : 0L,
        WideText.Decode(batch.Content(row)), batch.RtfLength[row] < 0 ? null : WideText.Decode(batch.Rtf(row)),
    ];
}
