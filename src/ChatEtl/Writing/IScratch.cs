using ChatEtl.Chat;

namespace ChatEtl.Writing;

/// <summary>A place at the destination that takes rows as the destination itself would, so that writing can be measured; disposing it removes it.</summary>
/// <remarks>Empty at first, and never a table of the product. A process that is killed leaves it behind; the next plan, run or <c>finish</c> removes it.</remarks>
public interface IScratch : IPassDestination
{
    /// <summary>Whether directory, small tables and counters are written as at the destination; false where messages are, and all else is passed over.</summary>
    bool TakesEverything { get; }

    /// <summary>Reads back the messages in key order, as a comparison does; none where that cannot be done.</summary>
    /// <param name="batchRows">Rows at which a batch closes.</param>
    /// <param name="batchBytes">Bytes at which a batch closes.</param>
    /// <param name="pool">Where batches come from; who consumes them returns them.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    IEnumerable<MessageBatch> ReadBack(int batchRows, int batchBytes, MessageBatchPool pool, CancellationToken cancellationToken);

    /// <summary>Bytes of storage that what was written takes up, or will once its log is written out: as measured, or by the documented sizes of the columns.</summary>
    long Size();
}
