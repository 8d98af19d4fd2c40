namespace ChatEtl.SqlServer;

/// <summary>What a fault does to a run.</summary>
internal enum FaultEffect
{
    /// <summary>The same read or write is tried again soon.</summary>
    Retry,

    /// <summary>It is waited for, as long as the configuration has patience.</summary>
    Wait,

    /// <summary>The row is rejected, the rest of its batch goes in.</summary>
    Reject,

    /// <summary>The run ends.</summary>
    End,
}

/// <summary>Error numbers that mean the same.</summary>
/// <param name="Effect">What it does to a run.</param>
/// <param name="Sentence">What it means and what to do about it, for people.</param>
/// <param name="Numbers">The error numbers.</param>
internal sealed record SqlServerFault(FaultEffect Effect, string Sentence, params int[] Numbers)
{
    /// <summary>Whether the server's own words are told too: they name rights and objects, never what a row holds.</summary>
    public bool Quotes { get; init; }
}
