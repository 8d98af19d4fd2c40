using ChatEtl.Cli;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;

using var interrupts = new Interrupts();
try
{
    return await CommandLine.RunAsync(args, interrupts);
}
catch (ChatEtlException exception)
{
    Say.Failure(exception.Message, exception.Hint);
    return exception.ExitCode;
}
catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
{
    Say.Failure("Stopped at once.", "The last checkpoint stands. Give the same command again to go on.");
    return ExitCodes.Cancelled;
}
catch (Exception exception)
{
    Say.Failure($"This is a bug: {exception.Message}", $"The last checkpoint stands. Please report the bug with the lines below.{Environment.NewLine}{exception}");
    return ExitCodes.Bug;
}
