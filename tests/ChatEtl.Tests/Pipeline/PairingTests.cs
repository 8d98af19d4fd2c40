using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

/// <summary>The same pool between ends of every product: the same rows, books and rejections, and a clean comparison.</summary>
public sealed class PairingTests
{
    [Theory]
    [InlineData(Product.Sqlite, Product.Sqlite, Generation.Lync2010)]
    [InlineData(Product.Sqlite, Product.SqlServer, Generation.Lync2010)]
    [InlineData(Product.SqlServer, Product.Sqlite, Generation.Lync2010)]
    [InlineData(Product.SqlServer, Product.SqlServer, Generation.Lync2010)]
    [InlineData(Product.Sqlite, Product.SqlServer, Generation.Lync2013)]
    [InlineData(Product.SqlServer, Product.SqlServer, Generation.Lync2013)]
    public async Task Every_pairing_of_ends_gives_the_same_destination(Product from, Product to, Generation generation)
    {
        // Typed columns hold no planted faults.
        var sample = Rehearsal.Sample(messages: 1_000, rooms: 20, faults: from == Product.Sqlite, generation);
        using var pairing = new Pairing(from, to, sample);
        using var plain = new Pairing(Product.Sqlite, Product.Sqlite, sample);
        pairing.Options = pairing.Options with { Rules = Rehearsal.Lenient with { UnknownAuthors = UnknownAuthors.Placeholder } };
        plain.Options = pairing.Options;
        await plain.RunAsync();

        var report = await pairing.RunAsync();

        Assert.True(report.Complete && report.Balances);
        Assert.Empty(pairing.Compare());
        Assert.Equal(plain.Content(), pairing.Content(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_second_pass_takes_only_what_is_new()
    {
        using var pairing = new Pairing(Product.Sqlite, Product.SqlServer, Rehearsal.Sample(messages: 400, rooms: 8));
        await pairing.RunAsync();
        var before = pairing.Content();

        var report = await pairing.RunAsync(lastPass: true);

        Assert.True(report.Complete && report.Balances);
        Assert.Equal(0, report.Books.TryGetValue(Streams.Messages, out var book) ? book.Read : 0);
        Assert.Equal(before, pairing.Content(), StringComparer.Ordinal);
        Assert.Empty(pairing.Compare());
    }

    [Fact]
    public async Task Several_writers_give_what_one_gives()
    {
        using var pairing = new Pairing(Product.SqlServer, Product.SqlServer, Rehearsal.Sample(messages: 1_000, rooms: 12));

        // Ranges below a batch are as small for many lanes as for one.
        pairing.Options = pairing.Options with { Pipeline = pairing.Options.Pipeline with { RangeRows = 30 } };
        await pairing.RunAsync();
        var one = pairing.Outcome();
        pairing.Restart();
        pairing.Options = pairing.Options with { Pipeline = pairing.Options.Pipeline with { Readers = 4, Transformers = 2, Writers = 4 } };

        await pairing.RunAsync();

        Assert.Equal(one, pairing.Outcome(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Interrupted_behind_every_batch_in_turn_the_outcome_is_that_of_one_run()
    {
        using var pairing = new Pairing(Product.Sqlite, Product.SqlServer, Rehearsal.Sample(messages: 150, rooms: 4));
        pairing.Options = pairing.Options with { Pipeline = pairing.Options.Pipeline with { Readers = 1, BatchRows = 20, RangeRows = 60 } };
        await pairing.RunAsync();
        var undisturbed = pairing.Outcome();
        pairing.Restart();

        // One batch a run: each resume begins where the one before was cut off.
        var runs = 0;
        for (var interrupted = true; interrupted && runs <= 100; runs++)
        {
            using var trouble = new Trouble(2, TroubleKind.Permanent, after: false, "Write");
            var fault = await Record.ExceptionAsync(() => pairing.RunAsync(null, destination => new FaultyDestination(destination, trouble)));
            interrupted = trouble.Reached;
            Assert.Equal(interrupted, fault is DestinationException);
        }

        Assert.InRange(runs, 10, 100);
        Assert.Equal(undisturbed, pairing.Outcome(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("Begin")]
    [InlineData("Write")]
    [InlineData("AddPlaceholder")]
    [InlineData("Complete")]
    public async Task A_lost_answer_of_any_write_leaves_no_gap_and_no_duplicate(string method)
    {
        using var pairing = new Pairing(Product.Sqlite, Product.SqlServer, Rehearsal.Sample(messages: 60, rooms: 4, faults: true));
        pairing.Options = pairing.Options with
        {
            Rules = Rehearsal.Lenient with { UnknownAuthors = UnknownAuthors.Placeholder },
            Pipeline = pairing.Options.Pipeline with { Readers = 1, BatchRows = 40 },
        };
        await pairing.RunAsync();
        var undisturbed = pairing.Outcome();
        var steps = 0;
        for (var reached = true; reached; steps++)
        {
            pairing.Restart();
            using var trouble = new Trouble(steps + 1, TroubleKind.Transient, after: true, method);

            await pairing.RunAsync(null, destination => new FaultyDestination(destination, trouble));

            reached = trouble.Reached;
            Assert.Equal(undisturbed, pairing.Outcome(), StringComparer.Ordinal);
        }

        Assert.InRange(steps, 2, 30);
    }

    [Fact]
    public async Task Sessions_that_the_server_ends_are_opened_again_and_nothing_is_lost_or_doubled()
    {
        using var pairing = new Pairing(Product.Sqlite, Product.SqlServer, Rehearsal.Sample(messages: 400, rooms: 6));
        pairing.Options = pairing.Options with { Pipeline = pairing.Options.Pipeline with { BatchRows = 40 } };
        await pairing.RunAsync();
        var undisturbed = pairing.Outcome();
        foreach (var atWrite in new[] { 2, 7 })
        {
            pairing.Restart();

            var report = await pairing.RunAsync(null, destination => new SeveredDestination(destination, pairing.Database, atWrite));

            Assert.True(report.Complete && report.Retries > 0);
            Assert.Equal(undisturbed, pairing.Outcome(), StringComparer.Ordinal);
        }
    }
}
