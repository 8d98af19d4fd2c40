namespace ChatEtl.Tests.Support;

/// <summary>The working copy the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root: the nearest folder upward from the test program that holds ChatEtl.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The full path of a file of the repository.</summary>
    internal static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChatEtl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ChatEtl.sln above {AppContext.BaseDirectory}.");
    }
}
