namespace ChatEtl.Writing;

/// <summary>Finds the rows that an end refuses among rows that it refused together, by halving.</summary>
/// <remarks>
/// Of n rows with one bad one it takes at most 2·⌈log₂ n⌉ attempts, beside the one that was refused; of n bad ones fewer than 2·n. Rows are
/// settled in their order: where two stand in each other's way, the first goes in. What was found out is not asked again: when the left half goes
/// in, the fault lies in the right one.
/// </remarks>
public static class Bisection
{
    /// <summary>Settles every row: each is in an attempt that went in, once, or is refused, once.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="fault">Why all of them together were refused.</param>
    /// <param name="attempt">Tries the rows from the first number on, so many; null when they are in, and stay, else why not one of them is.</param>
    /// <param name="refuse">Gets a bad row and why.</param>
    public static void Run<TFault>(int rows, TFault fault, Func<int, int, TFault?> attempt, Action<int, TFault> refuse)
        where TFault : class
    {
        if (rows > 0)
        {
            Split(0, rows, fault);
        }

        void Split(int first, int count, TFault why)
        {
            if (count == 1)
            {
                refuse(first, why);
                return;
            }

            var half = count / 2;
            if (attempt(first, half) is not { } left)
            {
                Split(first + half, count - half, why);
                return;
            }

            Split(first, half, left);
            if (attempt(first + half, count - half) is { } right)
            {
                Split(first + half, count - half, right);
            }
        }
    }
}
