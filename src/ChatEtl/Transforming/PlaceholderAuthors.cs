using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>Makes the disabled users that stand for authors the source does not have (T20, M3).</summary>
public static class PlaceholderAuthors
{
    /// <summary>When a principal was last verified, if the source does not say (U1).</summary>
    internal static DateTime NeverVerified { get; } = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The row of one missing author (M3); the same for every run.</summary>
    /// <param name="missingId">The userId that names nobody.</param>
    /// <param name="sourceRootGuid">nodeGuid of the source's root: namespace of the guid.</param>
    /// <param name="systemPrincipalId">The destination's system principal. U1 wants prinAddedBy and prinUpdatedBy NULL, so the row does not name it.</param>
    /// <returns>A row whose <see cref="Principal.Id"/> is 0, to be numbered by the destination.</returns>
    public static Principal RowFor(int missingId, Guid sourceRootGuid, int systemPrincipalId)
    {
        _ = systemPrincipalId;
        var id = missingId.ToString(CultureInfo.InvariantCulture);
        return new Principal
        {
            Id = 0,
            Guid = UuidV5.Create(sourceRootGuid, "unknown-" + id),
            Uri = $"sip:unknown-{id}@migrated.invalid",
            Name = "Unknown user " + id,
            DisplayName = "Unknown user " + id,
            Disabled = 1,
            Type = PrincipalTypes.User,
            VerifiedOn = NeverVerified,
        };
    }
}
