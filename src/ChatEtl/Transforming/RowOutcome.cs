using ChatEtl.Chat;

namespace ChatEtl.Transforming;

/// <summary>What becomes of a row of a small table: kept, reused, skipped or rejected.</summary>
/// <param name="Cells">The destination row when kept.</param>
/// <param name="Rule">The rule that reuses, skips or rejects it.</param>
/// <param name="Reason">Why it is rejected, else null.</param>
/// <param name="IsReused">Whether the destination has it already.</param>
public readonly record struct RowOutcome(object?[]? Cells, string Rule, string? Reason, bool IsReused)
{
    /// <summary>The row goes to the destination as these cells.</summary>
    public static RowOutcome Keep(object?[] cells) => new(cells, "", null, false);

    /// <summary>The row met one that the destination has.</summary>
    public static RowOutcome Reuse(string rule) => new(null, rule, null, true);

    /// <summary>The row is left out by a rule.</summary>
    public static RowOutcome Skip(string rule) => new(null, rule, null, false);

    /// <summary>The row cannot be carried.</summary>
    public static RowOutcome Reject(string rule, string reason) => new(null, rule, reason, false);
}

/// <summary>Transforms the rows of one small table.</summary>
/// <param name="source">The source table, whose columns the cells follow.</param>
/// <param name="transform">What becomes of one row.</param>
public sealed class RowTransform(Table source, Func<object?[], RowOutcome> transform)
{
    /// <summary>The source table.</summary>
    public Table Source => source;

    /// <summary>What becomes of one row.</summary>
    public RowOutcome Of(object?[] cells) => transform(cells);

    /// <summary>Transforms all <see cref="RowBatch.SourceRows"/> of a batch.</summary>
    public void Apply(RowBatch batch)
    {
        foreach (var cells in batch.SourceRows)
        {
            batch.Book.Read++;
            var outcome = transform(cells);
            if (outcome.Cells is { } kept)
            {
                batch.Rows.Add(new CarriedRow(kept, source, cells));
            }
            else if (outcome.Reason is { } reason)
            {
                batch.Reject(new Rejection(source.Name, Cells.Key(source, cells), outcome.Rule, reason, Cells.ToJson(source, cells)));
            }
            else if (outcome.IsReused)
            {
                batch.Book.Reused++;
            }
            else
            {
                batch.Book.Skip(outcome.Rule);
            }
        }

        batch.SourceRows = [];
    }
}
