using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>The add-ins' white list (T25, N7).</summary>
internal static class AddInRules
{
    private const int UrlLength = 255;

    /// <summary>Decides every add-in; none at levels without rooms (F2).</summary>
    public static AddInMap Decide(PlanInput input, Selection selection, Notes notes)
    {
        var book = notes.Book(Notes.AddIns);
        if (!selection.HasRooms)
        {
            book.Skip("T26", input.Source.AddIns.Count);
            return new AddInMap(input.Earlier.AddIns, []);
        }

        var rows = input.Source.AddIns.OrderBy(a => a.Id.ToString().ToUpperInvariant(), StringComparer.Ordinal).ToList();
        foreach (var repeated in rows.GroupBy(a => a.Id).Where(g => g.Skip(1).Any()))
        {
            notes.Error("T25", Notes.AddIns, Key(repeated.First()), $"The add-in {Key(repeated.First())} occurs more than once; keep one row.");
        }

        var existing = input.Destination.AddIns.DistinctBy(a => a.Id).ToDictionary(a => a.Id);
        var decided = new Dictionary<Guid, AddInDecision>(input.Earlier.AddIns);
        var names = Names(input, rows, existing);
        foreach (var row in rows)
        {
            if (decided.TryGetValue(row.Id, out var earlier))
            {
                decided[row.Id] = KeepsName(earlier, row) ? earlier : earlier with { Name = Choose(names, row, notes).Name };
            }
            else if (existing.TryGetValue(row.Id, out var same))
            {
                decided[row.Id] = new AddInDecision(row.Id, same.Id, Origin.Reused, same.Name);
            }
            else
            {
                var (name, merged) = Choose(names, row, notes);
                decided[row.Id] = merged is null
                    ? new AddInDecision(row.Id, row.Id, Origin.Created, name)
                    : new AddInDecision(row.Id, merged.Id, Origin.Merged, merged.Name);
            }
        }

        var wanted = new List<AddIn>();
        foreach (var row in rows)
        {
            var decision = decided[row.Id];
            if (decision.Origin != Origin.Created)
            {
                book.Reused++;
                continue;
            }

            book.Written++;
            wanted.Add(new AddIn(decision.DestinationId, decision.Name, row.Url));
            if (row.Url.Length > UrlLength)
            {
                notes.Error("T25", Notes.AddIns, Key(row), $"Add-in {Key(row)} has a URL of {row.Url.Length} units, more than {UrlLength}; shorten it.");
            }
        }

        return new AddInMap(decided, wanted);
    }

    private static NameSpace<AddIn> Names(PlanInput input, List<AddIn> rows, Dictionary<Guid, AddIn> existing)
    {
        var names = new NameSpace<AddIn>(input.Rules, ShortName.AddInLength, static (_, _) => true);
        var renamed = new HashSet<Guid>();
        foreach (var row in rows)
        {
            if (!input.Earlier.AddIns.TryGetValue(row.Id, out var decision))
            {
                if (existing.TryGetValue(row.Id, out var same))
                {
                    names.TakeForOurs(same.Name);
                }
            }
            else if (KeepsName(decision, row))
            {
                names.TakeForOurs(decision.Name);
            }
            else
            {
                renamed.Add(decision.DestinationId);
            }
        }

        foreach (var item in existing.Values.Where(a => !renamed.Contains(a.Id)))
        {
            names.TakeForExisting(item.Name, item);
        }

        return names;
    }

    /// <summary>Whether a name we once gave may still come from the source's name; its full name is not stored.</summary>
    private static bool KeepsName(AddInDecision earlier, AddIn row)
    {
        if (earlier.Origin != Origin.Created || earlier.Name == ShortName.Of(row.Name, ShortName.AddInLength))
        {
            return true;
        }

        const int highestSuffixTried = 1000;
        return Enumerable.Range(2, highestSuffixTried).Any(k => earlier.Name == ShortName.Of($"{row.Name} ({k})", ShortName.AddInLength));
    }

    private static (string Name, AddIn? Merged) Choose(NameSpace<AddIn> names, AddIn row, Notes notes) =>
        names.Choose(row.Name, isCategory: false, $"Add-in {Key(row)}", (rule, fails, message) =>
        {
            if (fails)
            {
                notes.Error(rule, Notes.AddIns, Key(row), message);
            }
            else
            {
                notes.Warning(rule, Notes.AddIns, Key(row), message);
            }
        });

    private static string Key(AddIn row) => row.Id.ToString().ToUpperInvariant();
}

/// <summary>The decided add-ins.</summary>
/// <param name="Decisions">Earlier and new decisions together.</param>
/// <param name="Wanted">Rows of the add-ins we create.</param>
internal sealed record AddInMap(IReadOnlyDictionary<Guid, AddInDecision> Decisions, IReadOnlyList<AddIn> Wanted);
