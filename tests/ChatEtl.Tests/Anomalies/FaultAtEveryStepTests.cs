using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>For n = 1, 2, 3… until no fault is reached: fresh destination, fault at the n-th step, resume, compare with an undisturbed run.</summary>
public sealed class FaultAtEveryStepTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 300, rooms: 6, faults: true));

    public FaultAtEveryStepTests()
    {
        _rehearsal.Options = _rehearsal.Options with { Rules = Rehearsal.Lenient with { UnknownAuthors = UnknownAuthors.Placeholder } };
    }

    [Theory]
    [InlineData("Transient", true)]
    [InlineData("Permanent", true)]
    [InlineData("Cancelled", false)]
    public async Task A_fault_of_the_destination_at_any_step_leaves_no_gap_and_no_duplicate(string kind, bool after)
    {
        var steps = await Loop(Enum.Parse<TroubleKind>(kind), after, ofSource: false, ofDestination: true);

        Assert.InRange(steps, 20, 500);
    }

    [Theory]
    [InlineData("Transient", false)]
    [InlineData("Permanent", true)]
    [InlineData("Cancelled", true)]
    public async Task A_fault_of_the_source_at_any_step_leaves_no_gap_and_no_duplicate(string kind, bool after)
    {
        var steps = await Loop(Enum.Parse<TroubleKind>(kind), after, ofSource: true, ofDestination: false);

        Assert.InRange(steps, 20, 500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_killed_at_any_step_of_either_end_leaves_no_gap_and_no_duplicate(bool after)
    {
        var steps = await Loop(TroubleKind.Killed, after, ofSource: true, ofDestination: true);

        Assert.InRange(steps, 60, 800);
    }

    [Theory]
    [InlineData("Transient")]
    [InlineData("Permanent")]
    [InlineData("Cancelled")]
    [InlineData("Killed")]
    public async Task A_comparison_survives_a_fault_at_any_step_or_says_that_it_ended_and_never_makes_a_difference_of_it(string kind)
    {
        await _rehearsal.RunAsync();
        for (var n = 1; ; n++)
        {
            using var trouble = new Trouble(n, Enum.Parse<TroubleKind>(kind), after: n % 2 == 0);
            var differences = new List<string>();
            var fault = Record.Exception(() => differences.AddRange(_rehearsal.Compare(
                source => new FaultySource(source, trouble), reader => new FaultySource(reader, trouble),
                destination => new FaultyDestination(destination, trouble), trouble.Abort)));
            Assert.Empty(differences);
            if (!trouble.Reached)
            {
                Assert.Null(fault);
                Assert.InRange(n, 40, 500);
                return;
            }

            Assert.True(
                kind switch
                {
                    "Transient" => fault is null,
                    "Cancelled" => fault is OperationCanceledException,
                    _ => fault is SourceException or DestinationException,
                },
                $"{kind} fault in {trouble.Method} came out as {fault?.ToString() ?? "nothing"}");
        }
    }

    [Theory]
    [InlineData("Transient", false)]
    [InlineData("Transient", true)]
    [InlineData("Permanent", false)]
    [InlineData("Killed", true)]
    public async Task A_fault_while_our_tables_are_removed_leaves_all_of_them_or_none(string kind, bool after)
    {
        await _rehearsal.RunAsync();
        var content = _rehearsal.Content();
        var epoch = _rehearsal.Count("SELECT epoch FROM chatetl_run");
        using var trouble = new Trouble(1, Enum.Parse<TroubleKind>(kind), after, "RemoveOwnTables");
        var fault = Record.Exception(() => Remove(destination => new FaultyDestination(destination, trouble)));
        var left = Tables();
        if (left > 0)
        {
            Remove(destination => destination);
        }

        Assert.True(kind == "Transient" ? fault is null : fault is DestinationException, $"{fault}");
        Assert.True(after || kind == "Transient" ? left == 0 : left > 5, $"{left} tables");
        Assert.Equal(0, Tables());
        Assert.Equal(content, _rehearsal.Content(), StringComparer.Ordinal);

        long Tables() => _rehearsal.Count("SELECT count(*) FROM sqlite_master WHERE name LIKE 'chatetl%' AND type = 'table'");

        void Remove(Func<IChatDestination, IChatDestination> wrap)
        {
            var time = new ManualTimeProvider { SkipsWaits = true };
            using var destination = wrap(new SqliteDestination(_rehearsal.DestinationPath, time));
            new ExplainedDestination(destination, EndRetries.Of(destination, _rehearsal.Options.Retry, time, _ => { })).RemoveOwnTables(epoch);
        }
    }

    public void Dispose() => _rehearsal.Dispose();

    private async Task<int> Loop(TroubleKind kind, bool after, bool ofSource, bool ofDestination)
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        for (var n = 1; ; n++)
        {
            _rehearsal.Restart();
            using var trouble = new Trouble(n, kind, after);
            _rehearsal.ReaderWrapper = reader => ofDestination ? new FaultySource(reader, trouble) : reader;
            var fault = await Record.ExceptionAsync(() => _rehearsal.RunAsync(
                source => ofSource ? new FaultySource(source, trouble) : source,
                destination => ofDestination ? new FaultyDestination(destination, trouble) : destination,
                abort: trouble.Abort));
            _rehearsal.ReaderWrapper = null;
            if (!trouble.Reached)
            {
                Assert.Null(fault);
                return n - 1;
            }

            var right = kind switch
            {
                TroubleKind.Cancelled => fault is OperationCanceledException,
                TroubleKind.Transient => fault is null,
                TroubleKind.Killed => fault is not null,
                _ => ofSource ? fault is SourceException : fault is DestinationException,
            };
            Assert.True(right, $"{kind} fault in {trouble.Method} came out as {fault?.ToString() ?? "nothing"}");

            // After a fault behind the last commit the pass is finished; running again would be another pass.
            if (fault is not null
                && (_rehearsal.Ask("SELECT 1 FROM sqlite_master WHERE name = 'chatetl_run'").Count == 0
                    || (string)_rehearsal.Ask("SELECT state FROM chatetl_run")[0][0]! != "Finished"))
            {
                await _rehearsal.RunAsync();
            }

            Assert.True(undisturbed.SequenceEqual(_rehearsal.Outcome(), StringComparer.Ordinal), $"{kind} fault {(after ? "after" : "before")} step {n}: {Difference(undisturbed)}");
        }
    }

    private string Difference(IReadOnlyList<string> undisturbed)
    {
        var now = _rehearsal.Outcome();
        return string.Join('\n', undisturbed.Except(now, StringComparer.Ordinal).Take(3).Select(line => "- " + line)
            .Concat(now.Except(undisturbed, StringComparer.Ordinal).Take(3).Select(line => "+ " + line)));
    }
}
