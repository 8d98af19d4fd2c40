using ChatEtl.Chat;
using ChatEtl.Reading;

namespace ChatEtl.Comparing;

/// <summary>Rows of one room.</summary>
/// <param name="Room">Its channelId where the rows were read.</param>
/// <param name="Rows">How many.</param>
/// <param name="Digest">Sum of their digests; zero at the source.</param>
internal readonly record struct RoomRows(int Room, int Rows, UInt128 Digest);

/// <summary>A batch of messages in key order of the destination.</summary>
/// <param name="Batch">The rows.</param>
/// <param name="RoomOf">Destination channelId of each row.</param>
/// <param name="Order">Rows in key order; null when they stand in it.</param>
internal sealed record MessagePage(MessageBatch Batch, int[] RoomOf, int[]? Order)
{
    /// <summary>Rows that hold values of another type than the column's; their columns in the batch mean nothing.</summary>
    public IReadOnlyDictionary<int, object?[]>? Damaged { get; init; }

    /// <summary>Rows that have no place in the order, as cells: their key is no whole number.</summary>
    public IReadOnlyList<object?[]> Strays { get; init; } = [];

    /// <summary>Rows by room, with the sum of the digests of those that count; a room may come several times.</summary>
    public IReadOnlyList<RoomRows> Rooms { get; init; } = [];

    /// <summary>The order of rows by destination key, for a batch in which rows stand elsewhere than read.</summary>
    public static int[] OrderOf(MessageBatch batch, int[] rooms)
    {
        var order = new int[batch.Count];
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
        }

        Array.Sort(order, (left, right) => rooms[left] != rooms[right] ? rooms[left].CompareTo(rooms[right])
            : batch.Id[left] != batch.Id[right] ? batch.Id[left].CompareTo(batch.Id[right])
            : left.CompareTo(right));
        return order;
    }
}

/// <summary>Walks through pages of messages that follow one another in key order.</summary>
internal sealed class MessageCursor : IDisposable
{
    private readonly Func<MessagePage?> _next;
    private readonly Action<MessagePage> _onPage;
    private readonly MessageBatchPool? _pool;
    private readonly IDisposable? _reader;
    private MessagePage? _page;
    private int _place;

    /// <summary>Over pages that a reader reads ahead.</summary>
    public MessageCursor(ReadAhead<MessagePage> pages, MessageBatchPool pool, Action<MessagePage> onPage)
    {
        (_next, _onPage, _pool, _reader) = (() => pages.TryTake(out var page) ? page : null, onPage, pool, pages);
    }

    /// <summary>Over one page.</summary>
    public MessageCursor(MessagePage page, Action<MessagePage> onPage)
    {
        var left = page;
        _onPage = onPage;
        _next = () =>
        {
            var only = left;
            left = null;
            return only;
        };
    }

    /// <summary>Whether the cursor stands on a row.</summary>
    public bool HasRow => _page is not null;

    /// <summary>The page.</summary>
    public MessagePage Page => _page!;

    /// <summary>The row within the page's batch.</summary>
    public int Row { get; private set; }

    /// <summary>Destination channelId of the row.</summary>
    public int Room { get; private set; }

    /// <summary>chatId of the row.</summary>
    public long Id { get; private set; }

    /// <summary>Goes to the first row.</summary>
    public void Start() => Load();

    /// <summary>Goes on to the next row.</summary>
    /// <exception cref="InvalidOperationException">The pages are not in key order: a fault of the database's reader.</exception>
    public void Advance()
    {
        var (room, id) = (Room, Id);
        _place++;
        if (_place < _page!.Batch.Count)
        {
            Stand();
        }
        else
        {
            Load();
        }

        if (_page is not null && (Room < room || (Room == room && Id < id)))
        {
            throw new InvalidOperationException($"Message {Room}/{Id} was read after {room}/{id}: the reader does not keep the order of keys.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader?.Dispose();

    private void Load()
    {
        do
        {
            if (_page is not null)
            {
                _pool?.Return(_page.Batch);
            }

            _page = _next();
            if (_page is null)
            {
                return;
            }

            _onPage(_page);
            _place = 0;
        }
        while (_page.Batch.Count == 0);
        Stand();
    }

    private void Stand()
    {
        Row = _page!.Order is { } order ? order[_place] : _place;
        Room = _page.RoomOf[Row];
        Id = _page.Batch.Id[Row];
    }
}

/// <summary>The messages of one side in key order, from several cursors at once.</summary>
internal sealed class MessageSide : IDisposable
{
    private readonly List<MessageCursor> _cursors;
    private readonly List<MessageCursor> _open = [];

    public MessageSide(IEnumerable<MessageCursor> cursors) => _cursors = [.. cursors];

    /// <summary>The cursor with the lowest key; null at the end.</summary>
    public MessageCursor? Current { get; private set; }

    /// <summary>Goes to the first row.</summary>
    public void Start()
    {
        foreach (var cursor in _cursors)
        {
            cursor.Start();
            if (cursor.HasRow)
            {
                _open.Add(cursor);
            }
        }

        Choose();
    }

    /// <summary>Goes on to the next row.</summary>
    public void Advance()
    {
        Current!.Advance();
        if (!Current.HasRow)
        {
            _open.Remove(Current);
            Choose();
        }
        else if (_open.Count > 1)
        {
            Choose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cursor in _cursors)
        {
            cursor.Dispose();
        }
    }

    private void Choose()
    {
        Current = null;
        foreach (var cursor in _open)
        {
            if (Current is null || cursor.Room < Current.Room || (cursor.Room == Current.Room && cursor.Id < Current.Id))
            {
                Current = cursor;
            }
        }
    }
}
