namespace ChatEtl.Chat;

/// <summary>The key of a message (tblChat), ordered by room, then by running number.</summary>
/// <param name="Room">channelId.</param>
/// <param name="Id">chatId.</param>
public readonly record struct MessageKey(long Room, long Id) : IComparable<MessageKey>
{
    /// <inheritdoc/>
    public int CompareTo(MessageKey other) => Room != other.Room ? Room.CompareTo(other.Room) : Id.CompareTo(other.Id);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static MessageKey Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new(
            long.Parse(text.AsSpan(0, slash), System.Globalization.CultureInfo.InvariantCulture),
            long.Parse(text.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Room}/{Id}");

    /// <summary>Order by key.</summary>
    public static bool operator <(MessageKey left, MessageKey right) => left.CompareTo(right) < 0;

    /// <summary>Order by key.</summary>
    public static bool operator >(MessageKey left, MessageKey right) => left.CompareTo(right) > 0;

    /// <summary>Order by key.</summary>
    public static bool operator <=(MessageKey left, MessageKey right) => left.CompareTo(right) <= 0;

    /// <summary>Order by key.</summary>
    public static bool operator >=(MessageKey left, MessageKey right) => left.CompareTo(right) >= 0;
}

/// <summary>Messages in columns, their texts as UTF-8 in one buffer: no object and no string per message.</summary>
/// <remarks>
/// Texts are what their source can vouch for: UTF-8 or, between two SQL Servers, UTF-8 in which half a surrogate pair has three bytes of
/// its own (M2). A reader appends rows; the transform sets <see cref="Room"/> and <see cref="Author"/> to destination ids and keeps or drops
/// rows with <see cref="Keep"/>; a writer binds from it. Rows whose values do not fit the columns travel in <see cref="Irregular"/>
/// until the transform judges them. Batches are reused through <see cref="MessageBatchPool"/>.
/// </remarks>
/// <param name="rows">Rows there is room for at first; grows when needed.</param>
/// <param name="textBytes">Bytes of text there is room for at first; grows when needed.</param>
public sealed class MessageBatch(int rows = 256, int textBytes = 16 * 1024) : Batch
{
    private int _count;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <summary>channelId in the source.</summary>
    public int[] SourceRoom { get; private set; } = new int[rows];

    /// <summary>channelId at the destination.</summary>
    public int[] Room { get; private set; } = new int[rows];

    /// <summary>chatId.</summary>
    public long[] Id { get; private set; } = new long[rows];

    /// <summary>chatDate, ticks.</summary>
    public long[] Date { get; private set; } = new long[rows];

    /// <summary>userId in the source.</summary>
    public int[] SourceAuthor { get; private set; } = new int[rows];

    /// <summary>userId at the destination.</summary>
    public int[] Author { get; private set; } = new int[rows];

    /// <summary>isAlert.</summary>
    public bool[] Alert { get; private set; } = new bool[rows];

    /// <summary>Where content begins in <see cref="Text"/>.</summary>
    public int[] ContentStart { get; private set; } = new int[rows];

    /// <summary>Length of content in bytes.</summary>
    public int[] ContentLength { get; private set; } = new int[rows];

    /// <summary>Length of rtf in bytes, which follows content; -1 for NULL.</summary>
    public int[] RtfLength { get; private set; } = new int[rows];

    /// <summary>All texts, UTF-8.</summary>
    public byte[] Text { get; private set; } = new byte[textBytes];

    /// <summary>Bytes used in <see cref="Text"/>.</summary>
    public int TextLength { get; private set; }

    /// <summary>Rows that do not fit the columns: cells in the order of the 2013 tblChat.</summary>
    public List<object?[]> Irregular { get; } = [];

    /// <summary>content of a row.</summary>
    public ReadOnlySpan<byte> Content(int row) => Text.AsSpan(ContentStart[row], ContentLength[row]);

    /// <summary>rtf of a row; empty when NULL (see <see cref="RtfLength"/>).</summary>
    public ReadOnlySpan<byte> Rtf(int row) =>
        RtfLength[row] <= 0 ? default : Text.AsSpan(ContentStart[row] + ContentLength[row], RtfLength[row]);

    /// <summary>content and then rtf of a row.</summary>
    public ReadOnlySpan<byte> Texts(int row) => Text.AsSpan(ContentStart[row], ContentLength[row] + Math.Max(0, RtfLength[row]));

    /// <summary>Digest of a row as it goes to the destination.</summary>
    public UInt128 DigestOf(int row) =>
        RowDigest.OfMessage(Room[row], Id[row], Date[row], Author[row], Alert[row], Texts(row), RtfLength[row]);

    /// <summary>Appends a row as the source has it.</summary>
    public void Append(int room, long id, long date, int author, bool alert, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rtf, bool hasRtf)
    {
        if (_count == Id.Length)
        {
            Grow();
        }

        var row = _count++;
        SourceRoom[row] = room;
        Id[row] = id;
        Date[row] = date;
        SourceAuthor[row] = author;
        Alert[row] = alert;
        ContentStart[row] = TextLength;
        ContentLength[row] = content.Length;
        RtfLength[row] = hasRtf ? rtf.Length : -1;
        Reserve(content.Length + rtf.Length);
        content.CopyTo(Text.AsSpan(TextLength));
        rtf.CopyTo(Text.AsSpan(TextLength + content.Length));
        TextLength += content.Length + rtf.Length;
    }

    /// <summary>Appends a row of another batch, with what the transform made of it; the digest of this batch grows by it.</summary>
    public void Append(MessageBatch other, int row)
    {
        Append(other.SourceRoom[row], other.Id[row], other.Date[row], other.SourceAuthor[row], other.Alert[row], other.Content(row), other.Rtf(row), other.RtfLength[row] >= 0);
        (Room[_count - 1], Author[_count - 1]) = (other.Room[row], other.Author[row]);
        Digest = RowDigest.Add(Digest, DigestOf(_count - 1));
    }

    /// <summary>Moves row <paramref name="from"/> to place <paramref name="to"/>, which is not behind it; texts stay where they are.</summary>
    public void Move(int from, int to)
    {
        if (from == to)
        {
            return;
        }

        SourceRoom[to] = SourceRoom[from];
        Room[to] = Room[from];
        Id[to] = Id[from];
        Date[to] = Date[from];
        SourceAuthor[to] = SourceAuthor[from];
        Author[to] = Author[from];
        Alert[to] = Alert[from];
        ContentStart[to] = ContentStart[from];
        ContentLength[to] = ContentLength[from];
        RtfLength[to] = RtfLength[from];
    }

    /// <summary>Keeps the first <paramref name="rows"/> rows.</summary>
    public void Keep(int rows) => _count = rows;

    /// <summary>The key of a row in the source.</summary>
    public MessageKey SourceKey(int row) => new(SourceRoom[row], Id[row]);

    /// <summary>Empties the batch for reuse; what a single huge message made grow is given back.</summary>
    public void Reset(int keepTextBytes)
    {
        Clear();
        _count = 0;
        TextLength = 0;
        Irregular.Clear();
        if (Text.Length > keepTextBytes)
        {
            Text = new byte[textBytes];
        }
    }

    private void Reserve(int bytes)
    {
        var needed = TextLength + bytes;
        if (needed > Text.Length)
        {
            var larger = new byte[(int)Math.Min(Array.MaxLength, Math.Max(needed, Text.Length * 2L))];
            Text.AsSpan(0, TextLength).CopyTo(larger);
            Text = larger;
        }
    }

    private void Grow()
    {
        var size = Id.Length * 2;
        SourceRoom = Larger(SourceRoom, size);
        Room = Larger(Room, size);
        Id = Larger(Id, size);
        Date = Larger(Date, size);
        SourceAuthor = Larger(SourceAuthor, size);
        Author = Larger(Author, size);
        Alert = Larger(Alert, size);
        ContentStart = Larger(ContentStart, size);
        ContentLength = Larger(ContentLength, size);
        RtfLength = Larger(RtfLength, size);
    }

    private static T[] Larger<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }
}

/// <summary>Keeps emptied batches for reuse, so that memory depends on the queues and not on the table.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="batchBytes">Text bytes a batch aims at; a much larger buffer is not kept.</param>
/// <param name="batchRows">Rows a batch aims at.</param>
public sealed class MessageBatchPool(int batchBytes, int batchRows = 256)
{
    private readonly System.Collections.Concurrent.ConcurrentBag<MessageBatch> _free = [];

    /// <summary>An empty batch.</summary>
    public MessageBatch Rent() => _free.TryTake(out var batch) ? batch : new MessageBatch(batchRows, Math.Max(1024, batchBytes / 2));

    /// <summary>Takes a batch back; the caller no longer uses it.</summary>
    public void Return(MessageBatch batch)
    {
        batch.Reset(batchBytes * 2);
        _free.Add(batch);
    }
}
