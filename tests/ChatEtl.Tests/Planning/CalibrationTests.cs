using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Pipeline;
using ChatEtl.Planning;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;

namespace ChatEtl.Tests.Planning;

/// <summary>A calibration measures at both real ends, and afterwards nobody can tell.</summary>
public sealed class CalibrationTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample(messages: 900, faults: true));

    [Fact]
    public async Task The_sample_goes_through_the_pipeline_and_nothing_is_left()
    {
        var before = Footprint();

        var measured = await RunAsync();

        Assert.Null(measured.WithoutWriting);
        Assert.InRange(measured.Messages.Rows, 700, 1_000);
        Assert.InRange(measured.Comparison.Rows, 600, 1_000);
        Assert.True(measured.StoredBytes > 0);
        Assert.True(measured.WroteEverything);
        Assert.Equal(
            [Streams.Preferences, Streams.Affiliations, Streams.Invitations, Streams.Memberships], measured.SmallTables.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.InRange(measured.Workload.Messages, 700, 1_000);
        Assert.Equal(before, Footprint(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_catching_up_is_measured_by_what_is_new()
    {
        await _rehearsal.RunAsync();
        _rehearsal.ChangeSource("INSERT INTO tblChat (channelId, chatId, chatDate, userId, isAlert, content) SELECT channelId, max(chatId) + 1, max(chatDate), min(userId), 0, 'more' FROM tblChat GROUP BY channelId");
        var before = Footprint();

        var measured = await RunAsync();

        Assert.InRange(measured.Messages.Rows, 1, 20);
        Assert.InRange(measured.Workload.Messages, 1, 20);
        Assert.Equal(before, Footprint(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_source_without_messages_is_measured_all_the_same()
    {
        _rehearsal.ChangeSource("DELETE FROM tblChat");

        var measured = await RunAsync();

        Assert.Equal(0, measured.Messages.Rows);
        Assert.Equal(0, measured.Workload.Messages);
        Assert.True(Prediction.Of(measured, measured.Workload, true).Expected >= TimeSpan.Zero);
    }

    [Fact]
    public async Task One_message_is_measured()
    {
        _rehearsal.ChangeSource("DELETE FROM tblChat WHERE (channelId, chatId) <> (SELECT channelId, chatId FROM tblChat WHERE channelId IN (SELECT nodeID FROM tblNode) ORDER BY chatId LIMIT 1)");

        var measured = await RunAsync();

        Assert.InRange(measured.Messages.Rows, 0, 1);
        Assert.Null(measured.WithoutWriting);
    }

    [Theory]
    [InlineData("Permanent", false)]
    [InlineData("Cancelled", true)]
    [InlineData("Killed", false)]
    public async Task A_fault_at_any_step_of_the_destination_leaves_nothing_behind(string kind, bool after)
    {
        var before = Footprint();
        for (var n = 1; ; n++)
        {
            using var trouble = new Trouble(n, Enum.Parse<TroubleKind>(kind), after);
            CalibrationResult? measured = null;
            var fault = await Record.ExceptionAsync(async () => measured = await RunAsync(null, to => new FaultyDestination(to, trouble), trouble.Abort));

            Assert.Equal(before, Footprint(), StringComparer.Ordinal);
            if (!trouble.Reached)
            {
                Assert.Null(fault);
                Assert.InRange(n, 15, 500);
                return;
            }

            // What only writing needs may fail; the reading is measured then.
            Assert.True(
                kind == "Cancelled" ? fault is OperationCanceledException : fault is DestinationException || measured is { WithoutWriting: not null },
                $"step {n} ({trouble.Method}): {fault}");
        }
    }

    [Theory]
    [InlineData("Permanent")]
    [InlineData("Cancelled")]
    public async Task A_fault_at_any_step_of_the_source_leaves_nothing_behind(string kind)
    {
        var before = Footprint();
        for (var n = 1; ; n++)
        {
            using var trouble = new Trouble(n, Enum.Parse<TroubleKind>(kind), after: n % 2 == 0);
            var fault = await Record.ExceptionAsync(() => RunAsync(from => new FaultySource(from, trouble), null, trouble.Abort));

            Assert.Equal(before, Footprint(), StringComparer.Ordinal);
            if (!trouble.Reached)
            {
                Assert.Null(fault);
                Assert.InRange(n, 15, 1_000);
                return;
            }

            Assert.True(kind == "Cancelled" ? fault is OperationCanceledException : fault is SourceException, $"step {n} ({trouble.Method}): {fault}");
        }
    }

    [Fact]
    public async Task A_place_where_nothing_can_be_made_is_told_and_reading_is_measured()
    {
        // A folder of the scratch's name is in the way, and cannot be removed like a file.
        var scratch = Directory.CreateDirectory(_rehearsal.DestinationPath + ".chatetl-scratch");
        File.WriteAllText(Path.Combine(scratch.FullName, "somebody's"), "");

        var measured = await RunAsync();

        Assert.NotNull(measured.WithoutWriting);
        Assert.InRange(measured.Messages.Rows, 700, 1_000);
        Assert.Equal(0, measured.WriteRate);
        scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task What_a_killed_plan_left_is_removed_by_the_next_run()
    {
        using (var destination = new SqliteDestination(_rehearsal.DestinationPath, TimeProvider.System))
        {
            // As if killed: never disposed.
            Assert.True(destination.MakeScratch().Size() > 0);
        }

        Assert.Contains(Footprint(), file => file.Contains("scratch", StringComparison.Ordinal));

        await _rehearsal.RunAsync();

        Assert.DoesNotContain(Footprint(), file => file.Contains("scratch", StringComparison.Ordinal));
    }

    public void Dispose() => _rehearsal.Dispose();

    private async Task<CalibrationResult> RunAsync(
        Func<IChatSource, IChatSource>? source = null, Func<IChatDestination, IChatDestination>? destination = null, CancellationToken cancellationToken = default)
    {
        using var plain = new SqliteSource(_rehearsal.SourcePath);
        using var sqlite = new SqliteDestination(_rehearsal.DestinationPath, TimeProvider.System);
        using var reader = new SqliteSource(_rehearsal.DestinationPath);
        var plan = PassPlanner.Plan(plain, new ExplainedDestination(sqlite), reader, null, _rehearsal.Options.Rules, forWriting: true, CancellationToken.None);
        return await new Calibration(
            source?.Invoke(plain) ?? plain, destination?.Invoke(sqlite) ?? sqlite, reader, plan, _rehearsal.Options, new CalibrationLimits(), TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <summary>The destination to the byte, and the files around it.</summary>
    private IReadOnlyList<string> Footprint()
    {
        var folder = Path.GetDirectoryName(_rehearsal.DestinationPath)!;
        return
        [
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_rehearsal.DestinationPath))),
            .. Directory.GetFileSystemEntries(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
        ];
    }
}
