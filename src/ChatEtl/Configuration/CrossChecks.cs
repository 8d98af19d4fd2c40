using ChatEtl.Faults;

namespace ChatEtl.Configuration;

/// <summary>Finds options that are sound one by one and wrong together.</summary>
internal static class CrossChecks
{
    /// <summary>Lists the problems; options that are wrong by themselves are left alone.</summary>
    internal static IEnumerable<ConfigurationProblem> Find(ChatEtlOptions options, string jsonPath, Func<string, bool> isSound)
    {
        if (isSound("retry.baseDelay") && isSound("retry.maxDelay") && options.Retry.BaseDelay > options.Retry.MaxDelay)
        {
            yield return new("$.retry.maxDelay", "must not be shorter than retry.baseDelay");
        }

        var written = new List<(string Option, string? File)>
        {
            ("this configuration", jsonPath),
            ("source.path", isSound("source.path") ? options.Source.Path : null),
        };
        foreach (var (option, file) in new[] { ("destination.path", options.Destination.Path), ("report.path", options.Report.Path) })
        {
            if (!isSound(option) || string.IsNullOrEmpty(file))
            {
                continue;
            }

            foreach (var (other, _) in written.Where(w => w.File is not null && IsSameFile(w.File, file)))
            {
                yield return new("$." + option, $"is the same file as {other}: {file}");
            }

            written.Add((option, file));
        }
    }

    private static bool IsSameFile(string left, string right) => string.Equals(
        Final(left), Final(right), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private static string Final(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return file;
        }
    }
}
