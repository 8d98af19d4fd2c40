using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Writing;

namespace ChatEtl.Planning;

/// <summary>Plans a migration for people: the rules' findings, what there is, and what will become of it. Writes no table of either database.</summary>
/// <remarks>
/// Built on <see cref="PassPlanner"/>, with which every run begins, so a plan says what a run would do and not what another piece of code
/// thinks of it. Bad data makes findings, never exceptions; only an end that cannot be read and a destination that belongs to another
/// migration do.
/// </remarks>
public sealed class MigrationPlanner
{
    private readonly (IChatSource Source, IChatDestination Destination, IChatSource Reader) _ends;
    private readonly ExplainedSource _source;
    private readonly ExplainedSource _reader;
    private readonly ExplainedDestination _known;
    private readonly ChatEtlOptions _options;
    private readonly TimeProvider _time;
    private readonly EndRetries[] _retries;

    /// <summary>Names the ends.</summary>
    /// <param name="source">Where rows come from.</param>
    /// <param name="destination">Where they would go.</param>
    /// <param name="destinationReader">The destination, read through its own product's source.</param>
    /// <param name="options">The whole configuration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notice">Told when an end is down.</param>
    public MigrationPlanner(
        IChatSource source, IChatDestination destination, IChatSource destinationReader, ChatEtlOptions options, TimeProvider time, Action<string> notice)
    {
        _retries = [EndRetries.Of(source, options.Retry, time, notice), EndRetries.Of(destination, options.Retry, time, notice)];
        _source = ExplainedSource.OfSource(source, _retries[0]);
        _reader = ExplainedSource.OfDestination(destinationReader, _retries[1]);
        _known = new ExplainedDestination(destination, _retries[1]);
        (_ends, _options, _time) = ((source, destination, destinationReader), options, time);
    }

    /// <summary>nodeGuid of the root of an empty database that stands for a destination which does not exist yet; null when it exists.</summary>
    public Guid? NewDestinationRoot { get; init; }

    /// <summary>The destination for people, where the one that is read only stands for it; null for its own description.</summary>
    public string? DestinationDescription { get; init; }

    /// <summary>Whether every message is read, however many there are.</summary>
    public bool Exact { get; init; }

    /// <summary>How much a trial may read and write to predict the duration; null tries nothing, and then nothing at all is written at the destination.</summary>
    public CalibrationLimits? Trial { get; init; }

    /// <summary>What the process took to start.</summary>
    public TimeSpan Starting { get; init; }

    /// <summary>By whose clock hours are told.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Makes the plan.</summary>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <exception cref="ChatEtlException">An end cannot be read, or the destination belongs to another migration.</exception>
    public async Task<MigrationPlan> PlanAsync(CancellationToken cancellationToken)
    {
        var clock = _time.GetTimestamp();
        foreach (var retries in _retries)
        {
            retries.Abort = cancellationToken;
        }

        PassPlan pass;
        try
        {
            pass = PassPlanner.Plan(_source, _known, _reader, _options.Source.Generation, _options.Rules, forWriting: false, cancellationToken);
        }
        catch (PlanException exception)
        {
            // No chat database, or none of the expected shape: nothing else can be said of it.
            return Describe(null, null, null, null, null, [.. exception.Errors]);
        }

        var planning = Starting + _time.GetElapsedTime(clock);
        var survey = MessageSurvey.Of(_source, pass.Directory, _options.Rules.MessagesSince, Exact ? long.MaxValue : MessageSurvey.ReadWholeUpTo, cancellationToken);
        List<Finding> findings = [.. pass.Findings, .. Rejected(pass), .. Unknown(pass, survey)];
        IReadOnlyDictionary<string, Book>? books = null;
        if (!pass.Directory.HasErrors)
        {
            var diff = DirectoryDiff.Of(
                pass.Directory, _options.Rules.Affiliations == CarryOrLeave.Carry ? pass.Source.Affiliations : null, pass.Destination, pass.Earlier, _known.ReadAccess());
            findings.AddRange(diff.Findings);
            findings.AddRange(_known.Judge(diff.Tables));
            books = new PredictedBooks(pass, _options, _source, _reader, _known, survey, cancellationToken).Predict();
            findings.AddRange(TooMany(books));
        }

        var inventory = InventoryTaker.Take(pass, survey, _source, _options.Rules.NameSeparator);
        if (findings.Exists(finding => finding.Severity == Severity.Error))
        {
            books = null;
        }

        var forecast = books is null || Trial is null ? null : await ForecastAsync(pass, books, inventory, planning, cancellationToken).ConfigureAwait(false);
        return Describe(pass, survey, inventory, books, forecast, findings);
    }

