using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>What a sample pool shall be like; equal options make equal files.</summary>
public sealed record SampleOptions
{
    /// <summary>The file to make; must not exist, or be empty.</summary>
    public required string Path { get; init; }

    /// <summary>Which product's database it looks like. Default Lync 2010.</summary>
    public Generation Generation { get; init; } = Generation.Lync2010;

    /// <summary>Number of rooms, at least 1; all corners are there from about 50 on. Default 200.</summary>
    public int Rooms { get; init; } = 200;

    /// <summary>Number of messages, 0 or more; planted faults come on top. Default 20,000.</summary>
    public long Messages { get; init; } = 20_000;

    /// <summary>Number of people, federated ones included, at least 20. Default 500.</summary>
    public int People { get; init; } = 500;

    /// <summary>Another seed, another pool. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether rows that must be rejected or reported are mixed in, none of which stops a plan. Default false.</summary>
    /// <remarks>tblChat is then <see cref="ChatTableShape.Lenient"/>, or it could not hold them.</remarks>
    public bool PlantedFaults { get; init; }

    /// <summary>Whether the odd texts are among the messages: 1 MiB, control characters, U+0000 and the like. Default true.</summary>
    public bool OddTexts { get; init; } = true;

    /// <summary>How tblChat is laid out. Default clustered.</summary>
    public ChatTableShape ChatTable { get; init; } = ChatTableShape.Clustered;

    /// <summary>All that is wrong with the options.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Require(!string.IsNullOrWhiteSpace(Path), "The sample needs a file name.");
        Require(Rooms is >= 1 and <= 1_000_000, $"Rooms must be 1 to 1,000,000, not {Rooms}.");
        Require(Messages >= 0, $"Messages must be 0 or more, not {Messages}.");
        Require(People is >= 20 and <= 1_000_000, $"People must be 20 to 1,000,000, not {People}.");
        return problems;

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }
}
