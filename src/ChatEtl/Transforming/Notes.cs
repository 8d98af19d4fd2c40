using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>What the rules were given; read by all of them, changed by none.</summary>
/// <param name="Source">The source directory.</param>
/// <param name="Destination">The destination's directory as it stands.</param>
/// <param name="Rules">The configured rules.</param>
/// <param name="Earlier">Decisions of earlier runs (E1).</param>
/// <param name="Facts">What must be known about messages.</param>
internal sealed record PlanInput(
    ChatDirectory Source, ChatDirectory Destination, Configuration.RuleOptions Rules, Decisions Earlier, MessageFacts Facts)
{
    /// <summary>Whether the source is of the legacy family; a 2013 source keeps names, values and roles (S5).</summary>
    public bool IsLegacy => Source.Generation != Generation.Lync2013;
}

/// <summary>Collects what the rules have to say: findings, rejections and books.</summary>
internal sealed class Notes
{
    /// <summary>tblPrincipal.</summary>
    public const string Principals = "tblPrincipal";

    /// <summary>tblNode.</summary>
    public const string Nodes = "tblNode";

    /// <summary>tblPrincipalRole.</summary>
    public const string Roles = "tblPrincipalRole";

    /// <summary>tblScopePrincipal.</summary>
    public const string Scopes = "tblScopePrincipal";

    /// <summary>tblSiopWhiteList.</summary>
    public const string AddIns = "tblSiopWhiteList";

    private readonly List<Finding> _findings = [];
    private readonly List<Rejection> _rejections = [];
    private readonly Dictionary<string, Book> _books = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins with what a reader found; has no books.</summary>
    public Notes(IEnumerable<Finding> problems) => _findings.AddRange(problems);

    /// <summary>Opens the books of the source and takes over what its reader found.</summary>
    public Notes(ChatDirectory source, ChatDirectory destination)
    {
        Open(source, Principals, source.Principals.Count);
        Open(source, Nodes, source.Nodes.Count);
        Open(source, Roles, source.Roles.Count);
        Open(source, Scopes, source.Scopes.Count);
        Open(source, AddIns, source.AddIns.Count);
        _rejections.AddRange(source.Rejections);
        _findings.AddRange(source.Problems);
        _findings.AddRange(destination.Problems);
        foreach (var unreadable in destination.Rejections)
        {
            Error("B2", unreadable.Table, unreadable.Key, $"The destination's row cannot be read ({unreadable.Reason}), so access cannot be judged; repair it.");
        }
    }

    /// <summary>All findings, errors first, otherwise in the order they were made.</summary>
    public IReadOnlyList<Finding> Findings => [.. _findings.OrderByDescending(f => f.Severity)];

    /// <summary>Whether a finding stops the run.</summary>
    public bool HasErrors => _findings.Exists(f => f.Severity == Severity.Error);

    /// <summary>All rejections.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>The books by table.</summary>
    public IReadOnlyDictionary<string, Book> Books => _books;

    /// <summary>The book of a table.</summary>
    public Book Book(string table) => _books[table];

    /// <summary>A finding that stops the run.</summary>
    public void Error(string rule, string table, string key, string message) =>
        _findings.Add(new Finding(rule, Severity.Error, table, key, message));

    /// <summary>A finding about a node that stops the run.</summary>
    public void Error(string rule, Node node, string message) => Error(rule, Nodes, Key(node.Id), message);

    /// <summary>A finding about something lost or changed.</summary>
    public void Warning(string rule, string table, string key, string message) =>
        _findings.Add(new Finding(rule, Severity.Warning, table, key, message));

    /// <summary>A finding about something of a node that is lost or changed.</summary>
    public void Warning(string rule, Node node, string message) => Warning(rule, Nodes, Key(node.Id), message);

    /// <summary>A finding worth knowing.</summary>
    public void Information(string rule, string table, string key, string message) =>
        _findings.Add(new Finding(rule, Severity.Information, table, key, message));

    /// <summary>Rejects a row and counts it.</summary>
    public void Reject(Rejection rejection)
    {
        _rejections.Add(rejection);
        Book(rejection.Table).Rejected++;
    }

    /// <summary>A plan that holds only findings.</summary>
    public DirectoryPlan Stopped() => new()
    {
        Findings = Findings,
        Rejections = Rejections,
        RolesOf = static _ => [],
        RouteOf = static _ => default,
    };

    /// <summary>A number as a row's key.</summary>
    public static string Key(int id) => id.ToString(CultureInfo.InvariantCulture);

    private void Open(ChatDirectory source, string table, long rows)
    {
        var rejected = source.Rejections.LongCount(r => string.Equals(r.Table, table, StringComparison.OrdinalIgnoreCase));
        _books[table] = new Book { Read = source.RowsRead.TryGetValue(table, out var read) ? read : rows + rejected, Rejected = rejected };
    }
}
