using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Reading;

namespace ChatEtl.Comparing;

/// <summary>Both directories as an access proof needs them, read at the same time.</summary>
/// <param name="Source">The source's.</param>
/// <param name="Destination">The destination's.</param>
public sealed record AccessDirectories(ChatDirectory Source, ChatDirectory Destination)
{
    /// <summary>Reads both.</summary>
    /// <param name="source">The source.</param>
    /// <param name="destination">The destination, read as a 2013 database.</param>
    /// <param name="generation">The source's configured generation; null for auto.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <exception cref="PlanException">A database is not what it should be, so that nothing could be proved.</exception>
    public static AccessDirectories Read(IChatSource source, IChatSource destination, Generation? generation, CancellationToken cancellationToken)
    {
        var (here, there) = (SourceShape.Detect(source.ReadShape(), generation), SourceShape.Detect(destination.ReadShape(), Generation.Lync2013));
        Demand([.. here.Findings, .. there.Findings]);
        var (first, second) = DirectoryReader.ReadBoth(source, here, destination, there, cancellationToken);
        Demand([.. first.Problems, .. second.Problems]);
        return new AccessDirectories(first, second);
    }

    private static void Demand(IReadOnlyList<Finding> findings)
    {
        var errors = findings.Where(finding => finding.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new PlanException(errors);
        }
    }
}
