using System.Text.Json;

namespace ChatEtl.Comparing;

/// <summary>What kind of change of access was found.</summary>
public enum AccessChangeKind
{
    /// <summary>A person may do what it could not do in the source.</summary>
    Gain,

    /// <summary>
    /// A person whom only the destination knows has, through its group memberships there, what the source's own entries give to those groups: a
    /// difference of directory data, listed apart.
    /// </summary>
    Newcomer,

    /// <summary>A person may no longer do what it could, and no rule is seen that says so.</summary>
    Unexplained,

    /// <summary>A person may no longer do what it could, by a rule.</summary>
    Loss,
}

/// <summary>A change of what one person may do with one room or category.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Room">nodeGuid in the source.</param>
/// <param name="RoomName">nodeName in the source.</param>
/// <param name="DestinationRoom">nodeID at the destination; null when it has no such room.</param>
/// <param name="Person">prinGuid.</param>
/// <param name="PersonUri">prinUri.</param>
/// <param name="Rights">The rights that changed.</param>
/// <param name="Before">All rights in the source.</param>
/// <param name="After">All rights at the destination.</param>
/// <param name="Rule">The rule that explains a loss; empty otherwise.</param>
/// <param name="Through">The entry that gives it at the destination, or gave it in the source, and the groups it leads through.</param>
/// <param name="Reason">Why it was not so before, or is so no longer.</param>
public sealed record AccessChange(
    AccessChangeKind Kind, Guid Room, string RoomName, int? DestinationRoom, Guid Person, string PersonUri, AccessRights Rights, AccessRights Before,
    AccessRights After, string Rule, string Through, string Reason)
{
    /// <summary>Writes it as an object.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", Words(Kind));
        json.WriteString("room", Room);
        json.WriteString("roomName", RoomName);
        if (DestinationRoom is { } id)
        {
            json.WriteNumber("destinationRoom", id);
        }

        json.WriteString("person", Person);
        json.WriteString("personUri", PersonUri);
        json.WriteString("rights", Words(Rights));
        json.WriteString("before", Words(Before));
        json.WriteString("after", Words(After));
        json.WriteString("rule", Rule);
        json.WriteString("through", Through);
        json.WriteString("reason", Reason);
        json.WriteEndObject();
    }

    /// <summary>A kind or some rights in lower case, for people.</summary>
    public static string Words(Enum value) => value.ToString().ToLowerInvariant();
}
