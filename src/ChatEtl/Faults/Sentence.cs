using System.Globalization;

namespace ChatEtl.Faults;

/// <summary>Words the messages of the family.</summary>
internal static class Sentence
{
    /// <summary>Counts things and lists them, one a line.</summary>
    internal static string List(int count, string one, string many, IEnumerable<object> lines) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}:\n")
        + string.Join('\n', lines.Select(line => "  " + line));

    /// <summary>Says how often something was tried, and how long when that is worth a word.</summary>
    internal static string Attempts(int attempts, TimeSpan waited) =>
        string.Create(CultureInfo.InvariantCulture, $"after {attempts} {(attempts == 1 ? "attempt" : "attempts")}")
        + (waited < TimeSpan.FromSeconds(1) ? "" : $" in {Duration(waited)}");

    /// <summary>A span of time, as exact as people want it.</summary>
    internal static string Duration(TimeSpan span) => span.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s")
        : span.TotalMinutes < 100
            ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h");
}
