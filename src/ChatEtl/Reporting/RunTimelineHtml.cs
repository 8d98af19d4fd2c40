using System.Globalization;
using System.Text.Json;

namespace ChatEtl.Reporting;

/// <summary>Writes how fast a run was, where it stood still and why.</summary>
internal static class RunTimelineHtml
{
    /// <summary>Writes the section.</summary>
    public static void Write(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("timeline") is not { } timeline)
        {
            return;
        }

        HtmlPage.Section(html, "Timeline", section =>
        {
            var points = timeline.Rows("points").ToList();
            if (points.Count < 2)
            {
                section.Element("p", "The run was too short to be drawn.");
            }
            else
            {
                WritePlots(section, points, timeline.Rows("stallList").ToList());
            }

            WriteStalls(section, timeline);
            WriteStages(section, report);
            WriteEvents(section, timeline);
        });
    }

    private static void WritePlots(HtmlWriter html, List<JsonElement> points, List<JsonElement> stalls)
    {
        var length = Math.Max(0.001, points[^1].Number("from") + points[^1].Number("seconds"));
        var bands = stalls.ConvertAll(stall => new PlotBand(
            stall.Number("from") / length, Math.Min(1, (stall.Number("from") + stall.Number("seconds")) / length), Sentence(stall)));
        var ticks = Enumerable.Range(0, 5).Select(tick => (tick / 4d, RunReportHtml.Duration(length * tick / 4))).ToList();
        LinePlot.Write(
            html, "Throughput:",
            [Line("rows/s (left)", point => point.Number("rows") / Seconds(point)), Line("MB/s (right)", point => point.Number("bytes") / 1e6 / Seconds(point))],
            bands, bands.Count > 0 ? "stalls" : null, ticks);
        LinePlot.Write(
            html, "Batches waiting:",
            [Line("to be transformed (left)", point => point.Number("toTransform")), Line("to be written (right)", point => point.Number("toWrite"))],
            bands, null, ticks);

        PlotLine Line(string name, Func<JsonElement, double> value) =>
            new(name, points.ConvertAll(point => ((point.Number("from") + (point.Number("seconds") / 2)) / length, value(point))));
    }

    private static double Seconds(JsonElement point) => Math.Max(0.001, point.Number("seconds"));

    private static void WriteStalls(HtmlWriter html, JsonElement timeline)
    {
        var from = timeline.Number("stallFromSeconds").ToString("0", CultureInfo.InvariantCulture);
        if (timeline.Whole("stalls") == 0)
        {
            html.Element("p", $"No stall: while rows were moved, something was committed at least every {from} seconds.");
            return;
        }

        html.Element("p", $"{timeline.Figure("stalls")} times nothing was committed for {from} seconds or more, {RunReportHtml.Duration(timeline.Number("secondsStalled"))} in all.");
        HtmlTable.Write(
            html, "Stalls", [new("From", true), new("For", true), new("Reason"), new("What was said")],
            [.. timeline.Rows("stallList").Select(stall => (string[])[At(stall.Number("from")), RunReportHtml.Duration(stall.Number("seconds")), stall.Text("reason"), stall.Text("detail")])]);
    }

    private static void WriteStages(HtmlWriter html, JsonElement report)
    {
        if (report.Maybe("speed") is not { } speed)
        {
            return;
        }

        BarPlot.Write(
            html, "Time at work by stage, all threads together",
            [.. speed.Parts("secondsAtWork").Select(stage => (stage.Name, stage.Value.GetDouble(), RunReportHtml.Duration(stage.Value.GetDouble())))]);
        html.Element("p", $"The slowest stage, for which the others waited, was {speed.Text("limit")}. "
            + $"The run came to batches of {speed.Figure("batchRows")} rows and {speed.Figure("rangesAtOnce")} {(speed.Whole("rangesAtOnce") == 1 ? "range" : "ranges")} at a time.");
    }

    private static void WriteEvents(HtmlWriter html, JsonElement timeline)
    {
        var events = timeline.Rows("eventList").Select(said => (string[])[At(said.Number("at")), said.Text("text")]).ToList();
        if (events.Count > 0)
        {
            HtmlTable.Write(html, $"What was said while it ran: {HtmlTable.Figure(events.Count)} of {timeline.Figure("events")}", [new("At", true), new("What")], events);
        }
    }

    private static string At(double seconds) => TimeSpan.FromSeconds(seconds).ToString(seconds < 86_400 ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Sentence(JsonElement stall) =>
        $"{At(stall.Number("from"))}, {RunReportHtml.Duration(stall.Number("seconds"))}: {stall.Text("reason")}. {stall.Text("detail")}".TrimEnd();
}
