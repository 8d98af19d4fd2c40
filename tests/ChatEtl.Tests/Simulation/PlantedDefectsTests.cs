using System.Globalization;
using System.Text;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Simulation;

/// <summary>Each planted defect is caught within 200 kills, and a destination without one never is.</summary>
public sealed class PlantedDefectsTests
{
    private const int MostKills = 200;
    private const int MostSeeds = 600;

    /// <summary>What the defect would do to a customer.</summary>
    private static readonly Dictionary<Defect, (string What, string Harm)> Defects = new()
    {
        [Defect.CheckpointBeforeRows] = ("the checkpoint is committed before its rows", "messages are lost at a crash"),
        [Defect.SeparateTransaction] = ("rows and checkpoint are two transactions", "messages are written again after a crash"),
        [Defect.BlindRetry] = ("a batch whose commit gave no answer is written again without asking", "messages are counted, or stored, twice"),
        [Defect.RangeEdge] = ("a range ends one message too early", "a message at each cut is lost"),
        [Defect.EpochNotChecked] = ("writes do not look at the epoch", "a process believed dead goes on writing"),
        [Defect.SecondInstance] = ("a second run is let in beside the first", "two runs write side by side"),
        [Defect.LostLastBatch] = ("the last batch of a range leaves its rows behind", "the newest messages of a room are lost"),
        [Defect.WrittenTwice] = ("two writers write the same batch", "the books tell of twice as many rows"),
        [Defect.RejectionOutside] = ("rejections are stored before the transaction of their batch", "a rejected row is listed, and replayed, twice"),
        [Defect.IdsRedrawn] = ("a resume draws the ids anew", "messages hang on the wrong people and rooms"),
        [Defect.DigestOfSourceRow] = ("the digest is that of the row before its transform", "the digest proves nothing about the destination"),
        [Defect.CounterNotSaved] = ("tblLastChatId and tblLastInviteId are not written", "the server gives out numbers that are taken"),
        [Defect.WatermarkNotStored] = ("a pass forgets how far it took the rooms", "the next pass reads everything again"),
        [Defect.ResumesTooLate] = ("a resume begins one message too late", "a message is lost at every crash"),
        [Defect.ResumesTooEarly] = ("a resume begins one message too early", "a message is met twice at every crash"),
        [Defect.PlaceholderTwice] = ("nobody remembers which placeholder an unknown author got", "a crash makes two authors of one"),
        [Defect.SilentDrop] = ("a refused row is dropped without a word", "messages are missing and nobody is told"),
    };

    [Fact]
    public void Every_planted_defect_is_caught_and_the_table_says_by_what()
    {
        var table = new StringBuilder();
        table.Append("| Planted | What it would do | Caught by | After kills | Seed |\n| --- | --- | --- | ---: | ---: |\n");
        foreach (var defect in Enum.GetValues<Defect>().Where(defect => defect != Defect.None))
        {
            var (seed, kills, caught) = Hunt(defect);
            Assert.True(caught is not null, $"{defect} was not caught by {MostSeeds} seeds and {kills} kills");
            TestContext.Current.TestOutputHelper?.WriteLine($"{defect}: seed {seed}, {caught.Check}: {caught.Detail}");
            table.Append(CultureInfo.InvariantCulture, $"| {Defects[defect].What} | {Defects[defect].Harm} | {caught.Check} | {kills} | {seed} |\n");
        }

        var (_, controls, alarm) = Hunt(Defect.None);
        Assert.True(alarm is null, $"without a defect {alarm?.Check} fired: {alarm?.Detail}");
        Assert.Equal(MostKills, controls);
        table.Append(CultureInfo.InvariantCulture, $"| none (control) | | nothing | {controls} | |\n");
        Assert.True(Approved.Between(Repository.PathOf("docs", "planted-defects.md"), "<!-- defects:begin -->", "<!-- defects:end -->", table.ToString()));
    }

    /// <summary>Runs seed after seed until a check fires or enough kills have passed; narrow ones only, so that the table is always the same.</summary>
    private static (int Seed, int Kills, Caught? Caught) Hunt(Defect defect)
    {
        var kills = 0;
        for (var seed = 1; seed <= MostSeeds && kills < MostKills; seed++)
        {
            var simulation = Simulation.Run(seed, defect, out var caught, narrow: true);
            kills = Math.Min(MostKills, kills + simulation.Kills);
            if (caught is not null)
            {
                return (seed, kills, caught);
            }
        }

        return (MostSeeds, kills, null);
    }
}
