using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Which role type ids of one database read a room (T18).</summary>
internal sealed class RoleNames
{
    private readonly Dictionary<int, string> _names;

    public RoleNames(ChatDirectory directory) => _names = directory.RoleTypes
        .GroupBy(type => type.Id)
        .ToDictionary(group => group.Key, group => group.First().Description.TrimEnd(' '));

    public bool IsMember(int type) => Is(type, "Member");

    public bool IsManager(int type) => Is(type, "Manager");

    public bool IsVoiced(int type) => Is(type, "Voiced");

    private bool Is(int type, string name) => _names.TryGetValue(type, out var found) && found.Equals(name, StringComparison.OrdinalIgnoreCase);
}
