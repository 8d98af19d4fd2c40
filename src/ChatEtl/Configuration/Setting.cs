using System.Text.Json;

namespace ChatEtl.Configuration;

/// <summary>A value somebody gave an option, not yet checked.</summary>
internal sealed record Setting(Option Option, JsonElement Value);
