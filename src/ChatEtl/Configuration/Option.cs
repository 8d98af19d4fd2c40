using System.Globalization;

namespace ChatEtl.Configuration;

/// <summary>What an option takes.</summary>
internal enum OptionKind
{
    /// <summary>A whole number within bounds; read as <see cref="long"/>.</summary>
    Whole,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of a few words; read as <see cref="string"/>.</summary>
    Choice,

    /// <summary>Text; read as <see cref="string"/>.</summary>
    Text,

    /// <summary>A file, relative to the folder of pipeline.json; read as a full path.</summary>
    File,

    /// <summary>An array of texts; read as an array of <see cref="string"/>.</summary>
    Texts,

    /// <summary>A moment, ISO 8601 with an offset; read as a UTC <see cref="DateTime"/>.</summary>
    Instant,

    /// <summary>A section that may be absent; read as true when it is there. Its own options follow it in the table.</summary>
    Section,
}

/// <summary>One row of the <see cref="OptionTable"/>: all that validation, <c>--set</c>, schema and README know about an option.</summary>
internal sealed record Option(string Path, OptionKind Kind, string Description)
{
    /// <summary>Says in words what a secret takes.</summary>
    internal const string SecretExpected = "\"${env:NAME}\": a secret comes from the environment";

    /// <summary>The rule it belongs to, for example <c>T4</c>; empty when none.</summary>
    internal string Rule { get; init; } = "";

    /// <summary>The unit of a number; empty when none.</summary>
    internal string Unit { get; init; } = "";

    /// <summary>The smallest number, or the shortest text.</summary>
    internal long Min { get; init; }

    /// <summary>The largest number, or the longest text in UTF-16 units.</summary>
    internal long Max { get; init; } = int.MaxValue;

    /// <summary>Whether a text, or each text of an array, needs a character that is no white space.</summary>
    internal bool NotBlank { get; init; }

    /// <summary>The words a choice has.</summary>
    internal IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether null is a value.</summary>
    internal bool Nullable { get; init; }

    /// <summary>Whether it has no default and must be given.</summary>
    internal bool Required { get; init; }

    /// <summary>The product at its end that it is for; null when it is for every one.</summary>
    internal EndKind? For { get; init; }

    /// <summary>Whether it comes from the environment only, and is never shown.</summary>
    internal bool Secret { get; init; }

    /// <summary>Reads the value out of the options.</summary>
    internal required Func<ChatEtlOptions, object?> Read { get; init; }

    /// <summary>Gives options with this value; the value has passed <see cref="OptionParser"/>.</summary>
    internal required Func<ChatEtlOptions, object?, ChatEtlOptions> Apply { get; init; }

    /// <summary>The default, taken from the options classes so that there is only one.</summary>
    internal object? Default => Read(new ChatEtlOptions());

    /// <summary>The path as problems name it.</summary>
    internal string JsonPath => "$." + Path;

    /// <summary>The last part of the path.</summary>
    internal string Key => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The path without its last part.</summary>
    internal string Parent => Path[..Path.LastIndexOf('.')];

    /// <summary>The option that says which product is at its end.</summary>
    internal string KindPath => Path[..Path.IndexOf('.', StringComparison.Ordinal)] + ".kind";

    /// <summary>The word for the product that it is for.</summary>
    internal string ForWord => For is { } kind ? OptionTable.WordOf(kind) : "";

    /// <summary>What it is about, with the product that it is for.</summary>
    internal string About => Description + (For is null ? "" : $" For `{ForWord}` only.");

    /// <summary>Whether its values are JSON strings.</summary>
    internal bool IsText => Kind is OptionKind.Choice or OptionKind.Text or OptionKind.File or OptionKind.Instant;

    /// <summary>Whether it has a meaning with the products that these options have at their ends.</summary>
    internal bool AppliesTo(ChatEtlOptions options) =>
        For is null || For == (KindPath.StartsWith("source.", StringComparison.Ordinal) ? options.Source.Kind : options.Destination.Kind);

    /// <summary>Says in words what the option takes.</summary>
    internal string Expected => Secret
        ? SecretExpected
        : Words() + (Nullable ? " or null" : "");

    private string Words() => Kind switch
    {
        OptionKind.Whole => string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} to {Max}")
            + (Unit.Length == 0 ? "" : $" ({Unit})"),
        OptionKind.Flag => "true or false",
        OptionKind.Choice => Choices.Count == 1 ? $"\"{Choices[0]}\"" : "one of " + string.Join(", ", Choices.Select(c => $"\"{c}\"")),
        OptionKind.Text => "text" + Limits(),
        OptionKind.File => "the path of a file",
        OptionKind.Texts => "an array of texts" + (NotBlank ? ", none of them blank" : ""),
        OptionKind.Instant => "an ISO 8601 instant with Z or an offset, such as \"2013-06-30T22:00:00Z\"",
        OptionKind.Section => "an object",
        _ => throw new InvalidOperationException($"No words for {Kind}."),
    };

    private string Limits() =>
        (NotBlank ? ", not blank" : Min > 0 ? ", not empty" : "")
        + (Max < int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $", at most {Max} characters") : "");
}
