namespace ChatEtl.Comparing;

/// <summary>One row that is not at the destination as the rules want it.</summary>
/// <param name="Kind">One of <see cref="DifferenceKinds"/>.</param>
/// <param name="Table">The destination table.</param>
/// <param name="Key">The destination row's key, columns joined by a slash, with the source row's key where it is known.</param>
/// <param name="Column">The columns that differ, joined by a comma; empty when the row as a whole is meant.</param>
/// <param name="Detail">What is wrong, for people: numbers, lengths and places, never the text of a message.</param>
public sealed record Difference(string Kind, string Table, string Key, string Column, string Detail);

/// <summary>The kinds of <see cref="Difference"/>.</summary>
public static class DifferenceKinds
{
    /// <summary>A row that the rules want is not there.</summary>
    public const string Missing = "missing";

    /// <summary>A row is there that the rules do not give, or a rejection stands for no row.</summary>
    public const string Extra = "extra";

    /// <summary>A row is there with other values.</summary>
    public const string Different = "different";

    /// <summary>A principal reads a room that it could not read in the source.</summary>
    public const string Gain = "gain";
}
