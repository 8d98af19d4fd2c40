using ChatEtl.Chat;
using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>Rules T1 to T18, T25 and T26 over both directories: what the destination's directory shall hold.</summary>
public static class DirectoryRules
{
    /// <summary>Resolves the source directory against the destination's; writes nothing, throws nothing for bad data.</summary>
    /// <param name="source">The source directory, any generation.</param>
    /// <param name="destination">The destination's directory as it stands now.</param>
    /// <param name="rules">The configured rules.</param>
    /// <param name="earlier">Decisions of earlier runs (E1): their ids and names are kept.</param>
    /// <param name="facts">What must be known about messages.</param>
    public static DirectoryPlan Plan(
        ChatDirectory source, ChatDirectory destination, RuleOptions rules, Decisions earlier, MessageFacts facts) =>
        throw new NotSupportedException();
}
