using System.Globalization;
using System.Text;

namespace ChatEtl.Configuration;

/// <summary>Renders the README's table of options from the table of options.</summary>
public static class OptionMarkdown
{
    /// <summary>Stands before the table in the README.</summary>
    public const string Begin = "<!-- options:begin -->";

    /// <summary>Stands after the table in the README.</summary>
    public const string End = "<!-- options:end -->";

    /// <summary>Gives the Markdown table, line feeds, with one at the end; what is no literal in <c>code</c> is a word about it.</summary>
    public static string Render()
    {
        var text = new StringBuilder()
            .Append("| Option | Meaning | Default | Values | Rule |\n")
            .Append("| --- | --- | --- | --- | --- |\n");
        foreach (var option in OptionTable.Rows)
        {
            text.Append("| ")
                .AppendJoin(" | ", Cells(option).Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))
                .Append(" |\n");
        }

        return text.ToString();
    }

    private static string[] Cells(Option option) =>
        [Code(option.Path), option.About, Default(option), Values(option), option.Rule];

    private static string Default(Option option) => option switch
    {
        { Required: true } => "required",
        { Kind: OptionKind.Whole, Unit: "ms" or "s" } => Code(OptionJson.Line(option.Default)) + " " + option.Unit,
        _ => Code(OptionJson.Line(option.Default)),
    };

    private static string Values(Option option) => option switch
    {
        { Secret: true } => Code("\"${env:NAME}\""),
        { Kind: OptionKind.Whole } => string.Create(CultureInfo.InvariantCulture, $"{option.Min} to {option.Max}")
            + (option.Unit.Length == 0 ? "" : " " + option.Unit),
        { Kind: OptionKind.Choice } => string.Join(", ", option.Choices.Select(Code)),
        { Kind: OptionKind.Flag } => "`true`, `false`",
        { Kind: OptionKind.Section } => "an object of the options below, or `null`",
        { Kind: OptionKind.Instant } => "such as `\"2013-06-30T22:00:00Z\"`, or `null`",
        _ => option.Expected.Replace(" or null", ", or `null`", StringComparison.Ordinal),
    };

    private static string Code(string text) => $"`{text}`";
}
