namespace ChatEtl.Faults;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Path">The JSON path of the option, for example <c>$.pipeline.writers</c>.</param>
/// <param name="Message">What is wrong and what is expected there.</param>
public sealed record ConfigurationProblem(string Path, string Message)
{
    /// <summary>Joins path and message.</summary>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>Refuses a configuration before the first row is read, with all its problems at once.</summary>
public sealed class ConfigurationException : ChatEtlException
{
    /// <summary>Lists the problems in the message.</summary>
    /// <param name="problems">At least one.</param>
    public ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
        : base(
            Sentence.List(problems.Count, "problem in the configuration", "problems in the configuration", problems),
            "Nothing was read or written. Correct the configuration and start again; the README lists every option.",
            ExitCodes.NotAllowed)
    {
        Problems = problems;
    }

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; }
}
