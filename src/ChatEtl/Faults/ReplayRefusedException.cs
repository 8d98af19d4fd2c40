namespace ChatEtl.Faults;

/// <summary>Refuses to replay rejections before a pass has been migrated.</summary>
/// <param name="message">What stands in the way.</param>
public sealed class ReplayRefusedException(string message)
    : ChatEtlException(message, "Nothing was written. Give chat-etl migrate first, then replay.", ExitCodes.NotAllowed);
