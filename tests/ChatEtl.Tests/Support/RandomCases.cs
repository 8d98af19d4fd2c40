using FsCheck;
using FsCheck.Fluent;

namespace ChatEtl.Tests.Support;

/// <summary>How properties are tried: the same cases in every run, and new ones with CHATETL_FULL=1 in the environment.</summary>
internal static class RandomCases
{
    private const ulong Seed = 20130317;

    /// <summary>Tries so many cases; one that fails is made smaller, and thrown.</summary>
    public static Config Of(int cases)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(cases);
        return Environment.GetEnvironmentVariable("CHATETL_FULL") == "1" ? config : config.WithReplay(Seed, 1);
    }
}
