using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Writing;

namespace ChatEtl.Tests.Support;

/// <summary>Open rejections of a destination with their values, for tests with few of them.</summary>
internal static class AllRejections
{
    /// <summary>As stored, in the order of their numbers.</summary>
    public static IReadOnlyList<StoredRejection> StoredRejections(this IChatDestination destination) =>
        [.. destination.ReadRejections(RejectionFilter.All, 0, int.MaxValue).Select(rejection => destination.ReadRejection(rejection.Id)!)];

    /// <summary>What they say.</summary>
    public static IReadOnlyList<Rejection> Rejections(this IChatDestination destination) => [.. destination.StoredRejections().Select(rejection => rejection.Row)];
}
