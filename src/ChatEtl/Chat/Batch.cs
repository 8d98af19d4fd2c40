namespace ChatEtl.Chat;

/// <summary>Rows of one range on their way: read together, transformed together, written in one destination transaction.</summary>
/// <remarks>A batch belongs to one stage at a time; nothing in it is safe for concurrent use.</remarks>
public abstract class Batch
{
    /// <summary>The range whose checkpoint this batch moves.</summary>
    public int RangeId { get; set; }

    /// <summary>Where the range must stand at the destination before this batch may be written.</summary>
    public string From { get; set; } = "";

    /// <summary>Where the range stands once it is written.</summary>
    public string To { get; set; } = "";

    /// <summary>Whether the range is complete once it is written.</summary>
    public bool EndsRange { get; set; }

    /// <summary>Bytes of text read.</summary>
    public long Bytes { get; set; }

    /// <summary>What was read, skipped and rejected before the write.</summary>
    public Book Book { get; private set; } = new();

    /// <summary>Rows that cannot be carried; stored with the batch.</summary>
    public List<Rejection> Rejections { get; } = [];

    /// <summary>Rows that will be written unless the destination refuses them.</summary>
    public abstract int Count { get; }

    /// <summary>Sum of the digests of the rows to be written (see <see cref="RowDigest"/>).</summary>
    public UInt128 Digest { get; set; }

    /// <summary>Sets a row aside as rejected.</summary>
    public void Reject(Rejection rejection)
    {
        Rejections.Add(rejection);
        Book.Rejected++;
    }

    /// <summary>Makes the batch as good as new.</summary>
    protected void Clear()
    {
        RangeId = 0;
        From = To = "";
        EndsRange = false;
        Bytes = 0;
        Book = new Book();
        Rejections.Clear();
        Digest = default;
    }
}

/// <summary>A row of a small table on its way.</summary>
/// <param name="Cells">The destination row, in the order of the destination table's columns.</param>
/// <param name="Source">The table of the source row.</param>
/// <param name="SourceCells">The source row, in the order of its columns.</param>
public readonly record struct CarriedRow(object?[] Cells, Table Source, object?[] SourceCells)
{
    /// <summary>The source row's key, as people write it.</summary>
    public string SourceKey => Chat.Cells.Key(Source, SourceCells);

    /// <summary>The source row as JSON.</summary>
    public string SourceValues => Chat.Cells.ToJson(Source, SourceCells);
}

/// <summary>Rows of a table other than tblChat. An equal key at the destination is kept (T22 to T24): the row counts as reused.</summary>
/// <param name="table">The destination table.</param>
public sealed class RowBatch(Table table) : Batch
{
    /// <summary>The destination table.</summary>
    public Table Table { get; } = table;

    /// <summary>Source rows not yet transformed, in the order of the source table's columns.</summary>
    public IReadOnlyList<object?[]> SourceRows { get; set; } = [];

    /// <summary>Rows to be written.</summary>
    public List<CarriedRow> Rows { get; } = [];

    /// <inheritdoc/>
    public override int Count => Rows.Count;
}
