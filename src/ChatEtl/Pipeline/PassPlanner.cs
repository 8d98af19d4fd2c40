using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;

namespace ChatEtl.Pipeline;

/// <summary>Everything decided before the first row is written: shape, directories, rules, findings, fingerprint.</summary>
/// <param name="Shape">What the source is.</param>
/// <param name="Source">The source's directory.</param>
/// <param name="Destination">The destination's directory as it stands.</param>
/// <param name="Directory">What the rules want.</param>
/// <param name="Run">The run stored at the destination; null before the first.</param>
/// <param name="Earlier">Decisions of earlier runs.</param>
/// <param name="Fingerprint">What this migration is about.</param>
/// <param name="Findings">All findings, errors first.</param>
public sealed record PassPlan(
    SourceShape Shape, ChatDirectory Source, ChatDirectory Destination, DirectoryPlan Directory, RunRecord? Run, Decisions Earlier, RunFingerprint Fingerprint,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>Throws when a finding stops the run.</summary>
    /// <exception cref="PlanException">There is at least one error.</exception>
    public void Demand()
    {
        var errors = Findings.Where(finding => finding.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new PlanException(errors);
        }
    }
}

/// <summary>Reads both directories and applies the rules; writes nothing. Migration and comparison both begin here.</summary>
public static class PassPlanner
{
    /// <summary>Makes the plan of a pass.</summary>
    /// <param name="source">The source.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="destinationReader">The destination, read through its own product's source.</param>
    /// <param name="generation">The configured generation; null for auto.</param>
    /// <param name="rules">The configured rules.</param>
    /// <param name="forWriting">Whether rows are to be written.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <exception cref="ResumeRefusedException">The destination holds the checkpoints of another migration.</exception>
    /// <exception cref="PlanException">A database is not what it should be.</exception>
    public static PassPlan Plan(
        IChatSource source, ExplainedDestination destination, IChatSource destinationReader, Generation? generation, RuleOptions rules,
        bool forWriting, CancellationToken cancellationToken)
    {
        (source, destinationReader) = (ExplainedSource.OfSource(source), ExplainedSource.OfDestination(destinationReader));
        var shape = SourceShape.Detect(source.ReadShape(), generation);

        // The destination first, then who reads it back: it may have to undo what a run that died left half done.
        var findingsThere = destination.Check(forWriting);
        var destinationShape = SourceShape.Detect(destinationReader.ReadShape(), Generation.Lync2013) with { Findings = findingsThere };
        var looked = source.Check(cancellationToken);
        StopOn([.. looked, .. shape.Findings, .. destinationShape.Findings]);

        // A run reads one after the other: its steps have one order, which a simulation repeats, and before its first pass there is little to read there.
        var (sourceDirectory, destinationDirectory) = forWriting
            ? (DirectoryReader.Read(source, shape, cancellationToken), DirectoryReader.Read(destinationReader, destinationShape, cancellationToken))
            : DirectoryReader.ReadBoth(source, shape, destinationReader, destinationShape, cancellationToken);
        var run = destination.ReadRun();
        var fingerprint = Fingerprint(sourceDirectory, destinationDirectory, rules);
        Refuse(run, fingerprint);
        var earlier = destination.ReadDecisions();
        var facts = new MessageFacts
        {
            CountInSource = node => source.CountMessages(new Segment(node, long.MinValue, long.MaxValue)),
            TimeAsStored = destination.TimeAsStored,
            HoldsForeignMessages = (here, there) => MessageEvidence.HoldsForeign(source, here, destinationReader, there, cancellationToken),
        };
        var directory = DirectoryRules.Plan(sourceDirectory, destinationDirectory, rules, earlier, facts);
        var findings = directory.Findings.Concat(looked).Concat(destinationShape.Findings).Concat(shape.Findings).Concat(NotCarried(source, shape)).OrderByDescending(finding => finding.Severity);
        return new PassPlan(shape, sourceDirectory, destinationDirectory, directory, run, earlier, fingerprint, [.. findings]);
    }

    private static void Refuse(RunRecord? run, RunFingerprint fingerprint)
    {
        if (run is null)
        {
            return;
        }

        if (run.Format != RunRecord.CurrentFormat)
        {
            throw new ResumeRefusedException([new(
                "format of our tables", run.Format.ToString(CultureInfo.InvariantCulture), RunRecord.CurrentFormat.ToString(CultureInfo.InvariantCulture))]);
        }

        var differences = fingerprint.DifferencesFrom(run.Fingerprint);
        if (differences.Count > 0)
        {
            throw new ResumeRefusedException([.. differences.Select(part => new ResumeDifference(part.Name, part.There, part.Here))]);
        }
    }

    private static RunFingerprint Fingerprint(ChatDirectory source, ChatDirectory destination, RuleOptions rules) => new(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["source"] = RootGuid(source),
            ["destination"] = RootGuid(destination),
            ["generation"] = source.Generation.ToString(),
            ["rules.nameSeparator"] = rules.NameSeparator,
            ["rules.emptyCategories"] = rules.EmptyCategories.ToString(),
            ["rules.rootRoomsCategory"] = rules.RootRoomsCategory,
            ["rules.longNames"] = rules.LongNames.ToString(),
            ["rules.nameCollisions"] = rules.NameCollisions.ToString(),
            ["rules.existingNames"] = rules.ExistingNames.ToString(),
            ["rules.disabledRooms"] = rules.DisabledRooms.ToString(),
            ["rules.topics"] = rules.Topics.ToString(),
            ["rules.creators"] = rules.Creators.ToString(),
            ["rules.outOfScope"] = rules.OutOfScope.ToString(),
            ["rules.unknownAuthors"] = rules.UnknownAuthors.ToString(),
            ["rules.invitations"] = rules.Invitations.ToString(),
            ["rules.preferences"] = rules.Preferences.ToString(),
            ["rules.affiliations"] = rules.Affiliations.ToString(),
            ["rules.level"] = rules.Level.ToString(),
            ["rules.categories"] = string.Join('\n', rules.Categories),
            ["rules.messagesSince"] = rules.MessagesSince?.ToString("o", CultureInfo.InvariantCulture) ?? "",
        });

    private static string RootGuid(ChatDirectory directory) =>
        directory.Nodes.FirstOrDefault(node => node.Parent == node.Id) is { } root ? $"root node {Cells.FormatGuid(root.Guid)}" : "no root node";

    /// <summary>T27: tables that no rule carries, with their row counts.</summary>
    private static IEnumerable<Finding> NotCarried(IChatSource source, SourceShape shape) =>
        from table in shape.Shape.Tables.Keys.Order(StringComparer.OrdinalIgnoreCase)
        where !ChatSchema.Written.Any(written => written.Name.Equals(table, StringComparison.OrdinalIgnoreCase)) && !table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)
            && !(shape.Shape.Has("package_manifest") && table.StartsWith("package_", StringComparison.OrdinalIgnoreCase))
        let rows = source.CountRows(table)
        select new Finding("T27", Severity.Information, table, "", $"{rows} rows of {table} are not carried.");

    private static void StopOn(IReadOnlyList<Finding> findings)
    {
        var errors = findings.Where(finding => finding.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new PlanException(errors);
        }
    }
}
