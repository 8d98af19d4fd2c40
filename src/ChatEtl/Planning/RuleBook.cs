namespace ChatEtl.Planning;

/// <summary>What a rule is about, in a few words, and what to do about its findings, in one sentence.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="WhatToDo">What to do.</param>
public sealed record RuleAdvice(string Title, string WhatToDo);

/// <summary>The rules as a plan explains them; docs/rules.md is the long form.</summary>
public static class RuleBook
{
    private static readonly (string Rule, RuleAdvice Advice)[] Table =
    [
        ("T1", new("Categories", "Nothing, unless the destination's own numbers matter to you.")),
        ("T2", new("Rooms under the root", "Give rules.rootRoomsCategory a name that no category of another scope has.")),
        ("T3", new("Long names", "Shorten the names in the source, or set rules.longNames to shorten.")),
        ("T4", new("Equal names", "Rename one of the two in the source, or set rules.nameCollisions to rename.")),
        ("T5", new("Items the destination has already", "Rename either side, or set rules.existingNames to rename or merge; a room that others filled stays theirs.")),
        ("T6", new("Disabled rooms", "Enable the rooms you want, or set rules.disabledRooms to keep.")),
        ("T7", new("Invitations turned off", "Turn invitations on at the category if its rooms are to send them.")),
        ("T8", new("Settings without a place", "Move rooms that need their own history or upload setting into a category that has it.")),
        ("T9", new("Topics", "Shorten description or topic where both are to be kept, or set rules.topics to drop.")),
        ("T10", new("Visibility and behaviour", "Give the room a visibility of 2 or 3 and a behaviour of 4 or 5 in the source.")),
        ("T11", new("People, groups, federation", "Look at each: federated people lose access by design, two rows of one guid or address need one to be right.")),
        ("T12", new("Managers of categories", "Remove managers of the root or of empty categories who should not manage rooms.")),
        ("T13", new("Members", "Give a room without members one, and repair a roleDefinerId that points nowhere.")),
        ("T14", new("Presenters", "Make the room an auditorium if its presenters are wanted.")),
        ("T15", new("Creators", "Set rules.creators to none if members are not to create rooms.")),
        ("T16", new("Scopes", "Repair the scope or its principals, or move the room into a category of its scope: nobody may gain access.")),
        ("T17", new("Roles out of scope", "Widen the scope of the category if these people are to have access; they have none today.")),
        ("T18", new("Role types", "Repair tblRoleType, so that each of Member, Manager, Voiced and Creator stands once.")),
        ("T19", new("Messages that cannot be carried", "Mend them in the source, or replay them after the migration with rejections replay.")),
        ("T20", new("Unknown authors", "Restore the missing people, or set rules.unknownAuthors to placeholder.")),
        ("T21", new("Counters", "Nothing: a counter of a room that does not exist is of no use.")),
        ("T22", new("Invitations", "Nothing, or set rules.invitations to leave.")),
        ("T23", new("Preferences", "Nothing, or set rules.preferences to leave.")),
        ("T24", new("Affiliations", "Nothing, or set rules.affiliations to leave and let the directory sync make them.")),
        ("T25", new("Add-ins", "Repair the add-in's row or the room's reference to it.")),
        ("T26", new("Filters", "Correct the path in rules.categories.")),
        ("T27", new("Not carried", "Nothing: configure the new pool by its own tools.")),
        ("B1", new("Too many rejections", "Settle the rejections above, or raise pipeline.maxRejections and pipeline.maxRejectionShare.")),
        ("B2", new("Damaged rows and tables", "Repair the rows in their database.")),
        ("B4", new("Values out of range", "Repair the values in the source.")),
        ("B6", new("Changes since an earlier pass", "Look at each change that is left alone; the others are applied.")),
        ("E8", new("Kinds of principals", "Nothing: such rows have no place in 2013.")),
        ("M2", new("Text that cannot be kept", "Take a destination that keeps UTF-8.")),
        ("N6", new("Disabled categories", "Take the access away in the new pool if the category is to stay closed.")),
        ("S3", new("Forced inheritance", "Look at the rooms after the migration: the narrower setting was taken.")),
        ("U1", new("The system principal", "Provision the destination by the product's setup, which makes it.")),
    ];

    private static readonly Dictionary<string, int> Places = Table.Select((entry, place) => (entry.Rule, place)).ToDictionary(StringComparer.Ordinal);

    private static readonly RuleAdvice Unlisted = new("Before the rules", "Settle what the message says.");

    /// <summary>All rules that findings name, in order.</summary>
    public static IEnumerable<string> Rules => Table.Select(entry => entry.Rule);

    /// <summary>What to know about a rule.</summary>
    public static RuleAdvice Of(string rule) => Places.TryGetValue(rule, out var place) ? Table[place].Advice : Unlisted;

    /// <summary>Place of a rule in the order of the book.</summary>
    public static int OrderOf(string rule) => Places.GetValueOrDefault(rule, int.MaxValue);
}
