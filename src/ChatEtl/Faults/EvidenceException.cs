namespace ChatEtl.Faults;

/// <summary>Refuses evidence that cannot be read, made, or used for what is asked.</summary>
/// <param name="message">What stands in the way.</param>
/// <param name="hint">What to do.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>: refused, or not what it says of itself.</param>
public sealed class EvidenceException(string message, string hint, int exitCode = ExitCodes.NotAllowed) : ChatEtlException(message, hint, exitCode);
