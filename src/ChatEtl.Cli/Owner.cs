namespace ChatEtl.Cli;

/// <summary>Who runs this, for people who find it at the destination.</summary>
internal static class Owner
{
    /// <summary>Process, host and user of the operating system.</summary>
    public static string Now { get; } = $"process {Environment.ProcessId} on {Environment.MachineName}, user {Environment.UserName}";
}
