namespace ChatEtl.Comparing;

/// <summary>Expands a room's entries to the people who see, join, read, post to and manage it, in one of two readings.</summary>
/// <remarks>What rooms inherit is expanded once as long as they come parent by parent. Not safe for concurrent use.</remarks>
/// <param name="side">The side.</param>
/// <param name="people">How many numbers there are.</param>
/// <param name="isWide">
/// Whether people of partner organisations count, and a name is seen that may be seen. The narrow reading is what gains are held against,
/// the wide one what losses are: so either is rather reported than overlooked.
/// </param>
internal sealed class AccessEvaluator(AccessSide side, int people, bool isWide)
{
    private readonly PersonBits _members = new(people);
    private readonly PersonBits _voiced = new(people);
    private readonly PersonBits _inheritedMembers = new(people);
    private readonly PersonBits _inheritedManagers = new(people);
    private IReadOnlyList<AccessEntry>? _heldEntries;
    private AccessScope? _heldScope;

    /// <summary>Evaluates a room or category.</summary>
    /// <param name="room">The room.</param>
    /// <param name="scope">Its scope.</param>
    /// <param name="into">Gets the people.</param>
    public void Evaluate(AccessRoom room, AccessScope scope, AccessSets into)
    {
        into.Clear();
        _voiced.Clear();
        var managers = into[AccessSets.Manage];
        if (room.Inherited.Count == 0)
        {
            _members.Clear();
        }
        else
        {
            Inherit(room.Inherited, scope);
            _members.CopyFrom(_inheritedMembers);
            managers.CopyFrom(_inheritedManagers);
        }

        foreach (var entry in room.Own)
        {
            Add(entry, scope, entry.Role switch
            {
                AccessRole.Member => _members,
                AccessRole.Manager => managers,
                AccessRole.Voiced => _voiced,
                _ => into[AccessSets.Create],
            });
        }

        if (scope.DeniedPeople is { } denied)
        {
            _members.ExceptWith(denied);
            _voiced.ExceptWith(denied);
            managers.ExceptWith(denied);
            into[AccessSets.Create].ExceptWith(denied);
        }

        if (!room.IsDisabled && !room.Node.IsCategory)
        {
            Admit(room, scope, into);
        }
    }

    /// <summary>Whether a role counts: its entry is in scope and, in the narrow reading, of no partner organisation.</summary>
    public bool Counts(AccessEntry entry, AccessScope scope) =>
        scope.Admits(entry.Place) && (isWide || !AccessSide.IsFederated(side.RowAt(entry.Place)!.Type));

    private void Admit(AccessRoom room, AccessScope scope, AccessSets into)
    {
        var (see, enter, post) = (into[AccessSets.See], into[AccessSets.Enter], into[AccessSets.Post]);
        enter.CopyFrom(_members);
        enter.UnionWith(into[AccessSets.Manage]);
        if (room.IsOpen)
        {
            AddScope(enter, scope);
        }

        post.CopyFrom(room.IsAuditorium ? _voiced : enter);
        enter.UnionWith(_voiced);
        see.CopyFrom(enter);
        if (isWide ? room.MayBeSeen : room.IsSeen)
        {
            AddScope(see, scope);
        }
    }

    private void AddScope(PersonBits set, AccessScope scope)
    {
        set.UnionWith(scope.People);
        if (isWide)
        {
            set.UnionWith(scope.Federated);
        }
    }

    private void Inherit(IReadOnlyList<AccessEntry> entries, AccessScope scope)
    {
        if (ReferenceEquals(entries, _heldEntries) && ReferenceEquals(scope, _heldScope))
        {
            return;
        }

        (_heldEntries, _heldScope) = (entries, scope);
        _inheritedMembers.Clear();
        _inheritedManagers.Clear();
        foreach (var entry in entries)
        {
            Add(entry, scope, entry.Role == AccessRole.Manager ? _inheritedManagers : _inheritedMembers);
        }
    }

    private void Add(AccessEntry entry, AccessScope scope, PersonBits to)
    {
        if (Counts(entry, scope))
        {
            side.AddPeople(entry.Place, isWide, to);
        }
    }
}
