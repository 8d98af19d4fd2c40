using ChatEtl.Chat;

namespace ChatEtl.Tests.Support;

/// <summary>Rows of small tables, made by tests.</summary>
internal static class RowBatches
{
    /// <summary>Adds a row; the source has the same one unless another is given.</summary>
    public static void Add(this RowBatch batch, object?[] cells, object?[]? source = null) =>
        batch.Rows.Add(new CarriedRow(cells, batch.Table, source ?? cells));
}
