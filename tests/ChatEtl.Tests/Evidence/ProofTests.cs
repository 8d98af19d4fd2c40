using System.Security.Cryptography;
using ChatEtl.Evidence;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Xunit;

namespace ChatEtl.Tests.Evidence;

public sealed class ProofTests : IAsyncLifetime
{
    private readonly Rehearsal _job = new(Rehearsal.Sample(messages: 300, rooms: 6));
    private readonly TempFolder _folder = new();
    private EvidenceManifest _manifest = null!;
    private string _digest = "";

    public async ValueTask InitializeAsync()
    {
        await _job.RunAsync();
        using var destination = new SqliteDestination(_job.DestinationPath, new ManualTimeProvider());
        using var reader = new SqliteSource(_job.DestinationPath);
        _manifest = new ManifestMaker(new ExplainedDestination(destination), reader, "test", new ManualTimeProvider()).Make(null, default);
        _digest = EvidenceFile.Write(_folder.File("evidence.json"), _manifest);
    }

    [Fact]
    public void Every_message_of_every_room_is_proved_by_the_root_alone()
    {
        foreach (var row in _job.Ask("SELECT n.nodeGuid, c.chatId FROM tblChat AS c JOIN tblNode AS n ON n.nodeID = c.channelId"))
        {
            var proof = Prove(Guid.Parse((string)row[0]!), (long)row[1]!);

            Assert.Null(proof.FaultOf());
            Assert.Null(proof.FaultOf(_manifest));
            Assert.Equal((long)row[1]!, proof.Message.ChatId);
        }
    }

    [Fact]
    public void A_proof_holds_the_hash_of_the_text_and_no_text()
    {
        var (room, id, text) = Some();
        var path = _folder.File("proof.json");

        EvidenceFile.Write(path, Prove(room, id));

        var proof = EvidenceFile.ReadProof(path);
        Assert.Null(proof.FaultOf(_manifest));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))), proof.Message.Content);
        Assert.DoesNotContain(text, File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(_digest, proof.Manifest);
    }

    [Fact]
    public void A_proof_in_which_anything_was_changed_does_not_hold()
    {
        var (room, id, _) = Some();
        var proof = Prove(room, id);
        var message = proof.Message;

        foreach (var changed in new[]
        {
            proof with { Message = message with { ChatId = id + 1 } }, proof with { Message = message with { Author = Guid.NewGuid() } },
            proof with { Message = message with { Author = null } }, proof with { Message = message with { AuthorId = 5 } },
            proof with { Message = message with { Date = message.Date + 1 } }, proof with { Message = message with { Time = "2013-01-01T00:00:00.0000000Z" } },
            proof with { Message = message with { IsAlert = !message.IsAlert } }, proof with { Message = message with { Content = Flipped(message.Content) } },
            proof with { Message = message with { Rtf = message.Rtf is null ? message.Content : null } }, proof with { Message = message with { Content = "no hash" } },
            proof with { Leaf = Flipped(proof.Leaf) }, proof with { Index = proof.Index + 1 }, proof with { Index = -1 },
            proof with { Path = [.. proof.Path.Skip(1)] }, proof with { Path = [Flipped(proof.Path[0]), .. proof.Path.Skip(1)] }, proof with { Path = ["x"] },
            proof with { Room = proof.Room with { Guid = Guid.NewGuid() } }, proof with { Room = proof.Room with { Messages = proof.Room.Messages + 1 } },
            proof with { Room = proof.Room with { Last = proof.Room.Last + 1 } }, proof with { Room = proof.Room with { Digest = Flipped(proof.Room.Digest) } },
            proof with { RoomIndex = proof.RoomIndex + 1 }, proof with { Rooms = 1 }, proof with { RoomPath = [] }, proof with { Root = Flipped(proof.Root) },
        })
        {
            Assert.NotNull(changed.FaultOf(_manifest));
        }
    }

    [Fact]
    public void What_is_not_there_or_no_longer_as_it_was_is_not_proved()
    {
        var (room, id, _) = Some();

        Assert.Equal(ExitCodes.NotAllowed, Assert.Throws<EvidenceException>(() => Prove(Guid.NewGuid(), id)).ExitCode);
        Assert.Equal(ExitCodes.NotAllowed, Assert.Throws<EvidenceException>(() => Prove(room, 123456789)).ExitCode);
        _job.ChangeDestination($"UPDATE tblChat SET content = 'another' WHERE chatId = {id}");
        Assert.Equal(ExitCodes.SidesDiffer, Assert.Throws<EvidenceException>(() => Prove(room, id)).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        _job.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Flipped(string hash) => hash[..^1] + (hash[^1] == '0' ? '1' : '0');

    private (Guid Room, long Id, string Text) Some()
    {
        var row = _job.Ask("""
            SELECT n.nodeGuid, c.chatId, c.content FROM tblChat AS c JOIN tblNode AS n ON n.nodeID = c.channelId
            WHERE length(c.content) > 20 AND c.channelId = (SELECT channelId FROM tblChat GROUP BY channelId ORDER BY count(*) DESC LIMIT 1) LIMIT 1
            """)[0];
        return (Guid.Parse((string)row[0]!), (long)row[1]!, (string)row[2]!);
    }

    private InclusionProof Prove(Guid room, long id)
    {
        using var reader = new SqliteSource(_job.DestinationPath);
        return new EvidenceCheck(_manifest, new EvidenceDatabase(reader, default)).Prove(_digest, room, id, default);
    }
}
