using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>The directory of a sample pool while it is thought out: every part adds to it, <see cref="SamplePool"/> writes it.</summary>
internal sealed class SampleWorld(SampleOptions options)
{
    /// <summary>The instant at which the sample pool was installed; everything else follows at a fixed distance.</summary>
    public static readonly DateTime Start = new(2009, 3, 2, 8, 0, 0, DateTimeKind.Utc);

    /// <summary>No message is younger.</summary>
    public static readonly DateTime End = new(2012, 11, 30, 18, 0, 0, DateTimeKind.Utc);

    public const int SystemPrincipal = StaticRows.SystemPrincipal;
    public const int RootNode = StaticRows.RootNode;

    private readonly HashSet<(int Node, int Principal, int Type)> _roleKeys = [];

    public SampleOptions Options { get; } = options;

    /// <summary>Decides everything but the messages, so that their number changes nothing else.</summary>
    public Random Random { get; } = new(options.Seed);

    public RoleIds RoleIds { get; } = RoleIds.OfSample(options.Generation);

    public bool IsLegacy => Options.Generation != Generation.Lync2013;

    public List<Principal> Principals { get; } = [];

    public AffiliationGraph Affiliations { get; } = new();

    /// <summary>All nodes, the root first, parents before children; ids need not follow that order.</summary>
    public List<Node> Nodes { get; } = [];

    public List<Role> Roles { get; } = [];

    public List<Scope> Scopes { get; } = [];

    public List<AddIn> AddIns { get; } = [];

    public IEnumerable<Node> Rooms => Nodes.Where(node => !node.IsCategory);

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An instant in the first days of the pool, by which the directory was set up.</summary>
    public long NextSetUpTime() => Start.Ticks + (Random.NextInt64(20 * TimeSpan.TicksPerDay) / 10 * 10);

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public T Any<T>(IReadOnlyList<T> list) => list[Random.Next(list.Count)];

    /// <summary>Adds a role unless it is there.</summary>
    public void AddRole(Node node, int principal, int type)
    {
        if (_roleKeys.Add((node.Id, principal, type)))
        {
            Roles.Add(new Role(node.Id, principal, type, node.UpdatedBy ?? SystemPrincipal));
        }
    }

    public void AddScope(Node node, int principal, bool denied = false) =>
        Scopes.Add(new Scope(node.Id, principal, denied, node.UpdatedBy ?? SystemPrincipal));
}
