using ChatEtl.Configuration;
using ChatEtl.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using NJsonSchema;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class RoundTripTests
{
    private static readonly string[] Texts = ["x", " - ", "a|b", "Ärger & <Ö>", "\"quoted\"", "tab\tand\nline", "\U0001F4AC", "null", "7"];

    [Fact]
    public async Task Any_valid_options_survive_being_written_and_loaded_and_satisfy_the_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(OptionSchema.Render());
        using var file = new ConfigurationFile();

        Check.One(
            RandomCases.Of(200),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            {
                var options = RandomOptions(new Random(seed), file.Folder);
                var text = ConfigurationWriter.Write(options);
                File.WriteAllText(file.File, text);

                var loaded = file.Load();

                Assert.Equal(text, ConfigurationWriter.Write(loaded));
                Assert.All(OptionTable.Rows.Where(option => !option.Secret), option => Assert.Equal(option.Read(options), option.Read(loaded)));
                Assert.Empty(schema.Validate(text));
            }));
    }

    [Fact]
    public void The_writer_leaves_an_absent_section_absent()
    {
        var text = ConfigurationWriter.Write(new ChatEtlOptions());

        Assert.Contains("\"sample\": null", text, StringComparison.Ordinal);
        Assert.DoesNotContain("seed", text, StringComparison.Ordinal);
    }

    private static ChatEtlOptions RandomOptions(Random random, string folder)
    {
        var options = new ChatEtlOptions();
        var hasSample = random.Next(2) == 0;
        foreach (var option in OptionTable.Rows)
        {
            if (!option.AppliesTo(options) || option.Secret || option.Key == "user")
            {
                // A user needs a password, and a password is not written.
                continue;
            }

            if (option.Kind == OptionKind.Section)
            {
                options = option.Apply(options, hasSample ? true : null);
            }
            else if (hasSample || !option.Path.StartsWith("source.sample.", StringComparison.Ordinal))
            {
                options = option.Apply(options, RandomValue(random, option, folder));
            }
        }

        var (shorter, longer) = (options.Retry.BaseDelay, options.Retry.MaxDelay);

        return shorter <= longer ? options : options with { Retry = options.Retry with { MaxDelay = shorter } };
    }

    private static object? RandomValue(Random random, Option option, string folder) => option.Kind switch
    {
        _ when option.Nullable && random.Next(4) == 0 => null,
        OptionKind.Whole => random.Next(8) switch { 0 => option.Min, 1 => option.Max, _ => random.NextInt64(option.Min, option.Max + 1) },
        OptionKind.Flag => random.Next(2) == 0,
        OptionKind.Choice => option.Choices[random.Next(option.Choices.Count)],
        OptionKind.Text when option.For == EndKind.SqlServer => option.Path.Replace('.', '-') + random.Next(100),
        OptionKind.Text => Texts[random.Next(Texts.Length)],
        OptionKind.File => Path.Combine(folder, option.Path + random.Next(100)),
        OptionKind.Texts => Enumerable.Range(0, random.Next(4)).Select(_ => Texts[random.Next(Texts.Length)]).ToArray(),
        OptionKind.Instant => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc),
        _ => throw new InvalidOperationException($"No random value for {option.Kind}."),
    };
}
