namespace ChatEtl.Faults;

/// <summary>A part of a run's set-up that is not what it was.</summary>
/// <param name="Name">Which part, for example <c>rules</c>.</param>
/// <param name="Stored">What the destination remembers of the run that began.</param>
/// <param name="Now">What this run was started with.</param>
public sealed record ResumeDifference(string Name, string Stored, string Now)
{
    /// <summary>Names the part, then the stored and the present value.</summary>
    public override string ToString() => $"{Name}: was {Stored}, is now {Now}";
}

/// <summary>Refuses to go on with a run that was started with another set-up.</summary>
public sealed class ResumeRefusedException : ChatEtlException
{
    /// <summary>Names the differing parts in the message.</summary>
    /// <param name="differences">At least one.</param>
    public ResumeRefusedException(IReadOnlyList<ResumeDifference> differences)
        : base(
            Sentence.List(
                differences.Count, "part differs from the run to be resumed", "parts differ from the run to be resumed", differences),
            "The last checkpoint stands and nothing was written. Go back to the stored set-up to resume, or take a fresh destination.",
            ExitCodes.NotAllowed)
    {
        Differences = differences;
    }

    /// <summary>The parts that differ.</summary>
    public IReadOnlyList<ResumeDifference> Differences { get; }
}
