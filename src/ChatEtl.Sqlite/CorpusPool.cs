using System.Globalization;
using System.Text.Json;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Makes a legacy pool out of real conversations: a folder of gzip'd JSON lines with room, time, sender and text.</summary>
/// <remarks>
/// One category per community (what stands before the first slash of the room's name), one room per room, one person per sender,
/// who is Member of every room he or she wrote in. Texts are kept byte for byte, order is kept, chatIds of a room are 1, 2, 3…
/// Read as a stream: memory grows with rooms, senders and memberships, not with messages. Guids follow from the names.
/// </remarks>
public sealed class CorpusPool
{
    private const string Domain = "corpus.invalid";
    private const int DomainPrincipal = 2;

    // Namespaces of the guids that follow from names.
    private static readonly Guid Rooms = new("6f1c3c54-0d5f-4f0e-8a30-3f1f6a3a0001");
    private static readonly Guid Senders = new("6f1c3c54-0d5f-4f0e-8a30-3f1f6a3a0002");
    private static readonly Guid Communities = new("6f1c3c54-0d5f-4f0e-8a30-3f1f6a3a0003");
    private static readonly Guid Roots = new("6f1c3c54-0d5f-4f0e-8a30-3f1f6a3a0004");

    private readonly PoolFile _pool;
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _communities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _senders = new(StringComparer.Ordinal);
    private readonly HashSet<(int Room, int Sender)> _members = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "General" };
    private readonly HashSet<string> _uris = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _notes = [];
    private byte[] _text = new byte[16 * 1024];
    private int _lastNode = StaticRows.RootNode;
    private long _firstDate = long.MaxValue;

    private CorpusPool(PoolFile pool) => _pool = pool;

    /// <summary>Reads every <c>*.jsonl.gz</c> of the folder, in order of file name, into a new Lync 2010 pool file.</summary>
    /// <returns>Counts; its notes tell which names had to be changed so that they obey the default rules.</returns>
    /// <exception cref="IOException">There is no corpus, a line of it cannot be read, or the file exists and is not empty.</exception>
    public static SampleReport Make(string corpusFolder, string path)
    {
        if (!Directory.Exists(corpusFolder))
        {
            throw new DirectoryNotFoundException($"There is no corpus folder {corpusFolder}.");
        }

        var files = Directory.GetFiles(corpusFolder, "*.jsonl.gz");
        if (files.Length == 0)
        {
            throw new FileNotFoundException($"There is no *.jsonl.gz in {corpusFolder}.");
        }

        Array.Sort(files, StringComparer.Ordinal);
        using var pool = PoolFile.Begin(path, Generation.Lync2010);
        var corpus = new CorpusPool(pool);
        foreach (var file in files)
        {
            corpus.AddFile(file);
        }

        corpus.AddDirectory();
        pool.Complete();
        return new SampleReport(
            path, Generation.Lync2010, pool.Rows, corpus._rooms.Count, corpus._senders.Count, pool.Messages.ContentBytes, corpus._notes);
    }

    private void AddFile(string file)
    {
        using var lines = new JsonLines(file);
        try
        {
            while (lines.TryRead(out var line))
            {
                AddLine(line);
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or InvalidDataException)
        {
            throw new IOException($"{file}, line {lines.Number.ToString(CultureInfo.InvariantCulture)}: {e.Message}", e);
        }
    }

    private void AddLine(ReadOnlySpan<byte> line)
    {
        string? roomName = null, senderName = null;
        DateTime? time = null;
        var length = -1;
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("room"u8) && reader.Read())
            {
                roomName = reader.GetString();
            }
            else if (reader.ValueTextEquals("sender"u8) && reader.Read())
            {
                senderName = reader.GetString();
            }
            else if (reader.ValueTextEquals("time"u8) && reader.Read())
            {
                time = reader.GetDateTimeOffset().UtcDateTime;
            }
            else if (reader.ValueTextEquals("text"u8) && reader.Read())
            {
                length = CopyText(ref reader);
            }
        }

        if (roomName is null || senderName is null || time is null || length < 0)
        {
            throw new FormatException("room, time, sender or text is missing.");
        }

        AddMessage(roomName, senderName, time.Value.Ticks, _text.AsSpan(0, length));
    }

    /// <summary>Takes the text as UTF-8 without making a string of it; unescaping never makes it longer.</summary>
    private int CopyText(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > _text.Length)
        {
            _text = new byte[reader.ValueSpan.Length * 2];
        }

        return reader.CopyString(_text);
    }

    private void AddMessage(string roomName, string senderName, long date, ReadOnlySpan<byte> text)
    {
        if (!_rooms.TryGetValue(roomName, out var room))
        {
            room = NewRoom(roomName);
        }

        if (!_senders.TryGetValue(senderName, out var sender))
        {
            sender = DomainPrincipal + 1 + _senders.Count;
            _senders.Add(senderName, sender);
        }

        room.LastChatId++;
        _members.Add((room.Id, sender));
        _firstDate = Math.Min(_firstDate, date);
        _pool.Messages.Write(room.Id, room.LastChatId, date, sender, isAlert: false, text);
    }

    private Room NewRoom(string name)
    {
        var community = name.Split('/')[0];
        if (!_communities.TryGetValue(community, out var category))
        {
            category = ++_lastNode;
            _communities.Add(community, category);
        }

        var room = new Room { Id = ++_lastNode, Category = category };
        _rooms.Add(name, room);
        return room;
    }

    private void AddDirectory()
    {
        _pool.Add(StaticRows.TypesAndValues(Generation.Lync2010));
        _pool.Add(StaticRows.RoleTypes(RoleIds.OfSample(Generation.Lync2010)));
        _pool.Add("tblSystemRevision", ("sysRevision", 1));
        AddPrincipals();
        AddNodes();
        DirectoryRows.Add(_pool, new Scope(StaticRows.RootNode, DomainPrincipal, Denied: false, StaticRows.SystemPrincipal));
        var ids = RoleIds.OfSample(Generation.Lync2010);
        foreach (var (room, sender) in _members)
        {
            DirectoryRows.Add(_pool, new Role(room, sender, ids.Member, StaticRows.SystemPrincipal), ids);
        }
    }

    private void AddPrincipals()
    {
        const int System = StaticRows.SystemPrincipal;
        DirectoryRows.Add(_pool, NewPrincipal(System, StaticRows.SystemUri, "System", PrincipalTypes.SystemUser));
        DirectoryRows.Add(_pool, NewPrincipal(DomainPrincipal, $"ma-grp:{Domain}", Domain, PrincipalTypes.Domain));
        DirectoryRows.AddAffiliation(_pool, DomainPrincipal, DomainPrincipal);
        foreach (var (name, id) in _senders)
        {
            DirectoryRows.Add(_pool, NewPrincipal(id, UriOf(name), name, PrincipalTypes.User));
            DirectoryRows.AddAffiliation(_pool, id, id);
            DirectoryRows.AddAffiliation(_pool, id, DomainPrincipal);
        }
    }

    private Principal NewPrincipal(int id, string uri, string name, short type) => new()
    {
        Id = id,
        Guid = StaticRows.Derive(Senders, type == PrincipalTypes.User ? name : uri),
        Uri = uri,
        Name = name,
        Type = type,
        AddedBy = StaticRows.SystemPrincipal,
        AddedOn = _firstDate,
        UpdatedBy = StaticRows.SystemPrincipal,
        UpdatedOn = _firstDate,
        VerifiedOn = new DateTime(_firstDate, DateTimeKind.Utc),
    };

    /// <summary>An address of one's own also for senders that differ by case only, or have no name.</summary>
    private string UriOf(string sender)
    {
        var account = sender.Length == 0 ? "nobody" : Uri.EscapeDataString(sender);
        for (var k = 1; ; k++)
        {
            var uri = k == 1 ? $"sip:{account}@{Domain}" : $"sip:{account}+{k.ToString(CultureInfo.InvariantCulture)}@{Domain}";
            if (_uris.Add(uri))
            {
                return uri;
            }
        }
    }

    private void AddNodes()
    {
        var root = NewNode(StaticRows.RootNode, Roots, "Root", StaticRows.RootNode, isCategory: true);
        DirectoryRows.Add(
            _pool, root with { Invite = true, Logged = true, FilePost = true, Visibility = 3, RestrictChildCreate = false });
        foreach (var (name, id) in _communities)
        {
            DirectoryRows.Add(_pool, NewNode(id, Communities, Claim(name), StaticRows.RootNode, isCategory: true));
        }

        foreach (var (name, room) in _rooms)
        {
            DirectoryRows.Add(_pool, NewNode(room.Id, Rooms, Claim(name), room.Category, isCategory: false));
            _pool.Add("tblLastChatId", ("nodeID", room.Id), ("lastChatID", room.LastChatId));
        }
    }

    private Node NewNode(int id, Guid space, string name, int parent, bool isCategory) => new()
    {
        Id = id,
        Guid = StaticRows.Derive(space, name),
        Parent = parent,
        IsCategory = isCategory,
        Name = name,
        OverrideMember = false,
        Behaviour = 4,
        ScopeDefiner = StaticRows.RootNode,
        RoleDefiner = StaticRows.RootNode,
        AddedBy = StaticRows.SystemPrincipal,
        AddedOn = _firstDate,
        UpdatedBy = StaticRows.SystemPrincipal,
        UpdatedOn = _firstDate,
    };

    /// <summary>The name, or with a number behind it when it equals an earlier one but for case (N2).</summary>
    private string Claim(string name)
    {
        for (var k = 1; ; k++)
        {
            var candidate = k == 1 ? name : $"{name} ({k.ToString(CultureInfo.InvariantCulture)})";
            if (_names.Add(candidate.TrimEnd(' ')))
            {
                if (k > 1)
                {
                    _notes.Add($"{name} equals an earlier name and became {candidate}.");
                }

                return candidate;
            }
        }
    }

    private sealed class Room
    {
        public required int Id { get; init; }

        public required int Category { get; init; }

        public long LastChatId { get; set; }
    }
}
