using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>A space of names in which no two may be equal: judges T3, T4 and T5 greedily, one name at a time (N1).</summary>
/// <typeparam name="T">What the destination has under a name.</typeparam>
/// <param name="rules">What to do about long and equal names.</param>
/// <param name="limit">Longest name in UTF-16 code units.</param>
/// <param name="mayMerge">Whether an existing item may be joined by the incoming one.</param>
internal sealed class NameSpace<T>(RuleOptions rules, int limit, Func<T, bool, bool> mayMerge)
    where T : class
{
    private readonly Dictionary<string, T?> _holders = new(EqualNames.Comparer);
    private readonly Dictionary<string, int> _nextSuffix = new(StringComparer.Ordinal);

    /// <summary>Enters a name that one of ours has.</summary>
    public void TakeForOurs(string name) => _holders[name] = null;

    /// <summary>Enters a name of an item that only the destination has.</summary>
    public void TakeForExisting(string name, T item) => _holders.TryAdd(name, item);

    /// <summary>Chooses the name of the next item and enters it; says what it changes.</summary>
    /// <param name="fullName">The whole name, before T3 to T5.</param>
    /// <param name="isCategory">Whether the item is a category; handed to the merge question.</param>
    /// <param name="item">How findings call it, for example <c>Room 7</c>.</param>
    /// <param name="note">Takes the rule, whether it is an error, and the message.</param>
    /// <returns>The name, and the existing item that the incoming one joins, if any.</returns>
    public (string Name, T? Merged) Choose(string fullName, bool isCategory, string item, Action<string, bool, string> note)
    {
        var name = ShortName.Of(fullName, limit);
        if (fullName.Length > limit)
        {
            var fails = rules.LongNames == LongNames.Fail;
            note("T3", fails, fails
                ? $"{item} has a name of {fullName.Length} units, more than {limit}: \"{fullName}\"; shorten it or set longNames to shorten."
                : $"{item} has a name of {fullName.Length} units and becomes \"{name}\".");
        }

        if (!_holders.TryGetValue(name, out var holder))
        {
            _holders.Add(name, null);
            return (name, null);
        }

        if (holder is null)
        {
            return (Rename(fullName, rules.NameCollisions == NameCollisions.Fail, "T4", item, "another migrated item", "nameCollisions", note), null);
        }

        if (rules.ExistingNames != ExistingNames.Merge)
        {
            return (Rename(fullName, rules.ExistingNames == ExistingNames.Fail, "T5", item, "an item at the destination", "existingNames", note), null);
        }

        if (!mayMerge(holder, isCategory))
        {
            note("T5", true, $"{item} has the name \"{name}\" of an item of another kind at the destination; a room and a category never merge, rename one.");
            return (Free(fullName), null);
        }

        _holders[name] = null;
        return (name, holder);
    }

    private string Rename(string fullName, bool fails, string rule, string item, string other, string option, Action<string, bool, string> note)
    {
        var name = Free(fullName);
        note(rule, fails, fails
            ? $"{item} has the same name as {other}: \"{fullName}\"; rename one or set {option} to rename."
            : $"{item} has the same name as {other}, \"{fullName}\", and becomes \"{name}\".");
        return name;
    }

    /// <summary>The first free name with a suffix; names are never given back, so each full name goes on where it stopped.</summary>
    private string Free(string fullName)
    {
        for (var k = _nextSuffix.GetValueOrDefault(fullName, 2); ; k++)
        {
            var candidate = ShortName.Of($"{fullName} ({k})", limit);
            if (_holders.TryAdd(candidate, null))
            {
                _nextSuffix[fullName] = k + 1;
                return candidate;
            }
        }
    }
}
