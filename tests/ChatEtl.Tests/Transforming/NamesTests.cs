using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class NamesTests
{
    [Theory]
    [InlineData("General", "GENERAL", true)]
    [InlineData("General", "general  ", true)]
    [InlineData("Général", "General", false)]
    [InlineData("Ä", "ä", true)]
    [InlineData(" General", "General", false)]
    [InlineData("Ｇeneral", "General", false)]
    [InlineData("General\t", "General", false)]
    [InlineData("\u0131", "i", false)]
    [InlineData("\u0131", "I", false)]
    [InlineData("\u017F", "s", false)]
    [InlineData("\u017F", "S", false)]
    [InlineData("\u212A", "k", false)]
    [InlineData("\u212A", "K", false)]
    public void Names_are_equal_but_for_case_and_trailing_spaces_only(string one, string other, bool equal)
    {
        Assert.Equal(equal, EqualNames.Comparer.Equals(one, other));
        Assert.True(!equal || EqualNames.Comparer.GetHashCode(one) == EqualNames.Comparer.GetHashCode(other));
    }

    [Fact]
    public void A_name_of_256_units_stays_and_one_of_257_is_cut_to_256()
    {
        var fits = new string('a', 256);
        var cut = ShortName.Of(new string('a', 257), 256);

        Assert.Equal(fits, ShortName.Of(fits, 256));
        Assert.Equal(256, cut.Length);
        Assert.Matches("^a{247}~[0-9a-f]{8}$", cut);
    }

    [Fact]
    public void The_digest_is_that_of_the_full_name_in_UTF_8()
    {
        Assert.EndsWith("~7250b666", ShortName.Of(new string('é', 300), 256), StringComparison.Ordinal);
    }

    [Fact]
    public void A_surrogate_pair_on_the_cut_is_left_out_whole()
    {
        var name = new string('a', 246) + "😀" + new string('b', 20);

        var cut = ShortName.Of(name, 256);

        Assert.Equal(255, cut.Length);
        Assert.StartsWith(new string('a', 246) + "~", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_5_guids_match_the_published_vector()
    {
        var dns = new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

        Assert.Equal(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"), UuidV5.Create(dns, "www.example.com"));
    }

    [Fact]
    public void A_placeholder_author_is_a_disabled_user_with_a_guid_that_every_run_makes()
    {
        var root = new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

        var row = PlaceholderAuthors.RowFor(77, root, 1);

        Assert.Equal(UuidV5.Create(root, "unknown-77"), row.Guid);
        Assert.Equal("sip:unknown-77@migrated.invalid", row.Uri);
        Assert.Equal(("Unknown user 77", "Unknown user 77"), (row.Name, row.DisplayName));
        Assert.Equal((5, 1, 0), (row.Type, row.Disabled, row.Id));
        Assert.Equal((null, null, 0L, 0L), (row.AddedBy, row.UpdatedBy, row.AddedOn, row.UpdatedOn));
        Assert.Equal(new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc), row.VerifiedOn);
    }
}
