namespace ChatEtl.Faults;

/// <summary>Names the exit codes of the program: the one table scripts may rely on.</summary>
public static class ExitCodes
{
    /// <summary>The command did what it was asked to do.</summary>
    public const int Success = 0;

    /// <summary>A bug: an exception that is none of ours; or what the command found cannot be written to its output.</summary>
    public const int Bug = 1;

    /// <summary>The run could not start, or may not go on: bad configuration, errors in the plan, resume refused, taken over.</summary>
    public const int NotAllowed = 2;

    /// <summary>The source failed, and retrying did not help.</summary>
    public const int Source = 3;

    /// <summary>The destination failed, and retrying did not help.</summary>
    public const int Destination = 4;

    /// <summary>More rows were rejected than <c>pipeline.maxRejections</c> or <c>pipeline.maxRejectionShare</c> allow, or rejections are open.</summary>
    public const int TooManyRejections = 5;

    /// <summary>Source and destination differ.</summary>
    public const int SidesDiffer = 6;

    /// <summary>A plan has warnings and no errors: the run may start, and something is worth a look before it does.</summary>
    public const int Warnings = 7;

    /// <summary>Cancelled; the last checkpoint stands.</summary>
    public const int Cancelled = 130;
}
