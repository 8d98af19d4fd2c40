using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>A set of source principals, one bit each; everyone when there is no scope.</summary>
internal sealed class PrincipalSet
{
    private readonly ulong[]? _bits;

    private PrincipalSet(ulong[]? bits) => _bits = bits;

    /// <summary>Everyone: an empty scope set limits nobody (T17).</summary>
    public static PrincipalSet Everyone { get; } = new(null);

    /// <summary>Nobody.</summary>
    public static PrincipalSet Nobody { get; } = new([]);

    /// <summary>Whether nobody is kept out.</summary>
    public bool IsEveryone => _bits is null;

    /// <summary>The allowed, or everyone if null, without the denied.</summary>
    public static PrincipalSet Of(ulong[]? allowed, ulong[]? denied)
    {
        if (allowed is null && denied is null)
        {
            return Everyone;
        }

        var bits = new ulong[(allowed ?? denied)!.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (allowed?[i] ?? ulong.MaxValue) & ~(denied?[i] ?? 0);
        }

        return new PrincipalSet(bits);
    }

    /// <summary>Whether the principal at a place is in the set.</summary>
    public bool Contains(int place) => _bits is null || (place >> 6 < _bits.Length && (_bits[place >> 6] >> (place & 63) & 1) != 0);
}

/// <summary>Who is in scope, directly or through any affiliation (T17, R7); each set is computed once and kept for a while.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class ScopeSets(PlanInput input, PrincipalMap principals, ScopeTable table, DestinationView there)
{
    private const int SetsKept = 1024;
    private readonly Dictionary<(char Kind, int Id), PrincipalSet> _sets = [];
    private readonly Lock _lock = new();
    private readonly Lazy<MemberSearch> _search = new(() => new MemberSearch(input.Source.Affiliations, principals));

    /// <summary>Who was in the scope a source node defines, by source ids: who could have access before.</summary>
    public PrincipalSet Source(int definer) => Kept('s', definer, () => Set(definer, static _ => true));

    /// <summary>Who of the source is in the scope as we write it, by source ids.</summary>
    public PrincipalSet Written(int definer) => table.RowsOf(definer).All(IsWritten)
        ? Source(definer)
        : Kept('w', definer, () => Set(definer, IsWritten));

    /// <summary>Who of the source is in the scope of an existing destination category: its allowed without its denied (E2).</summary>
    public PrincipalSet Existing(int destinationCategory) => Kept('d', destinationCategory, () =>
    {
        var rows = there.ScopesOf(destinationCategory).ToList();
        return PrincipalSet.Of(
            rows.TrueForAll(r => r.Denied) ? null : Members(rows.Where(r => !r.Denied)),
            rows.Exists(r => r.Denied) ? Members(rows.Where(r => r.Denied)) : null);

        ulong[] Members(IEnumerable<Scope> scopes) =>
            _search.Value.MembersOf(scopes.SelectMany(s => principals.SourcesOf(s.Principal)), joinsTwins: true);
    });

    /// <summary>Whom of the source T17 lets through, by place. Whoever was out of scope before never gains by a wider scope at the destination.</summary>
    /// <param name="definer">Place of the source node that defines the scope, or -1 when it is broken.</param>
    /// <param name="existingCategory">Destination category whose own scope holds, or null for one we create.</param>
    public Func<int, bool> Admission(int definer, int? existingCategory)
    {
        if (definer < 0)
        {
            return PrincipalSet.Nobody.Contains;
        }

        var before = Source(definer);
        var drops = input.Rules.OutOfScope == Configuration.OutOfScope.Drop;
        if (existingCategory is { } category)
        {
            var after = Existing(category);
            return drops ? place => before.Contains(place) && after.Contains(place) : before.Contains;
        }

        if (drops)
        {
            return Written(definer).Contains;
        }

        var reachable = Reachable(definer);
        return place => before.Contains(place) || !reachable.Contains(place);
    }

    /// <summary>Who the scope as we write it could ever let in: source rows that become one principal count as one, denials do not count.</summary>
    private PrincipalSet Reachable(int definer) => Kept('r', definer, () =>
    {
        var allowed = table.RowsOf(definer).Where(r => !table[r].Denied).ToList();
        return PrincipalSet.Of(
            allowed.Count > 0 || table.HasUnreadable(definer)
                ? _search.Value.MembersOf(allowed.Where(IsWritten).Select(r => table[r].Principal), joinsTwins: true)
                : null,
            denied: null);
    });

    private bool IsWritten(int row) => table.FateOf(row) == ScopeFate.Written;

    /// <summary>A set whose rows are all lost stays a limit: it lets nobody in, rather than everybody (R6).</summary>
    private PrincipalSet Set(int definer, Func<int, bool> counts)
    {
        var rows = table.RowsOf(definer);
        var limits = rows.Any(r => !table[r].Denied) || table.HasUnreadable(definer);
        return PrincipalSet.Of(
            limits ? MembersOf(rows.Where(r => !table[r].Denied && counts(r))) : null,
            rows.Any(r => table[r].Denied) ? MembersOf(rows.Where(r => table[r].Denied)) : null);
    }

    private ulong[] MembersOf(IEnumerable<int> rows) => _search.Value.MembersOf(rows.Select(r => table[r].Principal), joinsTwins: false);

    private PrincipalSet Kept(char kind, int id, Func<PrincipalSet> compute)
    {
        lock (_lock)
        {
            if (!_sets.TryGetValue((kind, id), out var set))
            {
                if (_sets.Count >= SetsKept)
                {
                    _sets.Clear();
                }

                set = compute();
                _sets.Add((kind, id), set);
            }

            return set;
        }
    }
}
