using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatEtl.Tests.Writing;

public sealed class BisectionTests
{
    [Fact]
    public void Exactly_the_bad_rows_are_refused_and_every_good_one_goes_in_once()
    {
        var cases = from rows in Gen.Choose(1, 300)
                    from share in Gen.Elements(0, 1, 10, 50, 100)
                    from bad in Gen.ArrayOf(Gen.Choose(0, 99), rows)
                    select bad.Select(number => number < share).ToArray();

        Check.One(
            RandomCases.Of(300),
            Prop.ForAll(Arb.From(cases), isBad =>
            {
                var (written, refused, _) = Sift(isBad);

                return written.Order().SequenceEqual(Enumerable.Range(0, isBad.Length).Where(row => !isBad[row]))
                    && refused.SequenceEqual(Enumerable.Range(0, isBad.Length).Where(row => isBad[row]));
            }));
    }

    [Fact]
    public void One_bad_row_is_found_and_all_others_written_in_at_most_twice_the_logarithm_of_attempts_and_one()
    {
        foreach (var rows in Enumerable.Range(1, 130).Append(1_000).Append(1_024).Append(1_025).Append(10_000))
        {
            var limit = (2 * (int)Math.Ceiling(Math.Log2(rows))) + 1;
            foreach (var bad in new[] { 0, 1, rows / 3, rows / 2, rows - 2, rows - 1 }.Where(row => row >= 0 && row < rows).Distinct())
            {
                var isBad = new bool[rows];
                isBad[bad] = true;

                var (written, refused, attempts) = Sift(isBad);

                Assert.Equal([bad], refused);
                Assert.Equal(rows - 1, written.Count);
                Assert.InRange(attempts, 1, limit);

                // What is known from the left halves is not asked again of the right ones.
                Assert.True(bad < rows - 1 || attempts <= (limit + 1) / 2, $"{attempts} attempts for the last of {rows} rows");
            }
        }
    }

    [Fact]
    public void Where_every_row_is_bad_it_takes_fewer_than_two_attempts_a_row()
    {
        var (written, refused, attempts) = Sift(Enumerable.Repeat(true, 1_000).ToArray());

        Assert.Empty(written);
        Assert.Equal(1_000, refused.Count);
        Assert.InRange(attempts, 1_000, 1_999);
    }

    [Fact]
    public void Of_two_rows_that_stand_in_each_others_way_the_first_goes_in_and_the_second_is_refused_for_its_own_fault()
    {
        int[] keys = [1, 2, 3, 2, 4, 5, 5, 6];
        var there = new HashSet<int>();
        var refused = new List<(int Row, string Why)>();

        Bisection.Run(
            keys.Length, "all",
            (first, count) =>
            {
                var piece = keys[first..(first + count)];
                var clash = piece.Where((key, i) => there.Contains(key) || piece.Take(i).Contains(key)).Select(key => $"key {key}").FirstOrDefault();
                if (clash is null)
                {
                    there.UnionWith(piece);
                }

                return clash;
            },
            (row, why) => refused.Add((row, why)));

        Assert.Equal([(3, "key 2"), (6, "key 5")], refused);
        Assert.Equal([1, 2, 3, 4, 5, 6], there.Order());
    }

    /// <summary>Writes rows as a destination does: all at once, and when that is refused by halving.</summary>
    private static (List<int> Written, List<int> Refused, int Attempts) Sift(bool[] isBad)
    {
        var (written, refused, attempts) = (new List<int>(), new List<int>(), 0);
        if (Attempt(0, isBad.Length) is { } fault)
        {
            Bisection.Run(isBad.Length, fault, Attempt, (row, _) => refused.Add(row));
        }

        return (written, refused, attempts);

        string? Attempt(int first, int count)
        {
            attempts++;
            if (isBad.AsSpan(first, count).Contains(true))
            {
                return "bad";
            }

            written.AddRange(Enumerable.Range(first, count));
            return null;
        }
    }
}
