using System.Text.Json.Nodes;

namespace ChatEtl.Configuration;

/// <summary>Writes options back as the JSON that <see cref="ConfigurationLoader"/> reads.</summary>
public static class ConfigurationWriter
{
    /// <summary>Writes every option that applies to the products at both ends, defaults included; secrets are left out.</summary>
    /// <param name="options">What to write.</param>
    /// <returns>Indented JSON with line feeds, which loads to the same options.</returns>
    public static string Write(ChatEtlOptions options)
    {
        var root = new JsonObject();
        var sections = new Dictionary<string, JsonObject?>(StringComparer.Ordinal) { [""] = root };
        foreach (var option in OptionTable.Rows.Where(option => !option.Secret && option.AppliesTo(options)))
        {
            if (!sections.TryGetValue(option.Parent, out var section))
            {
                section = sections[option.Parent] = [];
                root[option.Parent] = section;
            }

            var value = option.Read(options);
            if (option.Kind == OptionKind.Section)
            {
                sections[option.Path] = value is true ? [] : null;
                section![option.Key] = sections[option.Path];
            }
            else if (section is not null)
            {
                section[option.Key] = OptionJson.Node(value);
            }
        }

        return OptionJson.Text(root);
    }
}