    private async Task<PlanForecast> ForecastAsync(
        PassPlan pass, IReadOnlyDictionary<string, Book> books, SourceInventory inventory, TimeSpan planning, CancellationToken cancellationToken)
    {
        var measured = await new Calibration(_ends.Source, _ends.Destination, _ends.Reader, pass, _options, Trial!, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        var duration = Prediction.Of(measured, PlanForecast.WorkloadOf(measured.Workload, books, inventory, planning), _options.Compare.AfterMigrate);
        var now = _time.GetUtcNow();
        var activity = ActivityReader.Read(_source, now.UtcDateTime, new ActivityLimits(), cancellationToken);
        return new PlanForecast(duration, measured, activity, activity.Quietest(duration.High, now, Zone, PlanForecast.WindowsOffered), Zone);
    }

    private MigrationPlan Describe(
        PassPlan? pass, MessageSurvey? survey, SourceInventory? inventory, IReadOnlyDictionary<string, Book>? books, PlanForecast? forecast,
        IReadOnlyList<Finding> findings)
    {
        var names = pass is null ? null : new RowNames(pass.Source);
        var directory = pass is { Directory.HasErrors: false } ? pass.Directory : null;
        return new MigrationPlan
        {
            Made = _time.GetUtcNow().UtcDateTime,
            Source = _source.Description,
            Destination = DestinationDescription ?? _known.Description,
            Generation = pass?.Shape.Generation,
            State = pass?.Run switch { null => PlanState.New, { State: RunState.Running } => PlanState.GoesOn, _ => PlanState.CatchesUp },
            Findings = PlanFindings.Group(findings, (table, key) => names?.Of(table, key) ?? ""),
            Inventory = inventory,
            Lists = pass is null ? [] : PlanLists.Of(pass, survey!, findings, _options.Rules),
            Books = books,
            Forecast = forecast,
            Terms = new PlanTerms
            {
                Errors = findings.Count(finding => finding.Severity == Severity.Error),
                Fingerprint = pass?.Fingerprint,
                Pass = pass?.Run is { } run ? (run.State == RunState.Running ? run.Pass : run.Pass + 1) : 1,
                NewDestinationRoot = NewDestinationRoot,
                Decisions = directory?.Decisions ?? Decisions.None,
                Source = DirectoryState.Of(pass?.Source),
                Destination = DirectoryState.Of(pass?.Destination),
                Outcome = directory is null ? "" : DirectoryState.OutcomeOf(directory),
                Messages = books?.GetValueOrDefault(Streams.Messages)?.Read ?? 0,
                MessagesAreExact = survey is { IsExact: true },
            },
        };
    }

    /// <summary>Rows of the directory that cannot be carried: in a run they are rejections, here something to decide.</summary>
    private static IEnumerable<Finding> Rejected(PassPlan pass) =>
        pass.Directory.Rejections.Concat(pass.Directory.HasErrors ? [] : pass.Source.Rejections)
            .DistinctBy(row => (row.Table, row.Key, row.Reason))
            .Select(row => new Finding(row.Rule, Severity.Warning, row.Table, row.Key, $"The row will be rejected: {row.Reason.TrimEnd('.')}."));

    private IEnumerable<Finding> Unknown(PassPlan pass, MessageSurvey survey)
    {
        var rejects = _options.Rules.UnknownAuthors == UnknownAuthors.Reject;
        if (survey.UnknownAuthors.Count > 0 && _options.Rules.Level >= Level.Content && !pass.Directory.HasErrors)
        {
            yield return new Finding(
                "T20", Severity.Warning, Streams.Messages, "",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(survey.IsExact ? "" : "About ")}{survey.UnknownAuthors.Values.Sum():N0} messages have {survey.UnknownAuthors.Count:N0} authors that the source does not have; {(rejects ? "they will be rejected" : "each gets a disabled placeholder")}."));
        }
    }

    private IEnumerable<Finding> TooMany(IReadOnlyDictionary<string, Book> books)
    {
        var rejected = books.Where(book => Streamed.Contains(book.Key, StringComparer.OrdinalIgnoreCase)).Sum(book => book.Value.Rejected);
        if (_options.Pipeline.MaxRejections > 0 && rejected > _options.Pipeline.MaxRejections)
        {
            yield return new Finding(
                "B1", Severity.Error, "", "",
                string.Create(CultureInfo.InvariantCulture, $"{rejected:N0} rows would be rejected, more than pipeline.maxRejections allows ({_options.Pipeline.MaxRejections:N0})."));
        }
    }

    private static readonly string[] Streamed = [Streams.Messages, Streams.Invitations, Streams.Affiliations, Streams.Preferences];
}
