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
catch (IOException exception) when (exception.GetType() == typeof(IOException))
{
    // Both ends name their own faults; what is left is where the program writes what it found.
    Say.Failure($"The output cannot be written: {exception.Message}", "What was done stands, and the report of a run tells it. Make room, or write it elsewhere.");
    return ExitCodes.Bug;
}
catch (Exception exception)
{
    Say.Failure($"This is a bug: {exception.Message}", $"The last checkpoint stands. Please report the bug with the lines below.{Environment.NewLine}{exception}");
    return ExitCodes.Bug;
}
