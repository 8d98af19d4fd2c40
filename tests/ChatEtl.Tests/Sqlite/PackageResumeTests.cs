using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>An export that is interrupted goes on, and ends as one that was not.</summary>
public sealed class PackageResumeTests : IDisposable
{
    private readonly Rehearsal _pool = new(Rehearsal.Sample(messages: 300, rooms: 6, faults: true));
    private readonly TempFolder _folder = new();

    private string Package => _folder.File("pool.pkg");

    [Fact]
    public void Interrupted_behind_every_batch_in_turn_it_ends_with_the_same_rows_counts_and_digests()
    {
        Packages.Export(_pool.SourcePath, _folder.File("calm.pkg"), batchRows: 25);
        var calm = Packages.Dump(_folder.File("calm.pkg"));

        // One transaction a run: each resume begins where the one before was cut off.
        var runs = 0;
        for (var interrupted = true; interrupted && runs <= 300; runs++)
        {
            using var stop = new CancellationTokenSource();
            interrupted = Record.Exception(() => Packages.Export(_pool.SourcePath, Package, batchRows: 25, onCommit: stop.Cancel, stop: stop.Token)) is OperationCanceledException;
        }

        Assert.InRange(runs, 50, 300);
        Assert.Equal(calm, Packages.Dump(Package), StringComparer.Ordinal);
        Assert.Empty(Packages.Verify(Package));
        Assert.Equal(["calm.pkg", "pool.pkg"], _folder.FileNames());
    }

    [Theory]
    [InlineData(TroubleKind.Transient)]
    [InlineData(TroubleKind.Permanent)]
    public void A_fault_at_any_step_of_reading_costs_nothing(object kind)
    {
        Packages.Export(_pool.SourcePath, _folder.File("calm.pkg"), batchRows: 50);
        var calm = Packages.Dump(_folder.File("calm.pkg"));
        var reached = true;
        for (var step = 3; reached; step += 5)
        {
            File.Delete(Package);
            using var trouble = new Trouble(step, (TroubleKind)kind, after: step % 2 == 0);
            using var inner = new SqliteSource(_pool.SourcePath);
            using var source = new FaultySource(inner, trouble);

            var fault = Record.Exception(() => Packages.Export(source, Package, batchRows: 50));

            reached = trouble.Reached;
            if (fault is not null)
            {
                Assert.IsType<SourceException>(fault);
                Packages.Export(inner, Package, batchRows: 50);
            }

            Assert.Equal(calm, Packages.Dump(Package), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Messages_posted_after_it_began_are_not_in_it_and_are_no_difference()
    {
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => Packages.Export(_pool.SourcePath, Package, onCommit: stop.Cancel, stop: stop.Token));
        }

        var before = _pool.AskSource("SELECT count(*) FROM tblChat")[0][0];
        _pool.ChangeSource("""
            INSERT INTO tblChat (channelID, chatID, chatDate, userId, isAlert, content)
            SELECT channelID, max(chatID) + 1, max(chatDate), max(userId), 0, 'too late' FROM tblChat GROUP BY channelID
            """);

        var manifest = Packages.Export(_pool.SourcePath, Package);

        using var source = new SqliteSource(_pool.SourcePath);
        Assert.Equal(before, manifest.Tables.Single(table => table.Name == "tblChat").Rows);
        Assert.Empty(Packages.CompareWith(Package, source));
        Assert.Empty(Packages.Verify(Package));
    }

    [Fact]
    public void Other_filters_than_those_it_began_with_are_refused_by_name()
    {
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => Packages.Export(_pool.SourcePath, Package, onCommit: stop.Cancel, stop: stop.Token));
        }

        using var other = new Rehearsal(Rehearsal.Sample(messages: 50) with { Seed = 99 });
        var level = Assert.Throws<ResumeRefusedException>(() => Packages.Export(_pool.SourcePath, Package, new RuleOptions { Level = Level.Rooms }));
        var source = Assert.Throws<ResumeRefusedException>(() => Packages.Export(other.SourcePath, Package));

        Assert.Equal(new ResumeDifference("level", "all", "rooms"), Assert.Single(level.Differences));
        Assert.Equal("root", Assert.Single(source.Differences).Name);
        Packages.Export(_pool.SourcePath, Package);
        Assert.Empty(Packages.Verify(Package));
    }

    [Fact]
    public void Of_two_exports_into_one_file_none_completes_and_the_next_one_does()
    {
        Packages.Export(_pool.SourcePath, _folder.File("calm.pkg"));
        var others = new List<Exception?>();

        var first = Record.Exception(() => Packages.Export(_pool.SourcePath, Package, onCommit: () =>
        {
            if (others.Count == 0)
            {
                others.Add(Record.Exception(() => Packages.Export(_pool.SourcePath, Package)));
            }
        }));
        var between = Packages.Verify(Package);
        Packages.Export(_pool.SourcePath, Package);

        var second = Assert.IsType<DestinationException>(Assert.Single(others)).Message;
        Assert.True(second.Contains("Another program", StringComparison.Ordinal), second);
        Assert.Contains("Another export writes this package", Assert.IsType<DestinationException>(first).Message, StringComparison.Ordinal);
        Assert.Contains("not complete", Assert.Single(between).Message, StringComparison.Ordinal);
        Assert.Equal(Packages.Dump(_folder.File("calm.pkg")), Packages.Dump(Package), StringComparer.Ordinal);
        Assert.Equal(["calm.pkg", "pool.pkg"], _folder.FileNames());
    }

    [Fact]
    public void A_complete_package_and_any_other_file_are_never_overwritten()
    {
        Packages.Export(_pool.SourcePath, Package);
        var bytes = File.ReadAllBytes(Package);
        var pool = File.ReadAllBytes(_pool.SourcePath);

        var complete = Assert.Throws<ConfigurationException>(() => Packages.Export(_pool.SourcePath, Package));
        Assert.Throws<ConfigurationException>(() => Packages.Export(Package, _pool.SourcePath));

        Assert.Contains("never overwritten", complete.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Package));
        Assert.Equal(pool, File.ReadAllBytes(_pool.SourcePath));
    }

    [Fact]
    public void What_changed_at_the_source_is_named_by_table_and_room()
    {
        Packages.Export(_pool.SourcePath, Package);
        var room = (long)_pool.AskSource("SELECT channelID FROM tblChat JOIN tblNode ON nodeID = channelID LIMIT 1")[0][0]!;
        _pool.ChangeSource($"UPDATE tblChat SET content = content || '.' WHERE channelID = {room} AND chatID = (SELECT min(chatID) FROM tblChat WHERE channelID = {room}); DELETE FROM tblVersion");

        using var source = new SqliteSource(_pool.SourcePath);
        var differences = Packages.CompareWith(Package, source);

        Assert.Equal([("tblVersion", ""), ("tblChat", $"{room}")], differences.Select(difference => (difference.Table, difference.Key)));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }
}
