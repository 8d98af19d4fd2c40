namespace ChatEtl.Configuration;

/// <summary>Writes the rows of one section of the <see cref="OptionTable"/>; knows where the section sits among the options.</summary>
internal sealed class OptionSection<T>(string path, Func<ChatEtlOptions, T> read, Func<ChatEtlOptions, T, ChatEtlOptions> apply)
{
    internal Option Whole(string key, long min, long max, string unit, string description, Func<T, int> get, Func<T, int, T> set) =>
        Row(key, OptionKind.Whole, description, s => (long)get(s), (s, v) => set(s, (int)(long)v!)) with
        { Min = min, Max = max, Unit = unit };

    internal Option Delay(string key, long min, long max, string description, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set) =>
        Row(
            key,
            OptionKind.Whole,
            description,
            s => (long)get(s).TotalMilliseconds,
            (s, v) => set(s, TimeSpan.FromMilliseconds((long)v!))) with
        { Min = min, Max = max, Unit = "ms" };

    /// <summary>A time-out; whole seconds, as people and drivers count them.</summary>
    internal Option Seconds(string key, long min, long max, string description, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set) =>
        Row(key, OptionKind.Whole, description, s => (long)get(s).TotalSeconds, (s, v) => set(s, TimeSpan.FromSeconds((long)v!))) with
        { Min = min, Max = max, Unit = "s" };

    internal Option Flag(string key, string description, Func<T, bool> get, Func<T, bool, T> set) =>
        Row(key, OptionKind.Flag, description, s => get(s), (s, v) => set(s, (bool)v!));

    internal Option Text(string key, string description, Func<T, string> get, Func<T, string, T> set) =>
        Row(key, OptionKind.Text, description, get, (s, v) => set(s, (string)v!));

    /// <summary>A text that may be null.</summary>
    internal Option MaybeText(string key, string description, Func<T, string?> get, Func<T, string?, T> set) =>
        Row(key, OptionKind.Text, description, get, (s, v) => set(s, (string?)v)) with { Nullable = true };

    /// <summary>A text that comes from the environment and is never shown.</summary>
    internal Option Secret(string key, string description, Func<T, string?> get, Func<T, string?, T> set) =>
        Row(key, OptionKind.Text, description, get, (s, v) => set(s, (string?)v)) with { Secret = true };

    internal Option File(string key, string description, Func<T, string?> get, Func<T, string?, T> set) =>
        Row(key, OptionKind.File, description, get, (s, v) => set(s, (string?)v));

    internal Option Texts(string key, string description, Func<T, IReadOnlyList<string>> get, Func<T, IReadOnlyList<string>, T> set) =>
        Row(key, OptionKind.Texts, description, get, (s, v) => set(s, (IReadOnlyList<string>)v!));

    internal Option Instant(string key, string description, Func<T, DateTime?> get, Func<T, DateTime?, T> set) =>
        Row(key, OptionKind.Instant, description, s => get(s), (s, v) => set(s, (DateTime?)v)) with { Nullable = true };

    internal Option Choice<TValue>(
        string key, IReadOnlyList<(string Word, TValue Value)> choices, string description, Func<T, TValue> get, Func<T, TValue, T> set) =>
        Row(
            key,
            OptionKind.Choice,
            description,
            s => choices.First(c => EqualityComparer<TValue>.Default.Equals(c.Value, get(s))).Word,
            (s, v) => set(s, choices.First(c => string.Equals(c.Word, (string)v!, StringComparison.Ordinal)).Value)) with
        { Choices = [.. choices.Select(c => c.Word)] };

    /// <summary>Takes the words of an enumeration, first letter in lower case.</summary>
    internal Option Choice<TEnum>(string key, string rule, string description, Func<T, TEnum> get, Func<T, TEnum, T> set)
        where TEnum : struct, Enum =>
        Choice(key, [.. Enum.GetValues<TEnum>().Select(value => (Word(value), value))], description, get, set) with { Rule = rule };

    /// <summary>A section within this one that may be absent.</summary>
    internal Option Optional(string key, string description, Func<T, bool> isThere, Func<T, bool, T> set) =>
        Row(key, OptionKind.Section, description, s => isThere(s) ? true : null, (s, v) => set(s, v is true)) with { Nullable = true };

    private Option Row(string key, OptionKind kind, string description, Func<T, object?> get, Func<T, object?, T> set) =>
        new($"{path}.{key}", kind, description)
        {
            Read = options => get(read(options)),
            Apply = (options, value) => apply(options, set(read(options), value)),
        };

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        var name = value.ToString();

        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
