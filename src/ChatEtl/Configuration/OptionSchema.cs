using System.Text.Json.Nodes;

namespace ChatEtl.Configuration;

/// <summary>Renders the JSON schema of pipeline.json (draft 7) from the table of options.</summary>
public static class OptionSchema
{
    private const string Reference = "#/definitions/environmentReference";

    /// <summary>Gives the text of <c>pipeline.schema.json</c>, line feeds, with one at the end.</summary>
    public static string Render()
    {
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "pipeline.json of ChatEtl",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } },
            ["definitions"] = new JsonObject
            {
                ["environmentReference"] = new JsonObject
                {
                    ["description"] = "Taken from an environment variable.",
                    ["type"] = "string",
                    ["pattern"] = @"^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$",
                },
            },
        };
        var sections = new Dictionary<string, JsonObject>(StringComparer.Ordinal) { [""] = root };
        foreach (var option in OptionTable.Rows)
        {
            if (!sections.TryGetValue(option.Parent, out var section))
            {
                section = sections[option.Parent] = AddSection(root, option.Parent);
            }

            var schema = Schema(option);
            Properties(section)[option.Key] = schema;
            if (option.Kind == OptionKind.Section)
            {
                sections[option.Path] = schema;
            }

            if (option.Required)
            {
                if (option.For is null)
                {
                    Required(section).Add((JsonNode)option.Key);
                }

                if (!Required(root).Any(node => string.Equals(node!.GetValue<string>(), option.Parent, StringComparison.Ordinal)))
                {
                    Required(root).Add((JsonNode)option.Parent);
                }
            }
        }

        foreach (var (path, section) in sections)
        {
            if (OptionTable.Rows.Any(option => option.Parent == path && option.For is not null && option.Required))
            {
                section["anyOf"] = new JsonArray([.. Enum.GetValues<EndKind>().Select(kind => Product(path, kind))]);
            }
        }

        return OptionJson.Text(root);
    }

    /// <summary>What a section must and must not say when one product is at its end; a kind from the environment may be any of them.</summary>
    private static JsonObject Product(string path, EndKind kind)
    {
        var keys = OptionTable.Rows.Where(option => option.Parent == path).ToList();
        var isDefault = keys.Single(option => option.Path == option.KindPath).Default is string word && word == OptionTable.WordOf(kind);
        return new JsonObject
        {
            ["properties"] = new JsonObject { ["kind"] = OrReference(new() { ["enum"] = new JsonArray(OptionTable.WordOf(kind)) }) },
            ["required"] = new JsonArray(
                [.. isDefault ? [] : new JsonNode[] { "kind" }, .. keys.Where(option => option.For == kind && option.Required).Select(option => (JsonNode)option.Key)]),
            ["not"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    [.. keys.Where(option => option.For is not null && option.For != kind)
                        .Select(option => new JsonObject { ["required"] = new JsonArray(option.Key) })]),
            },
        };
    }

    private static JsonObject AddSection(JsonObject root, string name)
    {
        var section = Object("object", OptionTable.Sections[name]);
        Properties(root)[name] = section;

        return section;
    }

    private static JsonObject Object(JsonNode type, string description) => new()
    {
        ["description"] = description,
        ["type"] = type,
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(),
    };

    private static JsonObject Schema(Option option)
    {
        var description = (option.Rule.Length == 0 ? "" : option.Rule + ": ")
            + option.About.Replace("`", "", StringComparison.Ordinal)
            + (option.Unit.Length == 0 ? "" : $" Unit: {option.Unit}.");
        if (option.Kind == OptionKind.Section)
        {
            var section = Object(new JsonArray("object", "null"), description);
            section["default"] = null;

            return section;
        }

        var schema = new JsonObject { ["description"] = description };
        if (!option.Required)
        {
            schema["default"] = OptionJson.Node(option.Default);
        }

        foreach (var (key, node) in Constraints(option).ToList())
        {
            schema[key] = node?.DeepClone();
        }

        return schema;
    }

    private static JsonObject Constraints(Option option) => option.Kind switch
    {
        _ when option.Secret => new() { ["$ref"] = Reference },
        OptionKind.Whole => new() { ["type"] = "integer", ["minimum"] = option.Min, ["maximum"] = option.Max },
        OptionKind.Flag => new() { ["type"] = "boolean" },
        OptionKind.Choice => OrReference(new() { ["enum"] = OptionJson.Node(option.Choices) }),
        OptionKind.Texts => new() { ["type"] = "array", ["items"] = TextConstraints(option, "string") },
        OptionKind.Instant => OrReference(new()
        {
            ["type"] = new JsonArray("string", "null"),
            ["pattern"] = @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})$",
        }),
        OptionKind.File => new() { ["type"] = option.Nullable ? new JsonArray("string", "null") : "string", ["pattern"] = @"\S" },
        _ => TextConstraints(option, option.Nullable ? new JsonArray("string", "null") : "string"),
    };

    private static JsonObject OrReference(JsonObject constraints) => new()
    {
        ["anyOf"] = new JsonArray(constraints, new JsonObject { ["$ref"] = Reference }),
    };

    private static JsonObject TextConstraints(Option option, JsonNode type)
    {
        var constraints = new JsonObject { ["type"] = type };
        if (option.Min > 0)
        {
            constraints["minLength"] = option.Min;
        }

        if (option.Max < int.MaxValue)
        {
            constraints["maxLength"] = option.Max;
        }

        if (option.NotBlank)
        {
            constraints["pattern"] = @"\S";
        }

        return constraints;
    }

    private static JsonObject Properties(JsonObject section) => section["properties"]!.AsObject();

    private static JsonArray Required(JsonObject section)
    {
        if (section["required"] is not JsonArray required)
        {
            section["required"] = required = [];
        }

        return required;
    }
}
