using System.Collections.Concurrent;
using ChatEtl.Pipeline;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>A retried fault of a source on one product was explained by a destination on another, which does not know its numbers.</summary>
public sealed class RetryExplainedByTheWrongEndTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Fact]
    public async Task A_retried_read_is_explained_by_the_source()
    {
        using var trouble = new Trouble(1, TroubleKind.Transient, after: false, "ReadMessages");
        var time = new ManualTimeProvider { SkipsWaits = true };
        using var source = new FaultySource(new SqliteSource(_rehearsal.SourcePath), trouble);
        using var destination = new SqliteDestination(_rehearsal.DestinationPath, time);
        using var reader = new SqliteSource(_rehearsal.DestinationPath);
        var migration = new Migration(source, destination, reader, _rehearsal.Options, "test", time);
        var notices = new ConcurrentQueue<string>();
        migration.Progress.Notice += notices.Enqueue;

        await migration.RunAsync(lastPass: false, default, default);

        var notice = Assert.Single(notices);
        Assert.StartsWith($"SQLite {_rehearsal.SourcePath}: ", notice, StringComparison.Ordinal);
        Assert.EndsWith(FaultySource.Explanation, notice, StringComparison.Ordinal);
    }

    public void Dispose() => _rehearsal.Dispose();
}
