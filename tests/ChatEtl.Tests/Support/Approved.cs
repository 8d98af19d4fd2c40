using Xunit;

namespace ChatEtl.Tests.Support;

/// <summary>Files of the repository that are generated, committed and read in review.</summary>
/// <remarks>With <c>CHATETL_APPROVE=1</c> in the environment a test writes what it would otherwise compare.</remarks>
internal static class Approved
{
    private static bool Rewrites => Environment.GetEnvironmentVariable("CHATETL_APPROVE") is "1";

    /// <summary>Compares a whole file with what is generated now.</summary>
    internal static void WholeFile(string path, string actual)
    {
        if (Rewrites)
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests with CHATETL_APPROVE=1 to write it.");
        Compare(path, File.ReadAllText(path), actual);
    }

    /// <summary>Compares the part of a file between two marker lines; true when the file has both markers.</summary>
    internal static bool Between(string path, string begin, string end, string actual)
    {
        var text = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, Math.Max(from, 0), StringComparison.Ordinal);
        if (from < 0 || to < 0)
        {
            return false;
        }

        from += begin.Length;
        if (Rewrites)
        {
            text = $"{text[..from]}\n{actual}{text[to..]}";
            to = from + 1 + actual.Length;
            File.WriteAllText(path, text);
        }

        Compare(path, text[from..to].Trim('\n') + "\n", actual);

        return true;
    }

    private static void Compare(string path, string approved, string actual)
    {
        if (!string.Equals(approved.ReplaceLineEndings("\n"), actual, StringComparison.Ordinal))
        {
            Assert.Fail($"{Path.GetFileName(path)} is out of date; run the tests with CHATETL_APPROVE=1, read the difference, commit it.");
        }
    }
}
