using ChatEtl.Sqlite;
using ChatEtl.Tests.EndToEnd;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>A source that was locked at its very first read failed for ever: the fault was kept and thrown again by every retry.</summary>
public sealed class FirstReadOfALockedSourceTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Fact]
    public void A_source_locked_at_its_first_read_is_read_when_the_lock_is_gone()
    {
        using var source = new SqliteSource(_rehearsal.SourcePath);
        using (Workplace.Hold(_rehearsal.SourcePath, "BEGIN EXCLUSIVE"))
        {
            Assert.Throws<SqliteException>(() => source.ReadShape());
            Assert.Throws<SqliteException>(() => source.ReadExtents(TestContext.Current.CancellationToken).ToList());
        }

        Assert.True(source.ReadShape().Has("tblChat"));
        Assert.NotEmpty(source.ReadExtents(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _rehearsal.Dispose();
}
