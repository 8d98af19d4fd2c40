using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Pipeline;

namespace ChatEtl.Planning;

/// <summary>Holds a pass to a plan made before: finds what changed since, and refuses.</summary>
/// <remarks>
/// The rules are deterministic: equal directories, options and earlier decisions give an equal plan. So the plan of now is made anew and
/// compared with the stored one. New messages are no change: people go on chatting. While the pass that the plan began is open, its own rows
/// stand at the destination; then source, options and decisions are compared, and the destination's directory is not.
/// </remarks>
public static class PlanDrift
{
    /// <summary>Lets the pass go on when nothing changed.</summary>
    /// <exception cref="PlanRefusedException">Something changed, or the plan cannot be carried out.</exception>
    public static void Refuse(PlanTerms terms, PassPlan now)
    {
        if (terms.Errors > 0 || terms.Fingerprint is null)
        {
            throw new PlanRefusedException([$"the plan has {terms.Errors} error{(terms.Errors == 1 ? "" : "s")}"], "Settle them and make the plan anew.");
        }

        var isOpen = now.Run is { State: RunState.Running };
        var pass = isOpen ? now.Run!.Pass : (now.Run?.Pass ?? 0) + 1;
        if (pass != terms.Pass)
        {
            throw new PlanRefusedException(
                [string.Create(CultureInfo.InvariantCulture, $"the plan is of pass {terms.Pass}, and pass {(isOpen ? pass : pass - 1)} is {(isOpen ? "under way" : "complete")}")],
                "Make a plan anew for another pass, or give chat-etl compare to have the proof of this one.");
        }

        var changes = Changes(terms, now, isOpen).ToList();
        if (changes.Count == 0 && !isOpen && !now.Directory.HasErrors && DirectoryState.OutcomeOf(now.Directory) != terms.Outcome)
        {
            changes.Add("the rows to be written: not those of the plan, though nothing else differs; the plan may be of another version of this program");
        }

        if (changes.Count > 0)
        {
            throw new PlanRefusedException(changes, "Make the plan anew and look at it, or migrate without one.");
        }
    }

    private static IEnumerable<string> Changes(PlanTerms terms, PassPlan now, bool isOpen)
    {
        foreach (var (name, here, there) in now.Fingerprint.DifferencesFrom(terms.Fingerprint!))
        {
            yield return $"{name}: was {Quoted(there)}, is now {Quoted(here)}";
        }

        foreach (var change in Rows("source", DirectoryState.Of(now.Source).ChangesSince(terms.Source), now.Source))
        {
            yield return change;
        }

        if (!isOpen)
        {
            foreach (var change in Rows("destination", DirectoryState.Of(now.Destination).ChangesSince(terms.Destination), now.Destination))
            {
                yield return change;
            }
        }

        foreach (var change in DecisionChanges(terms.Decisions, now.Directory.Decisions))
        {
            yield return change;
        }
    }

    private static string Quoted(string value) => value.Length == 0 ? "nothing" : value.Replace("\n", ", ", StringComparison.Ordinal);

    private static IEnumerable<string> Rows(string side, IEnumerable<(string Table, string Key, string Change)> changes, ChatDirectory directory)
    {
        var names = new RowNames(directory);
        foreach (var (table, key, change) in changes)
        {
            var name = names.Of(table, key);
            yield return $"{side} {table} {key}{(name.Length == 0 ? "" : $" (\"{name}\")")}: {(RowNames.IsSet(table) ? $"{RowNames.SetOf(table)} {change}" : change)}";
        }
    }

    /// <summary>Decisions that are not what they were; placeholders are made while messages move and do not count.</summary>
    private static IEnumerable<string> DecisionChanges(Decisions then, Decisions now) =>
    [
        .. Differing("principal", then.Principals.Values.Where(IsPlanned), now.Principals.Values.Where(IsPlanned), one => one.SourceId, one => one with { Digest = "" }),
        .. Differing("node", then.Nodes.Values, now.Nodes.Values, one => one.SourceId, one => one with { Digest = "" }),
        .. Differing("add-in", then.AddIns.Values, now.AddIns.Values, one => one.SourceId, one => one with { Digest = "" }),
    ];

    private static bool IsPlanned(PrincipalDecision decision) => decision.Origin != Origin.Placeholder;

    private static IEnumerable<string> Differing<T, TKey>(string what, IEnumerable<T> then, IEnumerable<T> now, Func<T, TKey> key, Func<T, T> plain)
        where T : class
        where TKey : notnull
    {
        var before = then.ToDictionary(key, plain);
        foreach (var decision in now)
        {
            if (!before.Remove(key(decision), out var earlier))
            {
                yield return $"decision about {what} {Cells.Format(key(decision))}: the plan has none";
            }
            else if (!earlier.Equals(plain(decision)))
            {
                yield return $"decision about {what} {Cells.Format(key(decision))}: is not the plan's";
            }
        }

        foreach (var gone in before.Keys)
        {
            yield return $"decision about {what} {Cells.Format(gone)}: there is none any more";
        }
    }
}
