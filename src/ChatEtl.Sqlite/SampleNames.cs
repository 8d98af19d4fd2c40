using System.Globalization;

namespace ChatEtl.Sqlite;

/// <summary>Made-up names of people and rooms, and the guard that keeps flattened names apart (T1, T2, N2).</summary>
internal sealed class SampleNames
{
    public const string Separator = " - ";
    public const int MaxLength = 256;

    private static readonly string[] Given =
    [
        "Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jamal", "Kenji", "Lena", "Marco", "Nadia", "Olga",
        "Paul", "Rosa", "Sven", "Tara", "Umut", "Vera", "Wei", "Ximena", "Yara", "Zoë", "Jürgen", "Søren", "Łukasz", "Иван",
        "Мария", "太郎", "花子", "محمد", "ليلى", "דוד",
    ];

    private static readonly string[] Family =
    [
        "Adler", "Brown", "Costa", "Dubois", "Evans", "Fischer", "García", "Huang", "Ivanova", "Jansen", "Kowalski", "Li", "Meyer", "Novák",
        "O'Neill", "Patel", "Quinn", "Rossi", "Schmidt", "Tanaka", "Usman", "Vogel", "Wang", "Xu", "Yılmaz", "Zhang", "Петров", "山田",
        "العربي", "כהן",
    ];

    private static readonly string[] Subjects =
    [
        "Build", "Release", "Support", "Network", "Database", "Payroll", "Facilities", "Security", "Legal", "Travel", "Design", "Mobile",
        "Hiring", "Training", "Finance", "Logistics", "Research", "Quality", "Helpdesk", "Coffee",
    ];

    private static readonly string[] Kinds = ["Desk", "Room", "Bridge", "Talk", "Alerts", "Planning", "Review", "Ideas", "Status", "Team"];

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase) { "General" };

    public static string Person(SampleWorld world) => $"{world.Any(Given)} {world.Any(Family)}";

    /// <summary>A name without spaces, as the legacy admin tool wants it.</summary>
    public static string Room(SampleWorld world) => $"{world.Any(Subjects)}_{world.Any(Kinds)}";

    /// <summary>The name with a number behind it where the flattened one would be too long or is taken; then that one is taken.</summary>
    public string Claim(string path, string name)
    {
        for (var k = 1; ; k++)
        {
            var candidate = k == 1 ? name : $"{name}_{k.ToString(CultureInfo.InvariantCulture)}";
            var full = path.Length == 0 ? candidate : $"{path}{Separator}{candidate}";
            if (full.Length > MaxLength)
            {
                throw new InvalidOperationException($"The sample name {candidate} is too long in {path}.");
            }

            if (_taken.Add(full.TrimEnd(' ')))
            {
                return candidate;
            }
        }
    }
}
