using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

/// <summary>Counts the whole process, so it may not run beside others.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;

/// <summary>An allocation ceiling for the hot path.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int MostBytesAMessage = 40;

    [Fact]
    public async Task A_message_more_costs_next_to_no_memory()
    {
        await BytesFor(20_000);

        var few = await BytesFor(20_000);
        var many = await BytesFor(220_000);

        var perMessage = (many - few) / 200_000.0;
        Assert.True(perMessage <= MostBytesAMessage, $"{perMessage:0.0} bytes a message.");
    }

    private static async Task<long> BytesFor(int messages)
    {
        using var rehearsal = new Rehearsal(Rehearsal.Sample(messages));
        rehearsal.Options = rehearsal.Options with { Pipeline = new() };
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await rehearsal.RunAsync();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
