using ChatEtl.Cli;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;

using var interrupts = new Interrupts();
try
{
    var exitCode = await CommandLine.RunAsync(args, interrupts);
    return Say.Lost is { } fault ? Lost(fault, exitCode) : exitCode;
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
    return Lost(exception, ExitCodes.Success);
}
catch (Exception exception)
{
    Say.Failure($"This is a bug: {exception.Message}", $"The last checkpoint stands. Please report the bug with the lines below.{Environment.NewLine}{exception}");
    return ExitCodes.Bug;
}

// What the command found matters more than that it could not be told.
static int Lost(Exception fault, int exitCode)
{
    Say.Failure(
        $"The output or a file cannot be written: {fault.Message}",
        "What was done stands; chat-etl status and compare tell it, and the report where one is named. Make room, or write elsewhere.");
    return exitCode == ExitCodes.Success ? ExitCodes.Bug : exitCode;
}
