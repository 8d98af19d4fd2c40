using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatEtl.Tests.Pipeline;

/// <summary>What holds of ranges, positions, checkpoints, batches and names whatever the input; a failure names the smallest one found.</summary>
public class PropertyTests
{
    private static readonly Config Thorough = RandomCases.Of(1000);

    [Fact]
    public void Ranges_hold_every_message_once_in_order_and_none_more_than_it_may() => Check.One(
        Thorough,
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[][]>(), ArbMap.Default.ArbFor<PositiveInt>(), (gaps, rangeRows) =>
        {
            var rooms = gaps.Where(room => room.Length > 0).Select((room, i) => (Room: 2L + i, Ids: Ascending(room))).ToList();
            var ids = rooms.ToDictionary(room => room.Room, room => room.Ids);
            var ranges = RangePlanner.Pack(
                    rooms.Select(room => new Segment(room.Room, room.Ids[0], room.Ids[^1])), rangeRows.Get,
                    rest => Inside(rest).Select(id => (long?)id).FirstOrDefault())
                .Select(range => range.SelectMany(segment => Inside(segment).Select(id => new MessageKey(segment.Room, id))).ToList()).ToList();

            return ranges.SelectMany(keys => keys).SequenceEqual(rooms.SelectMany(room => room.Ids.Select(id => new MessageKey(room.Room, id))))
                && ranges.TrueForAll(keys => keys.Count >= 1 && keys.Count <= rangeRows.Get);

            IEnumerable<long> Inside(Segment segment) => ids[segment.Room].Where(id => id >= segment.From && id <= segment.UpTo);
        }));

    [Fact]
    public void A_key_written_as_a_position_is_read_back_and_keys_sort_by_room_and_then_by_id() => Check.One(
        Thorough,
        Prop.ForAll(ArbMap.Default.ArbFor<(long, long)>(), ArbMap.Default.ArbFor<(long, long)>(), (one, other) =>
        {
            var (left, right) = (new MessageKey(one.Item1, one.Item2), new MessageKey(other.Item1, other.Item2));
            return MessageKey.Parse(left.ToString()) == left
                && Math.Sign(left.CompareTo(right)) == Math.Sign(one.CompareTo(other))
                && left < right == one.CompareTo(other) < 0 && left >= right == one.CompareTo(other) >= 0;
        }));

    [Fact]
    public void A_time_is_written_as_its_format_says_and_read_back_to_the_millisecond() => Check.One(
        Thorough,
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (high, low) =>
        {
            var time = new DateTime((((long)high << 31) | (long)low) % DateTime.MaxValue.Ticks, DateTimeKind.Utc);
            var text = Cells.FormatDateTime(time);
            return text == time.ToString(Cells.DateTimeFormat, CultureInfo.InvariantCulture)
                && Cells.TryDateTime(text, out var back) && back == time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));
        }));

    [Fact]
    public void Books_and_digests_add_up_to_the_same_wherever_batches_end() => Check.One(
        Thorough,
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (fates, one, other) =>
        {
            var (left, right) = (InBatches(fates, one.Get), InBatches(fates, other.Get));
            return left == right && left.StartsWith(fates.Length.ToString(CultureInfo.InvariantCulture) + " True", StringComparison.Ordinal);
        }));

    [Fact]
    public void A_digest_taken_out_of_a_sum_leaves_the_sum_of_the_others() => Check.One(
        Thorough,
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (rows, taken) =>
        {
            var others = rows.Select(row => DigestOf(row)).Aggregate(UInt128.Zero, RowDigest.Add);
            return RowDigest.Subtract(RowDigest.Add(others, DigestOf(taken)), DigestOf(taken)) == others
                && RowDigest.Parse(RowDigest.Format(others)) == others;
        }));

    [Fact]
    public void Batches_join_to_the_whole_from_any_key_on_and_close_at_the_first_limit_reached()
    {
        const int Rows = 60;
        using var pool = new PlainPool(ChatSchema.Persistent);
        for (var id = 1L; id <= Rows; id++)
        {
            pool.Add("tblChat", ("channelId", 2 + (id / 25)), ("chatId", id), ("content", new string('x', (int)(id * id % 97))));
        }

        var everything = new[] { new Segment(2, 1, 24), new Segment(3, 25, 49), new Segment(4, 50, Rows) };
        using var source = new SqliteSource(pool.Path);
        Check.One(
            RandomCases.Of(200),
            Prop.ForAll(Gen.Choose(1, 70).ToArbitrary(), Gen.Choose(1, 600).ToArbitrary(), Gen.Choose(0, Rows - 1).ToArbitrary(), (rows, bytes, before) =>
            {
                var limits = new BatchLimits(rows, bytes);
                MessageKey? after = before == 0 ? null : new MessageKey(2 + (before / 25), before);
                var ids = new List<long>();
                foreach (var batch in source.ReadMessages(everything, after, limits, new MessageBatchPool(1024), CancellationToken.None))
                {
                    if (batch.Count > rows || Enumerable.Range(0, Math.Max(0, batch.Count - 1)).Sum(row => batch.ContentLength[row]) >= bytes)
                    {
                        return false;
                    }

                    ids.AddRange(batch.Id.Take(batch.Count));
                    if (batch.Count > 0 && MessageKey.Parse(batch.To) < batch.SourceKey(batch.Count - 1))
                    {
                        return false;
                    }
                }

                return ids.SequenceEqual(Enumerable.Range(before + 1, Rows - before).Select(id => (long)id));
            }));
    }

    [Fact]
    public void A_short_name_fits_its_column_whatever_the_name_and_is_not_shortened_again() => Check.One(
        Thorough,
        Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), Gen.Choose(0, 400).ToArbitrary(), (text, more) =>
        {
            var name = text.Get + new string('n', more);
            var cut = ShortName.Of(name, ShortName.NodeLength);
            return cut.Length <= ShortName.NodeLength && ShortName.Of(cut, ShortName.NodeLength) == cut && (name.Length > ShortName.NodeLength) == (cut != name);
        }));

    private static long[] Ascending(PositiveInt[] gaps)
    {
        var id = 0L;
        return [.. gaps.Select(gap => id += gap.Get)];
    }

    /// <summary>The checkpoint's sums after rows of these fates were counted in batches of one size.</summary>
    private static string InBatches(byte[] fates, int size)
    {
        var (sum, digest) = (new Book(), UInt128.Zero);
        foreach (var rows in fates.Select((fate, i) => (Fate: fate, Id: i)).Chunk(size))
        {
            var (book, part) = (new Book { Read = rows.Length }, UInt128.Zero);
            foreach (var (fate, id) in rows)
            {
                switch (fate % 4)
                {
                    case 0:
                        book.Written++;
                        part = RowDigest.Add(part, DigestOf(id));
                        break;
                    case 1:
                        book.Reused++;
                        break;
                    case 2:
                        book.Rejected++;
                        break;
                    default:
                        book.Skip($"T{fate % 7}");
                        break;
                }
            }

            sum.Add(book);
            digest = RowDigest.Add(digest, part);
        }

        var skipped = string.Join(',', sum.Skipped.Select(rule => $"{rule.Key}:{rule.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture, $"{sum.Read} {sum.Balances} {sum.Written} {sum.Reused} {sum.Rejected} {skipped} {RowDigest.Format(digest)}");
    }

    private static UInt128 DigestOf(int id) => RowDigest.OfMessage(2, id, 0, 1, false, "text"u8, -1);
}
