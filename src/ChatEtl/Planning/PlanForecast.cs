using ChatEtl.Chat;
using ChatEtl.Checkpoints;

namespace ChatEtl.Planning;

/// <summary>How long the migration will take, how much storage, and when it disturbs least.</summary>
/// <param name="Duration">How long, with its range, and the storage.</param>
/// <param name="Measured">What a trial at both ends took.</param>
/// <param name="Activity">How much is posted at the source, hour by hour.</param>
/// <param name="Windows">The quietest times in the week to come that are long enough even if it goes badly.</param>
/// <param name="Zone">The time zone by whose clock the hours are told.</param>
public sealed record PlanForecast(
    Prediction Duration, CalibrationResult Measured, Activity Activity, IReadOnlyList<QuietWindow> Windows, TimeZoneInfo Zone)
{
    /// <summary>How many windows are offered.</summary>
    public const int WindowsOffered = 5;

    /// <summary>What is to be done by the plan's own books; bytes only when every message is still to come, because they were not counted by pass.</summary>
    internal static Workload WorkloadOf(Workload measured, IReadOnlyDictionary<string, Book> books, SourceInventory inventory, TimeSpan planning)
    {
        if (!books.TryGetValue(Streams.Messages, out var chat))
        {
            return measured with { Messages = 0, Bytes = 0, Planning = planning };
        }

        var messages = chat.Written + chat.Reused + chat.Rejected;
        var isEverything = chat.Read >= inventory.Messages.Messages && inventory.Messages.Messages > 0;
        return measured with
        {
            Messages = messages,
            Bytes = isEverything ? (long)(inventory.Messages.Bytes * (double)messages / inventory.Messages.Messages) : null,
            Planning = planning,
        };
    }
}
