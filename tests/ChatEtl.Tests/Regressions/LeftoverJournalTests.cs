using ChatEtl.Tests.EndToEnd;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Regressions;

/// <summary>A run that died while its new destination was turned to a write-ahead log could not be gone on with: the file was called read-only.</summary>
public sealed class LeftoverJournalTests : IDisposable
{
    private readonly Rehearsal _rehearsal = new(Rehearsal.Sample());

    [Fact]
    public async Task A_destination_with_the_journal_of_a_writer_that_died_is_rolled_back_and_used()
    {
        await _rehearsal.RunAsync();
        var undisturbed = _rehearsal.Outcome();
        _rehearsal.Restart();

        // As a writer leaves it that dies with half of its pages in the file.
        var (file, journal) = (_rehearsal.DestinationPath, _rehearsal.DestinationPath + "-journal");
        using (Workplace.Hold(file, """
            PRAGMA journal_mode=DELETE; PRAGMA cache_size=1; BEGIN IMMEDIATE; UPDATE tblNode SET nodeName = 'half done';
            CREATE TABLE half AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i, hex(randomblob(500)) AS x FROM n
            """))
        {
            File.Copy(file, file + ".dead");
            File.Copy(journal, journal + ".dead");
        }

        File.Move(file + ".dead", file, overwrite: true);
        File.Move(journal + ".dead", journal, overwrite: true);

        await _rehearsal.RunAsync();

        Assert.Equal(undisturbed, _rehearsal.Outcome(), StringComparer.Ordinal);
    }

    public void Dispose() => _rehearsal.Dispose();
}
