using System.Buffers;
using ChatEtl.Faults;

namespace ChatEtl.Configuration;

/// <summary>Finds options that are sound one by one and wrong together.</summary>
internal static class CrossChecks
{
    private static readonly string[] Database = ["kind", "server", "database"];

    private static readonly SearchValues<char> ConnectionString = SearchValues.Create(";=\"'");

    /// <summary>Lists the problems; options that are wrong by themselves are left alone.</summary>
    internal static IEnumerable<ConfigurationProblem> Find(ChatEtlOptions options, string jsonPath, Func<string, bool> isSound)
    {
        if (isSound("retry.baseDelay") && isSound("retry.maxDelay") && options.Retry.BaseDelay > options.Retry.MaxDelay)
        {
            yield return new("$.retry.maxDelay", "must not be shorter than retry.baseDelay");
        }

        foreach (var problem in Logins("source", options.Source, isSound).Concat(Logins("destination", options.Destination, isSound)))
        {
            yield return problem;
        }

        if (Database.All(key => isSound("source." + key) && isSound("destination." + key))
            && options.Source.Kind == EndKind.SqlServer && options.Destination.Kind == EndKind.SqlServer
            && IsSameServer(options.Source.Server, options.Destination.Server)
            && string.Equals(options.Source.Database.Trim(), options.Destination.Database.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            yield return new("$.destination.database", "is the same database as source.database, on the same server");
        }

        var written = new List<(string Option, string? File)>
        {
            ("this configuration", jsonPath),
            ("source.path", isSound("source.path") && options.Source.Path.Length > 0 ? options.Source.Path : null),
        };
        foreach (var (option, file) in new[]
        {
            ("destination.path", options.Destination.Path), ("report.path", options.Report.Path), ("report.html", options.Report.Html),
            ("report.evidence", options.Report.Evidence),
        })
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

    /// <summary>A login has two parts; a server is a name and no connection string, which could hold a password.</summary>
    private static IEnumerable<ConfigurationProblem> Logins(string section, EndOptions end, Func<string, bool> isSound)
    {
        if (end.Kind != EndKind.SqlServer)
        {
            yield break;
        }

        if (isSound(section + ".server") && end.Server.AsSpan().ContainsAny(ConnectionString))
        {
            yield return new($"$.{section}.server", "expected a server with its instance or port, found a connection string or part of one");
        }

        if (!isSound(section + ".user") || !isSound(section + ".password"))
        {
            yield break;
        }

        if (end.User is not null && end.Password is null)
        {
            yield return new($"$.{section}.password", $"missing; a user needs one, expected {Option.SecretExpected}");
        }

        if (end.User is null && end.Password is not null)
        {
            yield return new($"$.{section}.user", "missing; a password needs one, and Windows integrated security needs neither");
        }
    }

    private static bool IsSameServer(string left, string right) => string.Equals(Plain(left), Plain(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>A server without the protocol, the usual port, and the many names of this machine.</summary>
    private static string Plain(string server)
    {
        var name = server.Trim();
        name = name.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        name = name.EndsWith(",1433", StringComparison.Ordinal) ? name[..^5] : name;
        var cut = name.IndexOfAny(['\\', ',']);
        var (host, rest) = cut < 0 ? (name, "") : (name[..cut], name[cut..]);

        return host.ToUpperInvariant() is "." or "(LOCAL)" or "LOCALHOST" or "127.0.0.1" ? "localhost" + rest : host + rest;
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
