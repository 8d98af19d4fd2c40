namespace ChatEtl.Faults;

/// <summary>Ends a run for a reason people can act on; everything else that escapes is a bug.</summary>
public abstract class ChatEtlException : Exception
{
    /// <summary>Sets what every member of the family carries.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="hint">What still stands and what to do next.</param>
    /// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    protected ChatEtlException(string message, string hint, int exitCode, Exception? innerException = null)
        : base(message, innerException)
    {
        Hint = hint;
        ExitCode = exitCode;
    }

    /// <summary>Says what still stands and what to do next.</summary>
    public string Hint { get; }

    /// <summary>The program's exit code, one of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }
}
