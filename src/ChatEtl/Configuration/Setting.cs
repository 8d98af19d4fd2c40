using System.Text.Json;

namespace ChatEtl.Configuration;

/// <summary>A value somebody gave an option, not yet checked.</summary>
/// <param name="Option">The option.</param>
/// <param name="Value">What it was given.</param>
/// <param name="FromFile">Whether the file says so; otherwise the command line does.</param>
internal sealed record Setting(Option Option, JsonElement Value, bool FromFile);
