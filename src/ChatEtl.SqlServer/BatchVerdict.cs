using ChatEtl.Chat;

namespace ChatEtl.SqlServer;

/// <summary>What becomes of the rows of a batch: kept, reused because the destination has them, or refused.</summary>
internal sealed class BatchVerdict(int rows)
{
    private readonly HashSet<int> _out = [];

    /// <summary>Rows to load.</summary>
    public IReadOnlyList<int> Kept { get; private set; } = [.. Enumerable.Range(0, rows)];

    /// <summary>The refused ones.</summary>
    public List<(int Row, Rejection Rejection)> Refused { get; } = [];

    /// <summary>Sum of their digests.</summary>
    public UInt128 RefusedDigest { get; private set; }

    /// <summary>The reused ones.</summary>
    public List<int> Reused { get; } = [];

    /// <summary>The destination has an equal row.</summary>
    public void Reuse(int row)
    {
        Reused.Add(row);
        _out.Add(row);
    }

    /// <summary>Refuses a message.</summary>
    public void Refuse(MessageBatch batch, int row, string rule, string reason)
    {
        RefusedDigest = RowDigest.Add(RefusedDigest, batch.DigestOf(row));
        Refused.Add((row, MessageRejections.Of(batch, row, rule, reason)));
        _out.Add(row);
    }

    /// <summary>Refuses a row that the server does not take.</summary>
    public void Refuse(Batch batch, int row, string reason)
    {
        if (batch is MessageBatch messages)
        {
            Refuse(messages, row, "T19", reason);
            return;
        }

        var small = (RowBatch)batch;
        Refused.Add((row, new Rejection(small.Table.Name, small.Rows[row].SourceKey, "B2", reason, small.Rows[row].SourceValues)));
        _out.Add(row);
    }

    /// <summary>Takes the rows that are out of <see cref="Kept"/>.</summary>
    public BatchVerdict Settle()
    {
        if (_out.Count > 0)
        {
            Kept = [.. Kept.Where(row => !_out.Contains(row))];
        }

        return this;
    }
}
