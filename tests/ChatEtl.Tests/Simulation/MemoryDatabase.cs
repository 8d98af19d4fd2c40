using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Reading;
using Range = ChatEtl.Checkpoints.Range;

namespace ChatEtl.Tests.Simulation;

/// <summary>Rows of one table in memory, in the order they came.</summary>
internal sealed class MemoryTable(Table table)
{
    private readonly Dictionary<string, int> _byKey = new(StringComparer.OrdinalIgnoreCase);
    private List<object?[]>? _messages;

    public Table Definition { get; } = table;

    public List<object?[]> Rows { get; } = [];

    /// <summary>Rows of tblChat by room and number.</summary>
    public IReadOnlyList<object?[]> Messages => _messages ??= [.. Rows.OrderBy(row => (long)row[0]!).ThenBy(row => (long)row[1]!)];

    public object?[]? Find(object?[] cells) => _byKey.TryGetValue(Cells.Key(Definition, cells), out var at) ? Rows[at] : null;

    public bool Insert(object?[] cells)
    {
        if (!_byKey.TryAdd(Cells.Key(Definition, cells), Rows.Count))
        {
            return false;
        }

        Rows.Add(Plain(cells));
        _messages = null;
        return true;
    }

    public void Replace(object?[] cells)
    {
        if (_byKey.TryGetValue(Cells.Key(Definition, cells), out var at))
        {
            Rows[at] = Plain(cells);
            _messages = null;
        }
    }

    public void Delete(Func<object?[], bool> which)
    {
        var left = Rows.Where(row => !which(row)).ToList();
        Rows.Clear();
        _byKey.Clear();
        left.ForEach(row => Insert(row));
        _messages = null;
    }

    /// <summary>Whole numbers and bits as sources give them out.</summary>
    private static object?[] Plain(object?[] cells) => [.. cells.Select(cell => cell switch { bool bit => bit ? 1L : 0L, int number => (long)number, _ => cell })];

    public MemoryTable Clone()
    {
        var copy = new MemoryTable(Definition);
        copy.Rows.AddRange(Rows);
        foreach (var (key, at) in _byKey)
        {
            copy._byKey.Add(key, at);
        }

        return copy;
    }
}

/// <summary>A range as a destination holds it.</summary>
internal sealed record MemoryRange(int Pass, Range Range, RangeCheckpoint Checkpoint, long Epoch);

/// <summary>Our own rows at a destination in memory.</summary>
internal sealed class MemoryOwn
{
    public RunRecord? Run { get; set; }

    public bool Wrote { get; set; }

    public Dictionary<int, PrincipalDecision> Principals { get; init; } = [];

    public Dictionary<int, NodeDecision> Nodes { get; init; } = [];

    public Dictionary<Guid, AddInDecision> AddIns { get; init; } = [];

    public HashSet<(int Node, int Principal, int Type)> Access { get; init; } = [];

    public SortedDictionary<int, MemoryRange> Ranges { get; init; } = [];

    public Dictionary<long, long> Watermarks { get; init; } = [];

    public Dictionary<(int Pass, string Table), Book> Books { get; init; } = [];

    public List<StoredRejection> Rejections { get; init; } = [];

    public long LastRejection { get; set; }

    public List<(int Pass, Finding Finding)> Findings { get; init; } = [];

    public List<EventEntry> Events { get; init; } = [];

    public MemoryOwn Clone() => new()
    {
        Run = Run,
        Wrote = Wrote,
        Principals = new(Principals),
        Nodes = new(Nodes),
        AddIns = new(AddIns),
        Access = [.. Access],
        Ranges = new(Ranges),
        Watermarks = new(Watermarks),
        Books = new(Books),
        Rejections = [.. Rejections],
        LastRejection = LastRejection,
        Findings = [.. Findings],
        Events = [.. Events],
    };
}

/// <summary>What a database holds at one moment; a transaction works on a copy.</summary>
internal sealed class MemoryState
{
    private readonly Dictionary<string, MemoryTable> _tables;
    private readonly HashSet<string> _copied = new(StringComparer.OrdinalIgnoreCase);

    public MemoryState(IEnumerable<Table> tables) => _tables = tables.ToDictionary(table => table.Name, table => new MemoryTable(table), StringComparer.OrdinalIgnoreCase);

    private MemoryState(MemoryState other) => (_tables, Own) = (new(other._tables, StringComparer.OrdinalIgnoreCase), other.Own.Clone());

    public MemoryOwn Own { get; } = new();

    public IEnumerable<MemoryTable> Tables => _tables.Values;

    public MemoryTable Read(string table) => _tables[table];

    public MemoryTable Write(string table)
    {
        if (_copied.Add(table))
        {
            _tables[table] = _tables[table].Clone();
        }

        return _tables[table];
    }

    public MemoryState Clone() => new(this);
}

/// <summary>A chat database in memory: what is committed, and nothing else, is there after a kill.</summary>
internal sealed class MemoryDatabase(MemoryState state, DatabaseShape shape)
{
    private MemoryState _state = state;

    public MemoryState State => Volatile.Read(ref _state);

    public DatabaseShape Shape { get; } = shape;

    /// <summary>Scratches made at this database and not removed.</summary>
    public int Scratches { get; set; }

    /// <summary>Held by the one transaction there is at a time, whoever's it is.</summary>
    public Lock Writing { get; } = new();

    /// <summary>An empty Persistent Chat database.</summary>
    public static MemoryDatabase Provision()
    {
        var state = new MemoryState(ChatSchema.Persistent.Tables);
        foreach (var row in StaticRows.EmptyPool(new Guid("5a7b9c1d-0000-4000-8000-00000000d057")))
        {
            var table = ChatSchema.Persistent[row.Table];
            state.Read(row.Table).Insert([.. table.Columns.Select(row.ValueOf)]);
        }

        return new MemoryDatabase(state, ShapeOf(ChatSchema.Persistent.Tables));
    }

    public static DatabaseShape ShapeOf(IEnumerable<Table> tables) => new(tables.ToDictionary(
        table => table.Name,
        IReadOnlySet<string> (table) => table.Columns.Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase));

    public MemoryDatabase Copy() => new(State.Clone(), Shape);

    /// <summary>Makes a changed copy the truth, whole.</summary>
    public void Commit(MemoryState changed) => Volatile.Write(ref _state, changed);
}
