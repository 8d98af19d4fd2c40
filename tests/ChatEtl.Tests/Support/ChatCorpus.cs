namespace ChatEtl.Tests.Support;

/// <summary>Where the real conversations are: the folder that CHATETL_CORPUS names, or the one shared beside the repository.</summary>
public static class ChatCorpus
{
    /// <summary>Why tests without the corpus are skipped.</summary>
    public const string Missing = "The chat corpus is not here; set CHATETL_CORPUS to its folder.";

    /// <summary>The folder, or null when there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("CHATETL_CORPUS");
        var candidate = string.IsNullOrEmpty(named) ? BesideRepository() : named;
        return candidate is not null && Directory.Exists(candidate) ? candidate : null;
    }

    private static string? BesideRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChatEtl.sln")))
            {
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", "chat-corpus"));
            }
        }

        return null;
    }
}
