using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
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
        var steps = await Loop(Enum.Parse<TroubleKind>(kind), after, ofSource: false);

        Assert.InRange(steps, 20, 500);
    }

    [Theory]
    [InlineData("Transient", false)]
    [InlineData("Permanent", true)]
    public async Task A_fault_of_the_source_at_any_step_leaves_no_gap_and_no_duplicate(string kind, bool after)
    {
        var steps = await Loop(Enum.Parse<TroubleKind>(kind), after, ofSource: true);

        Assert.InRange(steps, 20, 500);
    }

    public void Dispose() => _rehearsal.Dispose();

    private async Task<int> Loop(TroubleKind kind, bool after, bool ofSource)
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        for (var n = 1; ; n++)
        {
            _rehearsal.Restart();
            using var trouble = new Trouble(n, kind, after);
            var fault = await Record.ExceptionAsync(() => _rehearsal.RunAsync(
                source => ofSource ? new FaultySource(source, trouble) : source,
                destination => ofSource ? destination : new FaultyDestination(destination, trouble),
                abort: trouble.Abort));
            if (!trouble.Reached)
            {
                Assert.Null(fault);
                return n - 1;
            }

            Judge(kind, ofSource, trouble.Method, fault);
            if (fault is not null)
            {
                // After a fault behind the last commit the pass is finished; running again would be another pass.
                if (_rehearsal.Ask("SELECT 1 FROM sqlite_master WHERE name = 'chatetl_run'").Count == 0
                    || (string)_rehearsal.Ask("SELECT state FROM chatetl_run")[0][0]! != "Finished")
                {
                    await _rehearsal.RunAsync();
                }
            }

            Assert.True(undisturbed.SequenceEqual(_rehearsal.Outcome(), StringComparer.Ordinal), $"{kind} fault {(after ? "after" : "before")} step {n}: {Difference(undisturbed)}");
        }
    }

    /// <summary>Reads and writes of the streams, and the writes around them, are retried; a fault that stays ends in the family's exception.</summary>
    private static void Judge(TroubleKind kind, bool ofSource, string method, Exception? fault)
    {
        string[] retried = ["Write", "ReadCheckpoint", "Begin", "Complete", "AddPlaceholder", "ReadMessages", "ReadIrregularMessages"];
        var right = kind switch
        {
            TroubleKind.Cancelled => fault is OperationCanceledException,
            _ when !retried.Contains(method, StringComparer.Ordinal) => fault is not null || kind == TroubleKind.Transient,
            TroubleKind.Transient => fault is null,
            _ => ofSource ? fault is SourceException : fault is DestinationException,
        };
        Assert.True(right, $"{kind} fault in {method} came out as {fault?.ToString() ?? "nothing"}");
    }

    private string Difference(IReadOnlyList<string> undisturbed)
    {
        var now = _rehearsal.Outcome();
        return string.Join('\n', undisturbed.Except(now, StringComparer.Ordinal).Take(3).Select(line => "- " + line)
            .Concat(now.Except(undisturbed, StringComparer.Ordinal).Take(3).Select(line => "+ " + line)));
    }
}
