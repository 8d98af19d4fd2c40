using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Anomalies;

/// <summary>A replay ends as if the rows had never been rejected, and each row counts once, whatever happens on the way.</summary>
public sealed class ReplayTests : IDisposable
{
    private static readonly string[] Strict =
    [
        "CREATE TRIGGER strict1 AFTER INSERT ON tblChat WHEN new.chatId % 7 = 0 BEGIN SELECT RAISE(ABORT, 'strict'); END",
        "CREATE TRIGGER strict2 AFTER INSERT ON tblPrincipalRole WHEN new.prinRolePrinID % 5 = 0 BEGIN SELECT RAISE(ABORT, 'strict'); END",
        "CREATE TRIGGER strict3 AFTER INSERT ON tblPrincipalInvites WHEN new.invID % 2 = 0 BEGIN SELECT RAISE(ABORT, 'strict'); END",
        "CREATE TRIGGER strict4 AFTER INSERT ON tblPrincipalAffiliations WHEN new.principalID % 2 = 0 BEGIN SELECT RAISE(ABORT, 'strict'); END",
        "CREATE TRIGGER strict5 AFTER INSERT ON tblPreference BEGIN SELECT RAISE(ABORT, 'strict'); END",
    ];

    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 300, rooms: 6));

    [Fact]
    public async Task Rows_that_the_destination_refused_are_replayed_to_the_outcome_of_a_run_in_which_none_was()
    {
        var undisturbed = await UndisturbedAsync();
        var report = await RunStrictlyAsync();
        string[] tables = ["tblChat", "tblPreference", "tblPrincipalAffiliations", "tblPrincipalInvites", "tblPrincipalRole"];
        Assert.True(report.Balances);
        Assert.Equal(tables, _rehearsal.Ask("SELECT DISTINCT source_table FROM chatetl_rejection ORDER BY 1").Select(row => (string)row[0]!), StringComparer.Ordinal);
        var rejected = report.RejectionCount;

        var refused = _rehearsal.Replay();
        Mend();
        var mended = _rehearsal.Replay();
        var revision = _rehearsal.Count("SELECT sysRevision FROM tblSystemRevision");
        var epoch = _rehearsal.Count("SELECT epoch FROM chatetl_run");
        var again = _rehearsal.Replay();

        Assert.Equal((0L, rejected), (refused.Result.Written, refused.Result.Rejected));
        Assert.Equal(rejected, refused.Left.Sum(left => left.Count));
        Assert.Equal((rejected, 0L), (mended.Result.Written, mended.Result.Rejected));
        Assert.Empty(mended.Left);
        Assert.Empty(again.Left);
        Assert.Equal(undisturbed, Outcome(), StringComparer.Ordinal);
        Assert.Equal((revision, epoch), (_rehearsal.Count("SELECT sysRevision FROM tblSystemRevision"), _rehearsal.Count("SELECT epoch FROM chatetl_run")));
    }

    [Theory]
    [InlineData("Transient", true)]
    [InlineData("Permanent", false)]
    [InlineData("Permanent", true)]
    [InlineData("Cancelled", true)]
    public async Task A_replay_broken_at_any_step_and_given_again_counts_each_row_once(string kind, bool after)
    {
        _rehearsal.Options = _rehearsal.Options with { Pipeline = _rehearsal.Options.Pipeline with { BatchRows = 15 } };
        var undisturbed = await UndisturbedAsync();
        await RunStrictlyAsync();
        Mend();
        var rejected = await File.ReadAllBytesAsync(_rehearsal.DestinationPath, TestContext.Current.CancellationToken);
        var trouble = Enum.Parse<TroubleKind>(kind);
        for (var n = 1; ; n++)
        {
            _rehearsal.Restart(rejected);
            using var fault = new Trouble(n, trouble, after);
            var thrown = Record.Exception(() => { _rehearsal.Replay(destination: destination => new FaultyDestination(destination, fault), abort: fault.Abort); });
            if (!fault.Reached)
            {
                Assert.Null(thrown);
                Assert.InRange(n, 15, 500);
                return;
            }

            Assert.True(thrown is null or DestinationException or OperationCanceledException or TroubleException, $"{kind} fault in {fault.Method} came out as {thrown}");
            if (trouble == TroubleKind.Transient && fault.Method is "Replay" or "BeginReplay" or "Complete")
            {
                Assert.Null(thrown);
            }

            // Every other time a run of migrate ends what the replay began.
            if (n % 2 == 0 && State == "Running")
            {
                await _rehearsal.RunAsync();
            }

            _rehearsal.Replay();
            Assert.True(undisturbed.SequenceEqual(Outcome(), StringComparer.Ordinal), $"{kind} fault {(after ? "after" : "before")} step {n} ({fault.Method}):\n{string.Join('\n', undisturbed.Except(Outcome(), StringComparer.Ordinal).Take(3))}\nis\n{string.Join('\n', Outcome().Except(undisturbed, StringComparer.Ordinal).Take(3))}");
        }
    }

    [Fact]
    public async Task A_fault_of_the_source_is_retried_and_one_that_stays_ends_the_replay()
    {
        var undisturbed = await UndisturbedAsync();
        await RunStrictlyAsync();
        Mend();
        using var lasting = new Trouble(1, TroubleKind.Permanent, after: false, "ReadMessages");
        using var passing = new Trouble(1, TroubleKind.Transient, after: false, "ReadMessages");

        Assert.Throws<SourceException>(() => _rehearsal.Replay(source: source => new FaultySource(source, lasting)));
        _rehearsal.Replay(source: source => new FaultySource(source, passing));

        Assert.True(passing.Reached);
        Assert.Equal(undisturbed, Outcome(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Filters_choose_what_is_replayed()
    {
        await RunStrictlyAsync();
        Mend();
        var key = (string)_rehearsal.Ask("SELECT source_key FROM chatetl_rejection WHERE source_table = 'tblChat' ORDER BY 1")[0][0]!;

        var one = _rehearsal.Replay(new RejectionFilter("tblChat", "T19", key));
        var roles = _rehearsal.Replay(new RejectionFilter("tblPrincipalRole"));

        Assert.Equal(1, one.Result.Written);
        Assert.Empty(one.Left);
        Assert.True(roles.Result.Written > 1);
        Assert.Equal(0, _rehearsal.Count("SELECT count(*) FROM chatetl_rejection WHERE source_table = 'tblPrincipalRole'"));
        Assert.True(_rehearsal.Count("SELECT count(*) FROM chatetl_rejection WHERE source_table = 'tblChat'") > 1);
    }

    [Fact]
    public async Task A_row_that_the_source_no_longer_holds_stays_open_with_that_reason_until_it_is_told_to_close()
    {
        await RunStrictlyAsync();
        Mend();
        var key = (string)_rehearsal.Ask("SELECT source_key FROM chatetl_rejection WHERE source_table = 'tblChat' ORDER BY 1")[0][0]!;
        _rehearsal.ChangeSource($"DELETE FROM tblChat WHERE channelID || '/' || chatID = '{key}'");

        var open = _rehearsal.Replay(new RejectionFilter("tblChat"));
        var reason = _rehearsal.Ask("SELECT reason, source_values FROM chatetl_rejection WHERE source_table = 'tblChat'");
        var closed = _rehearsal.Replay(new RejectionFilter("tblChat"), closeGone: true);

        Assert.Equal(1, open.Result.Rejected);
        Assert.Equal("The source no longer holds the row.", Assert.Single(reason)[0]);
        Assert.Contains("chatId", (string)reason[0][1]!, StringComparison.Ordinal);
        Assert.Equal((1L, 0L), (closed.Result.Skipped, closed.Result.Rejected));
        Assert.Empty(closed.Left);
        Assert.Equal(1, _rehearsal.Count("SELECT count(*) FROM chatetl_range WHERE skipped LIKE '%\"B6\":1%'"));
    }

    [Fact]
    public async Task A_replay_waits_for_an_open_pass_and_for_principals_that_no_pass_has_met()
    {
        foreach (var statement in Strict)
        {
            _rehearsal.ChangeDestination(statement);
        }

        using var trouble = new Trouble(6, TroubleKind.Permanent, after: true, "Write");
        await Assert.ThrowsAsync<DestinationException>(() => _rehearsal.RunAsync(null, destination => new FaultyDestination(destination, trouble)));
        var open = Record.Exception(() => { _rehearsal.Replay(); });
        await _rehearsal.RunAsync();
        _rehearsal.ChangeSource(
            $"CREATE TEMP TABLE one AS SELECT * FROM tblPrincipal WHERE prinID = (SELECT max(prinID) FROM tblPrincipal); UPDATE one SET prinID = prinID + 1, prinGuid = '{Guid.NewGuid()}', prinUri = 'sip:new@litwareinc.com'; INSERT INTO tblPrincipal SELECT * FROM one");
        var unmet = Record.Exception(() => { _rehearsal.Replay(); });
        Mend();
        await _rehearsal.RunAsync();
        var replayed = _rehearsal.Replay();

        Assert.Contains("A pass is not complete", Assert.IsType<ReplayRefusedException>(open).Message, StringComparison.Ordinal);
        Assert.Contains("1 principals", Assert.IsType<ReplayRefusedException>(unmet).Message, StringComparison.Ordinal);
        Assert.Empty(replayed.Left);
    }

    [Fact]
    public async Task Of_a_replay_and_a_run_at_once_the_newer_goes_on_and_the_older_stops()
    {
        var undisturbed = await UndisturbedAsync();
        await RunStrictlyAsync();
        Mend();

        var fault = Record.Exception(() => { _rehearsal.Replay(destination: destination => new OvertakenDestination(destination, 1, () => Task.Run(() => _rehearsal.Replay()))); });

        Assert.IsType<TakenOverException>(fault);
        Assert.Equal(undisturbed, Outcome(), StringComparer.Ordinal);
    }

    public void Dispose() => _rehearsal.Dispose();

    private string State => (string)_rehearsal.Ask("SELECT state FROM chatetl_run")[0][0]!;

    private async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        await _rehearsal.RunAsync();
        var outcome = Outcome();
        _rehearsal.Restart();
        return outcome;
    }

    /// <summary>A run into a destination that refuses some rows of every stream.</summary>
    private Task<ChatEtl.Reporting.RunReport> RunStrictlyAsync()
    {
        foreach (var statement in Strict)
        {
            _rehearsal.ChangeDestination(statement);
        }

        return _rehearsal.RunAsync();
    }

    private void Mend() => _rehearsal.ChangeDestination("DROP TRIGGER strict1; DROP TRIGGER strict2; DROP TRIGGER strict3; DROP TRIGGER strict4; DROP TRIGGER strict5");

    /// <summary>All but the revision, which every run or replay that writes raises.</summary>
    private List<string> Outcome() => [.. _rehearsal.Outcome().Where(line => !line.StartsWith("tblSystemRevision", StringComparison.Ordinal))];
}
