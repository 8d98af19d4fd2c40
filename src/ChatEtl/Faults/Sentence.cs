using System.Globalization;

namespace ChatEtl.Faults;

/// <summary>Words the messages of the family.</summary>
internal static class Sentence
{
    /// <summary>Counts things and lists them, one a line.</summary>
    internal static string List(int count, string one, string many, IEnumerable<object> lines) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}:\n")
        + string.Join('\n', lines.Select(line => "  " + line));

    /// <summary>Says how often something was tried.</summary>
    internal static string Attempts(int attempts) =>
        string.Create(CultureInfo.InvariantCulture, $"after {attempts} {(attempts == 1 ? "attempt" : "attempts")}");
}
