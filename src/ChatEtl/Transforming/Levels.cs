using ChatEtl.Configuration;

namespace ChatEtl.Transforming;

/// <summary>F2: what each level of T26 includes.</summary>
internal static class Levels
{
    /// <summary>Categories, scopes, Creators.</summary>
    public static bool Categories(RuleOptions rules) => rules.Level >= Level.Categories;

    /// <summary>Add-ins, rooms, roles, invitations.</summary>
    public static bool Rooms(RuleOptions rules) => rules.Level >= Level.Rooms;

    /// <summary>Messages.</summary>
    public static bool Content(RuleOptions rules) => rules.Level >= Level.Content;
}
