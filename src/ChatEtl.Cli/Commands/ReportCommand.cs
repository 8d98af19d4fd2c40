using System.CommandLine;
using System.Text.Json;
using ChatEtl.Cli.Terminal;
using ChatEtl.Faults;
using ChatEtl.Reporting;

namespace ChatEtl.Cli.Commands;

/// <summary><c>report</c>: makes the page of a run's report again from its JSON; needs neither database.</summary>
internal static class ReportCommand
{
    public static Command Make()
    {
        var from = new Option<string?>("--from") { Description = "The JSON report; without it, that of the configuration (report.path).", HelpName = "file" };
        var to = new Option<string?>("--out") { Description = "The page to write; without it, that of the configuration (report.html).", HelpName = "file" };
        var command = new Command("report", "Makes the HTML page of a run's report again from its JSON; touches no database.") { from, to };
        command.SetAction(parsed => Run(
            parsed.GetValue(from) ?? CommandLine.Options(parsed).Report.Path,
            parsed.GetValue(to) ?? CommandLine.Options(parsed).Report.Html));
        return command;
    }

    private static int Run(string? from, string? to)
    {
        if (from is null || to is null)
        {
            Say.Failure($"The configuration names no {(from is null ? "report.path" : "report.html")}.", $"Name the file with {(from is null ? "--from" : "--out")}.");
            return ExitCodes.NotAllowed;
        }

        try
        {
            using var report = JsonDocument.Parse(File.ReadAllBytes(from));
            using var page = new MemoryStream();
            RunReportHtml.Write(page, report.RootElement);
            if (!RunRecorder.Write(to, output => page.WriteTo(output)))
            {
                return ExitCodes.NotAllowed;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Say.Failure($"{from} cannot be read. {exception.Message}", "Check the path; chat-etl migrate writes the report to report.path.");
            return ExitCodes.NotAllowed;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            Say.Failure($"{from} is no report of a migration by this version. {exception.Message}", "Nothing was written.");
            return ExitCodes.NotAllowed;
        }

        Say.Line(to);
        return ExitCodes.Success;
    }
}
