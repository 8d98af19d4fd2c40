using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Pipeline;

/// <summary>What rows of the streams go through under a plan; made once, with looks ahead over the small tables.</summary>
internal sealed class PassTransforms
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);

    private PassTransforms(MessageTransform messages, IReadOnlyDictionary<string, RowTransform> rows) => (Messages, Rows) = (messages, rows);

    /// <summary>For messages.</summary>
    public MessageTransform Messages { get; }

    /// <summary>For invitations, affiliations and preferences, by table; those that options or level leave out have none.</summary>
    public IReadOnlyDictionary<string, RowTransform> Rows { get; }

    /// <summary>Makes them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rules">Which streams there are.</param>
    /// <param name="source">The source.</param>
    /// <param name="reader">The destination, read back.</param>
    /// <param name="addPlaceholder">Writes the row of a placeholder for a missing author (T20); tells its destination prinID.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static PassTransforms Of(
        PassPlan plan, RuleOptions rules, IChatSource source, IChatSource reader, Func<int, Principal, int> addPlaceholder, CancellationToken cancellationToken)
    {
        var (schema, directory) = (plan.Shape.Schema, plan.Directory);
        var rows = new Dictionary<string, RowTransform>(StringComparer.OrdinalIgnoreCase);
        var invitations = schema[Streams.Invitations];
        if (Levels.Rooms(rules) && rules.Invitations == CarryOrLeave.Carry)
        {
            rows[Streams.Invitations] = SmallTableRules.Invitations(directory, invitations, DuplicateRows.Invitations(directory, invitations, () => Read(source, invitations)));
        }

        var affiliations = schema[Streams.Affiliations];
        if (rules.Affiliations == CarryOrLeave.Carry)
        {
            rows[Streams.Affiliations] = SmallTableRules.Affiliations(
                directory, affiliations, DuplicateRows.Affiliations(directory, affiliations, () => Read(source, affiliations)));
        }

        var preferences = schema[Streams.Preferences];
        if (rules.Preferences == CarryOrLeave.Carry)
        {
            var chosen = SmallTableRules.ChoosePreferences(preferences, Read(source, preferences), EqualNames.Comparer);
            var label = ChatSchema.Persistent[Streams.Preferences].Ordinal("prefLabel");
            var existing = Read(reader, ChatSchema.Persistent[Streams.Preferences]).Select(cells => cells[label]).OfType<string>().ToHashSet(EqualNames.Comparer);
            rows[Streams.Preferences] = SmallTableRules.Preferences(directory, preferences, chosen, existing);
        }

        return new PassTransforms(new MessageTransform(directory, rules, rules.UnknownAuthors == UnknownAuthors.Reject ? null : Placeholder), rows);

        int Placeholder(int missing) => addPlaceholder(missing, PlaceholderAuthors.RowFor(missing, directory.SourceRootGuid, directory.SystemPrincipalId));

        IEnumerable<object?[]> Read(IChatSource end, Table table) => end.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows);
    }
}
