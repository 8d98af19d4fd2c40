namespace ChatEtl.Configuration;

/// <summary>What to do about names over 256 UTF-16 units (T3).</summary>
public enum LongNames
{
    /// <summary>An error of the plan.</summary>
    Fail,

    /// <summary>Cut, with a digest of the whole name at the end.</summary>
    Shorten,
}

/// <summary>What to do about equal names within the source (T4).</summary>
public enum NameCollisions
{
    /// <summary>An error of the plan.</summary>
    Fail,

    /// <summary>Later ones get " (2)", " (3)" and so on.</summary>
    Rename,
}

/// <summary>What to do about a destination item of equal name and another guid (T5).</summary>
public enum ExistingNames
{
    /// <summary>An error of the plan.</summary>
    Fail,

    /// <summary>The incoming item is renamed as under T4.</summary>
    Rename,

    /// <summary>The incoming item joins the existing one of its kind.</summary>
    Merge,
}

/// <summary>Keep or leave out.</summary>
public enum KeepOrDrop
{
    /// <summary>Kept.</summary>
    Keep,

    /// <summary>Left out.</summary>
    Drop,
}

/// <summary>What becomes of disabled rooms (T6).</summary>
public enum DisabledRooms
{
    /// <summary>Left out and listed, the documented way to leave a room out.</summary>
    Skip,

    /// <summary>Migrated as disabled rooms.</summary>
    Keep,
}

/// <summary>What becomes of a room's topic (T9).</summary>
public enum Topics
{
    /// <summary>Joined to the description where it fits.</summary>
    Append,

    /// <summary>Only counted.</summary>
    Drop,
}

/// <summary>Who becomes Creator of a category whose members may create rooms (T15).</summary>
public enum Creators
{
    /// <summary>Its effective members.</summary>
    Members,

    /// <summary>Nobody.</summary>
    None,
}

/// <summary>What becomes of roles that gave no access because of the scope (T17).</summary>
public enum OutOfScope
{
    /// <summary>Left out and counted as findings.</summary>
    Drop,

    /// <summary>Written all the same.</summary>
    Keep,
}

/// <summary>What becomes of messages whose author the source does not have (T20).</summary>
public enum UnknownAuthors
{
    /// <summary>Rejected.</summary>
    Reject,

    /// <summary>Carried, with one disabled placeholder user for each missing id.</summary>
    Placeholder,
}

/// <summary>Carry a table or leave it (T22 to T24).</summary>
public enum CarryOrLeave
{
    /// <summary>Carried.</summary>
    Carry,

    /// <summary>Left out and counted.</summary>
    Leave,
}

/// <summary>How much is migrated (T26, F2); each level includes what it needs.</summary>
public enum Level
{
    /// <summary>Principals, affiliations, preferences.</summary>
    Users,

    /// <summary>Users, categories, scopes, Creators.</summary>
    Categories,

    /// <summary>Categories, add-ins, rooms, roles, invitations.</summary>
    Rooms,

    /// <summary>Everything.</summary>
    Content,

    /// <summary>Everything; the default.</summary>
    All,
}

/// <summary>The configurable rules (section <c>rules</c> of pipeline.json); the defaults are those of rules T1 to T27.</summary>
public sealed record RuleOptions
{
    /// <summary>Joins category names to a full path (T1). Default <c>" - "</c>.</summary>
    public string NameSeparator { get; init; } = " - ";

    /// <summary>Categories without a migrated room (T1, N5). Default keep.</summary>
    public KeepOrDrop EmptyCategories { get; init; } = KeepOrDrop.Keep;

    /// <summary>Name of the category that takes rooms directly under the root (T2, N4). Default <c>General</c>.</summary>
    public string RootRoomsCategory { get; init; } = "General";

    /// <summary>T3. Default fail.</summary>
    public LongNames LongNames { get; init; } = LongNames.Fail;

    /// <summary>T4. Default fail.</summary>
    public NameCollisions NameCollisions { get; init; } = NameCollisions.Fail;

    /// <summary>T5. Default fail.</summary>
    public ExistingNames ExistingNames { get; init; } = ExistingNames.Fail;

    /// <summary>T6. Default skip.</summary>
    public DisabledRooms DisabledRooms { get; init; } = DisabledRooms.Skip;

    /// <summary>T9. Default append.</summary>
    public Topics Topics { get; init; } = Topics.Append;

    /// <summary>T15. Default members.</summary>
    public Creators Creators { get; init; } = Creators.Members;

    /// <summary>T17. Default drop.</summary>
    public OutOfScope OutOfScope { get; init; } = OutOfScope.Drop;

    /// <summary>T20. Default reject.</summary>
    public UnknownAuthors UnknownAuthors { get; init; } = UnknownAuthors.Reject;

    /// <summary>T22. Default carry.</summary>
    public CarryOrLeave Invitations { get; init; } = CarryOrLeave.Carry;

    /// <summary>T23. Default carry.</summary>
    public CarryOrLeave Preferences { get; init; } = CarryOrLeave.Carry;

    /// <summary>T24. Default carry.</summary>
    public CarryOrLeave Affiliations { get; init; } = CarryOrLeave.Carry;

    /// <summary>T26. Default all.</summary>
    public Level Level { get; init; } = Level.All;

    /// <summary>Full paths of the categories to migrate, each with everything under it (T26, F1); empty means all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Messages before this instant are skipped (T26), UTC; null means none.</summary>
    public DateTime? MessagesSince { get; init; }
}
