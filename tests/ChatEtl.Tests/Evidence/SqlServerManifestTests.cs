using ChatEtl.Evidence;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;

namespace ChatEtl.Tests.Evidence;

/// <summary>A manifest does not depend on the product that holds the messages.</summary>
public sealed class SqlServerManifestTests
{
    [Fact]
    public async Task The_same_source_gives_the_same_root_at_a_file_and_at_a_server_and_each_manifest_verifies_the_other()
    {
        using var database = new TempSqlServerDatabase();
        using var job = new Rehearsal(Rehearsal.Sample(messages: 400));
        SqlServerProvisioner.Provision(database.End, new Guid("5a7b9c1d-0000-4000-8000-00000000d057"));
        if (!database.Keeps('\0'))
        {
            job.ChangeSource("DELETE FROM tblChat WHERE instr(content, char(0)) > 0");
        }

        await job.RunAsync();
        var time = new ManualTimeProvider { SkipsWaits = true };
        using var source = new SqliteSource(job.SourcePath);
        using var server = new SqlServerDestination(database.End, new SqlServerLoad(), time);
        using var there = new SqlServerSource(database.End, keepHalfPairs: true, readOnlyIntent: false);
        await new Migration(source, server, there, job.Options, "test", time).RunAsync(false, default, default);
        using var file = new SqliteDestination(job.DestinationPath, time);
        using var here = new SqliteSource(job.DestinationPath);

        var (ofFile, ofServer) = (Make(file, here), Make(server, there));

        Assert.True(ofFile.Messages > 0);
        Assert.Equal((ofFile.Messages, ofFile.Root), (ofServer.Messages, ofServer.Root));
        Assert.Empty(ofServer.Faults());
        Assert.Empty(Check(ofFile, there));
        Assert.Empty(Check(ofServer, here));
        Assert.Contains(", login ", ofServer.Events[0].Who, StringComparison.Ordinal);
        var room = ofServer.Rooms.MaxBy(room => room.Messages)!;
        var proof = new EvidenceCheck(ofFile, new EvidenceDatabase(there, default)).Prove("", room.Guid, room.First!.Value, default);
        Assert.Null(proof.FaultOf(ofServer));
        database.Execute($"UPDATE dbo.tblChat SET chatDate = chatDate + 1 WHERE channelId = {room.Node} AND chatId = {room.Last}");
        Assert.Equal(room.Guid, Assert.Single(Check(ofFile, there)).Room);
    }

    private static EvidenceManifest Make(IChatDestination destination, IChatSource reader) =>
        new ManifestMaker(new ExplainedDestination(destination), reader, "test", new ManualTimeProvider()).Make(null, default);

    private static IReadOnlyList<EvidenceDifference> Check(EvidenceManifest manifest, IChatSource database) =>
        new EvidenceCheck(manifest, new EvidenceDatabase(database, default)).Run(false, null, default).Differences;
}
