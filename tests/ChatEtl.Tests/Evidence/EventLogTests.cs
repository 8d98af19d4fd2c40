using ChatEtl.Checkpoints;
using Xunit;

namespace ChatEtl.Tests.Evidence;

public sealed class EventLogTests
{
    private static readonly DateTime Begin = new(2013, 1, 7, 18, 0, 0, DateTimeKind.Utc);
    private readonly List<EventEntry> _log = [.. Log(5)];

    [Fact]
    public void A_log_as_it_was_written_holds_and_an_empty_one_too()
    {
        Assert.Null(EventEntry.FaultOf(_log));
        Assert.Null(EventEntry.FaultOf([]));
        Assert.Equal([1L, 2L, 3L, 4L, 5L], _log.Select(entry => entry.Sequence));
    }

    [Fact]
    public void The_same_note_given_again_after_a_lost_answer_makes_no_second_entry()
    {
        var last = _log[^1];

        Assert.Null(EventEntry.Following(last, NoteOf(4), last.Epoch));
        Assert.NotNull(EventEntry.Following(last, NoteOf(4), last.Epoch + 1));
    }

    [Fact]
    public void A_change_of_any_value_is_found_at_its_entry()
    {
        for (var i = 0; i < _log.Count; i++)
        {
            var entry = _log[i];
            foreach (var changed in new[]
            {
                entry with { At = entry.At.Replace('7', '8') }, entry with { Epoch = entry.Epoch + 1 }, entry with { Who = entry.Who + " " },
                entry with { Kind = "resumed" }, entry with { Detail = "{}" }, entry with { Hash = Flipped(entry.Hash) }, entry with { Previous = Flipped(entry.Previous) },
                entry with { Sequence = entry.Sequence + 1 },
            })
            {
                var fault = EventEntry.FaultOf([.. _log.Take(i), changed, .. _log.Skip(i + 1)]);

                Assert.Contains($"entry {changed.Sequence} ", fault, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_value_moved_over_the_border_to_its_neighbour_is_found()
    {
        var entry = _log[2];

        Assert.NotNull(EventEntry.FaultOf([.. _log.Take(2), entry with { Who = entry.Who[..^1], Kind = entry.Who[^1] + entry.Kind }, .. _log.Skip(3)]));
    }

    [Fact]
    public void An_entry_taken_out_put_in_or_swapped_is_found()
    {
        for (var i = 0; i < _log.Count - 1; i++)
        {
            Assert.NotNull(EventEntry.FaultOf([.. _log.Take(i), .. _log.Skip(i + 1)]));
            Assert.NotNull(EventEntry.FaultOf([.. _log.Take(i), _log[i + 1], _log[i], .. _log.Skip(i + 2)]));
            Assert.NotNull(EventEntry.FaultOf([.. _log.Take(i), _log[i], _log[i], .. _log.Skip(i + 1)]));
            var forged = EventEntry.Following(i == 0 ? null : _log[i - 1], NoteOf(99), 1)!;
            Assert.NotNull(EventEntry.FaultOf([.. _log.Take(i), forged, .. _log.Skip(i)]));
            Assert.NotNull(EventEntry.FaultOf([.. _log.Take(i), forged, .. _log.Skip(i + 1)]));
        }
    }

    [Fact]
    public void An_entry_taken_out_is_found_even_when_the_others_are_numbered_anew()
    {
        var closed = _log.Where((_, i) => i != 2).Select((entry, i) => entry with { Sequence = i + 1 }).ToList();

        Assert.Contains("entry 3 ", EventEntry.FaultOf(closed), StringComparison.Ordinal);
    }

    /// <summary>A log of some entries.</summary>
    internal static IEnumerable<EventEntry> Log(int entries)
    {
        EventEntry? last = null;
        for (var i = 0; i < entries; i++)
        {
            yield return last = EventEntry.Following(last, NoteOf(i), i + 1)!;
        }
    }

    private static EventNote NoteOf(int i) => new(Begin.AddMinutes(i), $"process {i} on HOST, user anna", "pass begun", $$"""{"pass":{{i}}}""");

    private static string Flipped(string hash) => (hash[0] == '0' ? '1' : '0') + hash[1..];
}
